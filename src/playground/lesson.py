"""Lessons: the words of a concept in one language, in its folder lesson/: <lang>.md is prose, words.<lang>.yaml what stands on the page.

Formulas are LaTeX between dollars and become MathML here, so that the page needs no script for them. \\class{key}{…} ties a
symbol to the layer or chart `key`, to several with \\class{one-other}{…}, or to time with the key "clock"; [a word](#key)
does the same outside a formula; [a word](?field=value) is a run of the page, with `vs=field:value` another beside it. A block
`::: data=digits objective=flow|ddpm` shows for such runs only, a block `::: aside` beside the text.
"""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from markdown_it import MarkdownIt
from mdit_py_plugins.container import container_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin

from playground import formulas
from playground.concept import FOLDER, Concept
from playground.concept import load as load_concept
from playground.scene import TERMS, Equation, Flow
from playground.words import FOLDER as WORDS
from playground.words import parsed, read

SAID = {  # what an entry of words.<lang>.yaml may say beside its label, and under which caption it is found
    "fields": {"caption": "fields"},
    "phases": {"doing": "doing", "moment": "moments", "twin": "twins"},
    "presets": {},
    "cures": {"caption": "cures"},
    "layers": {},
    "texts": {},
    "charts": {"caption": "charts"},
    "metrics": {"caption": "metrics", "note": "notes"},
    "nodes": {},
    "turns": {},
    "parts": {"caption": "parts"},
}
LABELS = ("options", "classes")  # labels below a field's or a list's name
APART = ("name", "glossary", "errors", "space")  # told elsewhere
CAPTIONS = ("twins", "notes", "formulas", "flow", "equation")  # of no entry, by names of their own
WHEN = re.compile(r"\w+=[\w|]+( \w+=[\w|]+)*")


@dataclass(frozen=True)
class Lesson:
    """Words of one concept in one language.

    labels: fields, options (by field), phases, layers, charts, metrics, presets, cures (by preset), classes (lists by name, in
    order), texts; where steps are shown in slow motion also nodes, turns and parts. captions: charts (what the axis counts), doing (by
    phase, what the machine does), cures (what is wrong), moments and twins (by phase, with {metric} in them), notes (by metric,
    likewise), metrics and fields (what they mean), parts (with {metric}), formulas (LaTeX, here MathML). body: HTML of
    the lesson. opens: the preset that the page opens on where its address names no run, if it isn't the first.
    """

    title: str
    tagline: str
    summary: str
    labels: Mapping[str, Any]
    captions: Mapping[str, Any]
    checks: list[dict[str, Any]]
    glossary: Mapping[str, str]
    body: str
    opens: str = ""


@cache
def load(slug: str, lang: str) -> Lesson:
    """Read a lesson. Raises FileNotFoundError, and TypeError or KeyError when a part is missing or unknown."""
    folder = FOLDER / slug / "lesson"
    _, front, body = (folder / f"{lang}.md").read_text(encoding="utf-8").split("---\n", 2)
    said = _whole(read(folder / f"words.{lang}.yaml"), shared(lang))
    labels, captions = _tables(said)
    captions["formulas"] = {key: formulas.block(latex) for key, latex in captions.get("formulas", {}).items()}
    return Lesson(**parsed(front), labels=labels, captions=captions, glossary=said["glossary"], body=render(body))


def shared(lang: str) -> Mapping[str, Any]:
    """What the site says of what many concepts have, in the form of a concept's words."""
    return read(WORDS / f"shared.{lang}.yaml")


def _whole(said: Mapping[str, Any], site: Mapping[str, Any]) -> dict[str, Any]:
    """A concept's words; an entry that says nothing, or not all, says the rest as the site does."""
    filled = {
        kind: {key: entry if isinstance(entry, str) else site[kind].get(key, {}) | (entry or {}) for key, entry in said[kind].items()}
        for kind in SAID.keys() & said.keys() & site.keys()
    }
    return {kind: filled.get(kind, told) for kind, told in said.items()}


def _tables(said: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Labels and captions by kind. An entry is its label, or a mapping of `label` and what else is said. Raises KeyError for others."""
    labels: dict[str, Any] = {"name": said["name"]}
    captions: dict[str, Any] = {}
    for kind, told in said.items():
        if kind in LABELS:
            labels[kind] = told
        elif kind in CAPTIONS:
            captions[kind] = captions.get(kind, {}) | told if isinstance(told, Mapping) else told
        elif kind not in APART:
            parts = SAID[kind]
            labels[kind] = {key: entry if isinstance(entry, str) else entry["label"] for key, entry in told.items()}
            for key, entry in told.items():
                for part in entry.keys() - {"label"} if isinstance(entry, Mapping) else ():
                    captions.setdefault(parts[part], {})[key] = entry[part]
    return labels, captions


def render(text: str) -> str:
    """Markdown with formulas to HTML. Markup in the text is shown, not obeyed."""
    return _markdown().render(text)


def missing(slug: str, lang: str) -> list[str]:
    """Every word that the concept needs and its lesson lacks, as "labels.fields.steps"."""
    concept, lesson = load_concept(slug), load(slug, lang)
    words = {"labels": lesson.labels, "captions": lesson.captions}
    return sorted(path for path in _needed(concept) if not _at(words, path))


def _needed(concept: Concept) -> set[str]:
    fields = [name for name in concept.params.model_fields if name not in ("edits", "seeds")]
    options = [(name, option) for name in fields for option in concept.params.choices(name)]
    scenes = [concept.scene(concept.params(**fields)) for fields in concept.presets.values()]
    charts = [chart for scene in scenes for chart in scene.charts]
    layers = [layer for scene in scenes for layer in scene.layers]
    shown = {phase for item in (*charts, *layers) for phase in item.phases}
    phases = shown | {chapter.phase for scene in scenes for chapter in scene.chapters}
    metrics = {name for chart in charts for name in (chart.x, *chart.metrics, *(series.metric for series in chart.series))}
    metrics |= {name for scene in scenes for name in scene.headline.values()}
    return {
        *(f"{part}.fields.{name}" for name in fields for part in ("labels", "captions")),
        *(f"labels.options.{name}.{option}" for name, option in options),
        *(f"labels.presets.{name}" for name in concept.presets),
        *(f"{part}.cures.{name}" for name in concept.cures for part in ("labels", "captions")),
        *(f"labels.layers.{layer.key}" for layer in layers),
        *(f"labels.texts.{text.key}" for scene in scenes for text in scene.texts),
        *(f"labels.classes.{layer.names}" for layer in layers if layer.names),
        *(f"{part}.charts.{chart.key}" for chart in charts for part in ("labels", "captions")),
        *(f"{part}.metrics.{name}" for name in metrics for part in ("labels", "captions")),
        *(f"labels.phases.{phase}" for phase in phases),
        *(f"captions.{kind}.{phase}" for phase in phases for kind in ("doing", "moments", "twins")),
        *(f"captions.twins.{name}" for scene in scenes for name in scene.twins.values()),
        *(f"captions.notes.{name}" for scene in scenes for name in scene.notes),
        *(path for scene in scenes if scene.flow for path in _flowing(scene.flow)),
        *(path for scene in scenes if scene.equation for path in _reckoned(scene.equation)),
    }


def _flowing(flow: Flow) -> set[str]:
    """The words of a step in slow motion."""
    return {
        "captions.flow",
        *(f"labels.nodes.{node.key}" for node in flow.nodes),
        *(f"labels.turns.{part.turn}" for part in flow.parts),
        *(f"{kind}.parts.{part.key}" for part in flow.parts for kind in ("labels", "captions")),
        *(f"captions.formulas.{formula}" for part in flow.parts for formula in part.formulas),
    }


def _reckoned(equation: Equation) -> set[str]:
    """The words of an update with its numbers."""
    terms = {f"{part}.metrics.{term}" for term in TERMS for part in ("labels", "captions")}
    return {"captions.equation", f"captions.formulas.{equation.formula}", *terms}


def _at(words: Mapping[str, Any], path: str) -> Any:
    value: Any = words
    for part in path.split("."):
        value = value.get(part, "") if isinstance(value, Mapping) else ""
    return value


@cache
def _markdown() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    dollarmath_plugin(markdown, renderer=_formula, double_inline=True)
    container_plugin(markdown, "when", validate=lambda text, *_: bool(WHEN.fullmatch(text.strip())), render=_when)
    container_plugin(markdown, "aside", render=_aside)
    markdown.add_render_rule("link_open", _link)
    markdown.add_render_rule("link_close", _link)
    return markdown


def _formula(latex: str, options: Mapping[str, bool]) -> str:
    return formulas.block(latex) if options["display_mode"] else formulas.inline(latex)


def _link(self: Any, tokens: Any, index: int, options: Any, env: Any) -> str:
    """A link within the page is a pointer, one to a run of it is to be tried; every other one stays a link."""
    opening = tokens[index] if tokens[index].nesting == 1 else _opening(tokens, index)
    if tokens[index].nesting == 1 and opening.attrGet("href").startswith("?"):
        opening.attrSet("class", "try")
    if not opening.attrGet("href").startswith("#"):
        return self.renderToken(tokens, index, options, env)
    return f"<span {formulas.symbol(opening.attrGet('href')[1:])}>" if tokens[index].nesting == 1 else "</span>"


def _opening(tokens: Any, close: int) -> Any:
    return next(token for token in reversed(tokens[:close]) if token.type == "link_open")


def _when(self: Any, tokens: Any, index: int, options: Any, env: Any) -> str:
    token = tokens[index]
    return f'<div data-when="{html.escape(token.info.strip())}">' if token.nesting == 1 else "</div>"


def _aside(self: Any, tokens: Any, index: int, options: Any, env: Any) -> str:
    return '<aside class="card">' if tokens[index].nesting == 1 else "</aside>"

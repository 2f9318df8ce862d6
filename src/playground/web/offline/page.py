"""The file itself: the page in both languages, the program, the runs, each in its place in one HTML document."""

import gzip
import json
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import quote

from playground import lesson as lessons
from playground.concept import Concept
from playground.params import Params
from playground.settings import ROOT
from playground.web import source
from playground.web.assets import FOLDER, files
from playground.web.markup import element, escape, link
from playground.web.offline.program import program
from playground.web.page import bench, place, readings, spec, title, told
from playground.web.runs import plan_of
from playground.web.shell import ICON
from playground.words import LANGUAGES, words

OTHER = {"en": "zh", "zh": "en"}
SHUT = ("brush", "paint", "live")  # what of a field asks for a run that nobody has computed
LONGEST = 24  # characters of a text that names a run
POLICY = (  # the browser itself sees to it that nothing leaves the file
    "default-src 'none'; script-src 'unsafe-inline' blob: data:; style-src 'unsafe-inline' blob:; "
    "img-src data: blob:; media-src blob: mediastream:; connect-src blob: data:; worker-src blob: data:"
)


@dataclass(frozen=True)
class Held:
    """A run in the file: its parameters and its lines in gzip. One that is `hidden` is reached by a link of the lesson alone."""

    params: Params
    body: bytes
    hidden: bool = False


@dataclass(frozen=True)
class File:
    """What is put together: a concept's runs, the first of which the page opens on, beside `second` if that is named.

    live: where the live site is, "" where nobody knows. lang: the language it opens in, "" for the reader's own.
    """

    concept: Concept
    runs: Sequence[Held]
    second: Params | None = None
    live: str = ""
    lang: str = ""

    def parts(self) -> Iterator[bytes]:
        """The document, piece by piece; a run's frames are as large as four thirds of its gzip."""
        yield self._head().encode()
        for lang in LANGUAGES:
            yield f'<template id="page-{lang}">{self._page(lang)}</template>\n'.encode()
        yield f"<script>{_text('offline-boot.js')}</script>\n".encode()
        yield _static()
        yield _part("code", gzip.compress(source.body(self.concept.slug), 9, mtime=0))
        plans = [{"part": f"run-{i}", "plan": plan_of(self.concept, run.params) | {"stored": True}} for i, run in enumerate(self.runs)]
        yield _part("runs", gzip.compress(json.dumps(plans).encode(), 6, mtime=0))
        for i, run in enumerate(self.runs):
            yield _part(f"run-{i}", run.body)
        yield b"</body>\n</html>\n"

    def _head(self) -> str:
        name, lang = words("en")["site"]["name"], self.lang or LANGUAGES[0]
        lesson = lessons.load(self.concept.slug, lang)
        meta = {"viewport": "width=device-width, initial-scale=1", "description": lesson.tagline}
        head = (
            '<meta charset="utf-8">',
            element("meta", http_equiv="Content-Security-Policy", content=POLICY),
            *(element("meta", name=of, content=value) for of, value in meta.items()),
            element("title", escape(f"{lesson.title} · {name}")),
            f'<link rel="icon" href="data:image/svg+xml,{quote(ICON.read_text())}">',
            f"<style>{_text('site.css')}{_text('offline.css')}</style>",
        )
        return f'<!doctype html>\n<html lang="{lang}" data-lang="{self.lang}">\n<head>{"".join(head)}</head>\n<body>\n<script>{_text("theme.js")}</script>\n'

    def _page(self, lang: str) -> str:
        """What stands in the page before anything runs."""
        lesson, say = lessons.load(self.concept.slug, lang), words(lang)["offline"]
        holds = say["holds"].format(n=len(self.runs)) if self.runs[1:] else say["holds_one"]
        live = self._live(lang)
        there = escape(say["elsewhere_live"]) + " " + link(live, live, rel="noreferrer", target="_blank") if live else escape(say["elsewhere"])
        settings = element(
            "div",
            element("h2", escape(say["settings"])),
            element("dl", cls="now"),
            element("p", escape(holds), " ", there, cls="holds"),
            cls="card settings",
        )
        unable = element("p", escape(say["unable"]), cls="message unable", role="alert", hidden="")
        unscripted = element("noscript", element("p", escape(say["scripts"]), cls="message"))
        body = (
            _header(lang),
            title(lesson.title, lesson.tagline),
            unable,
            unscripted,
            bench(place("presets"), place("go"), place("check"), settings),
            _tabs(lesson, words(lang)["player"]),
            told(self._spec(lang)),
        )
        return element("div", *body, cls="gradio-container shell offline")

    def _live(self, lang: str) -> str:
        return f"{self.live}/{lang}/{self.concept.slug}" if self.live else ""

    def _spec(self, lang: str) -> dict[str, Any]:
        """What page.js is told: of the runs in the file alone, and of nothing that asks for others."""
        own, say, live = spec(self.concept, lang, "/static"), words(lang)["offline"], self._live(lang)
        named = self._presets(lang)
        labels, player = own["lesson"]["labels"], {**own["words"], **say["player"]}
        first = _changed(self.runs[0].params, self.concept.params())
        other = {} if self.second is None else {"vs": ";".join(f"{name}:{_plain(value)}" for name, value in _changed(self.second, self.runs[0].params).items())}
        return own | {
            "offline": {"live": live},
            "words": player | {"absent": player["absent_live" if live else "absent"]},
            "share": {**own["share"], **say["share"]},
            "fields": [{of: value for of, value in field.items() if of not in SHUT} for field in own["fields"]],
            "opening": {**first, **other},
            "presets": {name: fields for name, (_, fields) in named.items()},
            "cures": {name: self._cure(name) for name in self.concept.cures if name in named},
            "lesson": own["lesson"] | {"labels": {**labels, "presets": {name: label for name, (label, _) in named.items()}}},
        }

    def _presets(self, lang: str) -> dict[str, tuple[str, Mapping[str, Any]]]:
        """The runs that have a chip: name, label, and what is not at the default. Presets keep their names and come first."""
        lesson, concept = lessons.load(self.concept.slug, lang), self.concept
        known = {concept.params.checked(fields): name for name, fields in concept.presets.items()}
        own = {f"own-{i}": run.params for i, run in enumerate(self.runs) if not run.hidden and run.params not in known}
        there = {name: params for params, name in known.items() if any(run.params == params for run in self.runs)}
        changed = {name: _changed(params, concept.params()) for name, params in {**there, **own}.items()}
        return {name: (lesson.labels["presets"].get(name) or _called(fields, lesson, lang), fields) for name, fields in changed.items()}

    def _cure(self, name: str) -> Mapping[str, Any] | None:
        """What puts a failing preset right, if that run is in the file."""
        cured = self.concept.params.checked({**self.concept.presets[name], **self.concept.cures[name]})
        return self.concept.cures[name] if any(run.params == cured for run in self.runs) else None


def _changed(params: Params, since: Params) -> dict[str, Any]:
    return {name: value for name, value in params.model_dump().items() if value != getattr(since, name)}


def _called(fields: Mapping[str, Any], lesson: lessons.Lesson, lang: str) -> str:
    """A run's label: what is not at the default, in the reader's words."""
    labels = lesson.labels
    options = labels["options"]

    def said(name: str, value: Any) -> str:
        label = labels["fields"].get(name, words(lang)["player"]["edits"])
        if name in options and str(value) in options[name]:
            return str(options[name][str(value)])
        if isinstance(value, bool):
            return f"{label}: {words(lang)['versus']['on' if value else 'off']}"
        text = str(value)
        return f"{label} {text[:LONGEST]}{'…' * (len(text) > LONGEST)}"

    return " · ".join(said(name, value) for name, value in fields.items()) or words(lang)["offline"]["defaults"]


def _plain(value: Any) -> str:
    """A value as an address has it."""
    return value if isinstance(value, str) else json.dumps(value)


def _header(lang: str) -> str:
    say, label = words(lang), words(lang)["offline"]["share"]["share"]
    return element(
        "header",
        element("span", escape(say["site"]["name"]), cls="home"),
        element("span", escape(say["offline"]["name"]), cls="apart"),
        link(say["site"]["other"], f"?lang={OTHER[lang]}", cls="pill language", lang=OTHER[lang], hreflang=OTHER[lang]),
        element("button", cls="pill theme", type="button", aria_label=say["site"]["theme"], title=say["site"]["theme"]),
        element("button", escape(label), cls="pill share", type="button", aria_label=label, aria_haspopup="dialog"),
        cls="site",
    )


def _tabs(lesson: lessons.Lesson, say: Mapping[str, str]) -> str:
    """What Gradio's tabs hold on the live page."""
    parts = readings(lesson, say)
    tabs = [element("button", escape(label), type="button", role="tab", id=f"tab-{i}", aria_controls=f"panel-{i}") for i, (_, label, _) in enumerate(parts)]
    panels = [
        element("div", element("div", markup, cls=f"place place-{name}"), role="tabpanel", id=f"panel-{i}", aria_labelledby=f"tab-{i}")
        for i, (name, _, markup) in enumerate(parts)
    ]
    return element("div", element("div", *tabs, role="tablist"), *panels, cls="reading")


@cache
def _static() -> bytes:
    """What every file has: the program, and the licences of what it holds of others."""
    notices = [ROOT / "NOTICE", ROOT / "LICENSE", *(path for name, path in files().items() if name.endswith("LICENSE"))]
    texts = "\n\n".join(path.read_text("utf-8") for path in notices if path.is_file())
    assert "</script" not in texts.lower()
    return f'<script type="text/plain" id="licences">\n{texts}</script>\n'.encode() + _part("program", program())


def _part(name: str, packed: bytes) -> bytes:
    """Bytes in gzip, as a part of the document that nothing in them can end."""
    return b'<script type="text/plain" id="' + name.encode() + b'">' + b64encode(packed) + b"</script>\n"


@cache
def _text(name: str) -> str:
    """A file of ours that stands in the document as it is."""
    text = (FOLDER / name).read_text("utf-8")
    assert "</" not in text, f"{name} would end its element"
    return text

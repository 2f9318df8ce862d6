"""The page of one concept: what Gradio lays out, and what the browser needs to know to play."""

import json
from collections.abc import Mapping
from typing import Any

import gradio as gr
from gradio.components import Component

from playground import lesson as lessons
from playground.concept import Concept
from playground.fields import ends
from playground.params import QUERY_BYTES, RESERVED, Flaw
from playground.runs.keys import code
from playground.web import source
from playground.web.controls import by_hand, control, open_fields
from playground.web.markup import element, escape, module, table
from playground.words import sentence, words

TELL = "value => ({{controls: {{{name}: value}}}})"
DICE = "() => { const seed = Math.floor(Math.random() * 1e6); return [seed, {controls: {seed}}]; }"
FILL = "() => {page}.then(m => m.wanted({names}))"
TOLD = (
    "default",
    "type",
    "enum",
    "step",
    "maxLength",
    "brush",
    "paint",
    "cells",
    "when",
    "live",
)  # what the page is told of a field's schema
TOO_LONG = Flaw("", "query_too_long", {"limit": QUERY_BYTES})
CLIENT = {"fn": None, "trigger_mode": "multiple", "api_visibility": "private", "show_progress": "hidden"}  # asks the server nothing


def concept_page(concept: Concept, lang: str, base: str) -> None:
    """Declare the page inside the open Blocks route. `base` is the address of this version's static files."""
    lesson = lessons.load(concept.slug, lang)
    say = words(lang)["player"]
    fields = {name: schema for name, schema in open_fields(concept).items() if name != "edits"}  # made by the player
    slot("title", title(lesson.title, lesson.tagline))
    with gr.Row(elem_classes="bench"):
        with gr.Column(elem_classes="show"):
            stage = gr.HTML(
                html_template=element("div", cls="slot stage-slot"),  # a new value, which a control brings, draws nothing
                js_on_load=f"{module(base, 'page')}.then(m => m.connect(element, props, watch, trigger, 'fill'))",
                apply_default_css=False,
                elem_classes="place place-stage",
            )
            slot("twin", base=base)
            slot("charts", base=base)
        with gr.Column(elem_classes="side"):
            slot("presets", base=base)
            with gr.Group(elem_classes="card settings"):
                slot("settings", element("h2", escape(say["settings"])))
                controls = _controls(fields, concept, lesson, say, stage)
            slot("check", base=base)
            slot("go", base=base)
    _wire(stage, controls, base)
    _reading(lesson, say, base)


def first_sight(concept: Concept, lang: str, base: str, space: Mapping[str, str] | None = None) -> str:
    """What stands in the HTML itself, so that the stage plays before Gradio has come up: the same places, and what page.js is told.

    `space` is where on Hugging Face Spaces this is served: its id and host.
    """
    lesson = lessons.load(concept.slug, lang)
    settings = element("div", element("h2", escape(words(lang)["player"]["settings"])), cls="card settings")
    body = bench(place("presets"), settings, place("check"), place("go"))
    said = told(spec(concept, lang, base) | {"space": space})
    return element("main", title(lesson.title, lesson.tagline), body, said)


def bench(*side: str) -> str:
    """Stage and charts, and beside them what there is to do."""
    show = element("div", place("stage"), place("twin"), place("charts"), cls="show")
    return element("div", show, element("div", *side, cls="side"), cls="bench")


def place(name: str) -> str:
    """Where page.js puts one of its parts."""
    return element("div", cls=f"place place-{name}")


def told(what: dict[str, Any]) -> str:
    """What page.js is told, where it looks for it. No text in it can end the element."""
    written = json.dumps(what, ensure_ascii=False).replace("<", "\\u003c")
    return f'<script type="application/json" id="spec">{written}</script>'


def title(words: str, tagline: str) -> str:
    """A page's heading and its line."""
    return element("div", element("h1", escape(words)), element("p", escape(tagline), cls="tag"), cls="title")


def slot(name: str, markup: str = "", base: str = "") -> gr.HTML:
    """A place on the page; with `base`, one that the page's script is given."""
    script = f"{module(base, 'page')}.then(m => m.give('{name}', element))" if base else None
    return gr.HTML(markup, js_on_load=script, apply_default_css=False, elem_classes=f"place place-{name}")


def _controls(fields: dict[str, Any], concept: Concept, lesson: lessons.Lesson, say: Any, stage: gr.HTML) -> dict[str, Component]:
    main = concept.main or tuple(fields)
    made = {name: control(name, fields[name], lesson, say["live"]) for name in main}
    rest = [name for name in fields if name not in main]
    with gr.Accordion(say["more"].format(n=len([name for name in rest if not by_hand(fields[name])])), open=False, elem_classes="more"):
        made |= {name: control(name, fields[name], lesson, say["live"]) for name in rest if name != "seed"}
        with gr.Row(elem_classes="seed"):
            made["seed"] = control("seed", fields["seed"], lesson)
            dice = gr.Button(say["dice"], elem_id="dice", size="sm")
    dice.click(js=DICE, outputs=[made["seed"], stage], **CLIENT)
    return {name: made[name] for name in fields}


def _wire(stage: gr.HTML, controls: dict[str, Component], base: str) -> None:
    """A control tells the page what a hand did, and takes what the page wants of it, in the browser alone."""
    for name, part in controls.items():
        if isinstance(part, gr.Textbox):  # the page hears text from the browser itself: see typing.js
            continue
        part.input(js=TELL.format(name=name), inputs=part, outputs=stage, **CLIENT)  # pyright: ignore[reportAttributeAccessIssue]
    stage.fill(js=FILL.format(page=module(base, "page"), names=json.dumps(list(controls))), outputs=list(controls.values()), **CLIENT)


def spec(concept: Concept, lang: str, base: str) -> dict[str, Any]:
    """What page.js is told. Words and numbers only; it draws them as text."""
    lesson = lessons.load(concept.slug, lang)
    return {
        "slug": concept.slug,
        "lang": lang,
        "base": base,
        "v": code(concept.slug),
        "source": source.url(concept.slug),
        "words": {**words(lang)["player"], "site": words(lang)["site"]["name"], "too_long": sentence(lang, TOO_LONG)},
        "colors": words(lang)["colors"],
        "cells": words(lang)["cells"],
        "share": words(lang)["share"],
        "credits": words(lang)["credits"],
        "versus": words(lang)["versus"],
        "walker": words(lang)["walker"],
        "opening": concept.presets[lesson.opens] if lesson.opens else {},
        "lesson": {"title": lesson.title, "labels": _labels(lesson, lang), "captions": lesson.captions, "checks": lesson.checks},
        "fields": [_field(name, schema) for name, schema in open_fields(concept).items()],
        "trained": list(concept.trained_by),
        "presets": {name: dict(fields) for name, fields in concept.presets.items()},
        "cures": {name: dict(fields) for name, fields in concept.cures.items()},
        "reserved": sorted(RESERVED),
        "longest": QUERY_BYTES,
    }


def _labels(lesson: lessons.Lesson, lang: str) -> dict[str, Any]:
    """The lesson's, and the name of the field that no lesson speaks of."""
    return {**lesson.labels, "fields": {"edits": words(lang)["player"]["edits"]} | lesson.labels["fields"]}


def _field(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    """What page.js is told of a field: enough for the link, and for asking for another value of it."""
    low, high = ends(schema)
    told = {"minimum": low, "maximum": high, **{of: schema.get(of) for of in TOLD}}
    return {"name": name} | {of: value for of, value in told.items() if value is not None}


def _reading(lesson: lessons.Lesson, say: Any, base: str) -> None:
    with gr.Tabs(elem_classes="reading"):
        for name, label, markup in readings(lesson, say):
            with gr.Tab(label):
                slot(name, markup, base if name in ("lesson", "source") else "")


def readings(lesson: lessons.Lesson, say: Any) -> list[tuple[str, str, str]]:
    """The lesson and what explains every number of the page: for each its place, its label and its markup."""
    numbers = [(lesson.labels["metrics"][name], meaning) for name, meaning in lesson.captions["metrics"].items()]
    settings = [(lesson.labels["fields"][name], meaning) for name, meaning in lesson.captions["fields"].items()]
    every = table(say["number"], say["meaning"], numbers) + table(say["setting"], say["meaning"], settings)
    words_of = table(say["term"], say["meaning"], list(lesson.glossary.items()))
    return [
        ("lesson", say["lesson"], element("article", lesson.body, cls="lesson")),
        ("prose", say["every_number"], element("article", every, cls="lesson numbers")),
        ("source", say["code"], ""),
        ("prose", say["glossary"], element("article", words_of, cls="lesson numbers")),
    ]

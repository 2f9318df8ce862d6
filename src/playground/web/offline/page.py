"""The file itself: one HTML document with the page in both languages, the program and the runs.

What is not markup stands in it as base64 of gzip, which nothing inside can end; the browser unpacks it when it is wanted.
"""

import gzip
import json
from base64 import b64encode
from collections.abc import Iterator, Mapping
from functools import cache
from urllib.parse import quote

from playground import lesson as lessons
from playground.settings import ROOT
from playground.web import source
from playground.web.assets import FOLDER, files
from playground.web.markup import element, escape, link
from playground.web.offline.file import File
from playground.web.offline.program import program
from playground.web.page import bench, place, readings, title, told
from playground.web.runs import plan_of
from playground.web.shell import ICON
from playground.words import LANGUAGES, words

OTHER = {"en": "zh", "zh": "en"}
POLICY = (  # the browser itself sees to it that nothing leaves the file
    "default-src 'none'; script-src 'unsafe-inline' blob: data:; style-src 'unsafe-inline' blob:; "
    "img-src data: blob:; media-src blob: mediastream:; connect-src blob: data:; worker-src blob: data:"
)


def parts(file: File) -> Iterator[bytes]:
    """The document, piece by piece. A run takes four thirds of its gzip."""
    yield _head(file).encode()
    for lang in LANGUAGES:
        yield f'<template id="page-{lang}">{_page(file, lang)}</template>\n'.encode()
    yield f"<script>{_text('offline-boot.js')}</script>\n".encode()
    yield _static()
    yield _part("code", gzip.compress(source.body(file.concept.slug), 9, mtime=0))
    plans = [{"part": f"run-{i}", "plan": plan_of(file.concept, run.params) | {"stored": True}} for i, run in enumerate(file.runs)]
    yield _part("runs", gzip.compress(json.dumps(plans).encode(), 6, mtime=0))
    for i, run in enumerate(file.runs):
        yield _part(f"run-{i}", run.body)
    yield b"</body>\n</html>\n"


def _head(file: File) -> str:
    lang = file.lang or LANGUAGES[0]
    lesson = lessons.load(file.concept.slug, lang)
    head = (
        '<meta charset="utf-8">',
        element("meta", http_equiv="Content-Security-Policy", content=POLICY),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="description", content=lesson.tagline),
        element("title", escape(f"{lesson.title} · {words(lang)['site']['name']}")),
        f'<link rel="icon" href="data:image/svg+xml,{quote(ICON.read_text())}">',
        element("style", _text("site.css"), _text("offline.css")),
    )
    unscripted = [element("p", escape(words(each)["offline"]["scripts"]), lang=each) for each in LANGUAGES]
    body = element("script", _text("theme.js")) + element("noscript", *unscripted)
    return f'<!doctype html>\n<html lang="{lang}" data-lang="{file.lang}">\n{element("head", *head)}\n<body>\n{body}\n'


def _page(file: File, lang: str) -> str:
    """What stands in the page before anything runs."""
    lesson = lessons.load(file.concept.slug, lang)
    body = (
        _header(lang),
        title(lesson.title, lesson.tagline),
        element("p", escape(words(lang)["offline"]["unable"]), cls="message unable", role="alert", hidden=""),
        bench(place("go"), place("presets"), place("check"), _settings(file, lang)),
        _tabs(lesson, words(lang)["player"]),
        told(file.spec(lang)),
    )
    return element("div", *body, cls="gradio-container shell offline")


def _settings(file: File, lang: str) -> str:
    """Where the settings of the run are shown, and how many runs there are."""
    say, live = words(lang)["offline"], file.live_page(lang)
    holds = say["holds"].format(n=len(file.runs)) if file.runs[1:] else say["holds_one"]
    there = f"{escape(say['elsewhere_live'])} {link(live, live, rel='noreferrer', target='_blank')}" if live else escape(say["elsewhere"])
    note = element("p", escape(holds), " ", there, cls="holds")
    return element("div", element("h2", escape(say["settings"])), element("dl", cls="now"), note, cls="card settings")


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
    tabs, panels = [], []
    for i, (name, label, markup) in enumerate(readings(lesson, say)):
        tabs.append(element("button", escape(label), type="button", role="tab", id=f"tab-{i}", aria_controls=f"panel-{i}"))
        body = element("div", markup, cls=f"place place-{name}")
        panels.append(element("div", body, role="tabpanel", id=f"panel-{i}", aria_labelledby=f"tab-{i}"))
    return element("div", element("div", *tabs, role="tablist"), *panels, cls="reading")


@cache
def _static() -> bytes:
    """What every file has: the program, and the licences of what it holds of others."""
    notices = [ROOT / "NOTICE", ROOT / "LICENSE", *(path for name, path in files().items() if name.endswith("LICENSE"))]
    texts = "\n\n".join(path.read_text("utf-8") for path in notices if path.is_file())
    assert "</" not in texts, "a licence would end its element"
    return f'<script type="text/plain" id="licences">\n{texts}</script>\n'.encode() + _part("program", program())


def _part(name: str, packed: bytes) -> bytes:
    return b'<script type="text/plain" id="' + name.encode() + b'">' + b64encode(packed) + b"</script>\n"


@cache
def _text(name: str) -> str:
    """A file of ours that stands in the document as it is."""
    text = (FOLDER / name).read_text("utf-8")
    assert "</" not in text, f"{name} would end its element"
    return text

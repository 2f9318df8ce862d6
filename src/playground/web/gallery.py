"""The gallery: what can be played with, alive, and the whole way a student walks, in stages that can be searched."""

from typing import Any

import gradio as gr

from playground.concept import slugs
from playground.lesson import load as load_lesson
from playground.web.markup import element, escape, link, module
from playground.web.page import slot, title
from playground.web.paths import ROOT
from playground.words import LANGUAGES, words


def gallery(lang: str, base: str) -> None:
    """Declare the gallery inside the open Blocks. `base` is the address of this version's static files."""
    say = words(lang)["site"]
    slot("title", title(say["title"], say["tagline"]))
    places = [(i, j) for i, stage in enumerate(words(lang)["stages"]) for j in range(len(stage["concepts"]))]
    listed = {entry["slug"]: _found_by(i, j) for i, j in places if "slug" in (entry := _entry(lang, i, j))}
    cards = [_card(lang, slug, found_by) for slug, found_by in listed.items() if slug in slugs()]
    cards += [_card(lang, slug, " ".join(_told(slug))) for slug in slugs() if slug not in listed]
    whole = listed.keys() <= set(slugs())
    stages = [_stage(lang, i) for i in range(len(words(lang)["stages"]))]
    gr.HTML(
        element(
            "div",
            _search(say),
            element("section", element("h2", escape(say["ready"])), element("div", *cards, cls="cards"), cls="ready"),
            element("p", escape(say["map_line" if whole else "map_line_part"]), cls="map-line"),
            *stages,
            cls="gallery",
        ),
        js_on_load=f"{module(base, 'gallery')}.then(m => m.mount(element))",
        apply_default_css=False,
        elem_classes="place place-gallery",
    )


def _search(say: Any) -> str:
    label = element("label", escape(say["search"]), for_="search")
    field = element("input", type="search", id="search", placeholder=say["search_hint"], autocomplete="off", spellcheck="false")
    hits = element("p", cls="hits", role="status", data_some=say["hits"], data_none=say["no_hits"])
    return element("div", element("div", label, field, element("kbd", "/", aria_hidden="true"), role="search"), hits, cls="find")


def _stage(lang: str, i: int) -> str:
    stage = words(lang)["stages"][i]
    heading = element("h2", element("span", str(i + 1), cls="number"), escape(stage["title"]))
    entries = [_item(lang, i, j) for j in range(len(stage["concepts"]))]
    return element(
        "section",
        element("div", heading, element("p", escape(stage["line"]), cls="about")),
        element("ul", *entries, cls="entries"),
        cls="stage-of",
    )


def _item(lang: str, i: int, j: int) -> str:
    entry = _entry(lang, i, j)
    built = _built(entry)
    name = link(entry["name"], f"{ROOT}/{lang}/{entry['slug']}") if built else element("b", escape(entry["name"]))
    line = element("span", escape(entry["line"]))
    return element("li", name, line, cls="built" if built else "coming", data_words=_found_by(i, j))


def _card(lang: str, slug: str, found_by: str) -> str:
    lesson = load_lesson(slug, lang)
    return element(
        "a",
        element("canvas", data_slug=slug, aria_hidden="true"),
        element(
            "div",
            element("h3", escape(lesson.title)),
            element("p", escape(lesson.summary)),
            element("span", escape(words(lang)["site"]["open"]), cls="pill", aria_hidden="true"),
        ),
        cls="card concept",
        href=f"{ROOT}/{lang}/{slug}",
        data_words=found_by,
    )


def _entry(lang: str, i: int, j: int) -> dict[str, Any]:
    return words(lang)["stages"][i]["concepts"][j]


def _built(entry: dict[str, Any]) -> bool:
    return entry.get("slug") in slugs()


def _found_by(i: int, j: int) -> str:
    """What a search looks for an entry in: its words in every language."""
    said = []
    for lang in LANGUAGES:
        entry = _entry(lang, i, j)
        said += [words(lang)["stages"][i]["title"], entry["name"], entry["line"]]
    slug = _entry(LANGUAGES[0], i, j).get("slug")
    return " ".join(said + (_told(slug) if slug in slugs() else []))


def _told(slug: str) -> list[str]:
    """A concept's name and its line in every language."""
    lessons = [load_lesson(slug, lang) for lang in LANGUAGES]
    return [text for lesson in lessons for text in (lesson.title, lesson.summary)]

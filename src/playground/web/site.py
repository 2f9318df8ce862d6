"""The sites: one Gradio app per language, with the gallery and one route per concept."""

from typing import cast

import gradio as gr
from fastapi import FastAPI
from gradio.routes import App
from starlette.routing import Mount

from playground.concept import load, slugs
from playground.lesson import load as load_lesson
from playground.runs.service import Service
from playground.settings import Settings
from playground.web.api import Documented, endpoint
from playground.web.assets import url
from playground.web.calls import Calls, bounded
from playground.web.doors import Doors
from playground.web.gallery import gallery
from playground.web.markup import element, escape, link, module
from playground.web.page import concept_page, first_sight
from playground.web.paths import ROOT
from playground.web.shell import Page, Shell
from playground.words import LANGUAGES, words

THEME = gr.themes.Base(
    font=["system-ui", "Segoe UI", "PingFang SC", "Noto Sans SC", "Noto Sans CJK SC", "Microsoft YaHei", "sans-serif"],
    font_mono=["ui-monospace", "SF Mono", "Menlo", "Consolas", "monospace"],
)
OTHER = {"en": "zh", "zh": "en"}
GALLERY_MODULES = (
    "site",
    "gallery",
    "search",
    "stage",
    "layers",
    "classes",
    "raster",
    "heads",
    "ways",
    "timeline",
    "run",
    "wire",
    "format",
    "dom",
)
PAGE_MODULES = (
    "page",
    "site",
    "address",
    "gradio",
    "late",
    "legend",
    "link",
    "passages",
    "symbols",
    "seat",
    "stage",
    "layers",
    "classes",
    "raster",
    "heads",
    "picks",
    "ways",
    "player",
    "presets",
    "room",
    "running",
    "again",
    "status",
    "progress",
    "keys",
    "timeline",
    "charts",
    "histogram",
    "boards",
    "cells-looks",
    "brush",
    "paint",
    "easel",
    "painting",
    "pointer",
    "checks",
    "run",
    "wire",
    "format",
    "dom",
    "when",
)


def mount_sites(app: FastAPI, service: Service) -> FastAPI:
    """Mount /en and /zh on the app."""
    base = ROOT + url("").rstrip("/")
    for lang in LANGUAGES:
        blocks = site(lang, base, service)
        app = gr.mount_gradio_app(
            app,
            blocks,
            path=f"/{lang}",
            theme=THEME,
            footer_links=[],
            run_history=False,
            show_error=False,
            enable_monitoring=False,
            ssr_mode=False,
            max_file_size="1kb",
            pwa=False,
        )
        mount = next(route for route in app.routes if isinstance(route, Mount) and route.path == f"/{lang}")
        bounded(cast(App, mount.app))
        mount.app = Doors(mount.app, slugs(), Calls(blocks, lang))
    app.add_middleware(Shell, base=base, pages=_pages(base, service.settings))
    return app


def _pages(base: str, settings: Settings) -> dict[str, Page]:
    """Every page by its path, as its HTML introduces it."""
    pages = {}
    space = {"id": settings.space_id, "host": settings.space_host} if settings.space_id and settings.space_host else None
    for lang in LANGUAGES:
        say = words(lang)["site"]
        pages[f"/{lang}"] = Page(lang, f"{say['name']} · {say['title']}", say["tagline"], GALLERY_MODULES)
        for slug in slugs():
            lesson = load_lesson(slug, lang)
            sight = header(lang, slug) + first_sight(load(slug), lang, base, space)
            pages[f"/{lang}/{slug}"] = Page(lang, f"{lesson.title} · {say['name']}", lesson.tagline, PAGE_MODULES, sight)
    return pages


def site(lang: str, base: str, service: Service) -> gr.Blocks:
    """Everything in one language."""
    say = words(lang)["site"]
    with Documented(lang, title=say["name"], analytics_enabled=False, fill_width=True) as blocks:
        _header(lang, base, "")
        gallery(lang, base)
    for slug in slugs():
        lesson = load_lesson(slug, lang)
        with blocks.route(lesson.title, slug, show_in_navbar=False):
            _header(lang, base, slug)
            concept_page(load(slug), lang, base)
            endpoint(load(slug), service, lang)
    blocks.space_id = None  # in a Space, Gradio's page would ask huggingface.co for a header, and a font host for its letters
    return blocks


def header(lang: str, current: str) -> str:
    """Markup of the header on the page of `current`, a slug, or "" for the gallery."""
    say = words(lang)["site"]
    names = {slug: load_lesson(slug, lang).labels["name"] for slug in slugs()}
    links = [
        *(link(name, f"{ROOT}/{lang}/{slug}", **({"aria_current": "page"} if slug == current else {})) for slug, name in names.items()),
        link(say["map"], f"{ROOT}/{lang}/", **({} if current else {"aria_current": "page"})),
    ]
    other = OTHER[lang]
    return element(
        "header",
        link(say["name"], f"{ROOT}/{lang}/", cls="home"),
        element("nav", *links, aria_label=say["concepts"]),
        element("details", element("summary", escape(say["concepts"]), cls="pill"), element("div", *links), cls="menu"),
        link(say["other"], f"{ROOT}/{other}/{current}", cls="pill language", lang=other, hreflang=other),
        element("button", cls="pill theme", type="button", aria_label=say["theme"], title=say["theme"]),
        _share(words(lang)["share"]["share"]) if current else "",
        cls="site",
    )


def _share(label: str) -> str:
    """page.js opens the dialog; a narrow screen has room for the icon alone."""
    return element("button", escape(label), cls="pill share", type="button", aria_label=label, aria_haspopup="dialog")


def _header(lang: str, base: str, current: str) -> None:
    gr.HTML(
        header(lang, current),
        js_on_load=f"{module(base, 'site')}.then(m => m.header(element))",
        apply_default_css=False,
        elem_classes="place place-header",
    )

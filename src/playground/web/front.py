"""The doors: / leads to a language, /healthz says whether a run could begin, anything unknown gets a plain sentence."""

import json
from html import escape
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from playground.concept import slugs
from playground.params import Flaw
from playground.runs.health import Health
from playground.settings import Settings
from playground.web.answers import NO_STORE, below, refusal, weights
from playground.web.assets import version
from playground.words import LANGUAGES, sentence


def language(accept: str) -> str:
    """The language of ours that an Accept-Language header likes best; the first of ours where it names none."""
    given = [(tag.partition("-")[0], weight) for tag, weight in weights(accept).items()]

    def liked(lang: str) -> float:
        return max((weight for tag, weight in given if tag == lang), default=dict(given).get("*", 0.0))

    best = max([*(tag for tag, _ in given if tag in LANGUAGES), *LANGUAGES], key=liked)  # of equals the one that is named first
    return best if liked(best) else LANGUAGES[0]


def router(settings: Settings, health: Health) -> APIRouter:
    routes = APIRouter()

    @routes.api_route("/", methods=["GET", "HEAD"])
    async def home(request: Request) -> Response:
        query = dict(parse_qsl(request.url.query, keep_blank_values=True))
        alone = slugs()[0] if settings.space_id and len(slugs()) == 1 else ""
        lang, concept = query.pop("lang", ""), query.pop("c", settings.concept or alone)
        lang = lang if lang in LANGUAGES else language(request.headers.get("accept-language", ""))
        rest = f"?{urlencode(query, safe='~')}" if query else ""
        path = f"/{lang}/{concept if concept in slugs() else ''}{rest}"
        return RedirectResponse(below(request.scope, path), 307, {"Vary": "Accept-Language", "Cache-Control": "no-cache"})

    @routes.api_route("/healthz", methods=["GET", "HEAD"])
    async def healthz() -> Response:
        flaws = await health.flaws()
        told = {"ok": not flaws, "computations": health.service.computations, "version": version()}
        why = json.loads(bytes(refusal(503, *flaws).body)) if flaws else {}
        return JSONResponse(told | why, 503 if flaws else 200, {"Cache-Control": "no-store"})

    return routes


async def not_found(request: Request, error: Exception) -> Response:
    """A page for people, whatever they asked for."""
    home = escape(below(request.scope, "/"))
    lines = "".join(
        f'<p lang="{lang}">{escape(sentence(lang, Flaw("", "not_found")))} <a href="{home}{lang}/">AIGC Playground</a></p>'
        for lang in LANGUAGES
    )
    style = "font:1.1rem system-ui;max-width:36rem;margin:20vh auto;padding:0 1rem;color-scheme:light dark"
    head = '<meta charset="utf-8"><meta name="viewport" content="width=device-width"><link rel="icon" href="data:,"><title>404</title>'
    return HTMLResponse(f'<!doctype html><html lang="en"><head>{head}</head><body style="{style}">{lines}</body></html>', 404, NO_STORE)

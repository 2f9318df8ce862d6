"""GET /notebook/<concept>?<parameters> and /script/…: a run to compute at home."""

import asyncio
import hashlib
from collections.abc import Callable

from fastapi import APIRouter, Request
from starlette.responses import Response

from playground.notebook import Taken, notebook, script
from playground.runs.service import Busy, Service
from playground.web.answers import busy, origin, tab
from playground.web.front import language
from playground.web.runs import Unasked, asked
from playground.web.wanted import Unwanted, here, while_wanted
from playground.words import LANGUAGES


def router(service: Service) -> APIRouter:
    routes = APIRouter()

    @routes.api_route("/notebook/{slug}", methods=["GET", "HEAD"])
    async def as_notebook(slug: str, request: Request) -> Response:
        return await _file(service, slug, request, notebook, "ipynb", "application/x-ipynb+json")

    @routes.api_route("/script/{slug}", methods=["GET", "HEAD"])
    async def as_script(slug: str, request: Request) -> Response:
        return await _file(service, slug, request, script, "py", "text/x-python")

    return routes


async def _file(service: Service, slug: str, request: Request, made: Callable[[Taken], str], ending: str, kind: str) -> Response:
    """The run as such a file. It is asked for anew each time, since words and the files that concepts share may change under one `v`."""
    try:
        concept, params = asked(slug, request)
    except Unasked as error:
        return error.answer
    lang = request.query_params.get("lang", "")
    lang = lang if lang in LANGUAGES else language(request.headers.get("accept-language", ""))
    query = params.to_query()
    address = origin(request, service.settings) + f"/{lang}/{slug}" + f"?{query}" * bool(query)
    run = Taken(concept, params, lang, address, await service.known(slug, params))
    try:
        body = await while_wanted(_made(service, tab(request), made, run), here(request), service.settings.linger_seconds)
    except Busy as error:
        return busy(error)
    except Unwanted:
        return Response(status_code=503)  # to nobody
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": etag, "Cache-Control": "no-cache", "Vary": "Accept-Language"}
    if etag in [tag.strip() for tag in request.headers.get("if-none-match", "").split(",")]:
        return Response(status_code=304, headers=headers)
    headers |= {"Content-Disposition": f'attachment; filename="{run.name}.{ending}"', "Content-Type": f"{kind}; charset=utf-8"}
    return Response(body, headers=headers)


async def _made(service: Service, tab: str, made: Callable[[Taken], str], run: Taken) -> bytes:
    async with service.files.turn(tab):
        return (await asyncio.to_thread(made, run)).encode()

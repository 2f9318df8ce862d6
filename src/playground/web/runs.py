"""Runs as resources: GET /runs/<concept>?<parameters>, and /plan/… which says what such a run would be."""

import asyncio
import gzip
from collections.abc import AsyncGenerator
from contextlib import aclosing

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.types import Send

from playground.concept import Concept, load
from playground.params import Flaw, Params, Refused
from playground.runs.keys import code, key
from playground.runs.live import Live, Stored
from playground.runs.service import Busy, Service
from playground.web.answers import IMMUTABLE, NO_STORE, busy, encoding, refusal, tab

NDJSON = "application/x-ndjson"


class Unasked(Exception):
    """A request that names no run: carries the answer."""

    def __init__(self, answer: Response):
        super().__init__()
        self.answer = answer


def router(service: Service) -> APIRouter:
    routes = APIRouter()

    @routes.api_route("/runs/{slug}", methods=["GET", "HEAD"])
    async def run(slug: str, request: Request) -> Response:
        try:
            concept, params = asked(slug, request)
            if request.method == "HEAD" and not service.stored(slug, params):
                return Response(media_type=NDJSON, headers=NO_STORE)
            found = await service.open(slug, params, tab(request))
        except Unasked as error:
            return error.answer
        except Busy as error:
            return busy(error)
        if isinstance(found, Live):
            return RunStream(service, found)
        return await _finished(request, found, _current(request, concept) and found.code == code(slug))

    @routes.get("/plan/{slug}")
    async def plan(slug: str, request: Request) -> Response:
        """Not a refusal but an answer that says why not: asking is no error, and a browser's console stays clean."""
        try:
            concept, params = asked(slug, request)
        except Unasked as error:
            error.answer.status_code = 200 if error.answer.status_code == 422 else error.answer.status_code
            return error.answer
        return JSONResponse(plan_of(concept, params) | {"stored": service.stored(slug, params)}, headers={"Cache-Control": "no-cache"})

    return routes


class RunStream(StreamingResponse):
    """A live run as it comes: its header and first frame at once, then a chunk each tenth of a second at most."""

    def __init__(self, service: Service, run: Live):
        super().__init__(_paced(service, run), media_type=NDJSON, headers=NO_STORE | {"X-Accel-Buffering": "no"})

    async def stream_response(self, send: Send) -> None:
        async with aclosing(self.body_iterator):  # type: ignore[type-var]  # a viewer who leaves is gone at once
            await super().stream_response(send)


async def _paced(service: Service, run: Live) -> AsyncGenerator[bytes, None]:
    async with aclosing(service.follow(run)) as chunks:
        async for chunk in chunks:
            yield chunk
            if run.frames and not run.done:
                await asyncio.sleep(service.settings.chunk_seconds)


async def _finished(request: Request, run: Stored, current: bool) -> Response:
    """A stored run; kept for ever by whoever asked for the code that made it."""
    etag = f'W/"{run.digest}"'
    headers = {"ETag": etag, "Vary": "Accept-Encoding", "Cache-Control": IMMUTABLE if current else "no-cache"}
    if etag in [tag.strip() for tag in request.headers.get("if-none-match", "").split(",")]:
        return Response(status_code=304, headers=headers)
    if encoding(request, "gzip"):
        return Response(run.body, media_type=NDJSON, headers=headers | {"Content-Encoding": "gzip"})
    return Response(await asyncio.to_thread(gzip.decompress, run.body), media_type=NDJSON, headers=headers)


def asked(slug: str, request: Request) -> tuple[Concept, Params]:
    """The concept and its parameters. Raises Unasked."""
    try:
        concept = load(slug)
    except KeyError:
        raise Unasked(refusal(404, Flaw("", "unknown_concept"))) from None
    try:
        return concept, concept.params.from_query(request.url.query)
    except Refused as refused:
        raise Unasked(refusal(422, *refused.flaws, known=concept.params.model_fields)) from None


def _current(request: Request, concept: Concept) -> bool:
    return request.query_params.get("v") == code(concept.slug)


def plan_of(concept: Concept, params: Params) -> dict[str, object]:
    return {
        "query": params.to_query(),
        "params": params.model_dump(),
        "key": key(concept, params),
        "v": code(concept.slug),
        "scene": concept.scene(params).as_json(),
        "work": params.work(),
        "frames": concept.frames(params),
    }

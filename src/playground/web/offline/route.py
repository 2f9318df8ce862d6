"""GET /offline/<concept>?<parameters>: the page with this run, and with the one that `vs` puts beside it, as one file."""

import asyncio
import re
import threading
from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request
from starlette.responses import Response, StreamingResponse

from playground.concept import Concept, load
from playground.params import Flaw, Params, Refused
from playground.runs.engine import RunFailed
from playground.runs.service import Busy, Service
from playground.web.answers import NO_STORE, busy, origin, refusal, tab
from playground.web.offline.file import File, Held
from playground.web.offline.page import parts
from playground.web.runs import Unasked, asked
from playground.web.wanted import Unwanted, here, while_wanted
from playground.words import LANGUAGES

CHANGE = re.compile(r"([A-Za-z_]\w*):(.*)", re.S)
_one_at_a_time = threading.Lock()  # a class that wants the same file waits for one composition


def router(service: Service) -> APIRouter:
    routes = APIRouter()

    @routes.get("/offline/{slug}")
    async def offline(slug: str, request: Request) -> Response:
        try:
            concept, params = asked(slug, request)
            second = beside(concept, request.url.query, request.query_params.get("vs", ""))
            wanted = [params, *([second] if second and second != params else [])]
            lang = request.query_params.get("lang", "")
            where = origin(request, service.settings), lang if lang in LANGUAGES else ""
            made = _made(service, slug, wanted, where, tab(request))
            pieces = await while_wanted(made, here(request), service.settings.linger_seconds)
        except Unasked as error:
            return error.answer
        except Refused as refused:
            return refusal(422, *refused.flaws, known=load(slug).params.model_fields)
        except Busy as error:
            return busy(error)
        except Unwanted:
            return Response(status_code=503)  # to nobody
        except RunFailed as failed:
            return refusal(500, Flaw("", failed.code))
        headers = {
            "Content-Length": str(sum(map(len, pieces))),
            "Content-Disposition": f'attachment; filename="{slug}-seed{params.seed}.html"',
        }
        return StreamingResponse(iter(pieces), media_type="text/html; charset=utf-8", headers=NO_STORE | headers)

    return routes


async def _made(service: Service, slug: str, wanted: list[Params], where: tuple[str, str], tab: str) -> tuple[bytes, ...]:
    """The file's pieces, its runs computed if need be. Raises RunFailed, Busy."""
    runs = await asyncio.gather(*(service.finished(slug, each, tab) for each in wanted))
    held = tuple(Held(each, run.body) for each, run in zip(wanted, runs, strict=True))
    async with service.files.turn(tab):
        return await asyncio.to_thread(_put_together, slug, held, *where)


def beside(concept: Concept, query: str, vs: str) -> Params | None:
    """The run with the changes of an address's `vs`, "field:value" joined by ";", if it has any. Raises Refused."""
    if not vs:
        return None
    changes = {}
    for part in re.split(r";(?=[A-Za-z_]\w*:)", vs):
        found = CHANGE.fullmatch(part)
        if not found or found[1] in changes:
            raise Refused(Flaw("", "value_error"))
        changes[found[1]] = found[2]
    pairs: Mapping[str, str] = dict(parse_qsl(query, keep_blank_values=True)) | changes
    return concept.params.from_query(pairs)


def _put_together(slug: str, held: tuple[Held, ...], live: str, lang: str) -> tuple[bytes, ...]:
    with _one_at_a_time:
        return _parts(slug, held, live, lang)


@lru_cache(4)
def _parts(slug: str, held: tuple[Held, ...], live: str, lang: str) -> tuple[bytes, ...]:
    return tuple(parts(File(load(slug), held, held[-1].params if held[1:] else None, live, lang)))

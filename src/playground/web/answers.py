"""Answers every route shares: flaws as JSON, sentences in both languages, what a client accepts."""

import re
from collections.abc import Iterable

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import Scope

from playground.params import Flaw
from playground.runs.admission import SHARED, Busy
from playground.settings import Settings
from playground.words import LANGUAGES, sentence

IMMUTABLE = "public, max-age=31536000, immutable"
NO_STORE = {"Cache-Control": "no-store"}
PREFIX = "playground.prefix"  # where a request's scope has it
WEIGHED = re.compile(r"([!#$%&'*+.^`|~\w-]+)(?:[ \t]*;[ \t]*q=(0?\.\d+|0\.?|1(?:\.0*)?))?", re.ASCII)
TAB = re.compile(r"[\w-]{8,64}", re.ASCII)
HOST = re.compile(r"[\w.-]+(:\d+)?|\[[0-9a-f:]+\](:\d+)?", re.ASCII)  # as a Host header should be; it becomes part of a text


def refusal(status: int, *flaws: Flaw, known: Iterable[str] = ()) -> JSONResponse:
    """What is wrong, field by field. A name that is no field is not sent back."""
    names = set(known)
    errors = [
        {"field": flaw.field if flaw.field in names else "", "code": flaw.code} | {lang: sentence(lang, flaw) for lang in LANGUAGES}
        for flaw in flaws
    ]
    return JSONResponse({"errors": errors}, status, NO_STORE)


def weights(accepted: str) -> dict[str, float]:
    """What an Accept header names, in its order, with each weight (RFC 9110, 12.4.2). A part that breaks the grammar counts for nothing."""
    parts = (WEIGHED.fullmatch(part.strip(" \t").lower()) for part in accepted.split(","))
    return {part[1]: float(part[2] or 1) for part in parts if part}


def busy(error: Busy) -> JSONResponse:
    """No more just now; when to ask again."""
    answer = refusal(503, error.flaw)
    answer.headers["Retry-After"] = str(error.after)
    return answer


def tab(request: Request) -> str:
    """The page that asks, as it calls itself; whoever says nothing of the kind is one with all others who don't."""
    name = request.headers.get("x-tab", "")
    return name if TAB.fullmatch(name) else SHARED


def encoding(request: Request, *offered: str) -> str:
    """The first offered content encoding that the client takes, or ""."""
    given = weights(request.headers.get("accept-encoding", ""))
    return next((name for name in offered if given.get(name, given.get("*", 0)) > 0), "")


def below(scope: Scope, path: str) -> str:
    """The visitor's address of a path of ours: a proxy may have put the whole site below a prefix (`proxies.py` finds out)."""
    return scope.get(PREFIX, "") + path


def origin(request: Request, settings: Settings) -> str:
    """Where this site is, for what leaves it: a Space's own address, else what the client called it; "" where that is no host."""
    if settings.space_host:
        return f"https://{settings.space_host}"
    host = request.headers.get("host", "")
    return f"{request.url.scheme}://{host}{below(request.scope, '')}" if HOST.fullmatch(host) else ""

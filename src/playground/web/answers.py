"""Answers every route shares: flaws as JSON, sentences in both languages, what a client accepts."""

import re
from collections.abc import Iterable

from starlette.requests import Request
from starlette.responses import JSONResponse

from playground.params import Flaw
from playground.runs.admission import SHARED, Busy
from playground.settings import Settings
from playground.words import LANGUAGES, sentence

IMMUTABLE = "public, max-age=31536000, immutable"
NO_STORE = {"Cache-Control": "no-store"}
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
    weights = {}
    for part in request.headers.get("accept-encoding", "").lower().split(","):
        name, _, weight = part.strip().partition(";")
        weights[name.strip()] = weight.replace(" ", "")
    refused = ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return next((name for name in offered if weights.get(name, weights.get("*", "q=0")) not in refused), "")


def origin(request: Request, settings: Settings) -> str:
    """Where this site is, for what leaves it: a Space's own address, else what the client called it; "" where that is no host."""
    if settings.space_host:
        return f"https://{settings.space_host}"
    host = request.headers.get("host", "")
    return f"{request.url.scheme}://{host}" if HOST.fullmatch(host) else ""

"""The doors of Gradio: an allow-list of its addresses. Whatever is not on it, of this Gradio or the next, isn't there."""

import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from starlette._utils import get_route_path
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from playground.params import Flaw
from playground.web.answers import refusal
from playground.web.calls import Calls, Uncalled

log = logging.getLogger(__name__)
READ, ASK, SEND = frozenset({"GET", "HEAD"}), frozenset({"GET"}), frozenset({"POST"})
API = "/gradio_api/"
EVENT = "[0-9a-f]{32}"
# Gradio builds addresses of X-Forwarded-Host and X-Gradio-Server, which anybody may send, and lets a foreign Origin read answers
UNTOLD = {b"x-forwarded-host", b"x-gradio-server", b"origin", b"cookie"}
SAID = {404: "not_found", 503: "too_busy"}  # of what Gradio answers; else "broken"


@dataclass(frozen=True)
class Door:
    """An open address below a mount, and why it is open. What is sent through it is written anew by the method `body` of Calls."""

    path: str
    methods: frozenset[str]
    why: str
    body: str = ""

    def leads(self, path: str, method: str) -> re.Match[str] | None:
        return re.fullmatch(self.path, path) if method in self.methods else None


def doors(slugs: Iterable[str]) -> tuple[Door, ...]:
    """All that is open. Paths are patterns; a group named `slug` or `event` is looked up before Gradio is asked."""
    slug = "|".join(map(re.escape, slugs))
    return (
        Door(rf"/(?:{slug})?", READ, "the pages: the gallery, and one for each concept"),
        Door(r"/assets/[\w-][\w.-]*", READ, "Gradio's scripts, styles and letters, which its pages load"),
        Door(r"/static/js/iframeResizer\.contentWindow\.min\.js", READ, "a script that Gradio's pages load"),
        Door(r"/theme\.css", READ, "the style that Gradio's pages load"),
        Door(r"/config", READ, "gradio_client asks first what there is"),
        Door(rf"{API}info", READ, "gradio_client asks which endpoints there are, and what they take"),
        Door(rf"{API}queue/join", SEND, "gradio_client calls an endpoint", "joined"),
        Door(rf"{API}queue/data", ASK, "gradio_client waits there for the answers to its calls"),
        Door(rf"{API}cancel", SEND, "gradio_client takes a call back", "cancelled"),
        Door(rf"{API}reset", SEND, "gradio_client says so when it takes a call back; nothing happens", "reset"),
        Door(rf"{API}call/(?P<slug>{slug})", SEND, "an endpoint without gradio_client: by curl, in two steps", "called"),
        Door(rf"{API}call/v2/(?P<slug>{slug})", SEND, "the same, as the endpoints' own description shows it", "named"),
        Door(rf"{API}call/(?:v2/)?(?:{slug})/(?P<event>{EVENT})", ASK, "the second step: the answer"),
    )


class Doors:
    """ASGI around one mounted Gradio app. Passes on what the list names, without any query or header that Gradio need not know."""

    def __init__(self, app: ASGIApp, slugs: Iterable[str], calls: Calls):
        self.app, self.calls, self.open = app, calls, doors(slugs)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await WebSocketClose()(scope, receive, send)
            return
        try:
            await self._through(scope, receive, send)
        except Uncalled as refused:
            await refused.answer(scope, receive, send)

    async def _through(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = get_route_path(scope) or "/"
        door, match = self._door(path, scope["method"])
        if not door or not match:
            await _nowhere(path)(scope, receive, send)
            return
        method = "GET" if door.methods == READ else scope["method"]  # Gradio knows HEAD for one page only
        told: dict[str, Any] = dict(scope) | {
            "method": method,
            "query_string": b"",
            "headers": [pair for pair in scope["headers"] if pair[0] not in UNTOLD],
        }
        if door.body:
            session, body = await getattr(self.calls, door.body)(Request(scope, receive), **match.groupdict())
            receive = _said(body, receive)
            told["path"] = scope["path"].replace(f"{API}call/v2/", f"{API}call/")  # whose values have been put in order
            told["headers"] = [
                pair for pair in told["headers"] if pair[0] not in (b"content-length", b"content-type", b"transfer-encoding")
            ]
            told["headers"] += [(b"content-length", str(len(body)).encode()), (b"content-type", b"application/json")]
            with self.calls.calling(session):
                await self._ask(told, receive, send)
        elif door.methods == ASK:
            session = self.calls.session(Request(scope), match.groupdict().get("event"))
            told["query_string"] = b"" if "event" in match.groupdict() else f"session_hash={session}".encode()
            with self.calls.reading(session):
                await self._ask(told, receive, send)
        else:
            await self._ask(told, receive, send)

    def _door(self, path: str, method: str) -> tuple[Door, re.Match[str]] | tuple[None, None]:
        return next(((door, match) for door in self.open if (match := door.leads(path, method))), (None, None))

    async def _ask(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let Gradio answer. Where it says no, a sentence stands in place of its own words."""
        answer = _Answer(send)
        try:
            await self.app(scope, receive, answer.send)
        except Exception:
            log.exception("Gradio broke off an answer")
            answer.refused = answer.refused or (0 if answer.started else 500)
        if answer.refused:
            await refusal(answer.refused, Flaw("", SAID.get(answer.refused, "broken")))(scope, receive, send)


def _nowhere(path: str) -> Response:
    """Raises HTTPException, for the page that says so."""
    if path.startswith(API):
        return refusal(404, Flaw("", "not_found"))
    raise HTTPException(404)


class _Answer:
    """What Gradio answers, unless it is a refusal: of that, the status is kept."""

    def __init__(self, send: Send):
        self._send, self.refused, self.started = send, 0, False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] >= 400:
            self.refused = message["status"]
        if not self.refused:
            self.started = True
            await self._send(message)


def _said(body: bytes, receive: Receive) -> Receive:
    """A request's channel with these bytes in place of its body, which has been read."""
    left = [{"type": "http.request", "body": body, "more_body": False}]

    async def said() -> Message:
        return left.pop() if left else await receive()

    return said

"""What no request may do, checked before any route: long bodies, long queries, uploads. Here answers get headers, errors a sentence."""

import logging
import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from playground.params import QUERY_BYTES, Flaw
from playground.web import headers
from playground.web.answers import below, refusal
from playground.web.connections import Protocol as Protocol  # what it lets through comes here

CLOSED = re.compile(r"^(?:/[a-z]{2})?/gradio_api/upload(?:_progress)?/?$")
log = logging.getLogger(__name__)


class Limits:
    """Answers 414, 413, 403 and 500 itself, and passes all else on. A browser with too long a query is led to the page without it."""

    def __init__(self, app: ASGIApp, body_bytes: int):
        self.app, self.body_bytes = app, body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        answer = self._refused(scope)
        guarded = _Guarded(receive, send, self.body_bytes)
        if answer:
            await answer(scope, receive, guarded.send)
            return
        try:
            await self.app(scope, guarded.receive, guarded.send)
        except Exception:
            if guarded.started:
                raise
            if not guarded.over:
                log.exception("a request was not answered")
                await refusal(500, Flaw("", "broken"))(scope, receive, guarded.send)
        if guarded.over and not guarded.started:
            guarded.over = False
            await self._too_long()(scope, receive, guarded.send)

    def _refused(self, scope: Scope) -> Response | None:
        length = Headers(scope=scope).get("content-length", "0")
        if len(scope["query_string"]) > QUERY_BYTES and "text/html" in Headers(scope=scope).get("accept", ""):
            return RedirectResponse(below(scope, f"/{scope['path'].lstrip('/')}#too_long"), 303)  # a page that lives, and says so
        if len(scope["query_string"]) > QUERY_BYTES:
            return refusal(414, Flaw("", "query_too_long", {"limit": QUERY_BYTES}))
        if CLOSED.match(scope["path"]):
            return refusal(403, Flaw("", "closed"))
        return self._too_long() if length.isdigit() and int(length) > self.body_bytes else None

    def _too_long(self) -> JSONResponse:
        answer = refusal(413, Flaw("", "body_too_long", {"limit": self.body_bytes}))
        answer.headers["Connection"] = "close"
        return answer


class _Guarded:
    """One request's channels: counts the body, adds the headers. A body that grows too long looks like a client that left."""

    def __init__(self, receive: Receive, send: Send, limit: int):
        self._receive, self._send, self._left = receive, send, limit
        self.over = self.started = False

    async def receive(self) -> Message:
        message = await self._receive()
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            self.over = True
        return {"type": "http.disconnect"} if self.over else message

    async def send(self, message: Message) -> None:
        if self.over and not self.started:
            return  # whatever the app says to half a body, the answer is 413
        if message["type"] == "http.response.start":
            self.started = True
            headers.complete(MutableHeaders(scope=message))
        await self._send(message)

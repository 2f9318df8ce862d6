"""What no request may do, checked before any route: long bodies, long queries, uploads; and headers every answer bears."""

import re
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from playground.params import QUERY_BYTES, Flaw
from playground.web.answers import below, refusal

CLOSED = re.compile(r"^(?:/[a-z]{2})?/gradio_api/upload(?:_progress)?/?$")
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    # gradio needs inline and eval; frame-ancestors is left open, since Spaces are shown in a frame
    "Content-Security-Policy": "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; object-src 'none'; base-uri 'self'",
}


class Limits:
    """Answers 414, 413 or 403 itself, and passes everything else on. A browser with too long a query is led to the page without it."""

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
            if not guarded.over:
                raise
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
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
        await self._send(message)


class Protocol(H11Protocol):
    """uvicorn's HTTP/1.1, whose answer to a broken or endless request line is a sentence in both languages too."""

    def send_400_response(self, msg: str) -> None:
        self.logger.debug(msg)
        answer = refusal(400, Flaw("", "bad_request"))
        body: Any = answer.body
        head = f"HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\nconnection: close\r\n\r\n"
        self.transport.write(head.encode() + bytes(body))
        self.transport.close()

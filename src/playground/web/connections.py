"""Connections: how many there may be, and how long one may take. uvicorn's HTTP/1.1 with patience that ends."""

import asyncio
import fcntl
import resource
import socket
import struct
import sys
import termios
from collections.abc import Callable
from html import escape
from http import HTTPStatus
from typing import Any

import h11
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import HTMLResponse, Response
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from playground.params import Flaw
from playground.web import headers
from playground.web.answers import refusal
from playground.web.front import language
from playground.words import LANGUAGES, sentence

HEAD_SECONDS = 10.0  # for a request's line and headers, counted from its first byte, or from the connection
BODY_SECONDS = 30.0  # for its body
STALL_SECONDS = 30.0  # in which a client that is being sent something must take some of it
SPARE_FILES = 256  # for runs, stored files and libraries
TOLD = 64  # connections beyond the most that are told so; more are cut off


def room(wanted: int) -> int:
    """Let the process open as many files as it may, and say how many connections that leaves, at most `wanted`."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        soft = hard
    except (ValueError, OSError):  # macOS names no number and takes none
        pass
    return wanted if soft == resource.RLIM_INFINITY else max(16, min(wanted, soft - SPARE_FILES - TOLD))


async def full(scope: Scope, receive: Receive, send: Send) -> None:
    """The whole app, to a connection that is one too many."""
    said = Headers(scope=scope)
    answer: Response = refusal(503, Flaw("", "too_full"))
    if "text/html" in said.get("accept", ""):
        first = scope["path"].lstrip("/").partition("/")[0]
        lang = first if first in LANGUAGES else language(said.get("accept-language", ""))
        told = escape(sentence(lang, Flaw("", "too_full")))
        answer = HTMLResponse(f'<!doctype html><html lang="{lang}"><meta charset="utf-8"><title>503</title><p>{told}</p></html>', 503)
    answer.headers.update({"Connection": "close", "Retry-After": "10", "Cache-Control": "no-store"})
    headers.complete(answer.headers)
    await answer(scope, receive, send)


class Protocol(H11Protocol):
    """Closes connections that keep it waiting: 10 s for a request's head, 30 s for its body or without taking what is sent.

    What it has to say itself it says in a sentence in both languages. Beyond `most` connections, `full` answers.
    """

    def __init__(self, *args: Any, most: int = 10_000, **rest: Any):
        super().__init__(*args, **rest)
        self.most = most
        self._began = False
        self._awaited: Any = None  # h11's state of the client for which the timer runs
        self._patience: asyncio.TimerHandle | None = None
        self._stall: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(_Counted(transport, self._watch))  # type: ignore[arg-type]
        excess = len(self.connections) - self.most
        if excess > TOLD:
            self._cut()
            return
        self.app = full if excess > 0 else self.app
        self._await()

    def data_received(self, data: bytes) -> None:
        self._began = True
        super().data_received(data)
        self._await()

    def connection_lost(self, exc: Exception | None) -> None:
        for timer in (self._patience, self._stall):
            if timer:
                timer.cancel()
        super().connection_lost(exc)

    def _await(self) -> None:
        state = self.conn.their_state
        if state is self._awaited:
            return
        self._awaited = state
        if self._patience:
            self._patience.cancel()
        seconds = {h11.IDLE: HEAD_SECONDS, h11.SEND_BODY: BODY_SECONDS}.get(state)
        self._patience = self.loop.call_later(seconds, self._too_slow) if seconds else None

    def _too_slow(self) -> None:
        if self._began and not (self.cycle and self.cycle.response_started and not self.cycle.response_complete):
            self._hang_up(408, "too_slow")
        else:  # a browser opens connections that it may need, and expects no word on them
            self.transport.close()

    def _watch(self) -> None:
        """From a write on, until all of it is taken."""
        if not self._stall:
            self._look(-1, 0)

    def _look(self, before: int, idle: int) -> None:
        taken = self.transport.taken  # type: ignore[attr-defined]
        idle = idle + 1 if taken == before else 0
        if idle == 3:
            self._cut()
            return
        self._stall = self.loop.call_later(STALL_SECONDS / 3, self._looked, taken, idle)

    def _looked(self, before: int, idle: int) -> None:
        self._stall = None
        if self.transport.pending:  # type: ignore[attr-defined]
            self._look(before, idle)

    def _cut(self) -> None:
        """At once, with what the system has still to send, which it would keep for minutes."""
        self.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()

    def send_400_response(self, msg: str) -> None:
        self.logger.debug(msg)
        self._hang_up(400, "bad_request")

    def _hang_up(self, status: int, code: str) -> None:
        answer = refusal(status, Flaw("", code))
        answer.headers["Connection"] = "close"
        headers.complete(MutableHeaders(raw=answer.raw_headers))
        lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}".encode(), *(name + b": " + value for name, value in answer.raw_headers)]
        self.transport.write(b"\r\n".join(lines) + b"\r\n\r\n" + bytes(answer.body))
        self.transport.close()


class _Counted:
    """A transport that knows how much is still on its way, and how much has arrived."""

    def __init__(self, transport: asyncio.Transport, wrote: Callable[[], None]):
        self._transport, self._wrote, self._given = transport, wrote, 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    @property
    def pending(self) -> int:
        """Bytes here and in the system: megabytes that nobody reads hide there."""
        try:
            there = fcntl.ioctl(self._transport.get_extra_info("socket").fileno(), termios.TIOCOUTQ, bytes(4))
        except (OSError, ValueError):  # closed, or a system that doesn't say
            there = bytes(4)
        return self._transport.get_write_buffer_size() + int.from_bytes(there, sys.byteorder)

    @property
    def taken(self) -> int:
        return self._given - self.pending

    def write(self, data: bytes) -> None:
        self._given += len(data)
        self._transport.write(data)
        self._wrote()

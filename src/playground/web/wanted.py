"""Work that ends when nobody waits for it any more: who asked has left, or never reads what Gradio's queue has for him."""

import asyncio
import re
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar
from urllib.parse import parse_qs

from gradio.context import LocalContext
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

T = TypeVar("T")
LOOK = 0.5  # seconds between two looks at whether someone waits
ANSWER = re.compile(r"/gradio_api/(?:call/(?:v2/)?[^/]+/(?P<event>[^/]+)|queue/data)/?$")
_read: Counter[str] = Counter()  # how many read what Gradio has for this event, or this session


class Unwanted(Exception):
    """Nobody waits."""


async def while_wanted(work: Coroutine[Any, Any, T], wanted: Callable[[], Awaitable[bool]], linger: float) -> T:
    """The outcome of the work. Raises Unwanted, and ends the work, once nobody has wanted it for `linger` seconds."""
    task, loop = asyncio.ensure_future(work), asyncio.get_running_loop()
    last = loop.time()
    try:
        while not (await asyncio.wait([task], timeout=LOOK))[0]:
            if await wanted():
                last = loop.time()
            elif loop.time() - last > linger:
                raise Unwanted
        return task.result()
    finally:
        task.cancel()


def here(request: Request) -> Callable[[], Awaitable[bool]]:
    """Whether the client of this request is still there."""

    async def connected() -> bool:
        return not await request.is_disconnected()

    return connected


async def called() -> bool:
    """Whether someone waits for the API call that is being answered: whoever made it, or whoever reads its session or event."""
    asked = LocalContext.request.get(None)
    names = (LocalContext.event_id.get(None), asked and asked.session_hash)
    return any(name and _read[name] for name in names) or bool(asked and asked.request and await here(asked.request)())


class Readers:
    """Notes who reads the answers of Gradio's queue. Gradio itself forgets to tell."""

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = ANSWER.search(scope["path"]) if scope["type"] == "http" and scope["method"] == "GET" else None
        if found is None:
            return await self.app(scope, receive, send)
        name = found["event"] or parse_qs(scope["query_string"].decode("latin-1")).get("session_hash", [""])[0]
        _read[name] += 1
        try:
            await self.app(scope, receive, send)
        finally:
            _read[name] -= 1
            if not _read[name]:
                del _read[name]

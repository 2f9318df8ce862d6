"""Work that ends when whoever asked for it has left."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

from starlette.requests import Request

T = TypeVar("T")
LOOK = 0.5  # seconds between two looks at whether someone waits


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

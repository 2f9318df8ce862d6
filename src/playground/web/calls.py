"""Calls of the concepts' endpoints: what may stand in one, and how long one is kept that nobody waits for.

Gradio queues the calls of a site. It would take any event of any component, fetch what a value names, and keep each
session for ever; here a call is an endpoint of ours with plain values, and its session ends with whoever waits for it.
"""

import asyncio
import json
import re
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import gradio as gr
from gradio.routes import App
from gradio.state_holder import SessionState, StateHolder
from gradio.utils import LRUCache, cancel_tasks
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from playground.concept import load, slugs
from playground.params import Flaw
from playground.web.answers import NO_STORE, refusal
from playground.words import sentence

SESSION = re.compile(r"[\w-]{1,64}", re.ASCII)
PLAIN = (str, int, float, bool, type(None))
UNREAD_SECONDS = 5.0  # that an answer waits for someone to ask for it
FORGET_SECONDS = 0.2  # in which those who leave are gathered
SESSIONS = 2000  # whose messages are kept at once


class Uncalled(Exception):
    """A request that calls nothing: carries the answer."""

    def __init__(self, answer: Response):
        super().__init__()
        self.answer = answer


class OneState(StateHolder):
    """One session's state for all. No component of ours has any, and Gradio describes each of them, on every page, for each new session."""

    def __getitem__(self, session_id: str) -> SessionState:
        return super().__getitem__("")

    def __contains__(self, session_id: object) -> bool:
        return True


def bounded(app: App) -> None:
    """Let sessions of a mounted site take little time and a bounded part of the memory."""
    blocks = app.get_blocks()
    app.state_holder = OneState()
    app.state_holder.set_blocks(blocks)
    queue = blocks._queue
    queue.ANALYTICS_MAX_EVENTS = 1  # of each call, for a page of statistics that is closed
    queue.pending_messages_per_session = LRUCache(SESSIONS)
    queue.pending_event_ids_session = LRUCache(SESSIONS)


class Calls:
    """The calls of one site. Each method named in `doors.py` reads a request: the session it belongs to, and a body for Gradio."""

    def __init__(self, blocks: gr.Blocks, lang: str):
        self._queue, self._lang = blocks._queue, lang
        self._slugs = {fn._id: str(fn.api_name) for fn in blocks.fns.values() if fn.fn and fn.api_name in slugs()}
        self._readers: Counter[str] = Counter()
        self._gone: set[str] = set()
        self._forgetting: asyncio.Task[None] | None = None

    async def joined(self, request: Request) -> tuple[str, bytes]:
        said = await _read(request)
        slug = self._slugs.get(number) if isinstance(number := said.get("fn_index"), int) else None
        if not slug:
            raise Uncalled(refusal(404, Flaw("", "unknown_concept")))
        return self._body(slug, _session(said), said.get("data"), fn_index=number)

    async def called(self, request: Request, slug: str) -> tuple[str, bytes]:
        said = await _read(request)
        return self._body(slug, uuid.uuid4().hex, said.get("data"))

    async def named(self, request: Request, slug: str) -> tuple[str, bytes]:
        """Values by name; those that are not named are the defaults. To Gradio it is a plain call."""
        said = await _read(request)
        known = load(slug).params.model_fields
        if said.keys() - known.keys():
            raise self._refused(slug, Flaw("", "extra_forbidden"))
        return self._body(slug, uuid.uuid4().hex, [said.get(name, field.default) for name, field in known.items()])

    async def cancelled(self, request: Request) -> tuple[str, bytes]:
        said = await _read(request)
        number = said.get("fn_index")
        body = {
            "session_hash": _session(said),
            "fn_index": number if number in self._slugs else -1,
            "event_id": str(said.get("event_id", "")),
        }
        return "", json.dumps(body).encode()

    async def reset(self, request: Request) -> tuple[str, bytes]:
        return "", b'{"event_id": ""}'

    def session(self, request: Request, event: str | None) -> str:
        """The session whose answers are asked for. Raises Uncalled where nothing is to come."""
        waiting: Mapping[str, set[str]] = self._queue.pending_event_ids_session
        name = next((s for s, ids in waiting.items() if event in ids), "") if event else request.query_params.get("session_hash", "")
        if not SESSION.fullmatch(name) or not waiting.get(name):
            raise Uncalled(refusal(404, Flaw("", "no_such_call")))
        return name

    @contextmanager
    def calling(self, session: str) -> Iterator[None]:
        """While the call is put into the queue. Afterwards someone has to ask for its answer."""
        self._gone.discard(session)
        try:
            yield
        finally:
            if session:
                asyncio.get_running_loop().call_later(UNREAD_SECONDS, self._left, session)

    @contextmanager
    def reading(self, session: str) -> Iterator[None]:
        """While someone waits. Who leaves ends the calls of the session."""
        self._gone.discard(session)
        self._readers[session] += 1
        try:
            yield
        finally:
            self._readers[session] -= 1
            self._left(session)

    def _left(self, session: str) -> None:
        if self._readers[session] > 0:
            return
        del self._readers[session]
        self._gone.add(session)
        if not self._forgetting or self._forgetting.done():
            self._forgetting = asyncio.get_running_loop().create_task(self._forget(), name="forget")

    async def _forget(self) -> None:
        """End what was called by those who have gone: many at once, since Gradio looks through all its tasks for each time it is asked."""
        waiting, messages = self._queue.pending_event_ids_session, self._queue.pending_messages_per_session
        while self._gone:
            await asyncio.sleep(FORGET_SECONDS)
            leaving = set(self._gone)
            unread = {session for session in leaving if waiting.get(session)}
            await cancel_tasks({f"{session}_{number}" for session in unread for number in self._slugs})
            for session in unread & self._gone:  # who has come back meanwhile is not among them
                await self._queue.clean_events(session_hash=session)
            for session in leaving & self._gone:
                waiting.pop(session, None)
                messages.pop(session, None)
            self._gone -= leaving

    def _body(self, slug: str, session: str, values: Any, **more: Any) -> tuple[str, bytes]:
        return session, json.dumps({"data": self._plain(slug, values), "session_hash": session} | more).encode()

    def _plain(self, slug: str, values: Any) -> list[Any]:
        names = list(load(slug).params.model_fields)
        if not isinstance(values, list) or len(values) != len(names):
            raise self._refused(slug, Flaw("", "values_counted", {"count": len(names)}))
        if wrong := [name for name, value in zip(names, values, strict=True) if not isinstance(value, PLAIN)]:
            raise self._refused(slug, *(Flaw(name, "value_not_plain") for name in wrong))
        return values

    def _refused(self, slug: str, *flaws: Flaw) -> Uncalled:
        """In our form and, so that gradio_client tells it, in Gradio's."""
        told = json.loads(bytes(refusal(422, *flaws, known=load(slug).params.model_fields).body))
        told["detail"] = [
            {"__type__": "validate", "is_valid": False, "parameter_name": flaw.field or slug, "message": sentence(self._lang, flaw)}
            for flaw in flaws
        ]
        return Uncalled(JSONResponse(told, 422, NO_STORE))


async def _read(request: Request) -> dict[str, Any]:
    try:
        said = json.loads(await request.body())
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise Uncalled(refusal(400, Flaw("", "body_unread")))
    return said


def _session(said: Mapping[str, Any]) -> str:
    """Raises Uncalled."""
    name = said.get("session_hash")
    if not isinstance(name, str) or not SESSION.fullmatch(name):
        raise Uncalled(refusal(400, Flaw("", "body_unread")))
    return name

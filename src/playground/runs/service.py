"""Runs for everybody: one computation however many ask, kept when it is finished, stopped when nobody is left."""

import asyncio
import gzip
import hashlib
import json
import logging
import time
from collections import OrderedDict
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any, Self

from playground.concept import Concept, load
from playground.device import runs_at_once
from playground.params import Params
from playground.runs import lines
from playground.runs.engine import Engine, RunFailed
from playground.runs.keys import key
from playground.runs.ran import Ran
from playground.runs.store import Store, pack
from playground.settings import Settings

log = logging.getLogger(__name__)


class Busy(Exception):
    """Too many runs wait already."""


@dataclass(frozen=True)
class Stored:
    """A finished run: its lines in gzip, their digest, and the code that computed it."""

    body: bytes
    digest: str
    code: str

    @classmethod
    def of(cls, body: bytes) -> Self:
        return cls(body, hashlib.sha256(body).hexdigest()[:32], lines.head(body)["v"])


@dataclass(eq=False)
class Live:
    """A run that is being computed. Viewers read `lines` from the start and await `news`; a slow one costs nothing."""

    concept: Concept
    params: Params
    key: str
    lines: list[bytes]
    frames: int = 0
    place: int = 0  # in the queue; 0 when it computes
    done: bool = False
    viewers: int = 0
    ran: Ran | None = None
    began: float = 0.0
    news: asyncio.Event = field(default_factory=asyncio.Event)
    task: asyncio.Task[None] | None = None

    def tell(self) -> None:
        self.news.set()
        self.news = asyncio.Event()

    def add(self, line: bytes) -> None:
        self.lines.append(line)
        self.tell()

    def remaining(self) -> float:
        """Seconds to go at the pace so far."""
        done = self.concept.scene(self.params).done(self.frames, self.concept.frames(self.params))
        return (time.monotonic() - self.began) / done * (1 - done) if done else float("inf")


class Service:
    """All runs of one server, in one event loop. An async context; `engine` is entered and left by its owner."""

    def __init__(self, engine: Engine, store: Store, settings: Settings):
        self.engine, self.store, self.settings = engine, store, settings
        self.places = runs_at_once(settings.places)
        self.computations = 0
        self._live: dict[str, Live] = {}
        self._waiting: list[Live] = []
        self._computing = 0
        self._bodies: OrderedDict[str, Stored] = OrderedDict()

    async def __aenter__(self) -> Self:
        await asyncio.to_thread(self.store.sweep)
        return self

    async def __aexit__(self, *_: object) -> None:
        runs = list(self._live.values())
        tasks = [run.task for run in runs if run.task]
        for run in runs:
            if not run.done:
                self._cancel(run, "stopping")
        await asyncio.gather(*tasks, return_exceptions=True)

    def stored(self, slug: str, params: Params) -> bool:
        """Whether the run can be had without computing."""
        name = key(load(slug), params)
        return name in self._bodies or self.store.has("run", name) or self.store.baked_path(slug, params).is_file()

    async def open(self, slug: str, params: Params) -> Stored | Live:
        """The finished run's compressed lines, or the live run, begun when there is none. Raises Busy and KeyError (slug).

        There is no await between the last look and the start: this is what makes a run single.
        """
        concept = load(slug)
        name = key(concept, params)
        if (found := self._at_hand(name)) is not None:
            return found
        if self.stored(slug, params):
            read = await asyncio.to_thread(self._read, slug, params, name)
            if read is not None:
                return self._remember(name, read)
        return self._at_hand(name) or self._begin(concept, params, name)

    async def known(self, slug: str, params: Params) -> dict[str, float] | None:
        """Every metric of this run as a page last shows it, if the run is there; nothing is computed. Raises KeyError."""
        name = key(load(slug), params)
        found = self._at_hand(name) or await asyncio.to_thread(self._read, slug, params, name)
        if not isinstance(found, Stored):
            return None
        said = await asyncio.to_thread(gzip.decompress, found.body)
        return await asyncio.to_thread(lines.measured, said.splitlines())

    async def follow(self, run: Live) -> AsyncGenerator[bytes, None]:
        """Every line of a live run, as it comes, in chunks; its place in the queue while it waits."""
        run.viewers += 1
        sent, place = 0, 0
        try:
            while True:
                news, fresh, done = run.news, run.lines[sent:], run.done
                sent += len(fresh)
                if run.place and run.place != place:
                    place = run.place
                    fresh.append(lines.queued(place))
                if fresh:
                    yield b"".join(fresh)
                if done:
                    return
                await news.wait()
        finally:
            run.viewers -= 1
            self._left(run)

    async def result(self, slug: str, params: Params) -> dict[str, Any]:
        """Every metric as last measured, computed if need be, and where the run is. Raises RunFailed, Busy, KeyError."""
        found = await self.open(slug, params)
        if isinstance(found, Live):
            said = await self._ended(found)
        else:
            said = (await asyncio.to_thread(gzip.decompress, found.body)).splitlines()
        last = json.loads(said[-1])
        metrics = await asyncio.to_thread(lines.measured, said)
        return {"metrics": metrics, "frames": last["frames"], "seconds": last["seconds"], "url": f"/runs/{slug}?{params.to_query()}"}

    async def finished(self, slug: str, params: Params) -> Stored:
        """The whole run, computed if need be. Raises RunFailed, Busy, KeyError."""
        found = await self.open(slug, params)
        if isinstance(found, Stored):
            return found
        said = await self._ended(found)
        return await asyncio.to_thread(lambda: Stored.of(pack(said)))

    async def _ended(self, run: Live) -> list[bytes]:
        """The lines of a live run, once all have come. Raises RunFailed."""
        async with aclosing(self.follow(run)) as chunks:
            async for _ in chunks:
                pass
        last = json.loads(run.lines[-1])
        if "error" in last:
            raise RunFailed(last["error"]["code"])
        return run.lines

    def _at_hand(self, name: str) -> Stored | Live | None:
        if name in self._bodies:
            self._bodies.move_to_end(name)
        return self._bodies.get(name) or self._live.get(name)

    def _read(self, slug: str, params: Params, name: str) -> Stored | None:
        body = self.store.baked(slug, params) or self.store.get("run", name)
        return None if body is None else Stored.of(body)

    def _remember(self, name: str, run: Stored) -> Stored:
        self._bodies[name] = run
        while sum(len(each.body) for each in self._bodies.values()) > self.settings.memory_bytes:
            self._bodies.popitem(last=False)
        return run

    def _begin(self, concept: Concept, params: Params, name: str) -> Live:
        if self._computing >= self.places and len(self._waiting) >= self.settings.waiting:
            raise Busy
        run = Live(concept, params, name, [lines.header(concept, params)])
        self._live[name] = run
        self.computations += 1
        self._left(run)  # until its first viewer comes
        if self._computing < self.places:
            self._admit(run)
        else:
            self._waiting.append(run)
            self._number()
        return run

    def _admit(self, run: Live) -> None:
        self._computing += 1
        run.place, run.began = 0, time.monotonic()
        run.task = asyncio.create_task(self._compute(run))

    def _number(self) -> None:
        """Tell every waiting run its place, the next one being 1."""
        for place, run in enumerate(self._waiting, 1):
            if run.place != place:
                run.place = place
                run.tell()

    async def _compute(self, run: Live) -> None:
        try:
            await self._frames(run)
            self._end(run, lines.end(run.frames, time.monotonic() - run.began, run.ran))
            kept = await asyncio.to_thread(lambda: Stored.of(pack(run.lines)))
            self._remember(run.key, kept)
            await asyncio.to_thread(self.store.put, "run", run.key, kept.body)
        except RunFailed as failure:
            self._fail(run, failure.code)
        except asyncio.CancelledError:
            pass
        except Exception:
            log.exception("run %s of %s failed in the server", run.key, run.concept.slug)
            if not run.done:
                self._fail(run, "run_failed")
        finally:
            self._forget(run)
            self._computing -= 1
            while self._waiting and self._computing < self.places:
                self._admit(self._waiting.pop(0))
            self._number()

    async def _frames(self, run: Live) -> None:
        """Add the run's frames. After a worker's death the run is computed anew and the lines that viewers have are passed over."""
        for attempt in range(self.settings.retries + 1):
            known = run.frames
            try:
                async with aclosing(self.engine.stream(run.concept.slug, run.params)) as frames:
                    async for line in frames:
                        if (ran := lines.told(line)) is not None:
                            run.ran = ran
                            continue
                        known -= 1
                        if known < 0:
                            run.frames += 1
                            run.add(line)
                return
            except RunFailed as failure:
                log.warning("run %s of %s: %s after %d frames", run.key, run.concept.slug, failure.code, run.frames)
                if not failure.again or attempt == self.settings.retries:
                    raise

    def _end(self, run: Live, last: bytes) -> None:
        """Add the last line, which lets the viewers go."""
        run.done = True
        run.add(last)

    def _fail(self, run: Live, code: str) -> None:
        self._end(run, lines.error(code))
        self._forget(run)

    def _forget(self, run: Live) -> None:
        if self._live.get(run.key) is run:
            del self._live[run.key]

    def _cancel(self, run: Live, code: str) -> None:
        if run in self._waiting:
            self._waiting.remove(run)
            self._number()
        self._fail(run, code)
        if run.task:
            run.task.cancel()

    def _left(self, run: Live) -> None:
        if not run.viewers and not run.done:
            asyncio.get_running_loop().call_later(self.settings.linger_seconds, self._nobody, run)

    def _nobody(self, run: Live) -> None:
        """End a run that nobody watches, unless it is nearly done; then look again later."""
        if run.viewers or run.done:
            return
        if run.remaining() < self.settings.nearly_done_seconds:
            self._left(run)
        else:
            self._cancel(run, "stopping")

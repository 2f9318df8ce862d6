"""Runs for everybody: one computation however many ask, kept when it is finished, stopped when nobody is left."""

import asyncio
import gzip
import json
import logging
import time
from collections import OrderedDict
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, Self

from playground.concept import Concept, load
from playground.device import runs_at_once
from playground.params import Params
from playground.runs import lines, memory
from playground.runs.admission import LOOKS, SHARED, STARTS, Admission
from playground.runs.admission import Busy as Busy
from playground.runs.engine import Engine, RunFailed
from playground.runs.keys import key
from playground.runs.live import Live, Stored
from playground.runs.report import where
from playground.runs.store import Store
from playground.settings import Settings

log = logging.getLogger(__name__)


class Service:
    """All runs of one server, in one event loop. An async context; `engine` is entered and left by its owner."""

    def __init__(self, engine: Engine, store: Store, settings: Settings):
        self.engine, self.store, self.settings = engine, store, settings
        places, room = runs_at_once(settings.places), settings.run_memory_share * memory.there()
        part = {"looks": places // LOOKS, "starts": max(2, places // STARTS)}
        self.admission = Admission(places, megabytes=room, a_tab=settings.runs_a_tab, waiting=settings.waiting, **part)
        self.files = Admission(
            settings.files_at_once, a_tab=settings.runs_a_tab, waiting=settings.waiting // 4
        )  # made of runs, to take along
        self.computations = 0
        self._live: dict[str, Live] = {}
        self._bodies: OrderedDict[str, Stored] = OrderedDict()

    async def __aenter__(self) -> Self:
        await asyncio.to_thread(self.store.sweep)
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.gather(*self.stop(), return_exceptions=True)

    def stop(self) -> list[asyncio.Task[None]]:
        """Begin no run any more, tell every viewer, and end what computes; returns what is still ending."""
        self.admission.close()
        self.files.close()
        tasks = [run.task for run in self._live.values() if run.task]
        for run in list(self._live.values()):
            if not run.done:
                self._cancel(run, "stopping")
        return tasks

    def stored(self, slug: str, params: Params) -> bool:
        """Whether the run can be had without computing."""
        name = key(load(slug), params)
        return name in self._bodies or self.store.has("run", name) or self.store.baked_path(slug, params).is_file()

    async def open(self, slug: str, params: Params, tab: str = SHARED) -> Stored | Live:
        """The finished run's compressed lines, or the live run, begun for that tab when there is none. Raises Busy and KeyError (slug).

        There is no await between the last look and the start: this is what makes a run single.
        """
        concept = load(slug)
        name = key(concept, params)
        if self._at_hand(name) is None and self.stored(slug, params):
            read = await asyncio.to_thread(self._read, slug, params, name)
            if read is not None:
                return self._remember(name, read)
        found = self._at_hand(name) or self._begin(concept, params, name, tab)
        if isinstance(found, Live):
            self.admission.join(found, tab)
        return found

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
        run.watched = True
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

    async def result(self, slug: str, params: Params, tab: str = SHARED) -> dict[str, Any]:
        """Every metric as last measured, computed if need be, and where the run is. Raises RunFailed, Busy, KeyError."""
        found = await self.open(slug, params, tab)
        if isinstance(found, Live):
            said = await self._ended(found)
        else:
            said = (await asyncio.to_thread(gzip.decompress, found.body)).splitlines()
        last = json.loads(said[-1])
        metrics = await asyncio.to_thread(lines.measured, said)
        return {"metrics": metrics, "frames": last["frames"], "seconds": last["seconds"], "url": f"/runs/{slug}?{params.to_query()}"}

    async def finished(self, slug: str, params: Params, tab: str = SHARED) -> Stored:
        """The whole run, computed if need be. Raises RunFailed, Busy, KeyError."""
        found = await self.open(slug, params, tab)
        if isinstance(found, Stored):
            return found
        said = await self._ended(found)
        return await asyncio.to_thread(lambda: Stored.packed(said))

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
        """The run as it was baked or kept. What is no such run, whatever its file is called, is as good as none."""
        concept = load(slug)
        return Stored.read(self.store.baked(slug, params), concept, params) or Stored.read(self.store.get("run", name), concept, params)

    def _remember(self, name: str, run: Stored) -> Stored:
        self._bodies[name] = run
        while sum(len(each.body) for each in self._bodies.values()) > self.settings.memory_bytes:
            self._bodies.popitem(last=False)
        return run

    def _begin(self, concept: Concept, params: Params, name: str, tab: str) -> Live:
        if self.admission.full(tab):
            self._drop_one(tab)
        run = Live(
            begin=lambda: self._start(run),
            rest=lambda: self._rest(run),
            tab=tab,
            megabytes=params.megabytes(),
            concept=concept,
            params=params,
            key=name,
            lines=[lines.header(concept, params)],
        )
        self.admission.ask(run)
        self._live[name] = run
        self.computations += 1
        self._left(run)  # until its first viewer comes
        return run

    def _drop_one(self, tab: str) -> None:
        """A tab that wants another run needs none it has turned away from."""
        left = (run for run in self._live.values() if run.tab == tab and run.watched and not run.viewers)
        if (run := next(left, None)) is not None:
            self._cancel(run, "stopping")

    def _start(self, run: Live) -> None:
        if run.task is None:  # else it has just ended, while it looked
            run.began = time.monotonic()
            run.task = asyncio.create_task(self._compute(run))
            run.task.add_done_callback(lambda task: self._over(run) if task is run.task else None)

    def _rest(self, run: Live) -> None:
        """It has had its look. What it has shown stays; when its turn comes it is computed anew and goes on from there."""
        if run.task and not run.done:
            task, run.task = run.task, None
            task.cancel()

    def _over(self, run: Live) -> None:
        self._forget(run)
        self.admission.leave(run)

    async def _compute(self, run: Live) -> None:
        try:
            await self._frames(run)
            self._end(run, lines.end(run.frames, time.monotonic() - run.began, run.ran))
            kept = await asyncio.to_thread(lambda: Stored.packed(run.lines))
            self._remember(run.key, kept)
            await asyncio.to_thread(self.store.put, "run", run.key, kept.body)
        except RunFailed as failure:
            self._fail(run, failure.code)
        except Exception as error:
            log.error("run of %s failed in the server: %s", run.concept.slug, where(error))
            if not run.done:
                self._fail(run, "run_failed")

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
                            if run.frames == 1:
                                self.admission.seen()
                return
            except RunFailed as failure:
                log.warning("run of %s: %s after %d frames %s", run.concept.slug, failure.code, run.frames, failure.why)
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
        self._fail(run, code)
        if run.task:
            run.task.cancel()
        else:
            self.admission.leave(run)

    def _left(self, run: Live) -> None:
        if not run.viewers and not run.done:
            asyncio.get_running_loop().call_later(self.settings.linger_seconds, self._nobody, run)

    def _nobody(self, run: Live) -> None:
        """End a run that nobody watches, unless it is nearly done; then look again later."""
        if run.viewers or run.done:
            return
        if not run.place and run.remaining() < self.settings.nearly_done_seconds:
            self._left(run)
        else:
            self._cancel(run, "stopping")

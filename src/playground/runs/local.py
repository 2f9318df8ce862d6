"""The default engine: a process per run, forked from a forkserver that has torch loaded and warm.

What is too heavy for every run (`Concept.preload`) has a forkserver of its own, started by the first run that needs it.
"""

import asyncio
import multiprocessing
import os
import resource
import signal
from collections.abc import AsyncGenerator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

from playground.concept import load
from playground.device import settle
from playground.params import Params
from playground.runs import forkservers
from playground.runs.engine import RunFailed, compute
from playground.runs.worker import END, FAILED, Compute, Limits, work
from playground.settings import Settings

LINE_BYTES = 64_000_000
PRELOAD = "playground.runs.warm"
LOOK = 1.0  # seconds between two looks at whether the forkserver lives
SOURCES = str(Path(__file__).resolve().parents[2])


class LocalEngine:
    """Computes each run in its own process. An async context: entering starts the forkserver, leaving ends it and every worker.

    `compute` must be importable by name in the worker.
    """

    def __init__(self, settings: Settings, compute: Compute = compute, preload: str = PRELOAD):
        self._folder, self._compute, self._preload = str(settings.store), compute, preload
        data_bytes = resource.RLIM_INFINITY if settle().type == "cuda" else settings.run_data_bytes  # CUDA maps more than it uses
        self._limits = Limits(settings.run_niceness, settings.run_cpu_seconds, data_bytes)
        self._threads = ThreadPoolExecutor(1, "workers")  # one: processes of multiprocessing are not to be shared between threads
        self._processes: set[forkservers.Process] = set()
        self._warm: Future[None] | None = None
        self._keeping: asyncio.Task[None] | None = None
        self._loading: dict[forkservers.Modules, asyncio.Future[None]] = {}

    def start(self) -> None:
        """Start the forkserver in the background, where this has not been done. It takes seconds until it can fork.

        Before Python 3.12 its preload needs PYTHONPATH to find this package.
        """
        if self._warm:
            return
        paths = os.environ.get("PYTHONPATH", "").split(os.pathsep)
        os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [SOURCES, *(p for p in paths if p != SOURCES)]))
        os.environ["OMP_NUM_THREADS"] = "1"
        multiprocessing.set_forkserver_preload([self._preload])
        self._warm = self._threads.submit(forkservers.warm, ())

    def ready(self) -> bool:
        """Whether the forkserver has forked once, and is there."""
        return self._settled() and not self._broken()

    async def __aenter__(self) -> Self:
        self.start()
        self._keeping = asyncio.create_task(self._keep())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._keeping:
            self._keeping.cancel()
        for process in list(self._processes):
            with suppress(ValueError):  # closed meanwhile
                process.kill()
        forkservers.end()  # here: the thread may be waiting for one of them
        await asyncio.get_running_loop().run_in_executor(self._threads, forkservers.tidy)
        self._threads.shutdown(wait=False)

    def _settled(self) -> bool:
        return self._warm is not None and self._warm.done()

    def _broken(self) -> bool:
        return self._warm is None or self._warm.exception() is not None or not forkservers.alive()

    async def _keep(self) -> None:
        """Start the forkserver again, whenever it has gone, so that the next run finds it warm."""
        while True:
            await asyncio.sleep(LOOK)
            if self._settled() and self._broken():
                self._warm = self._threads.submit(forkservers.warm, ())

    async def stream(self, slug: str, params: Params) -> AsyncGenerator[bytes, None]:
        """The frames of the run, one line each. Closing the generator kills the worker. Raises RunFailed."""
        process, pipe = await self._begin(slug, params)
        transport = None
        try:
            reader = asyncio.StreamReader(limit=LINE_BYTES)
            transport, _ = await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), pipe)
            while (line := await reader.readline()) != END:
                if line.startswith(FAILED):
                    code, _, why = line[len(FAILED) :].decode().strip().partition(" ")
                    raise RunFailed(code, why=why)
                if not line.endswith(b"\n"):
                    raise await self._death(process)
                yield line
        finally:
            (transport or pipe).close()
            process.kill()
            self._threads.submit(self._reap, process)

    async def _begin(self, slug: str, params: Params) -> tuple[forkservers.Process, Any]:
        """A worker at work, and its pipe. Raises RunFailed."""
        try:
            modules = await self._loaded(load(slug).preload)
            starting = asyncio.get_running_loop().run_in_executor(self._threads, self._start, modules, slug, params.canonical())
            try:
                return await asyncio.shield(starting)
            except asyncio.CancelledError:
                starting.add_done_callback(lambda done: done.exception() or self._abandon(*done.result()))
                raise
        except (OSError, EOFError) as error:
            raise RunFailed("worker_died", again=True) from error  # the forkserver itself went away

    async def _loaded(self, preload: tuple[str, ...]) -> forkservers.Modules:
        """Wait until the forkserver for these modules is there. Runs that don't need it don't wait."""
        if not preload:
            return ()
        modules = (*preload, self._preload)
        loading = self._loading.get(modules)
        if loading is None or (loading.done() and loading.exception()):
            loading = self._loading[modules] = asyncio.ensure_future(asyncio.to_thread(forkservers.warm, modules))
        await asyncio.shield(loading)
        return modules

    def _start(self, modules: forkservers.Modules, slug: str, canonical: str) -> tuple[forkservers.Process, Any]:
        ours, theirs = multiprocessing.Pipe(duplex=False)
        with theirs:
            arguments = (theirs, self._compute, slug, canonical, self._folder, self._limits)
            process = forkservers.Process(modules, target=work, args=arguments, daemon=True)
            process.start()
        self._processes.add(process)
        return process, ours

    def _abandon(self, process: forkservers.Process, pipe: Any) -> None:
        pipe.close()
        process.kill()
        self._threads.submit(self._reap, process)

    async def _death(self, process: forkservers.Process) -> RunFailed:
        """Why a worker ended without a last word: at its limit of CPU time, or for a reason that may not come again."""
        process.kill()
        await asyncio.get_running_loop().run_in_executor(self._threads, process.join)
        return RunFailed("run_too_long") if process.exitcode == -signal.SIGXCPU else RunFailed("worker_died", again=True)

    def _reap(self, process: forkservers.Process) -> None:
        process.join()
        self._processes.discard(process)
        process.close()

"""The default engine: a process per run, forked from a forkserver that has torch loaded and warm."""

import asyncio
import multiprocessing
import os
import signal
from collections.abc import AsyncGenerator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from multiprocessing import forkserver
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, Self

from playground.params import Params
from playground.runs.engine import RunFailed, compute
from playground.runs.worker import END, FAILED, Compute, Limits, work
from playground.settings import Settings

LINE_BYTES = 64_000_000
PRELOAD = "playground.runs.warm"
SOURCES = str(Path(__file__).resolve().parents[2])


class LocalEngine:
    """Computes each run in its own process. An async context: entering starts the forkserver, leaving ends it and every worker.

    `compute` must be importable by name in the worker.
    """

    def __init__(self, settings: Settings, compute: Compute = compute, preload: str = PRELOAD):
        self._folder, self._compute, self._preload = str(settings.store), compute, preload
        self._limits = Limits(settings.run_niceness, settings.run_cpu_seconds, settings.run_data_bytes)
        self._threads = ThreadPoolExecutor(1, "workers")  # one: processes of multiprocessing are not to be shared between threads
        self._context = multiprocessing.get_context("forkserver")
        self._processes: set[BaseProcess] = set()
        self._started = False

    def start(self) -> None:
        """Start the forkserver in the background, where this has not been done. It takes seconds until it can fork."""
        if not self._started:
            self._started = True
            self._threads.submit(self._warm)

    async def __aenter__(self) -> Self:
        self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        for process in list(self._processes):
            with suppress(ValueError):  # closed meanwhile
                process.kill()
        await asyncio.get_running_loop().run_in_executor(self._threads, _end_forkserver)
        self._threads.shutdown(wait=False)

    async def stream(self, slug: str, params: Params) -> AsyncGenerator[bytes, None]:
        """The frames of the run, one line each. Closing the generator kills the worker. Raises RunFailed."""
        loop = asyncio.get_running_loop()
        starting = loop.run_in_executor(self._threads, self._start, slug, params.canonical())
        try:
            process, pipe = await asyncio.shield(starting)
        except asyncio.CancelledError:
            starting.add_done_callback(lambda done: done.exception() or self._abandon(*done.result()))
            raise
        except (OSError, EOFError) as error:
            raise RunFailed("worker_died", again=True) from error  # the forkserver itself went away
        transport = None
        try:
            reader = asyncio.StreamReader(limit=LINE_BYTES)
            transport, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), pipe)
            while (line := await reader.readline()) not in (END, FAILED):
                if not line.endswith(b"\n"):
                    raise await self._death(process)
                yield line
            if line == FAILED:
                raise RunFailed("run_failed")
        finally:
            (transport or pipe).close()
            process.kill()
            self._threads.submit(self._reap, process)

    def _warm(self) -> None:
        """Start the forkserver and wait until it has forked once. Before Python 3.12 its preload needs PYTHONPATH to find this package."""
        paths = os.environ.get("PYTHONPATH", "").split(os.pathsep)
        os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [SOURCES, *(p for p in paths if p != SOURCES)]))
        os.environ["OMP_NUM_THREADS"] = "1"
        self._context.set_forkserver_preload([self._preload])
        first = self._context.Process(target=int, daemon=True)
        first.start()
        first.join()

    def _start(self, slug: str, canonical: str) -> tuple[BaseProcess, Any]:
        ours, theirs = self._context.Pipe(duplex=False)
        with theirs:
            process = self._context.Process(
                target=work, args=(theirs, self._compute, slug, canonical, self._folder, self._limits), daemon=True
            )
            process.start()
        self._processes.add(process)
        return process, ours

    def _abandon(self, process: BaseProcess, pipe: Any) -> None:
        pipe.close()
        process.kill()
        self._threads.submit(self._reap, process)

    async def _death(self, process: BaseProcess) -> RunFailed:
        """Why a worker ended without a last word: at its limit of CPU time, or for a reason that may not come again."""
        process.kill()
        await asyncio.get_running_loop().run_in_executor(self._threads, process.join)
        return RunFailed("run_too_long") if process.exitcode == -signal.SIGXCPU else RunFailed("worker_died", again=True)

    def _reap(self, process: BaseProcess) -> None:
        process.join()
        self._processes.discard(process)
        process.close()


def _end_forkserver() -> None:
    """Close the pipe that keeps it alive and wait for its end. (The standard library has no public name for this.)"""
    with suppress(AttributeError, ChildProcessError):
        forkserver._forkserver._stop()  # type: ignore[attr-defined]

"""A worker's life: limits, the run, its lines over a pipe, and a last word that says how it ended."""

import contextlib
import ctypes
import multiprocessing
import os
import resource
import signal
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait

from playground.params import Refused
from playground.runs.report import where

Compute = Callable[[str, str, str], Iterator[bytes]]
END = b"end\n"
FAILED = b"failed "  # and the code of a sentence, and after another blank what the log is to say
EAGER = 2  # niceness until the first frame, which someone waits for
PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Limits:
    niceness: int
    cpu_seconds: int
    data_bytes: int


def work(pipe: Connection, compute: Compute, slug: str, canonical: str, folder: str, limits: Limits) -> None:
    """The body of a worker process: every line of `compute` goes down the pipe, then END, or FAILED and why after an exception."""
    _bound(limits)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        for n, line in enumerate(compute(slug, canonical, folder)):
            if n == 0:
                os.nice(max(0, limits.niceness - EAGER))
            _send(pipe, line)
        _send(pipe, END)
    except BrokenPipeError:
        os._exit(1)  # nobody reads any more
    except Refused as refused:
        _fail(pipe, refused.flaws[0].code)
    except Exception as error:
        _fail(pipe, "run_failed", where(error))


def _fail(pipe: Connection, code: str, why: str = "") -> None:
    with contextlib.suppress(BrokenPipeError):
        _send(pipe, FAILED + f"{code} {why}\n".encode())


def _bound(limits: Limits) -> None:
    """Be modest, and die with the forkserver."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(min(EAGER, limits.niceness))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_seconds, limits.cpu_seconds + 5))
    resource.setrlimit(resource.RLIMIT_DATA, (limits.data_bytes, limits.data_bytes))


def _end_with_parent() -> None:
    """The server's death closes the sentinel, however it dies."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _send(pipe: Connection, line: bytes) -> None:
    rest = memoryview(line)
    while rest:
        rest = rest[os.write(pipe.fileno(), rest) :]

"""More than one forkserver: the standard library keeps one in a process; here each set of modules may have one of its own."""

import io
import os
import select
import signal
from contextlib import suppress
from multiprocessing import forkserver, popen_forkserver, reduction, spawn, util
from multiprocessing.context import ForkServerProcess, set_spawning_popen
from typing import Any

Modules = tuple[str, ...]
SERVERS: dict[Modules, forkserver.ForkServer] = {(): forkserver._forkserver}  # type: ignore[attr-defined]  # the standard library's


class Process(ForkServerProcess):
    """A process forked from the forkserver that has these modules loaded; () is the standard library's."""

    def __init__(self, modules: Modules, **rest: Any):
        super().__init__(**rest)
        self.modules = modules

    @staticmethod
    def _Popen(process_obj: Any) -> "Popen":
        return Popen(process_obj)


class Popen(popen_forkserver.Popen):
    """The standard library's, line for line, but for the forkserver it asks."""

    def _launch(self: Any, process_obj: Process) -> None:  # Any: what the standard library keeps to itself
        message = io.BytesIO()
        set_spawning_popen(self)
        try:
            reduction.dump(spawn.get_preparation_data(process_obj.name), message)
            reduction.dump(process_obj, message)
        finally:
            set_spawning_popen(None)
        self.sentinel, pipe = _server(process_obj.modules).connect_to_new_process(self._fds)
        self.finalizer = util.Finalize(self, util.close_fds, (os.dup(pipe), self.sentinel))  # type: ignore[attr-defined]
        with open(pipe, "wb") as file:
            file.write(message.getbuffer())
        self.pid = forkserver.read_signed(self.sentinel)


def warm(modules: Modules) -> None:
    """Start the forkserver and wait until it has forked once. Any thread may: the process is not one of multiprocessing's list."""
    Popen(Process(modules, target=int)).wait()


def alive() -> bool:
    """Whether the standard library's is there: it holds the other end of a pipe."""
    pipe = SERVERS[()]._forkserver_alive_fd  # type: ignore[attr-defined]
    if pipe is None:
        return False
    poll = select.poll()
    poll.register(pipe, 0)
    return not poll.poll(0)


def end() -> None:
    """Kill them, and with them all they have forked; then tidy up. (The standard library has no public name for this.)"""
    for server in SERVERS.values():
        with suppress(TypeError, ProcessLookupError):  # never started, or dead
            os.kill(server._forkserver_pid, signal.SIGKILL)  # type: ignore[attr-defined]


def tidy() -> None:
    """Wait for their end and close what led to them."""
    for server in SERVERS.values():
        try:
            server._stop()  # type: ignore[attr-defined]
        except (AttributeError, ChildProcessError):
            continue


def _server(modules: Modules) -> forkserver.ForkServer:
    if modules not in SERVERS:
        SERVERS[modules] = forkserver.ForkServer()
        SERVERS[modules].set_forkserver_preload(list(modules))
    return SERVERS[modules]

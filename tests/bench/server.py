"""The server as a program: how soon it is ready, what it weighs, what it costs when nobody is there."""

import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

from tests.bench.figures import Figure

ROOT = Path(__file__).parents[2]
SETTLE_SECONDS = 15.0  # files are compressed once after the start
IDLE_SECONDS = 10.0
WORKERS = 4
MB = 1e6


class Server:
    """app.py as a child process with a store of its own."""

    def __init__(self, process: psutil.Popen, port: int, ready: float):
        self.process, self.port, self.ready = process, port, ready
        self.url = f"http://127.0.0.1:{port}"

    def get(self, path: str) -> bytes:
        with urllib.request.urlopen(self.url + path, timeout=600) as answer:
            return answer.read()

    def health(self) -> dict[str, Any]:
        return json.loads(self.get("/healthz"))

    def family(self) -> list[psutil.Process]:
        return [self.process, *self.process.children(recursive=True)]

    def pss(self) -> float:
        """Megabytes of the web process, the forkserver and the workers; what is shared counts once."""
        return sum(_quietly(lambda p=p: p.memory_full_info().pss) for p in self.family()) / MB

    def cpu(self) -> float:
        """CPU seconds of the same processes, so far."""
        return sum(_quietly(lambda p=p: sum(p.cpu_times()[:2])) for p in self.family())


def _quietly(read: Any) -> float:
    try:
        return read()
    except psutil.NoSuchProcess:  # it ended between the listing and the reading
        return 0.0


@contextmanager
def serving() -> Iterator[Server]:
    """A ready server: its health answers and so does a concept's page. Ends with it."""
    with tempfile.TemporaryDirectory() as folder, open(Path(folder) / "log", "w") as log, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        environment = os.environ | {"PLAYGROUND_PORT": str(port), "PLAYGROUND_HOST": "127.0.0.1", "PLAYGROUND_STORE": f"{folder}/store"}
        start = time.perf_counter()
        process = psutil.Popen([sys.executable, "app.py"], cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT)
        server = Server(process, port, 0.0)
        try:
            while not _answers(server):
                if process.poll() is not None or time.perf_counter() - start > 120:
                    raise RuntimeError("the server did not start:\n" + (Path(folder) / "log").read_text())
                time.sleep(0.05)
            server.ready = time.perf_counter() - start
            yield server
        finally:
            family = server.family() if process.is_running() else []
            process.terminate()
            _, left = psutil.wait_procs(family, timeout=15)
            for straggler in left:
                straggler.kill()


def _answers(server: Server) -> bool:
    try:
        return bool(server.get("/healthz")) and bool(server.get("/en/diffusion"))
    except OSError:
        return False


def _while_running(server: Server) -> float:
    """The most megabytes seen while WORKERS different runs are computed."""
    paths = [f"/runs/diffusion?data=swiss_roll&seed={1000 + k}" for k in range(WORKERS)]
    threads = [threading.Thread(target=server.get, args=(path,)) for path in paths]
    for thread in threads:
        thread.start()
    most = 0.0
    while any(thread.is_alive() for thread in threads):
        most = max(most, server.pss())
        time.sleep(0.5)
    return most


def measure(starts: int = 3) -> list[Figure]:
    ready = []
    for _ in range(starts - 1):
        with serving() as server:
            ready.append(server.ready)
    with serving() as server:
        ready.append(server.ready)
        time.sleep(SETTLE_SECONDS)
        idle = server.pss()
        before = server.cpu()
        time.sleep(IDLE_SECONDS)
        cpu = (server.cpu() - before) / IDLE_SECONDS
        each = (_while_running(server) - idle) / WORKERS
    return [
        Figure("server ready after start", 8, "s", tuple(ready)),
        Figure("memory (PSS), no run", 700, "MB", (idle,)),
        Figure("memory more per running worker", 60, "MB", (each,)),
        Figure("idle CPU", 15, "% of a core", (100 * cpu,)),
    ]

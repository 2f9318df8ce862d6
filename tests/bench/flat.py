"""Whether the server grows: memory, files, processes and threads while pages, runs and API calls go on and on."""

import itertools
import json
import time
import urllib.error
import urllib.request
from dataclasses import dataclass

import psutil

from tests.bench.figures import Figure
from tests.bench.server import Server, serving

SECONDS, WARM = 900.0, 60.0
PAGES = ("/en/", "/zh/", "/en/gan", "/zh/diffusion", "/en/attention", "/zh/gridworld", "/en/vae", "/en/config", "/en/nonsense")


@dataclass(frozen=True)
class Size:
    """Of the web process: what it takes. Workers come and go with their runs."""

    rss: float
    files: int
    threads: int
    processes: int


def size(process: psutil.Process) -> Size:
    return Size(process.memory_info().rss / 1e6, process.num_fds(), process.num_threads(), len(process.children()))


def use(url: str, number: int) -> None:
    """A bit of everything: a page, a plan, a run that nobody had, a call that is waited for, and one that is forgotten."""
    _get(url + PAGES[number % len(PAGES)])
    _get(f"{url}/plan/gan?seed={number}")
    _get(f"{url}/runs/diffusion?steps=10&data=ring&seed={1 + number % 40}")
    body = json.dumps({"steps": 10, "seed": 1 + number % 40}).encode()
    for lang, waited in (("en", True), ("zh", False)):
        call = f"{url}/{lang}/gradio_api/call/v2/diffusion"
        told = _get(call, body)
        if waited and told:
            _get(f"{call}/{json.loads(told)['event_id']}")


def _get(address: str, body: bytes | None = None) -> bytes:
    headers = {"Content-Type": "application/json"} if body else {}
    try:
        with urllib.request.urlopen(urllib.request.Request(address, body, headers), timeout=120) as answer:
            return answer.read()
    except urllib.error.HTTPError:  # a page that isn't there, or a server that is busy
        return b""


def grown(url: str, process: psutil.Process, warm: float, seconds: float) -> tuple[Size, Size]:
    """Its size after `warm` seconds of use, and after `seconds` more. Each is taken when nothing is computed."""
    numbers = itertools.count()
    sizes = []
    for span in (warm, seconds):
        end = time.monotonic() + span
        while time.monotonic() < end:
            use(url, next(numbers))
        time.sleep(10)  # what is forgotten is forgotten by then, and connections are closed
        sizes.append(size(process))
    return sizes[0], sizes[1]


def measure() -> list[Figure]:
    with serving() as server:
        before, after = _of(server)
    return [
        Figure(f"memory grown in {SECONDS / 60:.0f} minutes of use", 10, "%", (100 * (after.rss / before.rss - 1),)),
        Figure("  open files more", 5, "", (after.files - before.files,)),
        Figure("  threads more", 5, "", (after.threads - before.threads,)),
        Figure("  processes more", 0, "", (after.processes - before.processes,)),
    ]


def _of(server: Server) -> tuple[Size, Size]:
    return grown(server.url, server.process, WARM, SECONDS - WARM)

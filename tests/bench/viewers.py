"""Three hundred viewers of one fresh run, from a process of their own: python -m tests.bench.viewers PORT PATH N prints what they saw."""

import asyncio
import json
import subprocess
import sys
import time
from statistics import quantiles
from typing import Any

from tests.bench.figures import Figure
from tests.bench.server import ROOT, serving

VIEWERS = 300


async def view(port: int, path: str) -> tuple[float, bool]:
    """Seconds until the first frame's line, and whether the run was seen to its end."""
    start = time.perf_counter()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n".encode())
    first, tail = float("inf"), b""
    while piece := await reader.read(1 << 16):
        if first == float("inf") and b'"step":' in tail + piece:
            first = time.perf_counter() - start
        tail = (tail + piece)[-200:]
    writer.close()
    return first, b'"end":' in tail


async def crowd(port: int, path: str, n: int) -> list[tuple[float, bool]]:
    return await asyncio.gather(*(view(port, path) for _ in range(n)))


def seen(port: int, path: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.bench.viewers", str(port), path, str(VIEWERS)]
    return json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout)


def measure() -> list[Figure]:
    with serving() as server:
        server.get("/runs/diffusion?steps=10&data=ring&seed=1")
        before = server.health()["computations"]
        saw = seen(server.port, "/runs/diffusion?data=moons&seed=2024")
        computed = server.health()["computations"] - before
    return [
        Figure(f"{VIEWERS} viewers of one fresh run: complete", VIEWERS, "", (saw["complete"],), at_least=True),
        Figure("  computations", 1, "", (computed,)),
        Figure("  first frame, median", 1.0, "s", (saw["p50"],)),
        Figure("  first frame, 95 of 100", 1.0, "s", (saw["p95"],)),
    ]


if __name__ == "__main__":
    results = asyncio.run(crowd(int(sys.argv[1]), sys.argv[2], int(sys.argv[3])))
    cuts = quantiles([first for first, _ in results], n=20, method="inclusive")
    print(json.dumps({"complete": sum(done for _, done in results), "p50": cuts[9], "p95": cuts[18]}))

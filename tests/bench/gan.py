"""How fast a GAN trains and how good it is, in CPU seconds of the whole run() on one thread, warm.

python -m tests.bench.gan QUERY prints [seconds, metrics] for every snapshot and after the whole run; with `bare` the iterations a second
of the training alone. A process of its own for each.
"""

import json
import math
import os
import subprocess
import sys
import time
from collections.abc import Iterable
from itertools import pairwise

from playground.frame import Frame
from tests.bench.figures import Figure
from tests.bench.maths import PER_THREAD, Path
from tests.bench.server import ROOT

BARE = 1_000  # steps


def snapshots(query: str) -> Path:
    from playground.concept import load
    from playground.device import computing

    computing()
    concept = load("gan")
    params = concept.params.from_query(query)
    list(concept.run(params.model_copy(update={"steps": 10})))
    seen, frames, start = [], [], time.process_time()
    for frame in concept.run(params):
        if frame.phase != "slow":
            frames.append(frame)
            seen.append((time.process_time() - start, dict(frame.metrics)))
    return [*seen, (time.process_time() - start, seen[-1][1] | {"travel": travel(frames)})]


def travel(frames: list[Frame]) -> float:
    """How far the fakes' mean went in the second half of the training: on the plane in stage units."""
    late = [frame.arrays["fake"].astype(float).mean(0).ravel() for frame in frames if 2 * frame.step >= frames[-1].step]
    return float(sum(math.dist(a, b) for a, b in pairwise(late)))


def bare(query: str) -> float:
    """Iterations a second of all members together, with neither frames nor metrics."""
    from playground.concepts.gan.game import Game
    from playground.concepts.gan.params import Params
    from playground.concepts.gan.plane import Plane
    from playground.device import computing

    computing()
    params = Params.from_query(query)
    game = Game(params, Plane(params))
    for step in range(BARE + 100):
        if step == 100:
            start = time.process_time()
        for _ in game.play(params, step):
            pass
    return BARE * params.seeds / (time.process_time() - start)


def measured(query: str, *how: str):
    command = [sys.executable, "-m", "tests.bench.gan", query, *how]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | PER_THREAD, check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def by(seconds: float, path: Path, metric: str) -> float:
    """The last value told by then; "floors" is sw2 over its floor."""
    told = [metrics for at, metrics in path if at <= seconds]
    if not told:
        return float("inf") if metric == "floors" else 0.0
    if metric == "floors":
        return told[-1]["sw2"] / told[-1]["sw2_floor"]
    return told[-1][metric]


def end(query: str, seeds: Iterable[int], metric: str) -> tuple[float, ...]:
    return tuple(by(1e9, measured(f"{query}&seed={seed}"), metric) for seed in seeds)


def measure(seeds: Iterable[int] = (7,)) -> list[Figure]:
    ring, eight, digits = ([measured(f"data={data}&seed={seed}") for seed in seeds] for data in ("ring", "8gaussians", "digits"))
    return [
        Figure("default nets, bare training", 600, "iterations/s", tuple(measured("", "bare") for _ in range(3)), True),
        Figure("default run, frames and metrics included", 450, "iterations/s", tuple(2000 / path[-1][0] for path in ring), True),
        Figure("16 seeds, bare training", 2000, "iterations/s in all", tuple(measured("seeds=16", "bare") for _ in range(3)), True),
        Figure("ring, within 5 s: sw2", 2, "floors", tuple(by(5, path, "floors") for path in ring)),
        Figure("8 Gaussians, within 10 s: modes", 8, "", tuple(by(10, path, "modes") for path in eight), True),
        Figure("8 Gaussians, within 10 s: share within 3 widths of a mode", 0.8, "", tuple(by(10, path, "near") for path in eight), True),
        Figure("digits, within 15 s: agreement", 0.95, "", tuple(by(15, path, "agreement") for path in digits), True),
    ]


if __name__ == "__main__":
    print(json.dumps(bare(sys.argv[1]) if "bare" in sys.argv[2:] else snapshots(sys.argv[1])))

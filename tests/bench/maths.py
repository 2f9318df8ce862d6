"""How good diffusion is after so many CPU seconds of the whole run, frames and metrics included, on one thread, warm.

python -m tests.bench.maths QUERY prints [seconds, metrics] for every snapshot: a process of its own for each run.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from tests.bench.figures import Figure
from tests.bench.server import ROOT

SEEDS = (7, 8, 9)
PER_THREAD = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
Path = list[tuple[float, dict[str, float]]]


def snapshots(query: str) -> Path:
    """CPU seconds so far and the metrics, for each frame that shows samples: the training's, and the run's last."""
    from playground.concept import load
    from playground.device import one_thread

    one_thread()
    concept = load("diffusion")
    params = concept.params.from_query(query)
    least = concept.params.model_json_schema()["properties"]["steps"]["minimum"]
    list(concept.run(params.model_copy(update={"steps": least})))
    seen, start = [], time.process_time()
    for frame in concept.run(params):
        seen.append((frame.phase, time.process_time() - start, dict(frame.metrics)))
    return [(seconds, metrics) for i, (phase, seconds, metrics) in enumerate(seen, 1) if phase == "train" or i == len(seen)]


def timed(query: str, seed: int) -> Path:
    command = [sys.executable, "-m", "tests.bench.maths", f"{query}&seed={seed}"]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | PER_THREAD, check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def within(seconds: float, path: Path, metric: str) -> float:
    """The last value shown by then; "floors" is sw2 over its floor."""
    shown = [metrics for at, metrics in path if at <= seconds][-1]
    return shown["sw2"] / shown["sw2_floor"] if metric == "floors" else shown[metric]


def end(query: str, seeds: Iterable[int]) -> tuple[float, ...]:
    """sw2 in floors where the run ends; two runs at a time, since nobody looks at the clock."""
    with ThreadPoolExecutor(2) as pool:
        return tuple(within(1e9, path, "floors") for path in pool.map(lambda seed: timed(query, seed), seeds))


def judged(name: str, target: float, paths: list[Path], seconds: float, metric: str) -> Figure:
    """A metric by then: at most so many floors, or at least so much of anything else."""
    floors = metric == "floors"
    values = tuple(within(seconds, path, metric) for path in paths)
    return Figure(f"{name}, within {seconds:g} s: {'sw2' if floors else metric}", target, "floors" if floors else "", values, not floors)


def measure(seeds: Iterable[int] = SEEDS) -> list[Figure]:
    flow, ddpm, digits = ([timed(query, seed) for seed in seeds] for query in ("", "objective=ddpm", "data=digits"))
    return [
        judged("swiss roll, flow", 2.2, flow, 3, "floors"),
        judged("swiss roll, flow", 1.3, flow, 10, "floors"),
        judged("swiss roll, ddpm", 1.6, ddpm, 12, "floors"),
        judged("digits", 0.97, digits, 6, "agreement"),
        judged("digits", 0.99, digits, 12, "agreement"),
        judged("digits", 0.5, digits, 12, "diversity"),
        judged("digits", 0.8, digits, 12, "nearest"),
        *(
            Figure(f"  CPU of the whole default run, {name}", most, "s", tuple(path[-1][0] for path in paths))
            for name, most, paths in (("flow", 10, flow), ("ddpm", 12, ddpm))
        ),
    ]


if __name__ == "__main__":
    print(json.dumps(snapshots(sys.argv[1])))

"""How good the swiss roll is after so many CPU seconds of the whole run, frames and metrics included, on one thread, warm.

python -m tests.bench.maths OBJECTIVE SEED prints [seconds, ratio] for every snapshot: a process of its own for each run.
"""

import json
import os
import subprocess
import sys
import time

from tests.bench.figures import Figure
from tests.bench.server import ROOT

SEEDS = (7, 8, 9)
PER_THREAD = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


def snapshots(objective: str, seed: int) -> list[tuple[float, float]]:
    """CPU seconds so far and sw2 in floors, for each frame that shows samples: the training's, and the run's last."""
    from playground.concept import load
    from playground.device import one_thread

    one_thread()
    concept = load("diffusion")
    least = concept.params.model_json_schema()["properties"]["steps"]["minimum"]
    list(concept.run(concept.params.checked({"data": "swiss_roll", "objective": objective, "steps": least})))
    seen, start = [], time.process_time()
    for frame in concept.run(concept.params.checked({"data": "swiss_roll", "objective": objective, "seed": seed})):
        if "sw2" in frame.metrics:
            seen.append((frame.phase, time.process_time() - start, frame.metrics["sw2"] / frame.metrics["sw2_floor"]))
    return [(seconds, ratio) for i, (phase, seconds, ratio) in enumerate(seen, 1) if phase == "train" or i == len(seen)]


def timed(objective: str, seed: int) -> list[tuple[float, float]]:
    command = [sys.executable, "-m", "tests.bench.maths", objective, str(seed)]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | PER_THREAD, check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def within(seconds: float, path: list[tuple[float, float]]) -> float:
    """The last ratio shown by then."""
    return [ratio for at, ratio in path if at <= seconds][-1]


def measure() -> list[Figure]:
    flow, ddpm = ([timed(objective, seed) for seed in SEEDS] for objective in ("flow", "ddpm"))
    return [
        Figure("swiss roll, flow, within 3 s: sw2", 2.2, "floors", tuple(within(3, path) for path in flow)),
        Figure("swiss roll, flow, within 10 s: sw2", 1.3, "floors", tuple(within(10, path) for path in flow)),
        Figure("swiss roll, ddpm, within 12 s: sw2", 1.6, "floors", tuple(within(12, path) for path in ddpm)),
        Figure("  CPU of the whole default run, flow", 10, "s", tuple(path[-1][0] for path in flow)),
        Figure("  CPU of the whole default run, ddpm", 12, "s", tuple(path[-1][0] for path in ddpm)),
    ]


if __name__ == "__main__":
    print(json.dumps(snapshots(sys.argv[1], int(sys.argv[2]))))

"""How good diffusion is after so many CPU seconds of the whole run, frames and metrics included, on one thread, warm.

python -m tests.bench.maths QUERY [whole] prints [seconds, metrics] for every snapshot, where its walk ends, and after the whole run:
a process of its own for each.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

from tests.bench.figures import Figure
from tests.bench.server import ROOT

SEEDS = (7, 8, 9)
PER_THREAD = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
WALKED = ("forward", "train", "reverse")  # what follows shows the same network again
Path = list[tuple[float, dict[str, float]]]


def snapshots(query: str, whole: bool) -> Path:
    """CPU seconds so far and the metrics, for each of the training's frames and the walk's last; and the run's, if it is to be whole."""
    from playground.concept import load
    from playground.device import computing

    computing()
    concept = load("diffusion")
    params = concept.params.from_query(query)
    least = concept.params.model_json_schema()["properties"]["steps"]["minimum"]
    list(concept.run(params.model_copy(update={"steps": least})))
    seen, start = [], time.process_time()
    for frame in concept.run(params):
        if frame.phase not in WALKED and not whole:
            break
        seen.append((frame.phase, time.process_time() - start, dict(frame.metrics)))
    walked = max(i for i, (phase, *_) in enumerate(seen) if phase in WALKED)
    return [(seconds, metrics) for i, (phase, seconds, metrics) in enumerate(seen) if phase == "train" or i in (walked, len(seen) - 1)]


def timed(query: str, seed: int, whole: bool = False) -> Path:
    command = [sys.executable, "-m", "tests.bench.maths", f"{query}&seed={seed}", *["whole"] * whole]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | PER_THREAD, check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def within(seconds: float, path: Path, metric: str) -> float:
    """The last value shown by then; "floors" is sw2 over its floor."""
    shown = [metrics for at, metrics in path if at <= seconds][-1]
    return shown["sw2"] / shown["sw2_floor"] if metric == "floors" else shown[metric]


def end(query: str, seeds: Iterable[int], metric: str = "floors") -> tuple[float, ...]:
    """A metric where the walk ends; two runs at a time, since nobody looks at the clock."""
    with ThreadPoolExecutor(2) as pool:
        return tuple(within(1e9, path, metric) for path in pool.map(lambda seed: timed(query, seed), seeds))


def judged(name: str, target: float, paths: list[Path], seconds: float, metric: str) -> Figure:
    """A metric by then: at most so many floors, or at least so much of anything else."""
    floors = metric == "floors"
    values = tuple(within(seconds, path, metric) for path in paths)
    return Figure(f"{name}, within {seconds:g} s: {'sw2' if floors else metric}", target, "floors" if floors else "", values, not floors)


def measure(seeds: Iterable[int] = SEEDS) -> list[Figure]:
    flow, ddpm = ([timed(query, seed, whole=True) for seed in seeds] for query in ("", "objective=ddpm"))
    digits, emoji = ([timed(f"data={data}", seed) for seed in seeds] for data in ("digits", "emoji"))
    own = emoji[0][0][1]["agreement_real"]  # what the classifier reaches on emoji that it never saw
    return [
        judged("swiss roll, flow", 2.2, flow, 3, "floors"),
        judged("swiss roll, flow", 1.3, flow, 10, "floors"),
        judged("swiss roll, ddpm", 1.6, ddpm, 12, "floors"),
        judged("digits", 0.97, digits, 6, "agreement"),
        judged("digits", 0.99, digits, 12, "agreement"),
        judged("digits", 0.5, digits, 12, "diversity"),
        judged("digits", 0.8, digits, 12, "nearest"),
        judged("emoji", own, emoji, 30, "agreement"),
        judged("emoji", 0.8, emoji, 60, "nearest"),
        *(
            Figure(f"  CPU of the whole default run, {name}", most, "s", tuple(path[-1][0] for path in paths))
            for name, most, paths in (("flow", 10, flow), ("ddpm", 12, ddpm))
        ),
        Figure("  DDIM's step over diffusers'", 0.9, "", steps_compared()),
    ]


def steps_compared(repeats: int = 25) -> tuple[float, ...]:
    """Time of our DDIM's step over that of diffusers' DDIMScheduler, each with its look at the same network on 1,000 points."""
    from playground.device import computing

    computing()
    return tuple(ours() / theirs() for ours, theirs in [walks()] * repeats)


def walks() -> tuple[Callable[[], float], Callable[[], float]]:
    """CPU seconds of 50 steps of DDIM: ours, diffusers'."""
    import torch
    from diffusers import DDIMScheduler

    from playground.nets.mlp import plane, plane_apply
    from playground.samplers import SCHEDULES, ddim

    g = torch.Generator().manual_seed(0)
    w, x = plane(g), torch.randn(1000, 2, generator=g)
    scheduler = DDIMScheduler(num_train_timesteps=1000, clip_sample=False)
    scheduler.set_timesteps(50)

    @torch.no_grad()
    def ours() -> float:
        start, times = time.process_time(), torch.linspace(1, 0, 51)
        walk = ddim(lambda x, t: plane_apply(w, x, t.expand(len(x), 1)), x, times, SCHEDULES["linear"])
        for _ in walk:
            pass
        return time.process_time() - start

    @torch.no_grad()
    def theirs() -> float:
        start, y = time.process_time(), x
        for t in scheduler.timesteps:
            y = scheduler.step(plane_apply(w, y, (t / 1000).expand(len(y), 1)), t, y).prev_sample
        plane_apply(w, y, torch.zeros(len(y), 1))  # ours looks once more where it ends
        return time.process_time() - start

    ours(), theirs()
    return ours, theirs


if __name__ == "__main__":
    print(json.dumps(snapshots(sys.argv[1], whole="whole" in sys.argv[2:])))

"""How good a VAE is after so many CPU seconds of the whole run() on one thread, warm.

python -m tests.bench.vae QUERY prints [seconds, metrics] for every snapshot of the training and after the whole run. A process of its own.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable

from tests.bench.figures import Figure
from tests.bench.maths import PER_THREAD, Path
from tests.bench.server import ROOT

SEEDS = (7, 8, 9)
CHAPTERS = ("train", "walk")


def snapshots(query: str) -> Path:
    from playground.concept import load
    from playground.device import computing

    computing()
    concept = load("vae")
    params = concept.params.from_query(query)
    list(concept.run(params.model_copy(update={"steps": 10})))
    seen, start = [], time.process_time()
    for frame in concept.run(params):
        if frame.phase in CHAPTERS:
            seen.append((time.process_time() - start, dict(frame.metrics)))
    return seen


def measured(query: str) -> Path:
    command = [sys.executable, "-m", "tests.bench.vae", query]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | PER_THREAD, check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def by(seconds: float, path: Path, metric: str) -> float:
    """The last value told by then."""
    told = [metrics[metric] for at, metrics in path if at <= seconds and metric in metrics]
    return told[-1] if told else float("-inf")


def end(query: str, seeds: Iterable[int], metric: str) -> tuple[float, ...]:
    return tuple(by(1e9, measured(f"{query}&seed={seed}"), metric) for seed in seeds)


def measure(seeds: Iterable[int] = SEEDS) -> list[Figure]:
    seeds = list(seeds)
    two, sixteen = ([measured(f"{query}&seed={seed}") for seed in seeds] for query in ("data=digits", "latent=16"))

    def elbo(name: str, target: float, paths: list[Path], seconds: float) -> Figure:
        return Figure(f"{name}, within {seconds:g} s: test ELBO", target, "nats", tuple(by(seconds, path, "elbo") for path in paths), True)

    return [
        elbo("digits, latent 2", -154, two, 8),
        elbo("digits, latent 2", -148.5, two, 20),
        elbo("digits, latent 16", -112, sixteen, 30),
        Figure("  CPU of the whole default run", 20, "s", tuple(path[-1][0] for path in two)),
        Figure("  CPU of the whole run, latent 16", 30, "s", tuple(path[-1][0] for path in sixteen)),
    ]


if __name__ == "__main__":
    print(json.dumps(snapshots(sys.argv[1])))

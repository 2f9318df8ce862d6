"""How well a small transformer has learnt after so many CPU seconds of the whole run() on one thread, warm; how fast MiniLM looks.

python -m tests.bench.attention QUERY prints [seconds, metrics] for every snapshot of the training; `forward` the seconds of MiniLM's
forward passes over 16 tokens. A process of its own for each.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable
from statistics import median

from tests.bench.figures import Figure
from tests.bench.maths import PER_THREAD, Path
from tests.bench.server import ROOT

LARGER = "larger"
SIXTEEN = "the animal did not cross the wide street because it was too tired ."  # and [CLS] and [SEP]
PASSES = 30


def snapshots(query: str) -> Path:
    from playground.concept import load
    from playground.device import computing

    computing()
    concept = load("attention")
    params = concept.params.from_query(query)
    list(concept.run(params.model_copy(update={"steps": 10})))
    seen, start = [], time.process_time()
    for frame in concept.run(params):
        if frame.phase != "train":
            break
        seen.append((time.process_time() - start, dict(frame.metrics)))
    return seen


def forward() -> list[float]:
    import torch

    from playground.concepts.attention import looking
    from playground.concepts.attention.models import Encoder
    from playground.concepts.attention.params import Params
    from playground.device import computing

    computing()
    model, plain, seconds = Encoder(), looking.untouched(Params(mode="look", model="minilm")), []
    ids = model.read(SIXTEEN)
    assert len(ids) == 16
    with torch.no_grad():
        for _ in range(PASSES):
            start = time.process_time()
            model.vectors(ids[None], plain, looking.Seen())
            seconds.append(time.process_time() - start)
    return seconds[5:]


def measured(*how: str):
    command = [sys.executable, "-m", "tests.bench.attention", *how]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | PER_THREAD, check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def by(seconds: float, path: Path) -> float:
    return [metrics["bits_per_char"] for at, metrics in path if at <= seconds][-1]


def measure(seeds: Iterable[int] = (7, 8, 9)) -> list[Figure]:
    from playground.concept import load

    concept, seeds = load("attention"), list(seeds)
    larger = concept.params(**concept.presets[LARGER]).to_query()
    default, large = ([measured(f"{query}&seed={seed}") for seed in seeds] for query in ("", larger))
    return [
        Figure("Shakespeare at the defaults, within 10 s", 3.2, "bits/character", tuple(by(10, path) for path in default)),
        Figure("the larger preset, within 30 s", 2.85, "bits/character", tuple(by(30, path) for path in large)),
        Figure("  CPU of the larger preset's training", 30, "s", tuple(path[-1][0] for path in large)),
        Figure("MiniLM's forward pass, 16 tokens", 60, "ms", tuple(1000 * median(measured("forward")) for _ in range(3))),
    ]


if __name__ == "__main__":
    print(json.dumps(forward() if sys.argv[1] == "forward" else snapshots(sys.argv[1])))

"""CPU seconds of each training of latent diffusion alone, without the looks at it, and how good it then is.

python -m tests.bench.latent SEED … prints one line of JSON for each seed: names of metrics and of seconds, and their values.
"""

import json
import sys
import time
from collections.abc import Iterable
from typing import Any

from tests.bench.figures import Figure

SEEDS = (7, 8, 9)


def trained(seed: int) -> dict[str, float]:
    from playground.concepts.latent_diffusion import looks, model
    from playground.device import computing

    computing()
    params = model.Params(seed=seed)
    model.autoencoder(params).until(1)  # the first step of a process loads what optimisers need
    descent, seconds = model.autoencoder(params), {}
    seconds["autoencoder"] = timed(descent)
    spaces, made = model.spaces_of(params, descent.mean), {}
    for name, space in spaces.items():
        diffusion = model.diffusion(params, name, space)
        seconds[name] = timed(diffusion)
        made[name] = model.end(params, space, diffusion.mean)
    measured = looks.judged(made) | looks.limits(spaces)
    return measured | {f"seconds_{name}": value for name, value in seconds.items()}


def timed(descent: Any) -> float:
    start = time.process_time()
    descent.until(descent.steps)
    return time.process_time() - start


def measure(seeds: Iterable[int] = SEEDS) -> list[Figure]:
    runs = [trained(seed) for seed in seeds]

    def ratio(name: str, most: float, a: str, b: str, at_least: bool = False) -> Figure:
        return Figure(name, most, "", tuple(run[a] / run[b] for run in runs), at_least)

    return [
        ratio("at equal multiply-adds: FID of pixels over latent", 6, "fid_pixels", "fid_vae", at_least=True),
        ratio("at equal multiply-adds: FID of pixels over PCA", 3, "fid_pixels", "fid_pca", at_least=True),
        ratio("latent FID over its autoencoder's", 1.5, "fid_vae", "limit_vae"),
        ratio("CPU seconds of training in the latent over pixels", 1.5, "seconds_vae", "seconds_pixels"),
        ratio("CPU seconds of training the autoencoder over pixels", 2, "seconds_autoencoder", "seconds_pixels"),
        *(
            Figure(f"  CPU of training {name}", 10, "s", tuple(run[f"seconds_{name}"] for run in runs))
            for name in ("autoencoder", "pixels", "pca", "vae")
        ),
    ]


if __name__ == "__main__":
    for seed in map(int, sys.argv[1:]):
        print(json.dumps(trained(seed)), flush=True)

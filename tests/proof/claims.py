"""Claims: figures that are to hold over seeds. A new claim is a function that yields them, named in CLAIMS."""

from collections.abc import Callable, Iterator
from urllib.parse import urlencode

from playground.concept import load
from tests.bench import latent, maths
from tests.bench.figures import Figure

SEEDS = range(10)


def diffusion() -> Iterator[Figure]:
    """The defaults with only data, objective and seed given, in CPU seconds of the whole run on one thread."""
    yield from maths.measure(SEEDS)
    presets = load("diffusion").presets
    too_short, unfinished = (urlencode(presets[name]) for name in ("too_short", "unfinished"))
    yield Figure("too few steps: sw2", 1.3, "floors", maths.end(too_short, SEEDS), at_least=True)
    yield Figure("too few steps, cured by 800: sw2", 1.3, "floors", maths.end("", SEEDS))
    yield Figure("noise unfinished: sw2", 5, "floors", maths.end(unfinished, SEEDS), at_least=True)
    yield Figure(
        "noise unfinished, cured by the linear schedule: sw2", 2, "floors", maths.end(unfinished.replace("=unfinished", "=linear"), SEEDS)
    )


def latent_diffusion() -> Iterator[Figure]:
    """The defaults with only the seed given; seconds are those of the trainings alone."""
    yield from latent.measure(SEEDS)


CLAIMS: dict[str, Callable[[], Iterator[Figure]]] = {"diffusion": diffusion, "latent_diffusion": latent_diffusion}

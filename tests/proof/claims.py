"""Claims: figures that are to hold over seeds. A new claim is a function that yields them, named in CLAIMS."""

from collections.abc import Callable, Iterator

from tests.bench import maths
from tests.bench.figures import Figure

SEEDS = range(10)


def diffusion() -> Iterator[Figure]:
    """The defaults with only data, objective and seed given, in CPU seconds of the whole run on one thread."""
    yield from maths.measure(SEEDS)


CLAIMS: dict[str, Callable[[], Iterator[Figure]]] = {"diffusion": diffusion}

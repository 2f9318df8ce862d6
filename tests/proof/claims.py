"""Claims, each a name, a bound and a measurement over seeds. A new claim is a function that yields them, named in CLAIMS."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.bench.maths import timed, within

SEEDS = range(10)


@dataclass(frozen=True)
class Claim:
    """`values` are one a seed; each should stay at or below the bound."""

    slug: str
    name: str
    bound: float
    unit: str
    values: tuple[float, ...]

    @property
    def kept(self) -> int:
        return sum(value <= self.bound for value in self.values)


def swiss_roll() -> Iterator[Claim]:
    """The defaults with only data, objective and seed given, in CPU seconds of the whole run on one thread."""
    flow, ddpm = ([timed(objective, seed) for seed in SEEDS] for objective in ("flow", "ddpm"))
    yield Claim("diffusion", "swiss roll, flow, within 3 s: sw2", 2.2, "floors", tuple(within(3, path) for path in flow))
    yield Claim("diffusion", "swiss roll, flow, within 10 s: sw2", 1.3, "floors", tuple(within(10, path) for path in flow))
    yield Claim("diffusion", "swiss roll, ddpm, within 12 s: sw2", 1.6, "floors", tuple(within(12, path) for path in ddpm))


CLAIMS: dict[str, Callable[[], Iterator[Claim]]] = {"swiss_roll": swiss_roll}

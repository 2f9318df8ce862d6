"""Two-dimensional toy distributions, each centred, with about unit spread on both axes, inside the square [-2, 2]²; and drawn points."""

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Self

import torch
from jaxtyping import Float, Int64
from pydantic import Field, field_validator, model_validator
from pydantic_core import PydanticCustomError
from torch import Generator, Tensor

from playground.params import Params

Toy = Callable[[int, Generator], Float[Tensor, "n 2"]]

LEAST_POINTS, POINTS = 3, 200  # of a drawing, at least and at most
POINT_LIMIT = 200  # a drawn coordinate, in hundredths of a stage unit, lies in -200..200
DRAWINGS = ["-100,-100;100,-100;0,120", ";".join(f"{x},{x}" for x in range(-200, 200, 2))]  # a triangle; as many points as may be
BANDWIDTH = 0.06  # standard deviation of the Gaussian kernel on a drawn point, in stage units


def _polar(radius: Tensor, angle: Tensor) -> Float[Tensor, "n 2"]:
    return torch.stack((radius * angle.cos(), radius * angle.sin()), 1)


def _normal(n: int, g: Generator, scale: float) -> Float[Tensor, "n 2"]:
    return scale * torch.randn(n, 2, generator=g)


def ring(n: int, g: Generator) -> Float[Tensor, "n 2"]:
    """A circle of radius 1.4 with Gaussian width 0.07."""
    angle = math.tau * torch.rand(n, generator=g)
    return _polar(torch.full((n,), 1.4), angle) + _normal(n, g, 0.07)


def moons(n: int, g: Generator) -> Float[Tensor, "n 2"]:
    """Two interleaved half circles, as scikit-learn's make_moons(noise=0.06), standardised."""
    angle = math.pi * torch.rand(n, generator=g)
    upper = (torch.rand(n, generator=g) < 0.5).float()
    x = upper * angle.cos() + (1 - upper) * (1 - angle.cos()) - 0.5
    y = upper * angle.sin() + (1 - upper) * (0.5 - angle.sin()) - 0.25
    return (torch.stack((x, y), 1) + _normal(n, g, 0.06)) / torch.tensor([0.87, 0.5])


def swiss_roll(n: int, g: Generator) -> Float[Tensor, "n 2"]:
    """A spiral r = angle over one turn and a half, as scikit-learn's make_swiss_roll(noise=0.4) without its depth."""
    angle = 1.5 * math.pi * (1 + 2 * torch.rand(n, generator=g))
    return (_polar(angle, angle) + _normal(n, g, 0.4) - torch.tensor([2.0, 0.2])) / 7.4


def eight_gaussians(n: int, g: Generator) -> Float[Tensor, "n 2"]:
    """Eight round Gaussians of width 0.12 on a circle of radius 1.4."""
    mode = torch.randint(8, (n,), generator=g)
    return _polar(torch.full((n,), 1.4), mode * (math.tau / 8)) + _normal(n, g, 0.12)


def line(n: int, g: Generator) -> Float[Tensor, "n 2"]:
    """Evenly along the diagonal from (-1.7, -1.7) to (1.7, 1.7), with Gaussian width 0.07."""
    along = 3.4 * torch.rand(n, 1, generator=g) - 1.7
    return along + _normal(n, g, LINE_WIDTH)


def gaussians(centres: Float[Tensor, "k 2"], width: float) -> Toy:
    """Round Gaussians of one width, each as likely."""

    def toy(n: int, g: Generator) -> Float[Tensor, "n 2"]:
        return centres[torch.randint(len(centres), (n,), generator=g)] + _normal(n, g, width)

    return toy


def checkerboard(n: int, g: Generator) -> Float[Tensor, "n 2"]:
    """Uniform on the eight dark squares of a 4 x 4 board that fills [-1.8, 1.8]²."""
    row, pair = torch.randint(4, (n,), generator=g), torch.randint(2, (n,), generator=g)
    corner = torch.stack((2 * pair + row % 2, row), 1)
    return (corner + torch.rand(n, 2, generator=g) - 2) * 0.9


def smiley(n: int, g: Generator) -> Float[Tensor, "n 2"]:
    """A face: its outline (55 %), a smile (25 %) and two eyes (10 % each)."""
    part, u = torch.rand(n, generator=g), torch.rand(n, generator=g)
    outline = _polar(torch.full((n,), 1.65), math.tau * u)
    smile = _polar(torch.full((n,), 0.95), math.pi * (1.15 + 0.7 * u)) + torch.tensor([0.0, 0.05])
    side = torch.where(u < 0.5, -0.6, 0.6)
    eyes = torch.stack((side, torch.full((n,), 0.55)), 1) + _normal(n, g, 0.06)
    place = torch.where(part[:, None] < 0.55, outline, torch.where(part[:, None] < 0.8, smile, eyes))
    return place + torch.tensor([0.0, 0.06]) + _normal(n, g, 0.05)


LINE_WIDTH = 0.07
TWO = 0.97 * torch.tensor([[-1.0, -1.0], [1.0, 1.0]])
TWO_WIDTH = 0.25
BOARD = torch.cartesian_prod(*[0.7 * (torch.arange(5.0) - 2)] * 2)  # five by five
BOARD_WIDTH = 0.07
FAR = _polar(torch.full((3,), 1.4), math.pi / 2 + math.tau / 3 * torch.arange(3))
FAR_WIDTH = 0.06

TOYS: dict[str, Toy] = {
    "ring": ring,
    "moons": moons,
    "line": line,
    "two_gaussians": gaussians(TWO, TWO_WIDTH),
    "25gaussians": gaussians(BOARD, BOARD_WIDTH),
    "disjoint": gaussians(FAR, FAR_WIDTH),
    "swiss_roll": swiss_roll,
    "8gaussians": eight_gaussians,
    "checkerboard": checkerboard,
    "smiley": smiley,
}


CLASS_CENTRES = torch.tensor([[0.0, 1.1], [-0.95, -0.55], [0.95, -0.55]])
CLASS_WIDTH = 0.6  # so wide that about one point in nine lies nearer to the centre of another class


def class_gaussians(n: int, g: Generator) -> tuple[Float[Tensor, "n 2"], Int64[Tensor, " n"]]:
    """Three round Gaussians that overlap, each a class; the points and their classes."""
    label = torch.randint(len(CLASS_CENTRES), (n,), generator=g)
    return CLASS_CENTRES[label] + _normal(n, g, CLASS_WIDTH), label


def likeliest_class(x: Float[Tensor, "n 2"]) -> Int64[Tensor, " n"]:
    """Bayes' rule for class_gaussians: with equal widths and shares, the class of the nearest centre."""
    return torch.cdist(x, CLASS_CENTRES).argmin(1)


@lru_cache(16)  # a run's parameters are checked once for each of their edits
def parse_points(text: str) -> Float[Tensor, "n 2"]:
    """Read drawn points "x,y;x,y;…", whole hundredths of a stage unit; the answer, shared, is in stage units, shape (0, 2) for "".

    Raises PydanticCustomError points_bad (not such a list, or a coordinate beyond ±limit) and points_too_many (more than limit).
    """
    pairs = [pair.split(",") for pair in text.split(";")] if text else []
    if len(pairs) > POINTS:
        raise PydanticCustomError("points_too_many", "too many points", {"limit": POINTS})
    if not all(len(pair) == 2 and all(_whole(number) for number in pair) for pair in pairs):
        raise PydanticCustomError("points_bad", "not a list of points", {"limit": POINT_LIMIT})
    return torch.tensor([[int(x), int(y)] for x, y in pairs], dtype=torch.float32).reshape(-1, 2) / 100


def _whole(number: str) -> bool:
    digits = number.removeprefix("-")
    return digits.isascii() and digits.isdigit() and len(digits) <= 3 and int(digits) <= POINT_LIMIT


def drawn(points: Float[Tensor, "k 2"]) -> Toy:
    """The distribution of drawn points: one of them, each as likely, plus a Gaussian of width BANDWIDTH. It is not standardised."""

    return gaussians(points, BANDWIDTH)


class Drawable(Params):
    """Parameters of a concept with a field `data`, one of whose choices is `drawn`."""

    points: str = Field("", max_length=4000, examples=DRAWINGS, json_schema_extra={"brush": {"data": "drawn"}})

    @field_validator("points")
    @classmethod
    def _readable(cls, points: str) -> str:
        parse_points(points)
        return points

    @model_validator(mode="after")
    def _enough_points(self) -> Self:
        if getattr(self, "data", None) == "drawn" and len(parse_points(self.points)) < LEAST_POINTS:
            raise PydanticCustomError("points_too_few", "too few points", {"field": "points", "least": LEAST_POINTS})
        return self

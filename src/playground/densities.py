"""Densities of the toys on the plane, exact, and how far samples are from them: JS and KL on cells, modes found. In bits, never negative.

Every toy here is a mixture of Gaussians: a curve with Gaussian width is one of so many centres along it that no more would
change a digit.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from playground import toys

CELLS, REACH = 64, 2.4  # the square [-REACH, REACH]² in CELLS x CELLS cells; all that lies outside is one cell more
ALONG = 256  # centres along a curve
SMOOTHED = 0.01  # KL sees samples mixed with so much of a uniform density: else one empty cell would make it infinite
NEAR = 3.0  # a sample within so many widths of its mode counts as the mode's
FOUND = 0.25  # a mode is found when it has this part of its true share
Cells = Float[np.ndarray, " cells"]  # probabilities, row by row; the last is the outside's


@dataclass(frozen=True)
class Mixture:
    """Gaussians with the axes' widths `width`, each as likely. `modes` are the centres that count as modes, none for a curve."""

    centres: Float[Tensor, "k 2"]
    width: tuple[float, float]
    modes: Float[Tensor, "m 2"]

    def density(self, x: Float[Tensor, "n 2"], blur: float = 0.0) -> Float[Tensor, " n"]:
        """The density, or that of the mixture blurred by a Gaussian of width `blur`."""
        width = torch.tensor(self.width, dtype=torch.float64).square().add(blur**2).sqrt()
        gap = (x.double()[:, None] - self.centres.double()) / width
        return torch.exp(-gap.square().sum(2) / 2).mean(1).div(math.tau * width.prod()).float()

    def cells(self) -> Cells:
        """The exact probability of each cell."""
        edges = torch.linspace(-REACH, REACH, CELLS + 1, dtype=torch.float64)
        x, y = (torch.special.ndtr((edges - c[:, None]) / w).diff() for c, w in zip(self.centres.double().T, self.width, strict=True))
        inside = (y.T @ x / len(self.centres)).flatten().numpy()
        return np.append(inside, max(0.0, 1 - inside.sum()))


def _curve(points: Float[Tensor, "k 2"], width: float, scale: tuple[float, float] = (1.0, 1.0)) -> Mixture:
    """Gaussians of one width along a curve, divided by `scale` axis by axis."""
    return Mixture(points / torch.tensor(scale), (width / scale[0], width / scale[1]), points[:0])


def _blobs(centres: Float[Tensor, "k 2"], width: float) -> Mixture:
    return Mixture(centres, (width, width), centres)


def _ring() -> Mixture:
    angle = math.tau * torch.arange(ALONG) / ALONG
    return _curve(1.4 * torch.stack((angle.cos(), angle.sin()), 1), 0.07)


def _line() -> Mixture:
    along = 3.4 * (torch.arange(ALONG) + 0.5) / ALONG - 1.7
    return _curve(along[:, None].expand(-1, 2), toys.LINE_WIDTH)


def _moons() -> Mixture:
    angle = math.pi * (torch.arange(ALONG) + 0.5) / ALONG
    upper = torch.stack((angle.cos() - 0.5, angle.sin() - 0.25), 1)
    return _curve(torch.cat((upper, -upper)), 0.06, (0.87, 0.5))


def _eight() -> Mixture:
    angle = math.tau * torch.arange(8) / 8
    return _blobs(1.4 * torch.stack((angle.cos(), angle.sin()), 1), 0.12)


MIXTURES: dict[str, Callable[[], Mixture]] = {  # by their names in toys.TOYS
    "line": _line,
    "two_gaussians": lambda: _blobs(toys.TWO, toys.TWO_WIDTH),
    "8gaussians": _eight,
    "25gaussians": lambda: _blobs(toys.BOARD, toys.BOARD_WIDTH),
    "ring": _ring,
    "moons": _moons,
    "disjoint": lambda: _blobs(toys.FAR, toys.FAR_WIDTH),
}


def drawn(points: Float[Tensor, "k 2"]) -> Mixture:
    """The mixture that toys.drawn samples; drawn points are too near to each other to be modes."""
    return _curve(points, toys.BANDWIDTH)


def histogram(x: Float[Tensor, "n 2"]) -> Cells:
    """The share of points in each cell."""
    place = ((x.numpy() + REACH) * (CELLS / (2 * REACH))).astype(np.float64)
    inside = ((place >= 0) & (place < CELLS)).all(1)
    column, row = place[inside].astype(np.int64).T
    count = np.bincount(row * CELLS + column, minlength=CELLS**2)
    return np.append(count, len(x) - inside.sum()) / len(x)


def js(p: Cells, q: Cells) -> float:
    """Jensen-Shannon divergence in bits, 0 to 1 (Lin 1991)."""
    middle = (p + q) / 2
    return max(0.0, (_bits(p, middle) + _bits(q, middle)) / 2)


def kl(p: Cells, q: Cells) -> float:
    """KL(p ‖ q) in bits, q mixed with SMOOTHED of a uniform density, so that it is finite."""
    return max(0.0, _bits(p, (1 - SMOOTHED) * q + SMOOTHED / len(q)))


def _bits(p: Cells, q: Cells) -> float:
    some = p > 0
    return float((p[some] * np.log2(p[some] / q[some])).sum())


def shares(x: Float[Tensor, "n 2"], mixture: Mixture) -> Float[np.ndarray, " m"]:
    """The share of the points that lie within NEAR widths of each mode; a point counts for its nearest."""
    gap, mode = torch.cdist(x, mixture.modes).min(1)
    own = mode[gap <= NEAR * mixture.width[0]]
    return torch.bincount(own, minlength=len(mixture.modes)).numpy() / len(x)


def found(share: Float[np.ndarray, " m"]) -> int:
    """How many modes have at least FOUND of their true share."""
    return int((share >= FOUND * true_share(len(share))).sum())


def true_share(modes: int) -> float:
    """What lies within NEAR widths of each of so many modes."""
    return -math.expm1(-(NEAR**2) / 2) / modes


def blurred(x: Float[Tensor, "n 2"], at: Float[Tensor, " k"], blur: float) -> Float[np.ndarray, "k k"]:
    """A kernel density estimate from the points' cells at every (at, at), rows from low y to high y: Gaussian kernels of width `blur`."""
    centres = (torch.arange(CELLS) + 0.5) * (2 * REACH / CELLS) - REACH
    kernel = torch.exp(-((at[:, None] - centres) / blur).square() / 2).double().numpy() / (math.sqrt(math.tau) * blur)
    return kernel @ histogram(x)[:-1].reshape(CELLS, CELLS) @ kernel.T

"""Distances between sets of samples: 0 for equal sets, never negative."""

import math
from collections.abc import Callable
from functools import cache

import numpy as np
from jaxtyping import Float
from torch import Tensor

DIRECTIONS = 128


@cache
def directions(d: int) -> Float[np.ndarray, "d k"]:
    """The fixed unit directions sw2 looks along.

    On the plane they are evenly spread over a half circle. In more dimensions the first half are coordinate axes (as many as
    there are), the rest seeded Gaussian ones, normalised: along random lines alone nearly every set looks Gaussian
    (Diaconis & Freedman 1984), and noise would pass for pictures.
    """
    if d == 2:
        angle = (np.arange(DIRECTIONS) + 0.5) * (math.pi / DIRECTIONS)
        return np.stack((np.cos(angle), np.sin(angle))).astype(np.float32)
    axes = np.eye(d)[:, : DIRECTIONS // 2]
    theta = np.random.default_rng(0).standard_normal((d, DIRECTIONS - axes.shape[1]))
    return np.concatenate((axes, theta / np.linalg.norm(theta, axis=0)), 1).astype(np.float32)


def sw2(a: Float[Tensor, "n d"], b: Float[Tensor, "m e"]) -> float:
    """Sliced Wasserstein-2 distance of two sets of equal size, in the data's own unit (Bonneel et al. 2015).

    The square root of the mean, over the directions, of the squared 1-D Wasserstein-2 distance, which pairs sorted projections.
    Raises ValueError for sets of different shape.
    """
    if a.shape != b.shape:
        raise ValueError(f"sw2 compares sets of one shape, not {tuple(a.shape)} and {tuple(b.shape)}")
    return float(np.sqrt(np.square(_sorted(a) - _sorted(b), dtype=np.float64).mean()))


def _sorted(a: Float[Tensor, "n d"]) -> Float[np.ndarray, "k n"]:
    points = a.detach().numpy().astype(np.float32, copy=False)
    return np.sort(np.ascontiguousarray((points @ directions(a.shape[1])).T), axis=1)


def sw2_floor(draw: Callable[[], Float[Tensor, "n d"]], pairs: int = 10) -> float:
    """What sw2 says of two true sets, because they are finite: its mean over fresh pairs drawn by `draw`."""
    return float(np.mean([sw2(draw(), draw()) for _ in range(pairs)]))


def typical(sets: list[Float[Tensor, "n d"]]) -> Float[Tensor, "n d"]:
    """The set whose mean squared sw2 to the others is least, which is the one nearest to their barycentre: a draw without bad luck."""
    lines = np.stack([_sorted(a) for a in sets])
    return sets[int(np.argmin(np.square(lines - lines.mean(0)).mean((1, 2))))]

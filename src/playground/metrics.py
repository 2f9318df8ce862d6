"""Distances between sets of samples, 0 for equal sets and never negative; and what generated pictures are judged by."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from jaxtyping import Float, Int64, UInt8
from torch import Tensor

from playground import datasets
from playground.datasets import Split, mnist
from playground.nets import classifier

DIRECTIONS = 128
NEIGHBOURS = 3  # as Kynkäänniemi et al. 2019 chose
PAIRS = 10  # of true sets, for a floor
LOOKED_UP = 250  # pictures whose nearest training picture is sought, as that costs more than all other measures


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


def sw2_floor(draw: Callable[[], Float[Tensor, "n d"]], pairs: int = PAIRS) -> float:
    """What sw2 says of two true sets, because they are finite: its mean over fresh pairs drawn by `draw`."""
    return float(np.mean([sw2(draw(), draw()) for _ in range(pairs)]))


def typical(sets: list[Float[Tensor, "n d"]]) -> Float[Tensor, "n d"]:
    """The set whose mean squared sw2 to the others is least, which is the one nearest to their barycentre: a draw without bad luck."""
    lines = np.stack([_sorted(a) for a in sets])
    return sets[int(np.argmin(np.square(lines - lines.mean(0)).mean((1, 2))))]


def fid(a: Float[Tensor, "n d"], b: Float[Tensor, "m d"]) -> float:
    """Fréchet distance of the Gaussians fitted to two sets of features (Heusel et al. 2017; the features are the caller's)."""
    a, b = a.double(), b.double()
    cov_a, cov_b = torch.cov(a.T), torch.cov(b.T)
    variance, axes = torch.linalg.eigh(cov_a)
    root = (axes * variance.clamp(min=0).sqrt()) @ axes.T
    overlap = torch.linalg.eigvalsh(root @ cov_b @ root).clamp(min=0).sqrt().sum()
    return max(0.0, float((a.mean(0) - b.mean(0)).square().sum() + cov_a.trace() + cov_b.trace() - 2 * overlap))


def recall(made: Float[Tensor, "n d"], real: Float[Tensor, "m d"]) -> float:
    """Share of the real that lie nearer to something made than its third neighbour among the made (Kynkäänniemi et al. 2019)."""
    radius = torch.cdist(made, made).kthvalue(NEIGHBOURS + 1, dim=1).values  # the nearest of all is itself
    return (torch.cdist(real, made) <= radius).any(1).double().mean().item()


def nearest_of(x: UInt8[Tensor, "n ..."], among: UInt8[Tensor, "m ..."]) -> Int64[Tensor, " n"]:
    """Which of the others each picture is nearest to."""
    return torch.cdist(x.flatten(1).float(), among.flatten(1).float()).argmin(1)


def nearest(x: UInt8[Tensor, "n ..."], among: UInt8[Tensor, "m ..."]) -> float:
    """Mean Euclidean distance of pictures to the nearest among others, in grey levels."""
    return torch.cdist(x.flatten(1).float(), among.flatten(1).float()).min(1).values.mean().item()


@dataclass(frozen=True)
class Judge:
    """Measures generated pictures against real ones that no model was trained on, as the classifier `name` sees them."""

    name: str
    train: UInt8[Tensor, "n h w"] | UInt8[Tensor, "n h w 3"]
    held_out: Float[Tensor, "m d"]  # features
    apart: float  # held-out pictures from their nearest training picture
    right: float  # share of held-out pictures that the classifier names rightly
    fid_floor: float  # fid of two random halves of all held-out pictures, mean of ten pairs

    def fid(self, made: UInt8[Tensor, "n h w"] | UInt8[Tensor, "n h w 3"]) -> float:
        """Fréchet distance of made pictures from the held-out ones."""
        return self._fid(classifier.features(self.name, made))

    def _fid(self, seen: Float[Tensor, "n d"]) -> float:
        """Of as many as are held out at a time: few pictures look further away than they are."""
        return float(np.mean([fid(part, self.held_out) for part in seen.split(len(self.held_out))]))

    def __call__(self, made: UInt8[Tensor, "n h w"] | UInt8[Tensor, "n h w 3"], label: Int64[Tensor, " n"]) -> dict[str, float]:
        """agreement, diversity, nearest, fid and what real pictures reach, of pictures that were made to be of the classes `label`."""
        seen = classifier.features(self.name, made)
        return {
            "agreement": (classifier.classes(self.name, seen) == label).double().mean().item(),
            "agreement_real": self.right,
            "diversity": recall(seen, self.held_out),
            "nearest": nearest(made[:LOOKED_UP], self.train) / self.apart,
            "fid": self._fid(seen),
            "fid_floor": self.fid_floor,
        }


def judge(name: str, split: Split) -> Judge:
    """The test pictures are held out; those of validation help to find the floor and how often the classifier is right."""
    both, label = torch.cat((split.test.x, split.validation.x)), torch.cat((split.test.y, split.validation.y))
    seen = classifier.features(name, both)
    right = (classifier.classes(name, seen) == label).double().mean().item()
    g = torch.Generator().manual_seed(0)
    halves = [seen[torch.randperm(len(seen), generator=g)].chunk(2) for _ in range(PAIRS)]
    floor = float(np.mean([fid(a, b) for a, b in halves]))
    return Judge(name, split.train.x, seen[: len(split.test.x)], nearest(split.test.x, split.train.x), right, floor)


@cache
def digits() -> Judge:
    """The judge of digits: 1,000 are held out. Cached."""
    return judge("digits", mnist())


@cache
def emoji() -> Judge:
    """The judge of emoji: 200 are held out. Cached."""
    return judge("emoji", datasets.emoji())

"""Where the diffusion happens: what the plane, classes on the plane, digits and emoji have in common, and nothing else."""

import math
from collections.abc import Iterator, Mapping
from typing import Protocol

import numpy as np
import torch
from jaxtyping import Float, Int64
from torch import Generator, Tensor

from playground.nets import mlp
from playground.samplers import Process

GUIDANCE = 2.0  # of the walks that look in on training, whatever that of the last walk is: looking again never trains again
DROPPED = 0.1  # share of training labels withheld, so that the network also learns u
CHUNK = 50  # batches drawn at once, for speed
BINS = torch.linspace(-4, 4, 65)  # edges of the histogram's bars
CENTRES = (BINS[1:] + BINS[:-1]) / 2

Arrays = dict[str, np.ndarray]


class Space(Protocol):
    """Training batches, the network, the sets that are measured and shown. `noise` starts every walk: (1000, d)."""

    batch: int
    learning_rate: float
    snapshots: int
    steps_compared: tuple[int, ...]
    every_walk: bool  # whether every sampler is compared, or the chosen one alone
    weights_compared: tuple[float, ...]  # of guidance; none where there are no classes
    looks_back: int  # frames of the reverse walk at most, less one
    quick_looks: int  # at the network by all snapshots' walks but the last's: on the plane a tenth of the floor from a long walk's end
    data: Float[Tensor, "n d"]
    noise: Float[Tensor, "n d"]
    raw: Float[Tensor, "m k"]  # what is noised once at a blow and once step by step, for the histogram: points, or pixels of −1 to 1
    raw_noise: Float[Tensor, "m k"]
    floor: float

    def weights(self, g: Generator) -> mlp.Weights: ...
    def batches(self, g: Generator) -> Iterator[tuple[Tensor, Tensor]]: ...
    def network(self, w: mlp.Weights, x: Tensor, t: Tensor, label: Tensor) -> Tensor: ...
    def guided(self, w: mlp.Weights, x: Tensor, t: Tensor, guidance: float) -> Tensor: ...
    def start(self, fresh: bool) -> Tensor: ...
    def distance(self, x: Tensor) -> dict[str, float]: ...
    def quality(self, x: Tensor, guidance: float) -> dict[str, float]: ...
    def comparison(self, ends: Mapping[str, Tensor]) -> dict[str, float]: ...
    def forward_arrays(self, x_t: Tensor, raw: Tensor, chained: Tensor) -> Arrays: ...
    def sample_arrays(self, x: Tensor) -> Arrays: ...
    def snapshot_arrays(self, x: Tensor) -> Arrays: ...
    def reverse_arrays(self, process: Process, w: mlp.Weights, t: Tensor, x: Tensor, prediction: Tensor, guidance: float) -> Arrays: ...


class Labelled:
    """What spaces with classes share: the network is asked without (u) and with (c) the class."""

    classes: Int64[Tensor, " n"]  # that the samples are to be of
    none: int  # the number that stands for no class

    def network(self, w: mlp.Weights, x: Tensor, t: Tensor, label: Tensor) -> Tensor:
        raise NotImplementedError

    def answers(self, w: mlp.Weights, x: Tensor, t: Tensor, label: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """c and u, for the classes that the first samples are to be of, or for others."""
        label = self.classes[: len(x)] if label is None else label
        both = torch.cat((label, torch.full((len(x),), self.none)))
        c, u = self.network(w, x.repeat(2, 1), t.repeat(2, 1), both).chunk(2)
        return c, u

    def guided(self, w: mlp.Weights, x: Tensor, t: Tensor, guidance: float, label: Tensor | None = None) -> Tensor:
        """u + w (c − u): Ho & Salimans 2022."""
        c, u = self.answers(w, x, t, label)
        return u + guidance * (c - u)

    def withheld(self, label: Tensor, g: Generator) -> Tensor:
        """Labels of a batch, some of them taken away."""
        return torch.where(torch.rand(len(label), generator=g) < DROPPED, self.none, label)


def histogram(values: Tensor) -> np.ndarray:
    """Density of values over BINS; what lies outside is left out of the bars."""
    count = torch.histogram(values.flatten(), BINS).hist
    return (count / values.numel() / (BINS[1] - BINS[0])).numpy()


def histograms(at_once: Tensor, chained: Tensor) -> Arrays:
    """`histogram` of x_t in one step and `histogram_chain` step by step, over `bins`; beside them the noise's own bell."""
    bell = torch.exp(-(CENTRES**2) / 2) / math.sqrt(math.tau)
    return {"bins": CENTRES.numpy(), "bell": bell.numpy(), "histogram": histogram(at_once), "histogram_chain": histogram(chained)}


def moments(at_once: Tensor, chained: Tensor) -> dict[str, float]:
    """Mean and variance of what the histograms show."""
    return {
        "mean": at_once.mean().item(),
        "variance": at_once.var().item(),
        "mean_chain": chained.mean().item(),
        "variance_chain": chained.var().item(),
    }

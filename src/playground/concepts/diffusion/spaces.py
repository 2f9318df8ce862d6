"""Where the diffusion happens: on the plane, or among digits in 96 PCA coordinates. What the two do differently, and nothing else."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol

import numpy as np
import torch
from jaxtyping import Float
from torch import Generator, Tensor

from playground import metrics, toys
from playground.datasets import mnist
from playground.nets import mlp, pca
from playground.samplers import Process

GUIDANCE = 2.0  # of the walks that look in on training, whatever that of the last walk is: looking again never trains again
DROPPED = 0.1  # share of training labels withheld, so that the network also learns u
SHOWN = 40  # digits on the stage: four rows, a column per class
CHUNK = 50  # batches drawn at once, for speed
GRID = torch.cartesian_prod(torch.linspace(-3.6, 3.6, 22), torch.linspace(-2.2, 2.2, 14))  # where arrows start: all over the stage
ARROW, LONGEST = 0.12, 0.4  # drawn length per unit of speed, one for all; ddpm's rates near t = 0 would cross the stage and are cut


class Space(Protocol):
    """Training batches, the network, the sets that are measured and shown. `noise` starts every walk: (1000, d)."""

    batch: int
    learning_rate: float
    snapshots: int
    steps_compared: tuple[int, ...]
    looks_back: int  # frames of the reverse walk at most, less one
    quick_looks: int  # at the network by all snapshots' walks but the last's: on the plane a tenth of the floor from a long walk's end
    data: Float[Tensor, "n d"]
    noise: Float[Tensor, "n d"]
    floor: float

    def weights(self, g: Generator) -> mlp.Weights: ...
    def batches(self, g: Generator) -> Iterator[tuple[Tensor, Tensor]]: ...
    def network(self, w: mlp.Weights, x: Tensor, t: Tensor, label: Tensor) -> Tensor: ...
    def guided(self, w: mlp.Weights, x: Tensor, t: Tensor, guidance: float) -> Tensor: ...
    def distance(self, x: Tensor) -> dict[str, float]: ...
    def quality(self, x: Tensor, guidance: float) -> dict[str, float]: ...
    def compared(self, walks: Iterable[str], chosen: str) -> Iterable[str]: ...
    def comparison(self, ends: Mapping[str, Tensor]) -> dict[str, float]: ...
    def forward_arrays(self, process: Process, t: Tensor, x_t: Tensor) -> Mapping[str, np.ndarray]: ...
    def sample_arrays(self, x: Tensor) -> Mapping[str, np.ndarray]: ...
    def reverse_arrays(self, process: Process, w: mlp.Weights, t: Tensor, x: Tensor, prediction: Tensor) -> Mapping[str, np.ndarray]: ...


def f2(x: Tensor) -> np.ndarray:
    return x.clamp(-60_000, 60_000).numpy().astype(np.float16)


class Plane:
    """Points on the plane; fresh ones in every batch. The 1,000 data and noise points shown are typical of ten draws."""

    batch, learning_rate = 512, 6e-3
    snapshots, looks_back, quick_looks = 20, 40, 20
    steps_compared: tuple[int, ...] = (1, 2, 4, 8, 16, 32, 64, 100)
    seconds, seconds_a_step = 2.5, 0.0045

    def __init__(self, toy: toys.Toy, g: Generator):
        self.toy = toy
        self.data = metrics.typical([toy(1000, g) for _ in range(10)])
        self.noise = metrics.typical([torch.randn(1000, 2, generator=g) for _ in range(10)])
        self.floor = metrics.sw2_floor(lambda: toy(1000, g))

    def weights(self, g: Generator) -> mlp.Weights:
        return mlp.plane(g)

    def batches(self, g: Generator) -> Iterator[tuple[Tensor, Tensor]]:
        label = torch.empty(self.batch, 0)
        while True:
            yield from ((x_0, label) for x_0 in self.toy(CHUNK * self.batch, g).split(self.batch))

    def network(self, w: mlp.Weights, x: Tensor, t: Tensor, label: Tensor) -> Tensor:
        return mlp.plane_apply(w, x, t)

    def guided(self, w: mlp.Weights, x: Tensor, t: Tensor, guidance: float) -> Tensor:
        return mlp.plane_apply(w, x, t)

    def distance(self, x: Tensor) -> dict[str, float]:
        return {"sw2": metrics.sw2(x, self.data), "sw2_floor": self.floor}

    def quality(self, x: Tensor, guidance: float) -> dict[str, float]:
        return self.distance(x)

    def compared(self, walks: Iterable[str], chosen: str) -> Iterable[str]:
        return walks

    def comparison(self, ends: Mapping[str, Tensor]) -> dict[str, float]:
        return {f"sw2_{name}": metrics.sw2(x, self.data) for name, x in ends.items()}

    def sample_arrays(self, x: Tensor) -> dict[str, np.ndarray]:
        return {"data": f2(self.data), "sample": f2(x)}

    def forward_arrays(self, process: Process, t: Tensor, x_t: Tensor) -> dict[str, np.ndarray]:
        return self.sample_arrays(x_t)

    def reverse_arrays(self, process: Process, w: mlp.Weights, t: Tensor, x: Tensor, prediction: Tensor) -> dict[str, np.ndarray]:
        """Also `denoised`, the guess at x_0, and `field`: x, y and ARROW times −dx/dt, the way samples move as t falls, at most LONGEST."""
        there = t.expand(len(GRID), 1)
        rate = process.velocity(GRID, there, process.predict(self.network(w, GRID, there, there), GRID, there))
        arrow = -ARROW * rate
        field = torch.cat((GRID, arrow * (LONGEST / arrow.norm(dim=1, keepdim=True)).clamp(max=1)), 1)
        return self.sample_arrays(x) | {"denoised": f2(process.denoised(x, t, prediction)), "field": f2(field)}


class Digits:
    """MNIST in 96 PCA coordinates fitted on the train split; 1,000 test digits to measure against, the first of each class shown."""

    batch, learning_rate = 128, 3e-3
    snapshots, looks_back, quick_looks = 8, 20, 10
    steps_compared: tuple[int, ...] = (1, 2, 4, 8, 16)  # more cost seconds, and change nothing
    seconds, seconds_a_step = 4.5, 0.016

    def __init__(self, g: Generator):
        split = mnist()
        self.latent, self.judge = pca.digits(), metrics.digits()
        self.train, self.labels = self.latent.encode(split.train.x), split.train.y
        self.data = self.latent.encode(split.test.x)
        held_out = torch.cat((self.data, self.latent.encode(split.validation.x)))
        self.floor = float(np.mean([metrics.sw2(*held_out[torch.randperm(len(held_out), generator=g)].chunk(2)) for _ in range(10)]))
        self.noise = torch.randn(1000, self.data.shape[1], generator=g)
        self.classes = torch.arange(1000) % 10
        first = torch.stack([(split.test.y == c).nonzero()[: SHOWN // 10, 0] for c in range(10)], 1).flatten()
        self.shown = split.test.x[first]
        self.pixel_eps = torch.randn(self.shown.shape, generator=g)
        self.data = torch.cat((self.data[first], self.data[~torch.isin(torch.arange(1000), first)]))

    def weights(self, g: Generator) -> mlp.Weights:
        return mlp.labelled(g, dimensions=self.train.shape[1], width=320)

    def batches(self, g: Generator) -> Iterator[tuple[Tensor, Tensor]]:
        while True:
            for i in torch.randint(len(self.train), (CHUNK, self.batch), generator=g):
                dropped = torch.rand(self.batch, generator=g) < DROPPED
                yield self.train[i], torch.where(dropped, 10, self.labels[i])

    def network(self, w: mlp.Weights, x: Tensor, t: Tensor, label: Tensor) -> Tensor:
        with torch.autocast("cpu", torch.bfloat16):
            return mlp.labelled_apply(w, x, t, label).float()

    def guided(self, w: mlp.Weights, x: Tensor, t: Tensor, guidance: float) -> Tensor:
        """u + w (c − u), of the network asked without (u) and with (c) the class: Ho & Salimans 2022."""
        both = torch.cat((self.classes[: len(x)], torch.full((len(x),), 10)))
        c, u = self.network(w, x.repeat(2, 1), t.repeat(2, 1), both).chunk(2)
        return u + guidance * (c - u)

    def distance(self, x: Tensor) -> dict[str, float]:
        return {"sw2": metrics.sw2(x, self.data), "sw2_floor": self.floor}

    def quality(self, x: Tensor, guidance: float) -> dict[str, float]:
        return self.distance(x) | self.judge(self.latent.decode(x), self.classes) | {"guidance": guidance}

    def compared(self, walks: Iterable[str], chosen: str) -> Iterable[str]:
        """The chosen alone: a walk among digits costs twenty times one on the plane."""
        return (chosen,)

    def comparison(self, ends: Mapping[str, Tensor]) -> dict[str, float]:
        return {f"fid_{name}": self.judge.fid(self.latent.decode(x)) for name, x in ends.items()}

    def sample_arrays(self, x: Tensor) -> dict[str, np.ndarray]:
        return self._pictures(self.latent.decode(x[:SHOWN]))

    def forward_arrays(self, process: Process, t: Tensor, x_t: Tensor) -> dict[str, np.ndarray]:
        """Also `pixel_noise`: the same pictures with the same share of noise added to every pixel (of −1 to 1) instead."""
        pixels = process.signal(t) * (self.shown.float() / 127.5 - 1) + process.noise(t) * self.pixel_eps
        return self.sample_arrays(x_t) | {"pixel_noise": ((pixels + 1) * 127.5).round().clamp(0, 255).to(torch.uint8).numpy()}

    def reverse_arrays(self, process: Process, w: mlp.Weights, t: Tensor, x: Tensor, prediction: Tensor) -> dict[str, np.ndarray]:
        """Also `denoised`, the guess at x_0."""
        return self.sample_arrays(x) | {"denoised": self.latent.decode(process.denoised(x, t, prediction)[:SHOWN]).numpy()}

    def _pictures(self, sample: Tensor) -> dict[str, np.ndarray]:
        return {"sample": sample.numpy(), "data": self.shown.numpy(), "label": self.classes[:SHOWN].numpy().astype(np.uint8)}

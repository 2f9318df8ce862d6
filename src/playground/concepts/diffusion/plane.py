"""Points on the plane, with classes or without."""

from collections.abc import Iterator, Mapping

import numpy as np
import torch
from torch import Generator, Tensor

from playground import metrics, toys
from playground.concepts.diffusion.spaces import CHUNK, Arrays, Labelled
from playground.nets import mlp
from playground.samplers import Process

GRID = torch.cartesian_prod(torch.linspace(-3.6, 3.6, 22), torch.linspace(-2.2, 2.2, 14))  # where arrows start: all over the stage
ARROW, LONGEST = 0.12, 0.4  # drawn length per unit of speed, one for all; ddpm's rates near t = 0 would cross the stage and are cut
MESH = 17  # lines of a square of noise, each way, that the walk bends
ASKED = 24  # samples whose three answers are drawn as arrows


def f2(x: Tensor) -> np.ndarray:
    return x.clamp(-60_000, 60_000).numpy().astype(np.float16)


def arrows(at: Tensor, rate: Tensor, scale: float = ARROW, longest: float = LONGEST) -> np.ndarray:
    """x, y, dx, dy: −dx/dt, the way samples move as t falls, times `scale`, at most `longest`."""
    way = -scale * rate
    return f2(torch.cat((at, way * (longest / way.norm(dim=1, keepdim=True)).clamp(max=1)), 1))


class Plane:
    """Points on the plane; fresh ones in every batch. The 1,000 data and noise points shown are typical of ten draws."""

    batch, learning_rate = 512, 6e-3
    snapshots, looks_back, quick_looks, columns = 20, 40, 20, 0
    steps_compared: tuple[int, ...] = (1, 2, 4, 8, 16, 32, 64, 100)
    every_walk = True
    weights_compared: tuple[float, ...] = ()
    seconds, seconds_a_step = 2.5, 0.0045

    def __init__(self, toy: toys.Toy, g: Generator):
        self.toy = toy
        self.data = metrics.typical([toy(1000, g) for _ in range(10)])
        self._noise(g)

    def _noise(self, g: Generator) -> None:
        self.noise = metrics.typical([torch.randn(1000, 2, generator=g) for _ in range(10)])
        self.floor = metrics.sw2_floor(lambda: self.toy(1000, g))
        self.raw, self.raw_noise = self.data, self.noise

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

    def start(self, fresh: bool) -> Tensor:
        """The noise; and a mesh over it, for walks without fresh noise, which would tear it."""
        line = torch.linspace(-2.4, 2.4, MESH)
        return self.noise if fresh else torch.cat((self.noise, torch.cartesian_prod(line, line)))

    def distance(self, x: Tensor) -> dict[str, float]:
        return {"sw2": metrics.sw2(x, self.data), "sw2_floor": self.floor}

    def quality(self, x: Tensor, guidance: float) -> dict[str, float]:
        return self.distance(x)

    def comparison(self, ends: Mapping[str, Tensor]) -> dict[str, float]:
        return {f"sw2_{name}": metrics.sw2(x, self.data) for name, x in ends.items()}

    def sample_arrays(self, x: Tensor) -> Arrays:
        return {"data": f2(self.data), "sample": f2(x[: len(self.noise)])}

    def snapshot_arrays(self, x: Tensor) -> Arrays:
        return self.sample_arrays(x)

    def forward_arrays(self, x_t: Tensor, raw: Tensor, chained: Tensor) -> Arrays:
        return self.sample_arrays(x_t) | {"chained": f2(chained)}

    def reverse_arrays(self, process: Process, w: mlp.Weights, t: Tensor, x: Tensor, prediction: Tensor, guidance: float) -> Arrays:
        """Also `denoised`, the guess at x_0, the `field` that moves samples, and `mesh` where one walks along."""
        n = len(self.noise)
        made = self.sample_arrays(x) | {"denoised": f2(process.denoised(x, t, prediction)[:n]), "field": self._field(process, w, t)}
        return made | {"mesh": f2(x[n:].view(MESH, MESH, 2))} if len(x) > n else made

    def _field(self, process: Process, w: mlp.Weights, t: Tensor) -> np.ndarray:
        there = t.expand(len(GRID), 1)
        return arrows(GRID, process.velocity(GRID, there, process.predict(self.network(w, GRID, there, there), GRID, there)))


class Classes(Labelled, Plane):
    """Three Gaussians that overlap, each a class."""

    steps_compared: tuple[int, ...] = (1, 2, 4, 8, 16, 32)
    weights_compared: tuple[float, ...] = (0.0, 0.5, 1.0, 2.0, 3.0, 5.0, 8.0)
    seconds, seconds_a_step = 4.0, 0.0055
    none = len(toys.CLASS_CENTRES)

    def __init__(self, g: Generator):
        self.toy = lambda n, g: toys.class_gaussians(n, g)[0]
        draws = [toys.class_gaussians(1000, g) for _ in range(10)]
        self.data = metrics.typical([x for x, _ in draws])
        self.label = next(label for x, label in draws if x is self.data)
        self.classes = torch.arange(1000) % self.none
        self._noise(g)

    def weights(self, g: Generator) -> mlp.Weights:
        return mlp.plane(g, classes=self.none)

    def batches(self, g: Generator) -> Iterator[tuple[Tensor, Tensor]]:
        while True:
            x_0, label = toys.class_gaussians(CHUNK * self.batch, g)
            yield from zip(x_0.split(self.batch), self.withheld(label, g).split(self.batch), strict=True)

    def network(self, w: mlp.Weights, x: Tensor, t: Tensor, label: Tensor) -> Tensor:
        return mlp.plane_apply(w, x, t, label)

    def start(self, fresh: bool) -> Tensor:
        return self.noise

    def quality(self, x: Tensor, guidance: float) -> dict[str, float]:
        """agreement by Bayes' rule, and what it is for the data themselves; diversity."""
        return self.distance(x) | {
            "agreement": (toys.likeliest_class(x) == self.classes).double().mean().item(),
            "agreement_real": (toys.likeliest_class(self.data) == self.label).double().mean().item(),
            "diversity": metrics.recall(x, self.data),
            "guidance": guidance,
        }

    def sample_arrays(self, x: Tensor) -> Arrays:
        return super().sample_arrays(x) | {
            "label": self.classes.numpy().astype(np.uint8),
            "data_label": self.label.numpy().astype(np.uint8),
        }

    def reverse_arrays(self, process: Process, w: mlp.Weights, t: Tensor, x: Tensor, prediction: Tensor, guidance: float) -> Arrays:
        """Also `denoised`, and what the network says for a few samples, as arrows: `with_class`, `without_class`, `guided`."""
        some, there = x[:ASKED], t.expand(ASKED, 1)
        c, u = self.answers(w, some, there)
        said = {"with_class": c, "without_class": u, "guided": u + guidance * (c - u)}
        rates = {name: process.velocity(some, there, process.predict(out, some, there)) for name, out in said.items()}
        made = self.sample_arrays(x) | {"denoised": f2(process.denoised(x, t, prediction))}
        return made | {name: arrows(some, rate, 2 * ARROW, 2 * LONGEST) for name, rate in rates.items()}

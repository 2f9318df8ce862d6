"""Small pictures in PCA coordinates: digits and emoji."""

from collections.abc import Iterator, Mapping

import numpy as np
import torch
from jaxtyping import Float, UInt8
from torch import Generator, Tensor

from playground import metrics
from playground.concepts.diffusion.spaces import CHUNK, Arrays, Labelled
from playground.datasets import Split, emoji, mnist
from playground.nets import mlp, pca
from playground.samplers import Process

SHOWN = 40  # pictures on the stage: a column per class
MADE = 1000  # that are measured


def flat(x: UInt8[Tensor, "n ..."]) -> Float[Tensor, "n p"]:
    """Pixels of −1 to 1."""
    return x.flatten(1).float() / 127.5 - 1


class Pictures(Labelled):
    """Pictures in PCA coordinates fitted on the train split; test pictures to measure against, the first of each class shown."""

    width: int
    batch: int
    learning_rate: float
    snapshots, looks_back, quick_looks = 8, 16, 10
    steps_compared: tuple[int, ...]
    every_walk = True
    columns: int  # a class each
    weights_compared: tuple[float, ...] = (0.0, 0.5, 1.0, 2.0, 3.0, 5.0, 8.0)

    def __init__(self, split: Split, latent: pca.Latent, judge: metrics.Judge, examples: int, picture: int, g: Generator):
        self.latent, self.judge, self.picture = latent, judge, picture
        self.train = split.train.first(examples)
        self.coords = latent.encode(self.train.x)
        self.none = self.columns
        test, held_out = latent.encode(split.test.x), latent.encode(torch.cat((split.test.x, split.validation.x)))
        self.floor = float(np.mean([metrics.sw2(*held_out[torch.randperm(len(held_out), generator=g)].chunk(2)) for _ in range(10)]))
        self.noise = torch.randn(MADE, test.shape[1], generator=g)
        self.classes = torch.cat((torch.arange(SHOWN) % self.none, split.train.y[: MADE - SHOWN]))  # a column each, then as often as seen
        rows = SHOWN // self.none
        first = torch.stack([(split.test.y == c).nonzero()[:rows, 0] for c in range(self.none)], 1).flatten()
        self.shown = split.test.x[first]
        self.raw = flat(self.shown[: 2 * self.columns])
        self.raw_noise = torch.randn(self.raw.shape, generator=g)
        self.data = torch.cat((test[first], test[~torch.isin(torch.arange(len(test)), first)]))

    def weights(self, g: Generator) -> mlp.Weights:
        return mlp.labelled(g, dimensions=self.coords.shape[1], classes=self.none, width=self.width)

    def batches(self, g: Generator) -> Iterator[tuple[Tensor, Tensor]]:
        while True:
            for i in torch.randint(len(self.coords), (CHUNK, self.batch), generator=g):
                yield self.coords[i], self.withheld(self.train.y[i], g)

    def network(self, w: mlp.Weights, x: Tensor, t: Tensor, label: Tensor) -> Tensor:
        with torch.autocast("cpu", torch.bfloat16):
            return mlp.labelled_apply(w, x, t, label).float()

    def start(self, fresh: bool) -> Tensor:
        return self.noise

    def distance(self, x: Tensor) -> dict[str, float]:
        """Of as many as there are test pictures."""
        return {"sw2": metrics.sw2(x[: len(self.data)], self.data), "sw2_floor": self.floor}

    def quality(self, x: Tensor, guidance: float) -> dict[str, float]:
        return self.distance(x) | self.judge(self.latent.decode(x), self.classes) | {"guidance": guidance}

    def comparison(self, ends: Mapping[str, Tensor]) -> dict[str, float]:
        return {f"fid_{name}": self.judge.fid(self.latent.decode(x)) for name, x in ends.items()}

    def sample_arrays(self, x: Tensor) -> Arrays:
        return self._pictures(self.latent.decode(x[:SHOWN]))

    def snapshot_arrays(self, x: Tensor) -> Arrays:
        """Also `copied`: for each picture the nearest that the network was trained on."""
        made = self.latent.decode(x[:SHOWN])
        return self._pictures(made) | {"copied": self.train.x[metrics.nearest_of(made, self.train.x)].numpy()}

    def forward_arrays(self, x_t: Tensor, raw: Tensor, chained: Tensor) -> Arrays:
        """Also `pixel_noise`, two rows with the same share of noise added to every pixel instead."""
        pixels = ((raw + 1) * 127.5).round().clamp(0, 255).to(torch.uint8).unflatten(1, self.latent.size)
        return self.sample_arrays(x_t) | {"pixel_noise": pixels.numpy()}

    def reverse_arrays(self, process: Process, w: mlp.Weights, t: Tensor, x: Tensor, prediction: Tensor, guidance: float) -> Arrays:
        """Also `denoised`, two rows of the guess at x_0; and one of what the network says `with_class`, `without_class` and `guided`."""
        row = x[: self.none]
        there = t.expand(self.none, 1)
        c, u = self.answers(w, row, there)
        said = {"with_class": c, "without_class": u, "guided": u + guidance * (c - u)}
        guesses = {name: process.denoised(row, there, process.predict(out, row, there)) for name, out in said.items()}
        made = self.sample_arrays(x) | {"denoised": self.latent.decode(process.denoised(x, t, prediction)[: 2 * self.columns]).numpy()}
        return made | {name: self.latent.decode(guess).numpy() for name, guess in guesses.items()}

    def _pictures(self, sample: Tensor) -> Arrays:
        label = self.classes[:SHOWN].numpy().astype(np.uint8)
        original = self.shown[self.picture : self.picture + 1]  # what a hole can be painted on
        return {"sample": sample.numpy(), "data": self.shown.numpy(), "label": label, "original": original.numpy()}


class Digits(Pictures):
    """MNIST in 96 PCA coordinates."""

    width, batch, learning_rate, columns = 320, 128, 3e-3, 10
    steps_compared: tuple[int, ...] = (1, 2, 4, 8, 16, 100)
    seconds, seconds_a_step = 15.0, 0.016

    def __init__(self, examples: int, picture: int, g: Generator):
        super().__init__(mnist(), pca.digits(), metrics.digits(), examples, picture, g)


class Emoji(Pictures):
    """Noto's emoji in 128 PCA coordinates."""

    width, batch, learning_rate, columns, every_walk = 512, 128, 3e-3, 8, False  # so wide that walks take their time
    steps_compared: tuple[int, ...] = (1, 2, 4, 8, 16)
    seconds, seconds_a_step = 15.0, 0.03

    def __init__(self, examples: int, picture: int, g: Generator):
        super().__init__(emoji(), pca.emoji(), metrics.emoji(), examples, picture, g)

    def _pictures(self, sample: Tensor) -> Arrays:
        """Also `likest`: of the training picture that each is nearest to, its number in the file, by which it has a name."""
        near = metrics.nearest_of(sample, self.train.x)
        return super()._pictures(sample) | {"likest": self.train.place[near].numpy().astype(np.int16)}

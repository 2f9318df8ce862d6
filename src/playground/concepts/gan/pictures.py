"""Pictures in PCA coordinates: digits, with their classes or without, and faces."""

from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
import torch.nn.functional as F
from jaxtyping import Float, Int64, UInt8
from torch import Generator, Tensor

from playground import datasets, densities, metrics
from playground.concepts.gan import layers, nets
from playground.concepts.gan.game import Game
from playground.concepts.gan.layers import Weights
from playground.concepts.gan.params import Params
from playground.concepts.gan.spaces import Arrays, Look, accuracy, slopes
from playground.nets import classifier, pca

NOISE, WIDTH = 32, 256
LOUD = 3.0  # a class is one number among many of noise
MADE, SHOWN = 1_000, 40
CLASSES = 10


@dataclass(frozen=True)
class Set:
    """Pictures to learn from and others to compare with, in coordinates; the class of each, where there are classes."""

    latent: pca.Latent
    train: Float[Tensor, "n d"]
    held_out: UInt8[Tensor, "m ..."]
    label: Int64[Tensor, " n"] | None = None
    held_out_label: Int64[Tensor, " m"] | None = None


@cache
def digits() -> Set:
    split, latent = datasets.mnist(), pca.digits()
    return Set(latent, latent.encode(split.train.x), split.test.x, split.train.y, split.test.y)


@cache
def faces() -> Set:
    split = datasets.faces()
    latent = pca.fit(split.train, dimensions=96, power=0.5)
    return Set(latent, latent.encode(split.train), split.held_out)


class Pictures:
    """Both networks are 2 x 256 wide; classes are one-hot, beside the noise and the coordinates."""

    beta1, snapshots, lazy = 0.0, 9, 8

    def __init__(self, params: Params):
        g = Generator().manual_seed(params.seed + 2**31)
        self.params = params
        self.named = params.data == "digits"
        self.set = digits() if self.named else faces()
        self.classes = CLASSES if self.named and params.conditional else 0
        self.dimensions = self.set.train.shape[1]
        self.g_sizes = (NOISE + self.classes, WIDTH, WIDTH, self.dimensions)
        self.d_sizes = (self.dimensions, WIDTH, WIDTH, 1)
        self.d_extra: tuple[int, ...] = (self.classes, WIDTH) if self.classes else ()
        self.g_activation, self.d_activation = layers.ACTIVATIONS[params.g_activation], layers.ACTIVATIONS[params.d_activation]
        self.held_out = self.set.latent.encode(self.set.held_out)
        every = torch.cat((self.held_out, self.set.train[: len(self.held_out)]))
        self.floor = float(np.mean([metrics.sw2(*every[torch.randperm(len(every), generator=g)].chunk(2)) for _ in range(10)]))
        self.label = torch.arange(MADE) % CLASSES
        self.z = self._noise(MADE, g, F.one_hot(self.label, CLASSES).float())

    def real(self, n: int, g: Generator) -> Float[Tensor, "n d"]:
        i = torch.randint(len(self.set.train), (n,), generator=g)
        if not self.classes or self.set.label is None:
            return self.set.train[i]
        return torch.cat((self.set.train[i], F.one_hot(self.set.label[i], CLASSES).float()), 1)

    def noise(self, n: int, g: Generator) -> Float[Tensor, "n d"]:
        return self._noise(n, g, F.one_hot(torch.randint(CLASSES, (n,), generator=g), CLASSES).float())

    def _noise(self, n: int, g: Generator, label: Float[Tensor, "n 10"]) -> Float[Tensor, "n d"]:
        z = torch.randn(n, NOISE, generator=g) if self.params.noise == "gaussian" else 2 * torch.rand(n, NOISE, generator=g) - 1
        return torch.cat((z, LOUD * label), 1) if self.classes else z

    def apart(self, batch: Float[Tensor, "m n d"]) -> tuple[Float[Tensor, "m n k"], Float[Tensor, "m n c"] | None]:
        return (batch[..., : self.dimensions], batch[..., self.dimensions :]) if self.classes else (batch, None)

    def asked(self, z: Float[Tensor, "m n d"]) -> Float[Tensor, "m n c"] | None:
        return z[..., NOISE:] / LOUD if self.classes else None

    def generate(self, w: Weights, z: Float[Tensor, "m n d"]) -> Float[Tensor, "m n k"]:
        return layers.apply(w, z, self.g_activation)

    def critic(self, w: Weights, x: Float[Tensor, "m n k"], label: Float[Tensor, "m n c"] | None = None) -> Float[Tensor, "m n"]:
        return layers.apply(w, x, self.d_activation, label).squeeze(2)

    def looks(self, game: Game) -> list[Look]:
        return [self._look(game, k) for k in range(len(game.smooth))]

    def _look(self, game: Game, member: int) -> Look:
        fake = self.generate(nets.of(game.mean, member), self.z[None])[0]
        label, critic = self.asked(self.z[None]), game.critic_of(member)
        real_label = self.set.held_out_label
        known = F.one_hot(real_label, CLASSES).float()[None] if self.classes and real_label is not None else None
        found = {
            "d_accuracy": accuracy(game.loss, critic(self.held_out[None], known), critic(fake[None], label)),
            "grad_norm": slopes(game, member, fake, label).norm(dim=1).mean().item(),
            "sw2": metrics.sw2(fake[: len(self.held_out)], self.held_out),
            "sw2_floor": self.floor,
        }
        made = self.set.latent.decode(fake)
        arrays = {"fake": made[:SHOWN].numpy(), "real": self.set.held_out[:SHOWN].numpy()}
        return Look(made, arrays | self._labels(), found | (self._judged(made) if self.named else {}))

    def _labels(self) -> Arrays:
        return {"label": self.label[:SHOWN].numpy().astype(np.uint8)} if self.classes else {}

    def _judged(self, made: UInt8[Tensor, "n h w"]) -> dict[str, float]:
        """agreement where a class was asked for, fid, diversity and nearest of digits; how many kinds of digits there are."""
        told = metrics.digits()(made, self.label)
        seen = classifier.classes("digits", classifier.features("digits", made))
        share = torch.bincount(seen, minlength=CLASSES).numpy() / MADE
        kinds = {"modes": float((share >= densities.FOUND / CLASSES).sum()), "modes_total": CLASSES}
        return kinds | {name: value for name, value in told.items() if self.classes or not name.startswith("agreement")}

    def in_slow_motion(self, game: Game, name: str, seen: dict[str, Tensor]) -> Arrays:
        """The batch at hand; after G's update, what it now makes of the same noise."""
        found = {key: seen[key][0] for key in ("real", "fake") if key in seen}
        if name == "g_update":
            found["fake"] = self.generate(nets.of(game.g.still, 0), seen["z"][:1])[0]
        return {key: self.set.latent.decode(x.detach()[:SHOWN]).numpy() for key, x in found.items()}

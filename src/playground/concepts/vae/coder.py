"""Encoder and decoder as plain functions of their weights: enc0, enc1, … dec0, dec1, …, each with its bias."""

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Generator, Tensor

from playground.concepts.vae import vq
from playground.nets.mlp import Weights, linear
from playground.nets.vae import MOST_LOG_VARIANCE

MOST_WEIGHTS = 400_000  # of the encoder and of the decoder, biases included: what a browser is sent
Model = Literal["vae", "ae", "dae", "pca", "vq"]
Squash = Literal["sigmoid", "clip", "none"]
SIDES = ("enc", "dec")


@dataclass(frozen=True)
class Design:
    """The networks of one model: `hidden` are the widths of the encoder's inner layers, the decoder's are the same backwards."""

    model: Model
    shape: tuple[int, ...]
    latent: int
    hidden: tuple[int, ...]
    bounded: bool = True  # whether data lie between 0 and 1

    @property
    def pixels(self) -> int:
        return math.prod(self.shape)

    @property
    def code(self) -> int:
        """Numbers that the decoder is given."""
        return self.latent * (vq.DIMENSIONS if self.model == "vq" else 1)

    @property
    def variance(self) -> bool:
        """Whether the encoder says how sure it is."""
        return self.model == "vae"

    @property
    def squash(self) -> Squash:
        return "none" if not self.bounded else "clip" if self.model == "pca" else "sigmoid"

    @property
    def layers(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Widths of the encoder and of the decoder, from input to output."""
        return (self.pixels, *self.hidden, self.code * (1 + self.variance)), (self.code, *reversed(self.hidden), self.pixels)


def hidden(model: Model, shape: tuple[int, ...], latent: int, width: int) -> tuple[int, ...]:
    """A layer of the width and one of half of it, or the widest for which both networks stay below MOST_WEIGHTS."""
    if model == "pca":
        return ()
    while any(size(layers) > MOST_WEIGHTS for layers in Design(model, shape, latent, (width, width // 2)).layers):
        width -= 2
    return width, width // 2


def size(widths: tuple[int, ...]) -> int:
    """Weights and biases of a network."""
    return sum((n_in + 1) * n_out for n_in, n_out in pairwise(widths))


def draw(design: Design, g: Generator) -> Weights:
    """Weights before training; a VAE's posteriors start near N(0, 1)."""
    w: Weights = {}
    for side, widths in zip(SIDES, design.layers, strict=True):
        for i, (n_in, n_out) in enumerate(pairwise(widths)):
            w |= {f"{side}{i}": linear(n_in, n_out, g), f"{side}{i}_bias": torch.zeros(n_out)}
    if design.variance:
        w[f"enc{len(design.hidden)}"][design.latent :] *= 0.01
    return w


def apply(w: Weights, side: str, x: Float[Tensor, "n i"]) -> Float[Tensor, "n o"]:
    """One of the two networks: linear layers with SiLU between them."""
    count = sum(name.startswith(side) for name in w) // 2
    for i in range(count):
        x = F.linear(x, w[f"{side}{i}"], w[f"{side}{i}_bias"])
        x = F.silu(x) if i < count - 1 else x
    return x.float()


SQUASHES = {"sigmoid": torch.sigmoid, "clip": lambda y: y.clamp(0, 1), "none": lambda y: y}


@dataclass(frozen=True)
class Coder:
    """A trained autoencoder. Data are flat, pixels of 0 to 1."""

    design: Design
    w: Weights

    def posterior(self, x: Float[Tensor, "n p"]) -> tuple[Float[Tensor, "n d"], Float[Tensor, "n d"]]:
        """μ and log σ² of q(z|x), of a VAE."""
        return halves(apply(self.w, "enc", x))

    def code(self, x: Float[Tensor, "n p"]) -> Float[Tensor, "n d"]:
        """Where an input lies: μ, what the encoder says, or the nearest codes."""
        return self.snapped(apply(self.w, "enc", x)[:, : self.design.code])

    def snapped(self, z: Float[Tensor, "n d"]) -> Float[Tensor, "n d"]:
        """What the decoder is given for z: with a codebook, its nearest codes."""
        return vq.quantised(z, self.w["codebook"]) if "codebook" in self.w else z

    def logits(self, z: Float[Tensor, "n d"]) -> Float[Tensor, "n p"]:
        """The decoder's output as it is."""
        return apply(self.w, "dec", z)

    def pixels(self, z: Float[Tensor, "n d"]) -> Float[Tensor, "n p"]:
        """The picture of z, 0 to 1, or the point."""
        return SQUASHES[self.design.squash](self.logits(z))

    def flat(self, side: str) -> np.ndarray:
        """A network's numbers as they are sent, f2: layer after layer, W (out, in) row by row, then b."""
        return torch.cat([self.w[name].flatten() for name in sorted(self.w) if name.startswith(side)]).half().numpy()


def halves(out: Float[Tensor, "n k"]) -> tuple[Float[Tensor, "n d"], Float[Tensor, "n d"]]:
    """The encoder's output as μ and log σ²."""
    mu, log_var = out.chunk(2, 1)
    return mu, log_var.clamp(max=MOST_LOG_VARIANCE)

"""Principal components as a linear latent space: pictures to a few coordinates of unit scale, and back."""

from dataclasses import dataclass, replace
from functools import cache

import torch
from jaxtyping import Float, UInt8
from torch import Tensor

from playground.datasets import emoji as emoji_split
from playground.datasets import mnist


@dataclass(frozen=True)
class Latent:
    """x = mean + coords · scale @ basis, in pixels of 0 to 1; the rows of basis are orthonormal, largest variance first.

    What few coordinates lose shows as grey around the strokes: `contrast` cuts that much off both ends of the greys.
    """

    mean: Float[Tensor, " p"]
    basis: Float[Tensor, "d p"]
    scale: Float[Tensor, " d"]
    size: tuple[int, ...]
    contrast: float = 0.0

    def encode(self, x: UInt8[Tensor, "n ..."]) -> Float[Tensor, "n d"]:
        """Pictures to coordinates."""
        return self.coordinates(x.flatten(1).float() / 255)

    def pixels(self, coords: Float[Tensor, "n d"]) -> Float[Tensor, "n p"]:
        """Coordinates to pixels as they are: 0 to 1, and a little beyond; contrast is not changed."""
        return self.mean + (coords * self.scale) @ self.basis

    def coordinates(self, pixels: Float[Tensor, "n p"]) -> Float[Tensor, "n d"]:
        """The coordinates nearest to pixels of 0 to 1."""
        return (pixels - self.mean) @ self.basis.T / self.scale

    def decode(self, coords: Float[Tensor, "n d"]) -> UInt8[Tensor, "n ..."]:
        """Coordinates to pictures, cut to 0..255."""
        pixels = (self.pixels(coords) - self.contrast) / (1 - 2 * self.contrast)
        return pixels.mul(255).round().clamp(0, 255).to(torch.uint8).unflatten(1, self.size)


def fit(x: UInt8[Tensor, "n ..."], dimensions: int, power: float) -> Latent:
    """The principal components of pictures. `power` 1 whitens (each coordinate of unit variance), 0 scales all by one number."""
    flat = x.flatten(1).double() / 255
    mean = flat.mean(0)
    variance, vectors = torch.linalg.eigh((flat - mean).T @ (flat - mean) / (len(x) - 1))
    variance, basis = variance.flip(0)[:dimensions], vectors.flip(1)[:, :dimensions].T
    basis = basis * basis.sum(1, keepdim=True).sign()  # eigenvectors come with either sign: choose one
    scale = variance.sqrt() ** power
    scale = scale * (variance / scale**2).mean().sqrt()
    return Latent(mean.float(), basis.float().contiguous(), scale.float(), tuple(x.shape[1:]))


@cache
def digits() -> Latent:
    """The latent space of the train split's digits: 96 coordinates, halfway to white. Cached."""
    return replace(fit(mnist().train.x, dimensions=96, power=0.5), contrast=0.2)


@cache
def emoji() -> Latent:
    """The latent space of the train split's emoji: 128 coordinates, halfway to white. Cached."""
    return replace(fit(emoji_split().train.x, dimensions=128, power=0.5), contrast=0.04)

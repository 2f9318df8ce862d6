"""Three ways of writing a digit down as numbers: as its pixels, as PCA coordinates, in an autoencoder's latent space."""

from dataclasses import dataclass, replace
from functools import cache

import torch
from jaxtyping import Float, UInt8
from torch import Tensor

from playground.datasets import mnist
from playground.nets import pca, vae
from playground.nets.mlp import Weights

PIXELS = 28 * 28
CONTRAST = 0.2  # cut off both ends of the greys, since few coordinates leave grey around the strokes


@cache
def components(dimensions: int) -> pca.Latent:
    """PCA coordinates of digits: a latent space that needs no training, since it is linear. Cached."""
    return replace(pca.fit(mnist().train.x, dimensions, power=0.5), contrast=CONTRAST)


def pixels(x: UInt8[Tensor, "n h w"]) -> pca.Latent:
    """Nothing but centred, and scaled by one number: a basis that changes nothing and leaves nothing out."""
    flat = x.flatten(1).float() / 255
    mean = flat.mean(0)
    return pca.Latent(mean, torch.eye(PIXELS), (flat - mean).square().mean().sqrt().expand(PIXELS), tuple(x.shape[1:]))


@dataclass(frozen=True)
class Learned:
    """The means μ(x) of a trained autoencoder, centred, and scaled by one number: section 3.3 of Rombach et al. 2022."""

    w: Weights
    mean: Float[Tensor, " d"]
    scale: Float[Tensor, ""]

    @torch.no_grad()
    def encode(self, x: UInt8[Tensor, "n h w"]) -> Float[Tensor, "n d"]:
        return (means(self.w, x) - self.mean) / self.scale

    @torch.no_grad()
    def decode(self, z: Float[Tensor, "n d"]) -> UInt8[Tensor, "n h w"]:
        return vae.decode(self.w, self.mean + self.scale * z).sigmoid().mul(255).round().to(torch.uint8).unflatten(1, (28, 28))


def means(w: Weights, x: UInt8[Tensor, "n h w"]) -> Float[Tensor, "n d"]:
    return vae.encode(w, x.flatten(1).float() / 255)[0]


@torch.no_grad()
def learned(w: Weights, x: UInt8[Tensor, "n h w"]) -> Learned:
    """The latent space of trained weights, measured on pictures."""
    mu = means(w, x)
    return Learned(w, mu.mean(0), (mu - mu.mean(0)).square().mean().sqrt())


Space = pca.Latent | Learned  # pictures to numbers of about unit variance, where diffusion works, and back

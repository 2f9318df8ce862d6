"""A codebook in place of numbers: VQ-VAE, van den Oord et al. 2017, its codes moved by running means (appendix A.1)."""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int64
from torch import Generator, Tensor

DIMENSIONS = 4  # of one code
DECAY, COMMITMENT = 0.98, 0.25
DEAD = 0.03  # a code chosen less often than this share of the average begins anew at something the encoder said


def chosen(z: Float[Tensor, "n d"], codebook: Float[Tensor, "k 4"]) -> Int64[Tensor, "n places"]:
    """Which code is nearest to each place's numbers."""
    places = z.reshape(-1, DIMENSIONS)
    far = codebook.square().sum(1) - 2 * places @ codebook.T  # the squared distance, but for what all codes share
    return far.argmin(1).view(len(z), -1)


def quantised(z: Float[Tensor, "n d"], codebook: Float[Tensor, "k 4"]) -> Float[Tensor, "n d"]:
    """The nearest codes, place after place."""
    return codebook[chosen(z, codebook)].flatten(1)


def straight_through(z: Float[Tensor, "n d"], codes: Float[Tensor, "n d"]) -> Float[Tensor, "n d"]:
    """The codes, with gradients that pass on to z as if nothing had been exchanged."""
    return z + (codes - z).detach()


def commitment(z: Float[Tensor, "n d"], codes: Float[Tensor, "n d"]) -> Float[Tensor, " n"]:
    """What an encoder pays for lying away from its codes."""
    return COMMITMENT * (z - codes.detach()).square().sum(1)


class Codebook:
    """Codes that follow what is assigned to them: each is the running mean of its encodings."""

    def __init__(self, codes: int, g: Generator):
        self.g = g
        self.codes = torch.randn(codes, DIMENSIONS, generator=g)
        self.count, self.total = torch.ones(codes), self.codes.clone()

    def follow(self, z: Float[Tensor, "n d"], settled: bool) -> None:
        """One step of the running means; dead codes begin anew until it is `settled`."""
        places, choice = z.reshape(-1, DIMENSIONS), chosen(z, self.codes).flatten()
        mine = F.one_hot(choice, len(self.codes)).to(places.dtype)
        self.count.lerp_(mine.sum(0), 1 - DECAY)
        self.total.lerp_(mine.T @ places, 1 - DECAY)
        if not settled:
            self._revive(places)
        self.codes = self.total / self.count[:, None].clamp(min=1e-6)

    def _revive(self, places: Float[Tensor, "m 4"]) -> None:
        average = len(places) / len(self.codes)
        dead = self.count < DEAD * average
        there = places[torch.randint(len(places), (len(self.codes),), generator=self.g)]
        self.count = torch.where(dead, average, self.count)
        self.total = torch.where(dead[:, None], average * there, self.total)


def perplexity(choice: Int64[Tensor, "n places"], codes: int) -> float:
    """How many codes are in use, were all as common: 2 to the entropy of their shares, in bits."""
    share = torch.bincount(choice.flatten(), minlength=codes).double() / choice.numel()
    return torch.special.entr(share).sum().exp().item()

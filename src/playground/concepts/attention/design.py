"""What a decoder's blocks are made of, and what it is like without: how a token knows its place, the norms, the residual stream."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Literal

import torch
import torch.nn.functional as F
from jaxtyping import Complex, Float
from torch import Generator, Tensor

from playground.nets.mlp import Weights, linear

Positions = Literal["rotary", "learned", "sinusoidal", "none"]
BASE = 100.0  # of the wavelengths of the turns: texts here are short
WAVES = 10_000.0  # of the sines': as published
PLACES = 128  # that can be learnt: the longest text


@cache
def turns(t: int, d: int) -> Complex[Tensor, "t h"]:
    """By which angle each pair of dimensions is turned at each place, as a number of length 1."""
    angle = torch.arange(t)[:, None] * BASE ** (-torch.arange(0, d, 2) / d)
    return torch.polar(torch.ones_like(angle), angle)


def rope(x: Float[Tensor, "*b t d"]) -> Float[Tensor, "*b t d"]:
    """Turn the pairs (x_2i, x_2i+1), as complex numbers, by their place, so that q·k depends on how far apart the two stand."""
    pairs = torch.view_as_complex(x.unflatten(-1, (-1, 2)))
    return torch.view_as_real(pairs * turns(x.shape[-2], x.shape[-1])).flatten(-2)


@cache
def sinusoidal(t: int, width: int) -> Float[Tensor, "t width"]:
    """sin(p / 10000^(2i/w)) and cos of the same, in turn, for place p. Vaswani et al. 2017, section 3.5."""
    angle = torch.arange(t)[:, None] / WAVES ** (torch.arange(0, width, 2) / width)
    return torch.stack((angle.sin(), angle.cos()), -1).flatten(1)


def norm(x: Float[Tensor, "*b w"]) -> Float[Tensor, "*b w"]:
    return F.rms_norm(x, x.shape[-1:])


CODES: dict[str, Callable[[int, int, Weights], Tensor]] = {  # what is added to the tokens, by their places
    "learned": lambda t, width, w: w["place"][:t],
    "sinusoidal": lambda t, width, w: sinusoidal(t, width),
}


@dataclass(frozen=True)
class Design:
    """How a token knows its place; whether the stream is normed before it is read; whether what a layer finds is added to it."""

    positions: Positions = "rotary"
    norm: bool = True
    residual: bool = True

    def code(self, t: int, width: int, w: Weights) -> Float[Tensor, "t width"]:
        """What is added to the tokens, by their places. Raises KeyError where it is nothing."""
        return CODES[self.positions](t, width, w)

    def placed(self, x: Float[Tensor, "*b t w"], w: Weights) -> Float[Tensor, "*b t w"]:
        return x + self.code(x.shape[-2], x.shape[-1], w) if self.positions in CODES else x

    def turned(self, x: Float[Tensor, "*b t d"]) -> Float[Tensor, "*b t d"]:
        return rope(x) if self.positions == "rotary" else x

    def normed(self, x: Float[Tensor, "*b w"]) -> Float[Tensor, "*b w"]:
        return norm(x) if self.norm else x

    def added(self, x: Float[Tensor, "*b w"], found: Float[Tensor, "*b w"]) -> Float[Tensor, "*b w"]:
        return x + found if self.residual else found

    def drawn(self, g: Generator, w: Weights) -> Weights:
        """These weights as this design begins: places to learn, as large as tokens; without a stream, layers that pass something on."""
        own = {"place": torch.randn(PLACES, w["embed"].shape[1], generator=g)} if self.positions == "learned" else {}
        if not self.residual:
            own |= {name: linear(*reversed(old.shape), g) for name, old in w.items() if name.startswith(("mix", "down"))}
        return w | own


STANDARD = Design()

"""Small networks as plain functions of their weights: no module overhead, and a state is the dictionary itself."""

import math

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int64
from torch import Generator, Tensor

from playground.nets.macs import Macs, dense

Weights = dict[str, Tensor]
FIXED = ("frequencies", "phases")  # drawn once, never trained


def trainable(w: Weights) -> list[Tensor]:
    return [tensor for name, tensor in w.items() if name not in FIXED]


def linear(n_in: int, n_out: int, g: Generator, gain: float = 1.0) -> Float[Tensor, "o i"]:
    return gain / math.sqrt(n_in) * torch.randn(n_out, n_in, generator=g)


def _fourier(n_in: int, features: int, g: Generator) -> Weights:
    return {"frequencies": torch.randn(n_in, features, generator=g), "phases": math.tau * torch.rand(features, generator=g)}


def _waves(w: Weights, z: Float[Tensor, "n i"]) -> Float[Tensor, "n f"]:
    """Random Fourier features √2 sin(z B + φ): Rahimi & Recht 2007, Tancik et al. 2020."""
    return torch.addmm(w["phases"], z, w["frequencies"]).sin().mul_(math.sqrt(2))


def plane(g: Generator, width: int = 128, classes: int = 0) -> Weights:
    """Weights of a network on the plane: 128 Fourier features, three hidden layers. Its last layer starts at 0.

    With `classes` it also sees a class; class number `classes` means "none given".
    """
    w = _fourier(3, width, g)
    if classes:
        w |= {"classes": torch.randn(classes + 1, width, generator=g)}
    for i in (1, 2, 3):
        w |= {f"w{i}": linear(width, width, g), f"b{i}": torch.zeros(width)}
    return w | {"w_out": torch.zeros(2, width), "b_out": torch.zeros(2)}


def plane_apply(w: Weights, x: Float[Tensor, "n 2"], t: Float[Tensor, "n 1"], y: Int64[Tensor, " n"] | None = None) -> Float[Tensor, "n 2"]:
    h = _waves(w, torch.cat((x, t), 1))
    if y is not None:
        h = h + w["classes"][y]
    for i in (1, 2, 3):
        h = F.linear(h, w[f"w{i}"], w[f"b{i}"])
        h = F.silu(h, inplace=not h.requires_grad)
    return torch.addmm(w["b_out"], h, w["w_out"].T)


def labelled(g: Generator, dimensions: int = 64, classes: int = 10, width: int = 384, blocks: int = 3) -> Weights:
    """Weights of a residual network that also sees a class; class number `classes` means "none given"."""
    w = _fourier(1, 64, g)
    w |= {"w_in": linear(dimensions, width, g), "w_t": linear(64, width, g), "b_in": torch.zeros(width)}
    w |= {"classes": torch.randn(classes + 1, width, generator=g)}
    for i in range(blocks):
        w |= {f"w{i}a": linear(width, width, g), f"b{i}a": torch.zeros(width), f"w{i}b": torch.zeros(width, width)}
    return w | {"w_out": torch.zeros(dimensions, width), "b_out": torch.zeros(dimensions)}


def labelled_apply(
    w: Weights, x: Float[Tensor, "n d"], t: Float[Tensor, "n 1"], y: Int64[Tensor, " n"], blocks: int = 3
) -> Float[Tensor, "n d"]:
    condition = F.linear(_waves(w, 4 * t), w["w_t"], w["b_in"]) + w["classes"][y]
    h = F.linear(x, w["w_in"]) + condition
    for i in range(blocks):
        a = F.silu(F.linear(F.rms_norm(h, h.shape[1:]), w[f"w{i}a"], w[f"b{i}a"]))
        h = h + F.linear(a, w[f"w{i}b"])
    return F.linear(F.rms_norm(h, h.shape[1:]), w["w_out"], w["b_out"])


def labelled_macs(dimensions: int = 64, width: int = 384, blocks: int = 3) -> Macs:
    """What `labelled` costs for one example."""
    inner = [(width, width)] * (2 * blocks) + [(width, dimensions)]
    return dense(inner, first=[(dimensions, width), (64, width)], fixed=[(1, 64)])

"""Small convolutional networks that name pictures. What one sees in them is the space in which generated ones are measured."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int64, UInt8
from safetensors.torch import load_file
from torch import Generator, Tensor

from playground.datasets import assets
from playground.nets.mlp import Weights

FEATURES = 64
CHUNK = 250  # pictures at a time: what a core's cache holds


@dataclass(frozen=True)
class Shape:
    """Pictures' side and number of classes, and the channels of the convolutions, each of which halves the side."""

    side: int
    channels: tuple[int, ...]
    classes: int


SHAPES: Mapping[str, Shape] = {"digits": Shape(28, (1, 16, 32, 48), 10), "emoji": Shape(16, (3, 32, 64, 64), 8)}


def path(name: str) -> Path:
    """Where the weights that train.py made are shipped, as huggingface_hub lays a model out."""
    return assets() / "weights" / f"{name}_classifier" / "model.safetensors"


def draw(shape: Shape, g: Generator) -> Weights:
    """Untrained weights: 3 x 3 convolutions of stride 2, two linear layers; scaled as in He et al. 2015."""
    halved = math.ceil(shape.side / 2 ** (len(shape.channels) - 1))
    shapes = {f"conv{i}": (n_out, n_in, 3, 3) for i, (n_in, n_out) in enumerate(pairwise(shape.channels))}
    shapes |= {"hidden": (FEATURES, halved**2 * shape.channels[-1]), "out": (shape.classes, FEATURES)}
    w = {name: math.sqrt(2 / math.prod(size[1:])) * torch.randn(size, generator=g) for name, size in shapes.items()}
    return w | {f"{name}_bias": torch.zeros(size[0]) for name, size in shapes.items()}


def planes(x: UInt8[Tensor, "n h w"] | UInt8[Tensor, "n h w 3"]) -> Float[Tensor, "n c h w"]:
    """Pictures as the network takes them: 0 to 1, colours first."""
    return (x[:, None] if x.ndim == 3 else x.permute(0, 3, 1, 2)).float() / 255


def convolved(w: Weights, x: Float[Tensor, "n c h w"]) -> Float[Tensor, "n k"]:
    for i in range(sum(name.startswith("conv") for name in w) // 2):
        x = F.relu(F.conv2d(x, w[f"conv{i}"], w[f"conv{i}_bias"], stride=2, padding=1))
    return x.flatten(1)


def hidden(w: Weights, h: Float[Tensor, "n k"]) -> Float[Tensor, "n 64"]:
    return F.relu(F.linear(h, w["hidden"], w["hidden_bias"]))


def embed(w: Weights, x: Float[Tensor, "n c h w"]) -> Float[Tensor, "n 64"]:
    """The last hidden layer."""
    return hidden(w, convolved(w, x))


def logits(w: Weights, seen: Float[Tensor, "n 64"]) -> Float[Tensor, "n k"]:
    return F.linear(seen, w["out"], w["out_bias"])


@cache
def weights(name: str) -> Weights:
    """The shipped weights. Cached: share them, don't write to them."""
    return load_file(path(name))


@torch.no_grad()
def features(name: str, x: UInt8[Tensor, "n h w"] | UInt8[Tensor, "n h w 3"]) -> Float[Tensor, "n 64"]:
    """What the shipped classifier sees in pictures."""
    return torch.cat([embed(weights(name), planes(part)) for part in x.split(CHUNK)])


def classes(name: str, seen: Float[Tensor, "n 64"]) -> Int64[Tensor, " n"]:
    """The class it takes each for."""
    return logits(weights(name), seen).argmax(1)

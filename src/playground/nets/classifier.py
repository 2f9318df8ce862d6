"""A small convolutional network that names digits. What it sees in them is the space in which generated ones are measured."""

import math
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

CHANNELS = (1, 16, 32, 48)
FEATURES = 64
CHUNK = 250  # pictures at a time: what a core's cache holds


def path() -> Path:
    """Where the weights that train.py made are shipped."""
    return assets() / "weights" / "digits_classifier.safetensors"


def draw(g: Generator) -> Weights:
    """Untrained weights: three 3 x 3 convolutions that halve 28 pixels to 4, two linear layers; scaled as in He et al. 2015."""
    shapes = {f"conv{i}": (n_out, n_in, 3, 3) for i, (n_in, n_out) in enumerate(pairwise(CHANNELS))}
    shapes |= {"hidden": (FEATURES, 16 * CHANNELS[-1]), "out": (10, FEATURES)}
    w = {name: math.sqrt(2 / math.prod(shape[1:])) * torch.randn(shape, generator=g) for name, shape in shapes.items()}
    return w | {f"{name}_bias": torch.zeros(shape[0]) for name, shape in shapes.items()}


def embed(w: Weights, x: Float[Tensor, "n 28 28"]) -> Float[Tensor, "n 64"]:
    """The last hidden layer, for digits of 0 to 1."""
    h = x[:, None]
    for i in range(len(CHANNELS) - 1):
        h = F.relu(F.conv2d(h, w[f"conv{i}"], w[f"conv{i}_bias"], stride=2, padding=1))
    return F.relu(F.linear(h.flatten(1), w["hidden"], w["hidden_bias"]))


def logits(w: Weights, seen: Float[Tensor, "n 64"]) -> Float[Tensor, "n 10"]:
    return F.linear(seen, w["out"], w["out_bias"])


@cache
def digits() -> Weights:
    """The shipped weights. Cached: share them, don't write to them."""
    return load_file(path())


@torch.no_grad()
def features(x: UInt8[Tensor, "n 28 28"]) -> Float[Tensor, "n 64"]:
    """What the shipped classifier sees in digits."""
    return torch.cat([embed(digits(), part.float() / 255) for part in x.split(CHUNK)])


def classes(seen: Float[Tensor, "n 64"]) -> Int64[Tensor, " n"]:
    """The class it takes each for."""
    return logits(digits(), seen).argmax(1)

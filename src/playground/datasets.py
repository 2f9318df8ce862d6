"""Shipped data, with one split for every concept: 8,000 train, 1,000 validation, 1,000 test."""

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Int64, UInt8
from torch import Tensor

SPLIT_SEED = 20_200  # of the one permutation; changing it would leak train digits into every test
TRAIN, VALIDATION = 8_000, 1_000


def assets() -> Path:
    """The folder of shipped data, weights and baked runs: PLAYGROUND_ASSETS, else the repository's."""
    return Path(os.environ.get("PLAYGROUND_ASSETS") or Path(__file__).parents[2] / "assets")


@dataclass(frozen=True)
class Pictures:
    """Grey pictures, 0 black to 255 white, and the class of each."""

    x: UInt8[Tensor, "n h w"]
    y: Int64[Tensor, " n"]


@dataclass(frozen=True)
class Split:
    train: Pictures
    validation: Pictures
    test: Pictures


@cache
def mnist() -> Split:
    """10,000 of MNIST's digits (LeCun et al. 1998), 28 x 28, classes 0 to 9. Cached: share it, don't write to it."""
    with np.load(assets() / "data" / "mnist10k.npz", allow_pickle=False) as file:
        x, y = torch.from_numpy(file["x"]), torch.from_numpy(file["y"]).long()
    order = torch.randperm(len(x), generator=torch.Generator().manual_seed(SPLIT_SEED))
    parts = order.split((TRAIN, VALIDATION, len(x) - TRAIN - VALIDATION))
    return Split(*(Pictures(x[part], y[part]) for part in parts))

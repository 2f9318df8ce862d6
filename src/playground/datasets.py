"""Shipped data, with one split for every concept: of digits 8,000 train, 1,000 validation, 1,000 test; of emoji 1,236, 200, 200;
of faces 3,600 and 400 to compare with.
"""

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Int64, UInt8
from torch import Tensor

SPLIT_SEED = 20_200  # of the one permutation; changing it would leak training pictures into every test


def assets() -> Path:
    """The folder of shipped data, weights and baked runs: PLAYGROUND_ASSETS, else the repository's."""
    return Path(os.environ.get("PLAYGROUND_ASSETS") or Path(__file__).parents[2] / "assets")


@dataclass(frozen=True)
class Pictures:
    """Pictures, 0 black to 255 white, grey or in three colours, the class of each, and its place in the file."""

    x: UInt8[Tensor, "n h w"] | UInt8[Tensor, "n h w 3"]
    y: Int64[Tensor, " n"]
    place: Int64[Tensor, " n"]

    def first(self, n: int) -> "Pictures":
        """As many, or all where there are fewer."""
        return Pictures(self.x[:n], self.y[:n], self.place[:n])


@dataclass(frozen=True)
class Split:
    train: Pictures
    validation: Pictures
    test: Pictures


@cache
def mnist() -> Split:
    """10,000 of MNIST's digits (LeCun et al. 1998), 28 x 28, classes 0 to 9. Cached: share it, don't write to it."""
    return _split("mnist10k", validation=1_000, test=1_000)


@cache
def emoji() -> Split:
    """1,636 of Noto's emoji, 16 x 16 x 3, in 8 categories in alphabetical order, from activities to travel. Cached likewise."""
    return _split("noto_emoji16", validation=200, test=200)


@dataclass(frozen=True)
class Faces:
    train: UInt8[Tensor, "n 16 16 3"]
    held_out: UInt8[Tensor, "m 16 16 3"]


@cache
def faces() -> Faces:
    """4,000 faces of DiceBear's style Pixel Art (CC0), 16 x 16 x 3: 3,600 to train, the rest to compare with. Cached likewise."""
    with np.load(assets() / "data" / "pixel_faces16.npz", allow_pickle=False) as file:
        x = torch.from_numpy(file["x"])
    order = torch.randperm(len(x), generator=torch.Generator().manual_seed(SPLIT_SEED))
    return Faces(*x[order].split((3_600, len(x) - 3_600)))


def _split(name: str, validation: int, test: int) -> Split:
    with np.load(assets() / "data" / f"{name}.npz", allow_pickle=False) as file:
        x, y = torch.from_numpy(file["x"]), torch.from_numpy(file["y"]).long()
    order = torch.randperm(len(x), generator=torch.Generator().manual_seed(SPLIT_SEED))
    parts = order.split((len(x) - validation - test, validation, test))
    return Split(*(Pictures(x[part], y[part], part) for part in parts))

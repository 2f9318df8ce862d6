"""The pictures that the shipped model was trained on: 16 x 16 pixel faces, most of them for training, the rest for comparison."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import torch
from jaxtyping import UInt8
from torch import Generator, Tensor

from playground.datasets import assets

SPLIT_SEED = 20_200
TRAIN = 3_600


@dataclass(frozen=True)
class Faces:
    train: UInt8[Tensor, "n 16 16 3"]
    held_out: UInt8[Tensor, "m 16 16 3"]


def weights() -> Path:
    """The folder of the shipped model, as diffusers itself saves and loads one."""
    return assets() / "weights" / "faces"


@cache
def faces() -> Faces:
    """4,000 faces of DiceBear's style Pixel Art (CC0). Cached: share them, don't write to them."""
    with np.load(assets() / "data" / "pixel_faces16.npz", allow_pickle=False) as file:
        x = torch.from_numpy(file["x"])
    order = torch.randperm(len(x), generator=Generator().manual_seed(SPLIT_SEED))
    return Faces(x[order[:TRAIN]], x[order[TRAIN:]])

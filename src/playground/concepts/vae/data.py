"""What an autoencoder learns to rebuild: four shelves of pictures and one of points, each with one split."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Int64, UInt8
from torch import Tensor

from playground import toys
from playground.datasets import SPLIT_SEED, Split, assets, emoji, mnist

HANZI_VALIDATION, HANZI_TEST = 100, 200  # characters, each in two fonts; no character is in two parts
FACES_VALIDATION, FACES_TEST = 200, 400  # the test is what playground.datasets holds out
MOONS = (4_000, 500, 1_000)  # points to train, validate and test

Items = UInt8[Tensor, "_ h w"] | UInt8[Tensor, "_ h w 3"] | Float[Tensor, "_ 2"]


@dataclass(frozen=True)
class Shelf:
    """Pictures, 0 black to 255 white, grey or in three colours, or points of the plane.

    `label` is the class of each test item, `names` the lesson's list labels.classes.<names> of their words, "" where the
    numbers say it themselves; `credit` as in a Scene.
    """

    train: Items
    validation: Items
    test: Items
    label: UInt8[Tensor, " _"]
    names: str = ""
    credit: str = ""

    @property
    def shape(self) -> tuple[int, ...]:
        """Of one item: (28, 28), (16, 16, 3) or (2,)."""
        return tuple(self.test.shape[1:])


def shelf(data: str) -> Shelf:
    """The data of that name. Cached: share it, don't write to it."""
    return SHELVES[data]()


@cache
def digits() -> Shelf:
    """MNIST, with the split that every concept has: 8,000, 1,000, 1,000."""
    return _shared(mnist(), credit="mnist")


@cache
def emoji16() -> Shelf:
    """Noto's emoji by category, with the split that every concept has: 1,236, 200, 200."""
    return _shared(emoji(), names="emoji")


def _shared(split: Split, names: str = "", credit: str = "") -> Shelf:
    return Shelf(split.train.x, split.validation.x, split.test.x, split.test.y.to(torch.uint8), names, credit)


@cache
def hanzi() -> Shelf:
    """1,500 characters in two fonts, sans (0) and serif (1), one after the other: 2,400, 200 and 400 pictures."""
    with np.load(assets() / "data" / "hanzi28.npz", allow_pickle=False) as file:
        x, font = torch.from_numpy(file["x"]), torch.from_numpy(file["font"])
    both = torch.stack([(font == i).nonzero()[:, 0] for i in (0, 1)], 1)  # a row for each character
    parts = _parts(both, HANZI_VALIDATION, HANZI_TEST)
    return Shelf(*(x[part.flatten()] for part in parts), font[parts[-1].flatten()], "fonts")


@cache
def faces() -> Shelf:
    """Drawn faces: 3,400, 200, 400, the last those that every concept holds out. Class: 1 for long hair, and 2 for glasses."""
    with np.load(assets() / "data" / "pixel_faces16.npz", allow_pickle=False) as file:
        x, options = torch.from_numpy(file["x"]), [json.loads(told) for told in file["options"]]
    label = torch.tensor([_wears(told) for told in options], dtype=torch.uint8)
    parts = _parts(torch.arange(len(x)), FACES_VALIDATION, FACES_TEST)
    return Shelf(*(x[part] for part in parts), label[parts[-1]], "faces")


def _wears(options: Mapping[str, Any]) -> int:
    return options["hairVariant"].startswith("long") + 2 * ("glassesVariant" in options)


def _parts(items: Int64[Tensor, "_ ..."], validation: int, test: int) -> tuple[Int64[Tensor, "_ ..."], ...]:
    """The permutation that playground.datasets cuts up, too."""
    order = torch.randperm(len(items), generator=torch.Generator().manual_seed(SPLIT_SEED))
    return items[order].split((len(items) - validation - test, validation, test))


@cache
def moons() -> Shelf:
    """Points of two half circles; class 0 is the upper one."""
    parts = toys.moons(sum(MOONS), torch.Generator().manual_seed(SPLIT_SEED)).split(MOONS)
    return Shelf(*parts, moon(parts[-1]), "moons")


def moon(x: Float[Tensor, "n 2"]) -> UInt8[Tensor, " n"]:
    """Which half circle a point lies nearer to: 0 the upper, 1 the lower. They are eight widths apart, so that none is in doubt."""
    angle = torch.linspace(0, torch.pi, 181)
    upper = torch.stack((angle.cos() - 0.5, angle.sin() - 0.25), 1)
    arcs = torch.stack((upper, -upper)) / torch.tensor([0.87, 0.5])  # as playground.toys has them: each the other, turned half round
    return torch.cdist(x, arcs).amin(2).argmin(0).to(torch.uint8)


SHELVES: dict[str, Callable[[], Shelf]] = {"digits": digits, "hanzi": hanzi, "faces": faces, "emoji": emoji16, "moons": moons}

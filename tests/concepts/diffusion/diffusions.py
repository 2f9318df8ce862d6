"""Short runs of diffusion, of every kind, shared by its tests."""

from functools import cache

import torch

from playground.frame import Frame
from playground.painting import written
from playground.state import State
from tests import playing

DRAWING = "-100,-100;100,-100;0,120"
PLANE = [{}, {"objective": "ddpm"}, {"data": "drawn", "points": DRAWING}]
PICTURES = [{"data": "digits"}, {"data": "emoji", "objective": "ddpm"}]
KINDS = [*PLANE, {"data": "class_gaussians"}, *PICTURES]


def collect(state: State | None = None, **fields) -> tuple[list[Frame], State]:
    return playing.collect("diffusion", state, **fields)


@cache
def short(**fields) -> tuple[list[Frame], State]:
    return collect(**({"steps": 12} | fields))


@cache
def stub(side: int) -> str:
    """A mask that covers the lower half."""
    return written((torch.arange(side) >= side // 2)[:, None].expand(side, side).long(), 2)


EDITS = [
    {"data": "digits", "edit": "inpaint", "mask": stub(28)},
    {"data": "emoji", "edit": "sketch", "sketch": written(torch.full((16, 16), 3), 16)},
    {"data": "digits", "edit": "between"},
]

"""What is painted by hand, shown: a picture with a mask over it, or a drawing."""

from collections.abc import Iterator
from typing import Literal, Self

import torch
from pydantic import Field, model_validator

import playground.params
from playground import painting
from playground.frame import Frame
from playground.painting import EMOJI, GREYS, LONGEST, Board, paint

MASKS = {"digits": Board(28, over="given"), "emoji": Board(16, over="given")}
DRAWINGS = {"digits": Board(28, GREYS), "emoji": Board(16, EMOJI)}


class Params(playground.params.Params):
    data: Literal["digits", "emoji", "neither"] = "digits"
    start: Literal["mask", "drawing"] = "mask"
    mask: str = Field("", max_length=LONGEST, json_schema_extra={**paint("data", MASKS), "when": {"start": "mask"}})
    drawing: str = Field("", max_length=LONGEST, json_schema_extra={**paint("data", DRAWINGS), "when": {"start": "drawing"}})

    @model_validator(mode="after")
    def _readable(self) -> Self:
        if self.data in MASKS:
            painting.mask(self.mask, MASKS[self.data].size)
            painting.drawing(self.drawing, DRAWINGS[self.data].size, DRAWINGS[self.data].palette or {})
        return self


def given(data: str) -> torch.Tensor:
    """A cross for a digit, and something round and yellow."""
    size = 16 if data == "emoji" else 28
    row = torch.arange(size) - (size - 1) / 2
    near = row.square()[:, None] + row.square() < (0.45 * size) ** 2
    if data == "emoji":
        return torch.where(near[..., None], torch.tensor([248, 200, 47]), torch.tensor([255, 255, 255])).to(torch.uint8)
    return (near & ((row[:, None].abs() < 3) | (row.abs() < 3))).to(torch.uint8) * 255


def run(params: Params, state: None = None) -> Iterator[Frame]:
    picture = given(params.data)
    for step in range(3):
        yield Frame(
            step, {"given": picture[None].numpy(), "made": made(params, picture)[None].numpy()}, {"step": float(step)}, phase="show"
        )


def made(params: Params, picture: torch.Tensor) -> torch.Tensor:
    """The picture without what is covered, or the drawing."""
    size = len(picture)
    if params.start == "mask":
        return picture.masked_fill(painting.mask(params.mask, size).reshape(size, size, *[1] * (picture.ndim - 2)), 0)
    return painting.drawing(params.drawing, size, EMOJI if params.data == "emoji" else GREYS)

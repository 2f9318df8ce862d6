"""Pictures painted by hand: a small square of cells, each in one of a few colours, as a short text that a link can carry.

The text is the cells' colours by their number in the palette, row by row, each in as many bits as the palette needs, in base64url
without padding; the empty picture is "". One picture has one text. static/painting.js does the same in the browser.
"""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from jaxtyping import Bool, Int64, UInt8
from pydantic_core import PydanticCustomError
from torch import Tensor

LONGEST = 600  # characters of any picture's text: the bound of a field that holds one

Color = int | tuple[int, int, int]  # a grey as data has it, 0 being paper; or red, green, blue
Palette = Mapping[str, Color]  # by its name in words/*.toml; the first is the empty picture's

GREYS: Palette = {"paper": 0, "light": 85, "middle": 170, "full": 255}
EMOJI: Palette = {  # the centres of what the cells of Noto Emoji's pictures are coloured, and white
    "white": (255, 255, 255),
    "beige": (231, 221, 212),
    "light_grey": (190, 212, 226),
    "grey": (119, 132, 135),
    "dark_grey": (81, 75, 70),
    "black": (29, 28, 25),
    "brown": (158, 106, 62),
    "peach": (246, 199, 146),
    "yellow": (248, 200, 47),
    "orange": (238, 151, 20),
    "red": (234, 67, 53),
    "pink": (197, 78, 173),
    "purple": (99, 55, 218),
    "blue": (33, 137, 203),
    "light_blue": (138, 181, 204),
    "green": (123, 179, 71),
}


@dataclass(frozen=True)
class Board:
    """What a picture is painted on: `size` cells a side, in the colours of a palette, or for None as a mask: each cell covered or free.

    `over` names an array of the run, pictures (n, size, size) or (n, size, size, 3): the first of them shows through.
    """

    size: int
    palette: Palette | None = None
    over: str = ""


def paint(by: str, boards: Mapping[str, Board]) -> dict[str, Any]:
    """What makes a text field a picture: json_schema_extra=paint("data", {"digits": Board(28)}).

    The board is that under the value of the field `by`. Where there is none, or the field's own "when" does not suit, nothing is painted.
    """
    told = {value: {"size": b.size, "palette": b.palette and list(b.palette.items()), "over": b.over} for value, b in boards.items()}
    return {"paint": {"by": by, "boards": told}}  # the palette as pairs: a JSON schema sorts the names of an object


def mask(text: str, size: int) -> Bool[Tensor, "h w"]:
    """The covered cells. Raises as `cells`."""
    return cells(text, size, 2).bool()


def drawing(text: str, size: int, palette: Palette) -> UInt8[Tensor, "h w *c"]:
    """The picture in the palette's colours: (h, w) of greys, (h, w, 3) of red, green and blue. Raises as `cells`."""
    return torch.tensor(list(palette.values()), dtype=torch.uint8)[cells(text, size, len(palette))]


def cells(text: str, size: int, colors: int) -> Int64[Tensor, "h w"]:
    """The number of each cell's colour.

    Raises PydanticCustomError painting_bad (not the text of a picture) and painting_size (a picture of another size).
    """
    if not text:
        return torch.zeros(size, size, dtype=torch.long)
    bits = np.unpackbits(_bytes(text))
    width = _width(colors)
    if len(bits) != -(-size * size * width // 8) * 8:
        raise PydanticCustomError("painting_size", "a picture of another size", {"size": size})
    numbers = bits[: size * size * width].reshape(size, size, width) @ (1 << np.arange(width)[::-1])
    picture = torch.from_numpy(numbers)
    if picture.max() >= colors or written(picture, colors) != text:
        raise PydanticCustomError("painting_bad", "not the text of a picture")
    return picture


def written(picture: Int64[Tensor, "h w"], colors: int) -> str:
    """The text of a picture: what `cells` reads."""
    if not picture.any():
        return ""
    bits = picture.numpy().reshape(-1, 1) >> np.arange(_width(colors))[::-1] & 1
    return base64.urlsafe_b64encode(np.packbits(bits.astype(np.uint8)).tobytes()).rstrip(b"=").decode()


def _width(colors: int) -> int:
    """Bits of a cell."""
    return (colors - 1).bit_length()


def _bytes(text: str) -> np.ndarray:
    try:
        raw = base64.b64decode(text.encode() + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError):
        raise PydanticCustomError("painting_bad", "not the text of a picture") from None
    return np.frombuffer(raw, np.uint8)

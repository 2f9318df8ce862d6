"""Painted pictures: one text a picture, read alike here and in the browser (tests/js/painting.test.js takes the same examples)."""

import base64
import json
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field
from pydantic_core import PydanticCustomError

from playground import painting, words
from playground.params import Params

EXAMPLES = json.loads(Path(__file__).with_name("paintings.json").read_text("utf-8"))


@pytest.mark.parametrize("case", EXAMPLES["pictures"], ids=lambda case: case["text"])
def test_the_examples_are_read_and_written(case: dict[str, Any]) -> None:
    picture = painting.cells(case["text"], case["size"], case["colors"])
    assert picture.flatten().tolist() == case["cells"]
    assert painting.written(picture, case["colors"]) == case["text"]


@pytest.mark.parametrize("case", EXAMPLES["bad"], ids=lambda case: case["what"])
def test_what_is_no_picture_is_refused(case: dict[str, Any]) -> None:
    with pytest.raises(PydanticCustomError) as error:
        painting.cells(case["text"], case["size"], case["colors"])
    assert error.value.type == case["why"]
    assert (error.value.context or {}) == ({"size": case["size"]} if case["why"] == "painting_size" else {})


def by_hand(numbers: list[int], bits: int) -> str:
    """The text by string arithmetic: every number in binary, one after the other, padded to bytes."""
    digits = "".join(f"{number:0{bits}b}" for number in numbers)
    digits += "0" * (-len(digits) % 8)
    raw = bytes(int(digits[i : i + 8], 2) for i in range(0, len(digits), 8))
    return base64.urlsafe_b64encode(raw).decode().replace("=", "") if any(numbers) else ""


@given(st.sampled_from([(28, 2, 1), (28, 4, 2), (16, 16, 4), (16, 2, 1), (5, 11, 4), (3, 7, 3)]), st.randoms(use_true_random=False))
def test_every_picture_has_one_short_text(kind: tuple[int, int, int], dice: Any) -> None:
    size, colors, bits = kind
    numbers = [dice.randrange(colors) for _ in range(size * size)]
    text = painting.written(torch.tensor(numbers).reshape(size, size), colors)
    assert text == by_hand(numbers, bits)
    assert len(text) <= 262
    assert painting.cells(text, size, colors).flatten().tolist() == numbers


@given(st.text(max_size=60), st.sampled_from([(2, 2), (3, 4), (16, 2), (5, 16)]))
def test_any_text_is_a_picture_or_refused(text: str, kind: tuple[int, int]) -> None:
    with suppress(PydanticCustomError):
        assert painting.written(painting.cells(text, *kind), kind[1]) == text


def test_masks_and_drawings() -> None:
    assert painting.mask("kA", 2).tolist() == [[True, False], [False, True]]
    assert not painting.mask("", 28).any()
    greys = painting.drawing("5A", 2, painting.GREYS)
    assert (greys.dtype, greys.tolist()) == (torch.uint8, [[255, 170], [85, 0]])
    colored = painting.drawing("8B4", 2, painting.EMOJI)
    assert colored.shape == (2, 2, 3)
    assert colored[0].tolist() == [[123, 179, 71], [255, 255, 255]]
    assert (painting.drawing("", 16, painting.EMOJI) == 255).all(), "an empty board is paper"


def test_a_palette_fits_four_bits_and_its_colours_have_names() -> None:
    for palette in (painting.GREYS, painting.EMOJI):
        assert 2 <= len(palette) <= 16
        assert len(set(palette.values())) == len(palette)
        for language in words.LANGUAGES:
            assert palette.keys() <= words.words(language)["colors"].keys()


def test_what_the_page_is_told() -> None:
    class Painted(Params):
        boards: ClassVar = {"digits": painting.Board(28, over="given"), "emoji": painting.Board(16, painting.EMOJI)}
        picture: str = Field("", json_schema_extra=painting.paint("data", boards))

    told = json.loads(json.dumps(Painted.model_json_schema()["properties"]["picture"]["paint"]))
    assert told["by"] == "data"
    assert told["boards"]["digits"] == {"size": 28, "palette": None, "over": "given"}
    assert told["boards"]["emoji"]["palette"] == [[name, list(color)] for name, color in painting.EMOJI.items()], (
        "in the order of their numbers"
    )

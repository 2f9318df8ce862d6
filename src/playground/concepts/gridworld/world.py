"""Worlds: a text a link can carry. Rows are joined by `/`, a letter a cell, as in gymnasium's toy text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from jaxtyping import Bool, Float64, UInt8
from pydantic_core import PydanticCustomError

LEAST, MOST = 3, 20  # rows, and columns
LETTERS = "SFHGWLDRUIC123"  # start, floor, pit, goal, wall, one-way left, down, right, up, slippery, cliff, wind upward
ENDS = "HG"
VALUES = {"G": 1.0, "C": -100.0}  # what entering pays where nothing else is painted
LARGEST = 1000.0  # reward

SIGN = re.compile(r"(\d{1,3}),(\d{1,3}),(.)")
REWARD = re.compile(r"(\d{1,3}),(\d{1,3})[=:](-?\d{1,4}(?:\.\d{1,4})?)")
NOTHING = "0,0"  # a cell, and nothing said of it


@dataclass(frozen=True, eq=False)
class World:
    """Letters, as ASCII codes, and the rewards that were painted; nan where none was."""

    letters: UInt8[np.ndarray, "rows columns"]
    painted: Float64[np.ndarray, "rows columns"]

    @property
    def start(self) -> tuple[int, int]:
        row, column = np.argwhere(self.has("S"))[0]
        return int(row), int(column)

    @property
    def at(self) -> int:
        """The start's number; cells are numbered row by row."""
        return int(self.has("S").argmax())

    def has(self, letters: str) -> Bool[np.ndarray, "rows columns"]:
        among = np.zeros(256, bool)
        among[[ord(letter) for letter in letters]] = True
        return among[self.letters]

    def changed(self, cell: str) -> "World":
        """With another letter or another reward in one cell. Raises as `cell_of`."""
        row, column, letter, reward = cell_of(cell, *self.letters.shape, "cell")
        letters, painted = self.letters.copy(), self.painted.copy()
        if letter:
            letters[row, column] = ord(letter)
        if reward is not None:
            painted[row, column] = reward
        return World(letters, painted)


def wrong(code: str, field: str = "world", **context: Any) -> PydanticCustomError:
    return PydanticCustomError(code, code, {"field": field, **context})  # type: ignore[arg-type]


@lru_cache(64)  # a run's parameters are checked once for each of their edits
def read(text: str, rewards: str = "") -> World:
    """The world of a text. Raises PydanticCustomError, whose context says where: rows and columns are counted from 1 there."""
    rows = text.split("/")
    check_letters(rows)
    check_shape(rows)
    letters = np.array([[ord(letter) for letter in row] for row in rows], np.uint8)
    world = World(letters, np.full(letters.shape, np.nan))
    check_starts(world)
    for part in filter(None, rewards.split(";")):
        if not REWARD.fullmatch(part):
            raise wrong("rewards_bad", "rewards")
        row, column, _, reward = cell_of(part, *letters.shape, "rewards")
        world.painted[row, column] = reward
    return world


def check_letters(rows: list[str]) -> None:
    for i, row in enumerate(rows, 1):
        if strange := next((j for j, letter in enumerate(row, 1) if letter not in LETTERS), 0):
            raise wrong("world_letter", row=i, column=strange, letters=LETTERS)


def check_shape(rows: list[str]) -> None:
    widths = [len(row) for row in rows]
    if ragged := next((i for i, width in enumerate(widths, 1) if width != widths[0]), 0):
        raise wrong("world_ragged", row=ragged, cells=widths[ragged - 1], first=widths[0])
    if not (LEAST <= len(rows) <= MOST and LEAST <= widths[0] <= MOST):
        raise wrong("world_size", rows=len(rows), columns=widths[0], least=LEAST, most=MOST)


def check_starts(world: World) -> None:
    starts = np.argwhere(world.has("S")) + 1
    if not len(starts):
        raise wrong("world_no_start")
    if len(starts) > 1:
        raise wrong("world_starts", row=int(starts[1][0]), column=int(starts[1][1]))
    if not world.has("G").any():
        raise wrong("world_no_goal")


def cell_of(text: str, rows: int, columns: int, field: str) -> tuple[int, int, str, float | None]:
    """Row, column, letter ("" for the one it has), reward (None for the one it has): "3,4,W" and "3,4:-1", counted from 0.

    Raises PydanticCustomError cell_bad, cell_outside and cell_reward.
    """
    found = SIGN.fullmatch(text) or REWARD.fullmatch(text) or re.fullmatch(r"(\d{1,3}),(\d{1,3})()", text)
    if not found or (found.re is SIGN and found[3] not in LETTERS.replace("S", "")):
        raise wrong("cell_bad", field, letters=LETTERS)
    row, column = int(found[1]), int(found[2])
    if row >= rows or column >= columns:
        raise wrong("cell_outside", field, row=row, column=column, rows=rows - 1, columns=columns - 1)
    if found.re is REWARD and abs(float(found[3])) > LARGEST:
        raise wrong("cell_reward", field, limit=LARGEST)
    return row, column, found[3] if found.re is SIGN else "", float(found[3]) if found.re is REWARD else None


def stages(world: World, cells: list[str]) -> Iterator[World]:
    """The world after each change. Raises as `World.changed`, and world_starts where the start is built over."""
    for cell in cells:
        world = world.changed(cell)
        if not world.has("S").any():
            raise wrong("cell_start", "cell")
        yield world

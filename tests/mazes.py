"""Worlds that nobody painted."""

from functools import cache

import numpy as np

from playground.concepts.gridworld.params import Params
from playground.params import Refused

SIZES = range(4, 11)


@cache
def random_world(seed: int, size: int) -> str:
    """A fifth walls, a tenth pits, start and goal anywhere, the goal in reach."""
    draw = np.random.default_rng([seed, size])
    while True:
        cells = draw.choice(list("FWH"), size * size, p=[0.7, 0.2, 0.1])
        cells[draw.choice(size * size, 2, replace=False)] = ["S", "G"]
        text = "/".join("".join(row) for row in cells.reshape(size, size))
        try:
            return Params.checked({"world": text}).world
        except Refused:
            continue


def serpentine(size: int) -> str:
    """One way that fills the world, row after row, from the start to the goal at its other end."""
    rows = ["F" * size if row % 2 == 0 else "W" * (size - 1) + "F" if row % 4 == 1 else "F" + "W" * (size - 1) for row in range(size)]
    rows[0] = "S" + rows[0][1:]
    rows[-1] = rows[-1].replace("F", "G")
    return "/".join(rows)

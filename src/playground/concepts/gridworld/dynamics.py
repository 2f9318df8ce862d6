"""What happens in a world: where a move leads, what it pays, and how often it goes aside."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float64, Int64

from playground.concepts.gridworld.world import ENDS, VALUES, World, wrong

MOVES = ((0, -1), (1, 0), (0, 1), (-1, 0))  # left, down, right, up, as in gymnasium's FrozenLake
ONE_WAY = {"L": 0, "D": 1, "R": 2, "U": 3}
SLIPPERY = 1 / 3


@dataclass(frozen=True)
class Dynamics:
    """Cells are numbered row by row.

    to: where a move in a direction leads. pay: its reward. aside: chance that the direction is exchanged for each of the two
    perpendicular ones. ends: where an episode ends. free: cells in which an agent can be and act.
    """

    shape: tuple[int, int]
    start: int
    to: Int64[np.ndarray, "cells 4"]
    pay: Float64[np.ndarray, "cells 4"]
    aside: Float64[np.ndarray, " cells"]
    enter: Float64[np.ndarray, " cells"]
    ends: Bool[np.ndarray, " cells"]
    free: Bool[np.ndarray, " cells"]

    @property
    def cells(self) -> int:
        return len(self.ends)

    @property
    def longest(self) -> int:
        """Steps after which an episode is cut off."""
        return max(100, 10 * int(self.free.sum()))

    def mixed(self, of: Float64[np.ndarray, "*many 4"]) -> Float64[np.ndarray, "*many 4"]:
        """From a number for each direction that is gone to its mean for each action that is chosen."""
        p = self.aside[:, None]
        return (1 - 2 * p) * of + p * (np.roll(of, 1, -1) + np.roll(of, -1, -1))


def dynamics(world: World, slip: float = 0.0, step_reward: float = 0.0) -> Dynamics:
    """Those of FrozenLake and CliffWalking (gymnasium), and of the windy gridworld (Sutton & Barto 2018, example 6.5)."""
    walls, cliff = world.has("W"), world.has("C").ravel()
    rows, columns = walls.shape
    start = world.start[0] * columns + world.start[1]
    land = np.array([[landing(world, walls, s, a) for a in range(4)] for s in range(rows * columns)])
    enter = entering(world, step_reward)
    here = np.arange(rows * columns)[:, None]
    ends = world.has(ENDS).ravel()
    return Dynamics(
        shape=(rows, columns),
        start=start,
        to=np.where(cliff[land], start, land),
        pay=np.where(land == here, step_reward, enter[land]),
        aside=np.maximum(slip, np.where(world.has("I"), SLIPPERY, 0.0).ravel()),
        enter=enter,
        ends=ends,
        free=~(ends | walls.ravel() | cliff),
    )


def entering(world: World, step_reward: float) -> Float64[np.ndarray, " cells"]:
    """The step's reward and the cell's own, which is what is painted there or what its letter says; a cliff's is all there is."""
    own = np.zeros(world.letters.shape)
    for letter, value in VALUES.items():
        own[world.has(letter)] = value
    own = np.where(np.isnan(world.painted), own, world.painted)
    return np.where(world.has("C"), own, own + step_reward).ravel()


def landing(world: World, walls: Bool[np.ndarray, "rows columns"], s: int, a: int) -> int:
    """The cell that a move ends in. What bumps into a wall or the border stays; wind carries upward while nothing is in the way."""
    row, column = divmod(s, walls.shape[1])
    letter = chr(world.letters[row, column])
    if ONE_WAY.get(letter, a) != a:
        return s
    down, right = MOVES[a]
    wind = int(letter) if letter.isdigit() else 0
    row, column = glide(walls, row, column, 0, right)
    row, column = glide(walls, row, column, down - wind, 0)
    return row * walls.shape[1] + column


def glide(walls: Bool[np.ndarray, "rows columns"], row: int, column: int, down: int, right: int) -> tuple[int, int]:
    """As far as it goes."""
    for _ in range(abs(down) + abs(right)):
        i, j = row + sign(down), column + sign(right)
        if not (0 <= i < walls.shape[0] and 0 <= j < walls.shape[1]) or walls[i, j]:
            break
        row, column = i, j
    return row, column


def sign(number: int) -> int:
    return (number > 0) - (number < 0)


def reachable(world: Dynamics) -> Bool[np.ndarray, " cells"]:
    """Where an episode can come to."""
    seen = np.zeros(world.cells, bool)
    front = {world.start}
    while front:
        seen[list(front)] = True
        going = {(s, a) for s in front if world.free[s] for a in range(4)}
        front = {int(world.to[s, a]) for s, a in going} - set(np.flatnonzero(seen).tolist())
    return seen


def check_goal(world: World) -> None:
    """Raises PydanticCustomError world_unreachable, which names a goal."""
    goals = world.has("G").ravel()
    if not goals.any():
        raise wrong("world_no_goal")
    if not (goals & reachable(dynamics(world))).any():
        row, column = divmod(int(np.flatnonzero(goals)[0]), world.letters.shape[1])
        raise wrong("world_unreachable", row=row + 1, column=column + 1)

"""What happens in a world: where a move leads, what it pays, and how often it goes aside."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float64, Int64

from playground.concepts.gridworld.world import ENDS, VALUES, World, wrong

MOVES = ((0, -1), (1, 0), (0, 1), (-1, 0))  # left, down, right, up, as in gymnasium's FrozenLake
ONE_WAY = {"L": 0, "D": 1, "R": 2, "U": 3}
ONE_WAY_OF = np.full(256, -1)  # by letter; -1 for those that may be left any way
ONE_WAY_OF[[ord(letter) for letter in ONE_WAY]] = list(ONE_WAY.values())
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
    land = landings(world, walls)
    enter = entering(world, step_reward)
    here = np.arange(rows * columns)[:, None]
    ends = world.has(ENDS).ravel()
    return Dynamics(
        shape=(rows, columns),
        start=world.at,
        to=np.where(cliff[land], world.at, land),
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


def landings(world: World, walls: Bool[np.ndarray, "rows columns"]) -> Int64[np.ndarray, "cells 4"]:
    """The cell that a move ends in. What bumps into a wall or the border stays; wind carries upward while nothing is in the way."""
    rows, width = walls.shape[0] + 2, walls.shape[1] + 2  # with a border of walls
    barred, here = np.ones((rows, width), bool), np.arange(rows * width).reshape(rows, width)[1:-1, 1:-1].ravel()
    barred[1:-1, 1:-1] = walls
    barred = barred.ravel()
    letters, ways = world.letters.ravel(), []
    wind = np.where((letters >= ord("1")) & (letters <= ord("3")), letters.astype(int) - ord("0"), 0)
    for down, right in MOVES:
        s = glide(barred, here, right, np.full_like(wind, abs(right)))
        s = glide(barred, s, width, np.maximum(down - wind, 0))
        ways.append(glide(barred, s, -width, np.maximum(wind - down, 0)))
    number = np.zeros(barred.size, int)
    number[here] = own = np.arange(len(here))
    only = ONE_WAY_OF[letters][:, None]
    return np.where((only < 0) | (only == np.arange(4)), number[np.stack(ways, 1)], own[:, None])


def glide(
    barred: Bool[np.ndarray, " all"], s: Int64[np.ndarray, " cells"], way: int, far: Int64[np.ndarray, " cells"]
) -> Int64[np.ndarray, " cells"]:
    """As far as it goes, at most so many cells."""
    for step in range(far.max()):
        s = np.where((far > step) & ~barred[s + way], s + way, s)
    return s


def reachable(world: Dynamics) -> Bool[np.ndarray, " cells"]:
    """Where an episode can come to."""
    return flooded(world.to, world.free, world.start)


def flooded(to: Int64[np.ndarray, "cells 4"], free: Bool[np.ndarray, " cells"], start: int) -> Bool[np.ndarray, " cells"]:
    """The cells that moves from free ones lead to."""
    ways, goes_on, seen, front = to.tolist(), free.tolist(), [False] * len(free), [start]
    seen[start] = True
    while front:
        s = front.pop()
        for there in ways[s] if goes_on[s] else ():
            if not seen[there]:
                seen[there] = True
                front.append(there)
    return np.array(seen)


def check_goal(world: World) -> None:
    """Raises PydanticCustomError world_unreachable, which names a goal. Whoever asks waits for it: the ways alone are reckoned."""
    goals, walls, cliff = world.has("G").ravel(), world.has("W"), world.has("C").ravel()
    if not goals.any():
        raise wrong("world_no_goal")
    land = landings(world, walls)
    if not goals[flooded(np.where(cliff[land], world.at, land), ~world.has(ENDS).ravel(), world.at)].any():
        row, column = divmod(int(goals.argmax()), walls.shape[1])
        raise wrong("world_unreachable", row=row + 1, column=column + 1)

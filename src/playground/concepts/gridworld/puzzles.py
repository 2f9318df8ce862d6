"""Design the reward: puzzles whose judge is the policy that was learnt.

Each has its world, and rewards that may not be touched; a few more cells may be painted, with rewards no larger than allowed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from playground.concepts.gridworld import world
from playground.concepts.gridworld.dynamics import Dynamics
from playground.concepts.gridworld.looks import greedy_path
from playground.concepts.gridworld.params import Params


@dataclass(frozen=True)
class Puzzle:
    """`asks` is told the greedy path's cells, and the fewest steps that lead to a goal."""

    world: str
    given: str
    cells: int
    largest: float
    asks: Callable[[list[int], Dynamics, int], bool]


def arrives(path: list[int], here: Dynamics, fewest: int) -> bool:
    return bool(here.ends[path[-1]])


def takes_the_long_way(path: list[int], here: Dynamics, fewest: int) -> bool:
    return arrives(path, here, fewest) and len(path) - 1 > fewest


def never_arrives(path: list[int], here: Dynamics, fewest: int) -> bool:
    return not arrives(path, here, fewest)


PUZZLES: Mapping[str, Puzzle] = {
    "long_way": Puzzle("FFFFFFF/FWWWWWF/SFFFFFG/FWWWWWF/FFFFFFF", "", 1, 1000.0, takes_the_long_way),
    "circle": Puzzle("FFFFF/SFFFG/FFFFF", "", 1, 0.2, never_arrives),
    "home": Puzzle("FFFFF/SFFFG/FFFFF", "0,2=0.3", 1, 1000.0, arrives),
}


def solved(params: Params, q: np.ndarray, here: Dynamics) -> dict[str, float]:
    """Whether the table's greedy policy does what the puzzle asks, within its rules."""
    puzzle = PUZZLES.get(params.puzzle)
    if not puzzle:
        return {}
    done = allowed(params, puzzle) and puzzle.asks(greedy_path(q, here), here, fewest(here))
    return {"solved": float(done)}


def allowed(params: Params, puzzle: Puzzle) -> bool:
    """The puzzle's own world, its rewards untouched, few cells painted beside them, all else as it is by default."""
    own, now = world.read(puzzle.world, puzzle.given), params.world_at(params.episodes)
    if not np.array_equal(own.letters, now.letters):
        return False
    given = ~np.isnan(own.painted)
    added = ~np.isnan(now.painted) & ~given
    same = (own.painted[given] == now.painted[given]).all()
    plain = params.step_reward == 0 and params.slip == 0 and params.gamma == Params.model_fields["gamma"].default
    return bool(same and plain and added.sum() <= puzzle.cells and (abs(now.painted[added]) <= puzzle.largest).all())


def fewest(here: Dynamics) -> int:
    """Steps from the start to the nearest end."""
    near, steps = {here.start}, 0
    while not here.ends[list(near)].any():
        near, steps = near | {int(here.to[s, a]) for s in near for a in range(4)}, steps + 1
    return steps

"""What a frame shows of a world and of what is known about it."""

from collections.abc import Mapping

import numpy as np

from playground.concepts.gridworld import exact
from playground.concepts.gridworld.dynamics import Dynamics
from playground.concepts.gridworld.exact import Best
from playground.concepts.gridworld.world import World

LONGEST_TRAIL = 200
BITS = 1 << np.arange(4)
BANDED = ("return", "q_error", "policy_agreement")
Arrays = dict[str, np.ndarray]


def of_world(world: World, here: Dynamics) -> Arrays:
    """What stays as long as nobody paints. `next`, `pay`: where each action leads and what it pays when nothing slips."""
    shape = here.shape
    return {
        "world": world.letters,
        "reward": np.nan_to_num(world.painted).astype(np.float32),
        "next": np.stack(np.divmod(here.to.reshape(*shape, 4), shape[1]), -1).astype(np.int16),
        "pay": here.pay.reshape(*shape, 4).astype(np.float32),
        "enter": here.enter.reshape(shape).astype(np.float32),
        "aside": here.aside.reshape(shape).astype(np.float32),
        "ends": here.ends.reshape(shape).astype(np.uint8),
    }


def of_table(q: np.ndarray, here: Dynamics) -> Arrays:
    """Q, the best of it, and the actions that are best by it."""
    shape = here.shape
    return {
        "q": q.reshape(*shape, 4).astype(np.float32),
        "v": q.max(-1).reshape(shape).astype(np.float32),
        "policy": bits(exact.greedy(q, here)).reshape(shape),
    }


def of_tables(q: np.ndarray, here: Dynamics) -> Arrays:
    """The same of many members (members, cells, 4)."""
    if len(q) == 1:
        return {}
    shape = (len(q), *here.shape)
    return {"v_all": q.max(-1).reshape(shape).astype(np.float16), "policy_all": bits(exact.greedy(q, here)).reshape(shape)}


def bits(actions: np.ndarray) -> np.ndarray:
    return (actions * BITS).sum(-1).astype(np.uint8)


def cells(places: list[int], here: Dynamics) -> np.ndarray:
    """Row and column of each, of the last ones where they are many."""
    return np.stack(np.divmod(np.array(places[-LONGEST_TRAIL:], int), here.shape[1]), -1).astype(np.int16)


def traces(of: Mapping[tuple[int, int], float], here: Dynamics) -> np.ndarray:
    found = np.zeros((here.cells, 4), np.float16)
    for (cell, action), e in of.items():
        found[cell, action] = e
    return found.reshape(*here.shape, 4)


def greedy_path(q: np.ndarray, here: Dynamics) -> list[int]:
    """Where the first of the best actions leads from the start, when nothing slips, until a cell comes again."""
    path = [here.start]
    while not here.ends[path[-1]] and len(set(path)) == len(path):
        path.append(int(here.to[path[-1], exact.greedy(q, here)[path[-1]].argmax()]))
    return path


def judged(q: np.ndarray, here: Dynamics, best: Best, gamma: float) -> list[dict[str, float]]:
    """Each member (members, cells, 4) against the best: its greedy policy's return and steps, taken exactly, and its table."""
    policy = exact.soft(exact.greedy(q, here), 0.0)
    told = {
        "return": exact.returns(here, policy, gamma),
        "steps": exact.lengths(here, policy),
        "q_error": exact.error(q, best),
        "policy_agreement": exact.agreement(q, here, best),
    }
    return [{name: float(values[k]) for name, values in told.items()} for k in range(len(q))]


def band(told: list[dict[str, float]]) -> dict[str, float]:
    """Of many members the median, the lowest and the highest."""
    if len(told) == 1:
        return {}
    ends = {"median": np.median, "low": np.min, "high": np.max}
    return {f"{name}_{end}": float(of([one[name] for one in told])) for name in BANDED for end, of in ends.items()}

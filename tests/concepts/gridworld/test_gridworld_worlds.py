"""What learning in random worlds is judged by, against the shortest ways, counted by breadth-first search."""

from collections import deque

import numpy as np
import pytest

from playground.concepts.gridworld import agents, exact, model
from playground.concepts.gridworld.params import Params
from playground.concepts.gridworld.walker import Walker
from tests.mazes import SIZES, random_world

STEPS = ((0, -1), (1, 0), (0, 1), (-1, 0))  # left, down, right, up


def neighbours(rows: list[str], cell: tuple[int, int]) -> list[tuple[int, int]]:
    found = []
    for down, right in STEPS:
        i, j = cell[0] + down, cell[1] + right
        inside = 0 <= i < len(rows) and 0 <= j < len(rows[0]) and rows[i][j] != "W"
        found.append((i, j) if inside else cell)
    return found


def shortest(text: str) -> dict[tuple[int, int], set[int]]:
    """For each cell that can be reached and is no end: the actions that lead nearer to the goal; all where none can be reached."""
    rows = text.split("/")
    (start,) = [(i, j) for i, row in enumerate(rows) for j, letter in enumerate(row) if letter == "S"]
    reached, queue = {start}, deque([start])
    while queue:
        cell = queue.popleft()
        for other in neighbours(rows, cell) if rows[cell[0]][cell[1]] not in "GH" else []:
            if other not in reached:
                reached.add(other), queue.append(other)
    live = [cell for cell in reached if rows[cell[0]][cell[1]] not in "GH"]
    far = {cell: 0 for cell in reached if rows[cell[0]][cell[1]] == "G"}
    for _ in live:
        for cell in live:
            ways = [far[other] + 1 for other in neighbours(rows, cell) if other in far and other != cell]
            if ways:
                far[cell] = min(ways)
    best = {}
    for cell in live:
        ways = [far.get(other, np.inf) for other in neighbours(rows, cell)]
        best[cell] = {a for a in range(4) if ways[a] == min(ways)}
    return best


@pytest.mark.parametrize("size", SIZES)
def test_what_is_best_is_the_shortest_way(size: int) -> None:
    """The exact values that learning is judged by, against counting steps: a reward at the end, discounted, wants nothing else."""
    for seed in range(3):
        text = random_world(seed, size)
        here, ways = model.here_at(params := Params(world=text), 0), shortest(text)
        best = exact.best(here, params.gamma)
        assert {divmod(s, size) for s in np.flatnonzero(best.reach).tolist()} == set(ways)
        for (i, j), actions in ways.items():
            assert set(np.flatnonzero(best.actions[i * size + j]).tolist()) == actions


@pytest.mark.parametrize("agent", ["q_learning", "dyna", "double_q"])
@pytest.mark.parametrize("size", SIZES)
def test_off_policy_agents_learn_random_worlds(size: int, agent: str) -> None:
    """At the defaults, in worlds that a random walk would hardly see half of."""
    for seed in range(3):
        params = Params(world=random_world(seed, size), agent=agent, seed=seed)
        walker = Walker(params, here := model.here_at(params, 0), agents.RULES[agent])
        walker.advance(params.episodes)
        assert exact.agreement(walker.table, here, exact.best(here, params.gamma)) >= 0.98

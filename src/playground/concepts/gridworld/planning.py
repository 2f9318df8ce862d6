"""Planning: the world is known, and swept cell by cell until nothing changes (Bellman 1957; Sutton & Barto 2018, chapter 4)."""

from collections.abc import Iterator
from itertools import islice

import numpy as np

from playground.concepts.gridworld import dynamics, exact, looks
from playground.concepts.gridworld.dynamics import Dynamics
from playground.concepts.gridworld.params import MOST_SWEEPS, Params
from playground.concepts.gridworld.puzzles import solved
from playground.frame import Frame

STILL = 1e-7  # a sweep that changes less is the last
ALL, FRAMES = 40, 80
EVALUATED = 4_000  # sweeps at most until a policy is improved: without discount the value of one that never ends would fall for ever
Sweep = tuple[np.ndarray, np.ndarray, float]  # Q, the policy's probabilities, the largest change


def plan(params: Params) -> Iterator[Frame]:
    """A frame a sweep, of many the later ones by ever larger steps; the last always."""
    here = dynamics.dynamics(params.laid, params.slip, params.step_reward)
    still, best = looks.of_world(params.laid, here), exact.best(here, params.gamma)
    due, frames, last = due_sweeps(), 0, None
    sweeps = islice(SWEEPS[params.agent](here, params.gamma), MOST_SWEEPS + 1)
    for sweep, (q, policy, change) in enumerate(sweeps):
        last = sweep, q, policy, change
        if sweep in due and frames < FRAMES:
            yield shown(params, here, best, still, *last)
            frames, last = frames + 1, None
    if last:
        yield shown(params, here, best, still, *last)


def due_sweeps() -> set[int]:
    return {*range(ALL), *(round(ALL * 1.22**i) for i in range(FRAMES - ALL))}


def shown(
    params: Params, here: Dynamics, best: exact.Best, still: looks.Arrays, sweep: int, q: np.ndarray, policy: np.ndarray, change: float
) -> Frame:
    arrays = still | looks.of_table(q, here) | {"trail": looks.cells(looks.greedy_path(q, here), here)}
    judged = looks.judged(q[None], here, best, params.gamma)[0]
    metrics = {"sweep": sweep, "change": change, "best": best.value, "best_steps": best.steps} | judged | solved(params, q, here)
    return Frame(sweep, dict(sorted(arrays.items())), metrics, phase="sweep")


def value_iteration(world: Dynamics, gamma: float) -> Iterator[Sweep]:
    """Q ← r + γ max Q(s', ·), everywhere at once."""
    q, change = np.zeros((world.cells, 4)), 1.0
    yield q, exact.greedy(q, world), 0.0
    while True:
        q, old = exact.backed_up(world, q.max(-1), gamma), q
        change = float(abs(q - old).max())
        yield q, exact.greedy(q, world), change
        if change < STILL:
            return


def policy_iteration(world: Dynamics, gamma: float) -> Iterator[Sweep]:
    """Sweeps that find what a policy is worth, then one that makes it greedy, over and over; it begins with any action as likely."""
    q, policy = np.zeros((world.cells, 4)), world.free[:, None] * np.full(4, 0.25)
    yield q, policy, 0.0
    while True:
        for _ in range(EVALUATED):
            q, old = exact.backed_up(world, (policy * q).sum(-1), gamma), q
            yield q, policy, (change := float(abs(q - old).max()))
            if change < STILL:
                break
        better = exact.soft(exact.greedy(q, world), 0.0)
        if (better == policy).all():
            return
        policy = better


SWEEPS = {"value_iteration": value_iteration, "policy_iteration": policy_iteration}

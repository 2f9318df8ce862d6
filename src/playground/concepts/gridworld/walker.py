"""One agent that learns by walking, step by step. Many at once, by the same rules and with the same chance: learner.py.

Types are not checked at run time here: that would take longer than the step itself.
"""

import math
from collections import deque
from collections.abc import Callable
from typing import Any, no_type_check

import numpy as np

from playground.concepts.gridworld.dynamics import Dynamics
from playground.concepts.gridworld.learner import ASIDE, BLOCK, NEAR, UNSURE, UNTRIED, WHETHER, width
from playground.concepts.gridworld.params import ON_POLICY, Params

UPDATES = 40  # the last ones of the episode in slow motion


@no_type_check
class Walker:
    """q (cells, 4) as lists. `done` has each episode's discounted return and its steps, `told` the updates of the one in slow motion."""

    def __init__(self, params: Params, world: Dynamics, rule: "Callable[[Walker], Any]"):
        self.params, self.alpha, self.gamma, self.on_policy = params, params.alpha, params.gamma, params.agent in ON_POLICY
        first = params.bonus if params.explore == "optimistic" else 0.0
        self.q = [[first * free] * 4 for free in world.free.tolist()]
        self.tried, self.curious = [[0] * 4 for _ in self.q], params.seeks_the_new
        self.generator = np.random.default_rng([params.seed, 0])
        self.drawn: list[list[float]] = []
        self.done: list[tuple[float, int]] = []
        self.shown, self.entered, self.trail = 0, [], [world.start]
        self.told: deque[dict[str, Any]] = deque(maxlen=UPDATES)
        self.watching = False
        self.rule = rule(self)
        self.enter(world)

    @property
    def table(self) -> np.ndarray:
        return np.array(self.q)

    def enter(self, world: Dynamics) -> None:
        """Come into a world, perhaps in the midst of learning."""
        self.world, self.slips = world, bool(world.aside.any())
        self.to, self.pay, self.aside, self.ends = world.to.tolist(), world.pay.tolist(), world.aside.tolist(), world.ends.tolist()
        for cell in np.flatnonzero(~world.free):
            self.q[cell][:] = [0.0] * 4
        if self.curious:  # all is new in a new world
            self.tried, self.novelty = [[0] * 4 for _ in self.q], [[UNTRIED] * 4 for _ in self.q]
        self.rule.enter()
        self.epsilon = self.params.epsilon_at(len(self.done))
        self.action = self.choose(world.start, self.chance())

    def chance(self) -> list[float]:
        """A step's numbers."""
        if not self.drawn:
            self.drawn = self.generator.random((BLOCK, width(self.params))).tolist()[::-1]
        return self.drawn.pop()

    def choose(self, s: int, u: list[float]) -> int:
        scores = CHOOSE[self.params.explore](self, s, u)
        return scores.index(max(scores))

    def advance(self, episode: int) -> None:
        """Live until so many episodes are over."""
        while len(self.done) < episode:
            self.watching = len(self.done) == self.params.looked_at
            self.epsilon = self.params.epsilon_at(len(self.done))
            self.live()

    def live(self) -> None:
        """One episode, cut off where it is too long."""
        s, a, trail, gained, worth, over = self.world.start, self.action, [self.world.start], 0.0, 1.0, False
        while not over:
            u = self.chance()
            self.tried[s][a] += 1
            d = self.slipped(s, a, u[ASIDE]) if self.slips else a
            s2, r = self.to[s][d], self.pay[s][d]
            trail.append(s2)
            self.t = len(trail) - 2
            over = self.ends[s2] or self.t + 1 >= self.world.longest
            a2 = self.choose(s2, u) if self.on_policy else -1
            self.now = s2, a2
            if self.curious:
                self.note(s, a, s2)
            self.rule.learn(s, a, r, s2, a2, over, u)
            gained, worth = gained + worth * r, worth * self.gamma
            if over:
                self.done.append((gained, self.t + 1))
                self.epsilon = self.params.epsilon_at(len(self.done))
                s2 = self.world.start
            s, a = s2, a2 if self.on_policy and not over else self.choose(s2, u)
        self.action, self.trail = a, trail
        self.entered += trail[1:]

    def slipped(self, s: int, a: int, u: float) -> int:
        """The direction that is gone: the chosen one, or one of the two beside it."""
        p = self.aside[s]
        return (a + (u < p) - (u >= 1 - p)) % 4

    def note(self, s: int, a: int, s2: int) -> None:
        """What is new about an action: the less often it was tried, and the newer what it leads to. After an end comes the start."""
        coming = self.novelty[self.world.start if self.ends[s2] else s2]
        self.novelty[s][a] = 1 / self.tried[s][a] + NEAR * max(coming)

    def update(self, s: int, a: int, reward: float, discount: float, coming: float) -> None:
        """Q ← Q + α [reward + discount · coming − Q]."""
        old = self.q[s][a]
        self.q[s][a] = new = old + self.alpha * (reward + discount * coming - old)
        if self.watching:
            self.tell(s, a, reward, discount, coming, old, new)

    def tell(self, s: int, a: int, reward: float, discount: float, coming: float, old: float, new: float, **more: Any) -> None:
        """Keep an update for the chapter in slow motion."""
        numbers = {"reward": reward, "gamma": discount, "best_next": coming, "old": old, "new": new, "alpha": self.alpha}
        self.told.append({"s": s, "a": a, "next": self.now, "numbers": numbers, "q": self.table, "world": self.world} | more)


Chooser = Callable[[Walker, int, list[float]], list[float]]


@no_type_check
def by_epsilon(walker: Walker, s: int, u: list[float]) -> list[float]:
    """The best action, but with chance ε any, or for the curious the one that promises most that is new; of those that tie, any."""
    if u[WHETHER] < walker.epsilon:
        return best_of(walker.novelty[s], u) if walker.curious else u[:4]
    return best_of(walker.q[s], u)


@no_type_check
def best_of(row: list[float], u: list[float]) -> list[float]:
    return [value + UNSURE * chance for value, chance in zip(row, u, strict=False)]


@no_type_check
def by_softmax(walker: Walker, s: int, u: list[float]) -> list[float]:
    """With chance proportional to exp(Q / temperature), by the Gumbel-max trick."""
    return [q / walker.params.temperature - math.log(-math.log(max(chance, 1e-300))) for q, chance in zip(walker.q[s], u, strict=False)]


@no_type_check
def by_count(walker: Walker, s: int, u: list[float]) -> list[float]:
    """What was seldom tried is worth trying: Q + bonus / √(n + 1)."""
    tried, bonus = walker.tried[s], walker.params.bonus
    return [score + bonus / math.sqrt(n + 1) for score, n in zip(best_of(walker.q[s], u), tried, strict=True)]


CHOOSE: dict[str, Chooser] = {"epsilon": by_epsilon, "softmax": by_softmax, "optimistic": by_epsilon, "count": by_count}

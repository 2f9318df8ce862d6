"""What each agent learns of a step. Sections are those of Sutton & Barto, Reinforcement Learning, 2nd edition, 2018.

Types are not checked at run time here: that would take longer than the step itself.
"""

import math
from typing import no_type_check

from playground.concepts.gridworld.learner import COIN, PLANS
from playground.concepts.gridworld.walker import Walker


@no_type_check
class QLearning:
    """Watkins 1989; section 6.5: Q(s, a) ← Q(s, a) + α [r + γ max Q(s', ·) − Q(s, a)]."""

    def __init__(self, walker: Walker):
        self.walker = walker

    def enter(self) -> None:
        """Another world: what was remembered of the old one is forgotten, but for Q."""

    def learn(self, s: int, a: int, r: float, s2: int, a2: int, over: bool, u: list[float]) -> None:
        self.walker.update(s, a, r, self.walker.gamma, self.coming(s2, a2))

    def coming(self, s2: int, a2: int) -> float:
        """What the next state is taken to be worth; 0 at an end, where Q is 0."""
        return max(self.walker.q[s2])


@no_type_check
class Sarsa(QLearning):
    """Rummery & Niranjan 1994; section 6.4: the action that is taken next is what the next state is worth."""

    def coming(self, s2: int, a2: int) -> float:
        return self.walker.q[s2][a2]


@no_type_check
class ExpectedSarsa(QLearning):
    """Van Seijen et al. 2009; section 6.6: the mean over the actions that may be taken next."""

    def coming(self, s2: int, a2: int) -> float:
        walker, q = self.walker, self.walker.q[s2]
        if walker.params.explore == "softmax":
            p = [math.exp((value - max(q)) / walker.params.temperature) for value in q]
            return sum(chance * value for chance, value in zip(p, q, strict=True)) / sum(p)
        return (1 - walker.epsilon) * max(q) + walker.epsilon * (sum(q) / 4)


@no_type_check
class NStep(QLearning):
    """Section 7.2: the rewards of n steps, and then SARSA's value."""

    def enter(self) -> None:
        self.past: list[tuple[int, int, float]] = []

    def learn(self, s: int, a: int, r: float, s2: int, a2: int, over: bool, u: list[float]) -> None:
        self.past.append((s, a, r))
        if len(self.past) == self.walker.params.n:
            self.look_back(s2, a2)
        while over and self.past:  # what is left of an episode that is over
            self.look_back(s2, a2)

    def look_back(self, s2: int, a2: int) -> None:
        """Update the oldest move."""
        gamma = self.walker.gamma
        reward = sum(gamma**i * r for i, (_, _, r) in enumerate(self.past))
        s, a, _ = self.past[0]
        self.walker.update(s, a, reward, gamma ** len(self.past), self.walker.q[s2][a2])
        del self.past[0]


@no_type_check
class Lambda(QLearning):
    """SARSA(λ) with replacing traces (Singh & Sutton 1996; section 12.7): every move of the episode learns, the older the less."""

    def enter(self) -> None:
        self.trace: dict[tuple[int, int], float] = {}

    def learn(self, s: int, a: int, r: float, s2: int, a2: int, over: bool, u: list[float]) -> None:
        walker, q, gamma = self.walker, self.walker.q, self.walker.gamma
        coming, old = q[s2][a2], q[s][a]
        delta = r + gamma * coming - old
        self.trace = {move: e * gamma * walker.params.lam for move, e in self.trace.items()} | {(s, a): 1.0}
        for (cell, action), e in self.trace.items():
            q[cell][action] += walker.alpha * delta * e
        if walker.watching:
            walker.tell(s, a, r, gamma, coming, old, q[s][a], trace=dict(self.trace))
        if over:
            self.trace = {}


@no_type_check
class Dyna(QLearning):
    """Dyna-Q (Sutton 1990; section 8.2): after each real step, some more that are remembered."""

    def enter(self) -> None:
        self.model: dict[tuple[int, int], tuple[float, int]] = {}
        self.known: list[tuple[int, int]] = []

    def learn(self, s: int, a: int, r: float, s2: int, a2: int, over: bool, u: list[float]) -> None:
        super().learn(s, a, r, s2, a2, over, u)
        if (s, a) not in self.model:
            self.known.append((s, a))
        self.model[s, a] = r, s2
        watching, self.walker.watching = self.walker.watching, False
        for chance in u[PLANS:]:
            s, a = self.known[int(chance * len(self.known))]
            r, s2 = self.model[s, a]
            self.walker.update(s, a, r, self.walker.gamma, self.coming(s2, -1))
        self.walker.watching = watching


@no_type_check
class DoubleQ(QLearning):
    """Van Hasselt 2010; section 6.7: one table chooses, the other says what it is worth. The agent acts by their mean."""

    def __init__(self, walker: Walker):
        super().__init__(walker)
        self.two = [[list(q) for q in walker.q] for _ in range(2)]

    def enter(self) -> None:
        for table in self.two:
            for cell, free in enumerate(self.walker.world.free.tolist()):
                table[cell] = [q * free for q in table[cell]]

    def learn(self, s: int, a: int, r: float, s2: int, a2: int, over: bool, u: list[float]) -> None:
        walker = self.walker
        mine, other = self.two if u[COIN] >= 0.5 else self.two[::-1]
        coming, old = other[s2][mine[s2].index(max(mine[s2]))], mine[s][a]
        mine[s][a] = new = old + walker.alpha * (r + walker.gamma * coming - old)
        walker.q[s][a] = (mine[s][a] + other[s][a]) / 2
        if walker.watching:
            walker.tell(s, a, r, walker.gamma, coming, old, new)


RULES: dict[str, type[QLearning]] = {
    "q_learning": QLearning,
    "sarsa": Sarsa,
    "expected_sarsa": ExpectedSarsa,
    "n_step": NStep,
    "lambda": Lambda,
    "dyna": Dyna,
    "double_q": DoubleQ,
}

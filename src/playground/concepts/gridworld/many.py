"""What each of many agents learns of a step: the rules of agents.py once more, for arrays. Sections are those of Sutton & Barto 2018.

Types are not checked at run time here: that would take longer than the step itself.
"""

from typing import Any, no_type_check

import numpy as np

from playground.concepts.gridworld.learner import COIN, PLANS, Learner, Members, first_of_the_largest


@no_type_check
class QLearning:
    """Watkins 1989; section 6.5: Q(s, a) ← Q + α [r + γ max Q(s', ·) − Q]."""

    def __init__(self, learner: Learner):
        self.learner = learner

    def enter(self) -> None:
        """Another world: forget what belongs to the old one's episodes."""

    def learn(
        self, who: Members, move: np.ndarray, reward: np.ndarray, place: np.ndarray, after: Any, over: np.ndarray, chance: np.ndarray
    ) -> None:
        self.learner.update(move, reward, self.learner.gamma, self.coming(who, place, after))

    def coming(self, who: Members, place: np.ndarray, after: Any) -> np.ndarray:
        """What the next state is taken to be worth; 0 at an end, where Q is 0."""
        return self.learner.q.take(place, 1).max(0)


@no_type_check
class Sarsa(QLearning):
    """Rummery & Niranjan 1994; section 6.4: the action that is taken next is what the next state is worth."""

    def coming(self, who: Members, place: np.ndarray, after: Any) -> np.ndarray:
        return self.learner.flat.take(after * self.learner.places + place)


@no_type_check
class ExpectedSarsa(QLearning):
    """Van Seijen et al. 2009; section 6.6: the mean over the actions that may be taken next."""

    def coming(self, who: Members, place: np.ndarray, after: Any) -> np.ndarray:
        learner, q = self.learner, self.learner.q.take(place, 1)
        if learner.params.explore == "softmax":
            p = np.exp((q - q.max(0)) / learner.params.temperature)
            return (p * q).sum(0) / p.sum(0)
        epsilon = learner.epsilon[who]
        return (1 - epsilon) * q.max(0) + epsilon * q.mean(0)


@no_type_check
class NStep(QLearning):
    """Section 7.2: the rewards of n steps, and then SARSA's value."""

    def enter(self) -> None:
        n, members = self.learner.params.n, self.learner.members
        self.moves, self.rewards = np.zeros((members, n), int), np.zeros((members, n))
        self.powers = self.learner.gamma ** np.arange(n + 1)

    def learn(
        self, who: Members, move: np.ndarray, reward: np.ndarray, place: np.ndarray, after: Any, over: np.ndarray, chance: np.ndarray
    ) -> None:
        n, members = self.learner.params.n, np.arange(self.learner.members)[who]
        t = self.learner.length[who] - 1
        self.moves[members, t % n], self.rewards[members, t % n] = move, reward
        last = after * self.learner.places + place
        self.look_back(members, t, n, last, t >= n - 1)
        if over.any():
            for steps in range(n - 1, 0, -1):  # what is left of an episode that is over
                self.look_back(members, t, steps, last, over & (t >= steps - 1))

    def look_back(self, members: np.ndarray, t: np.ndarray, steps: int, last: np.ndarray, those: np.ndarray) -> None:
        """Update the move that was made so many steps ago."""
        if those.any():
            members, t, n = members[those], t[those], self.learner.params.n
            rows = (t[:, None] - steps + 1 + np.arange(steps)) % n
            reward = self.rewards[members[:, None], rows] @ self.powers[:steps]
            self.learner.update(self.moves[members, rows[:, 0]], reward, self.powers[steps], self.learner.flat.take(last[those]))


@no_type_check
class Lambda(QLearning):
    """SARSA(λ) with replacing traces (Singh & Sutton 1996; section 12.7): every move of the episode learns, the older the less."""

    def enter(self) -> None:
        self.trace = np.zeros((4, self.learner.members, self.learner.world.cells))

    def learn(
        self, who: Members, move: np.ndarray, reward: np.ndarray, place: np.ndarray, after: Any, over: np.ndarray, chance: np.ndarray
    ) -> None:
        learner, gamma = self.learner, self.learner.gamma
        coming, old = learner.flat.take(after * learner.places + place), learner.flat.take(move)
        delta = np.zeros(learner.members)
        delta[who] = reward + gamma * coming - old
        self.trace *= gamma * learner.params.lam
        self.trace.reshape(-1)[move] = 1
        table = learner.q.reshape(self.trace.shape)
        table += learner.alpha * delta[:, None] * self.trace
        self.trace[:, np.arange(learner.members)[who][over]] = 0


@no_type_check
class Dyna(QLearning):
    """Dyna-Q (Sutton 1990; section 8.2): after each real step, some more that are remembered."""

    def enter(self) -> None:
        size = (4, self.learner.members, self.learner.world.cells)
        self.to, self.pay = np.zeros(size, int), np.zeros(size)
        self.known, self.many = np.zeros(size, bool), np.zeros(size[1], int)
        self.seen = np.zeros((size[1], 4 * size[2]), int)

    def learn(
        self, who: Members, move: np.ndarray, reward: np.ndarray, place: np.ndarray, after: Any, over: np.ndarray, chance: np.ndarray
    ) -> None:
        super().learn(who, move, reward, place, after, over, chance)
        self.remember(np.arange(self.learner.members)[who], move, reward, place)
        for u in chance[PLANS:]:
            self.plan(who, u)

    def remember(self, members: np.ndarray, move: np.ndarray, reward: np.ndarray, place: np.ndarray) -> None:
        """What the move led to the last time."""
        self.to.reshape(-1)[move], self.pay.reshape(-1)[move] = place, reward
        new = ~self.known.reshape(-1).take(move)
        self.seen[members[new], self.many[members[new]]] = move[new]
        self.known.reshape(-1)[move] = True
        self.many[members] += new

    def plan(self, who: Members, u: np.ndarray) -> None:
        members = np.arange(self.learner.members)[who]
        move = self.seen[members, (u * self.many[who]).astype(int)]
        place = self.to.reshape(-1).take(move)
        self.learner.update(move, self.pay.reshape(-1).take(move), self.learner.gamma, self.coming(who, place, None))


@no_type_check
class DoubleQ(QLearning):
    """Van Hasselt 2010; section 6.7: one table chooses, the other says what it is worth. The agent acts by their mean."""

    def __init__(self, learner: Learner):
        super().__init__(learner)
        self.two = np.stack([learner.q, learner.q])

    def enter(self) -> None:
        self.two *= np.tile(self.learner.world.free, self.learner.members)

    def learn(
        self, who: Members, move: np.ndarray, reward: np.ndarray, place: np.ndarray, after: Any, over: np.ndarray, chance: np.ndarray
    ) -> None:
        learner, flat = self.learner, self.two.reshape(-1)
        mine = (chance[COIN] < 0.5).astype(int)
        best = first_of_the_largest(self.two[mine, :, place].T)
        coming = self.two[1 - mine, best, place]
        which = mine * learner.flat.size + move
        old = flat.take(which)
        flat[which] = old + learner.alpha * (reward + learner.gamma * coming - old)
        learner.flat[move] = (flat.take(move) + flat.take(move + learner.flat.size)) / 2


RULES: dict[str, type[QLearning]] = {
    "q_learning": QLearning,
    "sarsa": Sarsa,
    "expected_sarsa": ExpectedSarsa,
    "n_step": NStep,
    "lambda": Lambda,
    "dyna": Dyna,
    "double_q": DoubleQ,
}

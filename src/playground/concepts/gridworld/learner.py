"""Many agents at once, each with its own table, its own episodes and its own chance, in lock-step: a step is an array operation.

Types are not checked at run time here: that would take longer than the step itself.
"""

from collections.abc import Callable
from typing import Any, no_type_check

import numpy as np

from playground.concepts.gridworld.dynamics import Dynamics
from playground.concepts.gridworld.params import ON_POLICY, Params

BLOCK = 256  # steps for which chance is drawn ahead
CHOICE, WHETHER, ASIDE, COIN, PLANS = slice(0, 4), 4, 5, 6, 7  # what a step's numbers decide
UNSURE = 1e-9  # decides between actions that are worth the same

Members = Any  # those that still walk: an index array, or all as a slice


@no_type_check
class Chance:
    """Numbers from 0 to 1, a column a member, from a generator each: how many members there are changes none of them.

    What chance adds to the score of an action, and which it would take by itself, are reckoned a block ahead.
    """

    def __init__(self, params: Params, numbers: range, ways: np.ndarray):
        self.generators, self.members = [np.random.default_rng([params.seed, number]) for number in numbers], len(numbers)
        self.noise, self.ways, rows = NOISE[params.explore], ways, width(params)
        self.kept, self.drawn = np.zeros((self.members, BLOCK, rows)), np.zeros((rows, BLOCK, self.members))
        self.columns = self.drawn.reshape(rows, -1)
        self.next = BLOCK * self.members + np.arange(self.members)  # each member's next column
        self.left = 0

    def __call__(self, who: Members) -> tuple[np.ndarray, np.ndarray]:
        """A step's numbers, and the action that chance alone would take."""
        if not self.left:
            self.refill()
        self.left -= 1
        columns = self.next[who]
        found = self.columns.take(columns, 1), self.any_one.take(columns)
        self.next[who] += self.members
        return found

    def refill(self) -> None:
        for kept, column, g in zip(self.kept, self.next.tolist(), self.generators, strict=True):
            used = column // self.members
            kept[: BLOCK - used] = kept[used:].copy()
            g.random(out=kept[BLOCK - used :])
        self.drawn[:] = self.kept.transpose(2, 1, 0)
        self.columns[CHOICE] = self.noise(self.columns[CHOICE])
        self.any_one = first_of_the_largest(self.columns[CHOICE], self.ways)
        self.next[:] = np.arange(self.members)
        self.left = BLOCK


@no_type_check
class Learner:
    """`members` agents in lock-step. A place is a member's own copy of a cell: member * cells + cell; a move is action + place.

    q (4, members * cells): actions first, since an operation on rows of four numbers would take many times
    as long; an action is the number where its row begins. A rule says what is learnt of a step; on_policy ones are told the next
    action before.
    """

    def __init__(self, params: Params, world: Dynamics, rule: "Callable[[Learner], Any]", numbers: range):
        self.params, self.members, self.on_policy = params, len(numbers), params.agent in ON_POLICY
        self.alpha, self.gamma = params.alpha, params.gamma
        self.base = np.arange(self.members) * world.cells
        first = params.bonus if params.explore == "optimistic" else 0.0
        self.q = np.ones((4, 1)) * np.where(np.tile(world.free, self.members), first, 0.0)
        self.flat, self.places = self.q.reshape(-1), self.q.shape[1]
        self.ways = np.arange(4)[:, None] * self.places
        self.tried = np.zeros_like(self.q)
        self.chance, self.scored = Chance(params, numbers, self.ways), SCORE[params.explore]
        self.episode, self.length = np.zeros(self.members, int), np.zeros(self.members, int)
        self.epsilons = np.array([params.epsilon_at(episode) for episode in range(params.episodes + 1)])
        self.epsilon = np.full(self.members, self.epsilons[0])
        self.rule = rule(self)
        self.enter(world)

    @property
    def tables(self) -> np.ndarray:
        """(members, cells, 4)."""
        return self.q.T.reshape(self.members, self.world.cells, 4)

    def enter(self, world: Dynamics) -> None:
        """Come into a world, perhaps in the midst of learning: everyone stands at its start."""
        self.world, free = world, np.tile(world.free, self.members)
        self.to = (world.to.T[:, None] + self.base[:, None]).reshape(-1)
        self.pay = np.tile(world.pay.T, (1, self.members)).reshape(-1)
        self.ends = np.tile(world.ends, self.members)
        self.aside = np.tile(world.aside, self.members)
        self.slips = bool(world.aside.any())
        self.q *= free
        self.start = self.base + world.start
        self.rule.enter()
        self.move = self.start + self.choose(slice(None), self.start, *self.chance(slice(None)))

    def choose(self, who: Members, place: np.ndarray, chance: np.ndarray, any_one: np.ndarray) -> np.ndarray:
        """The best action by its score, but with chance ε any; of those that tie, any."""
        score = self.scored(self, self.q.take(place, 1), place)
        score += chance[CHOICE]
        return np.where(chance[WHETHER] < self.epsilon[who], any_one, first_of_the_largest(score, self.ways))

    def advance(self, episode: int) -> None:
        """Walk until everyone has finished so many episodes."""
        while True:
            left = self.episode < episode
            if not left.any():
                return
            who: Members = slice(None) if left.all() else np.flatnonzero(left)
            while not self.step(who, episode):
                pass

    def step(self, who: Members, last: int) -> bool:
        """One step of everyone. True once someone has finished the last episode."""
        move, (chance, any_one) = self.move[who], self.chance(who)
        if self.params.explore == "count":
            self.tried.reshape(-1)[move] += 1
        gone = self.slipped(move, chance) if self.slips else move
        place, reward = self.to.take(gone), self.pay.take(gone)
        self.length[who] += 1
        over = self.ends.take(place)
        over |= self.length[who] >= self.world.longest
        after = self.choose(who, place, chance, any_one) if self.on_policy else None
        self.rule.learn(who, move, reward, place, after, over, chance)
        ended = over.nonzero()[0]
        if len(ended):
            those = ended if isinstance(who, slice) else who[ended]
            self.begin(those)
            place[ended] = self.start[those]
        if after is None:
            after = self.choose(who, place, chance, any_one)
        elif len(ended):
            after = np.where(over, self.choose(who, place, chance, any_one), after)
        self.move[who] = after + place
        return len(ended) and bool((self.episode[those] >= last).any())

    def slipped(self, move: np.ndarray, chance: np.ndarray) -> np.ndarray:
        """The move that is gone: the chosen direction, or one of the two beside it."""
        p, u = self.aside.take(move % self.places), chance[ASIDE]
        turned = move + self.places * (np.where(u < p, 1, 0) - np.where(u >= 1 - p, 1, 0))
        return turned % len(self.flat)

    def begin(self, those: np.ndarray) -> None:
        """The next episode of those whose last one is over."""
        self.episode[those] += 1
        self.length[those] = 0
        self.epsilon[those] = self.epsilons.take(self.episode[those])

    def update(self, move: np.ndarray, reward: np.ndarray, discount: Any, coming: np.ndarray) -> None:
        """Q ← Q + α [reward + discount · coming − Q]."""
        old = self.flat.take(move)
        new = discount * coming
        new += reward
        new -= old
        new *= self.alpha
        new += old
        self.flat[move] = new


def width(params: Params) -> int:
    """Numbers a step needs."""
    return PLANS + (params.planning if params.agent == "dyna" else 0)


def first_of_the_largest(rows: np.ndarray, ways: np.ndarray) -> np.ndarray:
    """argmax over four rows, said by what stands in `ways` (4, 1) for it."""
    left, right = rows[::2], rows[1::2]
    better, most = np.where(right > left, ways[1::2], ways[::2]), np.maximum(left, right)
    return np.where(most[1] > most[0], better[1], better[0])


def largest(rows: np.ndarray) -> np.ndarray:
    """max over four rows."""
    most = np.maximum(rows[::2], rows[1::2])
    return np.maximum(most[0], most[1])


Score = Callable[[Learner, np.ndarray, np.ndarray], np.ndarray]


@no_type_check
def by_value(learner: Learner, q: np.ndarray, place: np.ndarray) -> np.ndarray:
    return q


@no_type_check
def by_softmax(learner: Learner, q: np.ndarray, place: np.ndarray) -> np.ndarray:
    """With chance proportional to exp(Q / temperature), by the Gumbel-max trick."""
    return q / learner.params.temperature


@no_type_check
def by_count(learner: Learner, q: np.ndarray, place: np.ndarray) -> np.ndarray:
    """What was seldom tried is worth trying: Q + bonus / √(n + 1)."""
    return q + learner.params.bonus / np.sqrt(learner.tried.take(place, 1) + 1)


def tie_breaking(u: np.ndarray) -> np.ndarray:
    return UNSURE * u


def gumbel(u: np.ndarray) -> np.ndarray:
    return -np.log(-np.log(np.maximum(u, 1e-300)))


SCORE: dict[str, Score] = {"epsilon": by_value, "softmax": by_softmax, "optimistic": by_value, "count": by_count}
NOISE = {"epsilon": tie_breaking, "softmax": gumbel, "optimistic": tie_breaking, "count": tie_breaking}

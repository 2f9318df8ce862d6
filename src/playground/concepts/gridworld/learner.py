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
NEAR = 0.95  # how much of what is new is left when it is a step farther
UNTRIED = 1 / (1 - NEAR)  # novelty of what was never tried: at most as much is anywhere

Members = Any  # those that still walk: an index array, or all as a slice


@no_type_check
class Chance:
    """Numbers from 0 to 1, a column a member, from a generator each: how many members there are changes none of them."""

    def __init__(self, seed: int, numbers: range, width: int):
        self.generators, members = [np.random.default_rng([seed, number]) for number in numbers], len(numbers)
        self.kept = np.zeros((members, BLOCK, width))
        self.rows = self.kept.reshape(-1, width)
        self.first = np.arange(members) * BLOCK
        self.next = self.first + BLOCK
        self.left = 0

    def __call__(self, who: Members) -> np.ndarray:
        if not self.left:
            self.refill()
        self.left -= 1
        numbers = self.rows.take(self.next[who], 0)
        self.next[who] += 1
        return numbers.T

    def refill(self) -> None:
        for kept, used, g in zip(self.kept, (self.next - self.first).tolist(), self.generators, strict=True):
            if used < BLOCK:
                kept[: BLOCK - used] = kept[used:].copy()
            g.random(out=kept[BLOCK - used :])
        self.next[:] = self.first
        self.left = BLOCK


@no_type_check
class Learner:
    """`members` agents in lock-step. A place is a member's own copy of a cell: member * cells + cell; a move is action * places + place.

    q (4, members * cells): actions first, since an operation on rows of four numbers would take many times
    as long. A rule says what is learnt of a step; on_policy ones are told the next action before.
    """

    def __init__(self, params: Params, world: Dynamics, rule: "Callable[[Learner], Any]", numbers: range):
        self.params, self.members, self.on_policy = params, len(numbers), params.agent in ON_POLICY
        self.alpha, self.gamma = params.alpha, params.gamma
        self.base = np.arange(self.members) * world.cells
        first = params.bonus if params.explore == "optimistic" else 0.0
        self.q = np.ones((4, 1)) * np.where(np.tile(world.free, self.members), first, 0.0)
        self.flat, self.places = self.q.reshape(-1), self.q.shape[1]
        self.tried, self.curious = np.zeros_like(self.q), params.seeks_the_new
        self.chance = Chance(params.seed, numbers, width(params))
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
        if self.curious:
            self.tried[:], self.novelty = 0, np.full_like(self.q, UNTRIED)
        self.at = self.base + world.start
        self.rule.enter()
        self.action = self.choose(slice(None), self.at, self.chance(slice(None)))

    def choose(self, who: Members, at: np.ndarray, chance: np.ndarray) -> np.ndarray:
        return first_of_the_largest(CHOOSE[self.params.explore](self, self.q.take(at, 1), chance, who, at))

    def advance(self, episode: int) -> None:
        """Walk until everyone has finished so many episodes."""
        who: Members = slice(None)
        while True:
            left = self.episode < episode
            if not left.any():
                return
            who = slice(None) if left.all() else np.flatnonzero(left)
            while not self.step(who, episode):
                pass

    def step(self, who: Members, last: int) -> bool:
        """One step of everyone. True once someone has finished the last episode."""
        at, action, chance = self.at[who], self.action[who], self.chance(who)
        move = action * self.places + at
        if self.params.explore == "count":
            self.tried.reshape(-1)[move] += 1
        gone = self.slipped(at, action, chance) if self.slips else move
        place, reward = self.to.take(gone), self.pay.take(gone)
        self.length[who] += 1
        ends = self.ends.take(place)
        over = ends | (self.length[who] >= self.world.longest)
        if self.curious:
            self.note(move, np.where(ends, self.base[who] + self.world.start, place))
        after = self.choose(who, place, chance) if self.on_policy else None
        self.rule.learn(who, move, reward, place, after, over, chance)
        if ended := bool(over.any()):
            place = self.begin(who, place, over)
        if after is None:
            after = self.choose(who, place, chance)
        elif ended:
            after = np.where(over, self.choose(who, place, chance), after)
        self.at[who], self.action[who] = place, after
        return ended and bool((self.episode[who] >= last).any())

    def note(self, move: np.ndarray, ahead: np.ndarray) -> None:
        """What is new about a move, as Walker has it."""
        times = self.tried.take(move)
        times += 1
        self.tried.reshape(-1)[move] = times
        self.novelty.reshape(-1)[move] = 1 / times + NEAR * self.novelty.take(ahead, 1).max(0)

    def slipped(self, at: np.ndarray, action: np.ndarray, chance: np.ndarray) -> np.ndarray:
        """The move that is gone: the chosen direction, or one of the two beside it."""
        p, u = self.aside.take(at), chance[ASIDE]
        return (action + np.where(u < p, 1, 0) - np.where(u >= 1 - p, 1, 0)) % 4 * self.places + at

    def begin(self, who: Members, place: np.ndarray, over: np.ndarray) -> np.ndarray:
        """Those whose episode is over begin the next one."""
        ended = np.arange(self.members)[who][over]
        self.episode[ended] += 1
        self.length[ended] = 0
        self.epsilon[ended] = self.epsilons[self.episode[ended]]
        return np.where(over, self.base[who] + self.world.start, place)

    def update(self, move: np.ndarray, reward: np.ndarray, discount: Any, coming: np.ndarray) -> None:
        """Q ← Q + α [reward + discount · coming − Q]."""
        old = self.flat.take(move)
        self.flat[move] = old + self.alpha * (reward + discount * coming - old)


def width(params: Params) -> int:
    """Numbers a step needs."""
    return PLANS + (params.planning if params.agent == "dyna" else 0)


def first_of_the_largest(rows: np.ndarray) -> np.ndarray:
    """argmax over four rows."""
    one, two = rows[1] > rows[0], 2 + (rows[3] > rows[2])
    return np.where(np.maximum(rows[2], rows[3]) > np.maximum(rows[0], rows[1]), two, one)


Chooser = Callable[[Learner, np.ndarray, np.ndarray, Members, np.ndarray], np.ndarray]


@no_type_check
def by_epsilon(learner: Learner, q: np.ndarray, chance: np.ndarray, who: Members, at: np.ndarray) -> np.ndarray:
    """As Walker's."""
    exploring = chance[WHETHER] < learner.epsilon[who]
    np.copyto(q, learner.novelty.take(at, 1) if learner.curious else 0.0, where=exploring)
    q += UNSURE * chance[CHOICE]
    return q


@no_type_check
def by_softmax(learner: Learner, q: np.ndarray, chance: np.ndarray, who: Members, at: np.ndarray) -> np.ndarray:
    """With chance proportional to exp(Q / temperature), by the Gumbel-max trick."""
    return q / learner.params.temperature - np.log(-np.log(np.maximum(chance[CHOICE], 1e-300)))


@no_type_check
def by_count(learner: Learner, q: np.ndarray, chance: np.ndarray, who: Members, at: np.ndarray) -> np.ndarray:
    """What was seldom tried is worth trying: Q + bonus / √(n + 1)."""
    return q + learner.params.bonus / np.sqrt(learner.tried.take(at, 1) + 1) + UNSURE * chance[CHOICE]


CHOOSE: dict[str, Chooser] = {"epsilon": by_epsilon, "softmax": by_softmax, "optimistic": by_epsilon, "count": by_count}

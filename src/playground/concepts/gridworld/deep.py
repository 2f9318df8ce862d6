"""A deep Q-network: Q is not a table but a function of what the agent sees of its cell (Mnih et al. 2015).

Types are not checked at run time here: that would take longer than the step itself.
"""

from functools import partial
from itertools import pairwise
from typing import no_type_check

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import one_hot

from playground.concepts.gridworld.agents import QLearning
from playground.concepts.gridworld.params import DEEP_EVERY
from playground.concepts.gridworld.walker import Walker

BATCH = 32  # moves that are remembered at once
ADAM = 0.01  # of α: Adam's steps are as long as its rate, whatever the surprise
STEEPEST = 10.0  # length to which a gradient is cut, so that what diverges does so slowly
CALM = 1e-3  # Adam's ε: while there is nothing to learn its steps stay small, or no relu would live to see the first reward
MAKE = {"adam": partial(torch.optim.Adam, eps=CALM), "sgd": torch.optim.SGD}


def seen(rows: int, columns: int, sees: str) -> Tensor:
    """What the network is told of each cell, (cells, features): which one it is, or only its row and its column; one-hot."""
    cells = torch.arange(rows * columns)
    told = [one_hot(cells)] if sees == "cell" else [one_hot(cells // columns), one_hot(cells % columns)]
    return torch.cat(told, 1).double()


def layers(features: int, hidden: int, g: torch.Generator) -> list[Tensor]:
    """W₁, b₁, W₂, b₂, W₃, or W alone without hidden units. The last begins at 0: at first nothing is known."""
    sizes = [features, hidden, hidden] if hidden else [features]
    below = [(torch.randn(i, o, generator=g).double() * (2 / i) ** 0.5, torch.zeros(o).double()) for i, o in pairwise(sizes)]
    return [w.requires_grad_() for w in (*(part for pair in below for part in pair), torch.zeros(sizes[-1], 4).double())]


def q_of(theta: list[Tensor], x: Tensor) -> Tensor:
    """Q of four actions, (many, 4), for what is seen, (many, features): layers with relu between them."""
    for w, b in zip(theta[:-1:2], theta[1::2], strict=True):
        x = (x @ w + b).relu()
    return x @ theta[-1]


def loss_of(q: Tensor, a: Tensor, y: Tensor) -> Tensor:
    """½ [y − Q(s, a)]², the mean of a batch. y stands still: the gradient flows through Q alone."""
    return 0.5 * (y - q.gather(1, a[:, None])[:, 0]).square().mean()


class Memory:
    """The last moves, in arrays that begin anew when they are full; a batch is drawn from them at random."""

    def __init__(self, size: int, g: torch.Generator):
        self.g, self.size, self.many = g, size, 0
        self.s, self.a, self.s2 = np.zeros((3, size), int)
        self.r = np.zeros(size)
        self.tensors = [torch.from_numpy(part) for part in (self.s, self.a, self.r, self.s2)]

    def keep(self, s: int, a: int, r: float, s2: int) -> None:
        i = self.many % self.size
        self.s[i], self.a[i], self.r[i], self.s2[i] = s, a, r, s2
        self.many += 1

    def batch(self) -> list[Tensor]:
        """s, a, r, s'."""
        i = torch.randint(min(self.many, self.size), (BATCH,), generator=self.g)
        return [part[i] for part in self.tensors]


@no_type_check
class DQN(QLearning):
    """Each step is kept; a batch from memory is pulled towards y = r + γ max Q(s', ·) of a network that stands still for a while.

    There is an update for every fourth step, or sooner, so that none is forgotten before it was looked at.
    """

    def __init__(self, walker: Walker):
        super().__init__(walker)
        params, (rows, columns) = walker.params, walker.params.laid.letters.shape
        self.g = torch.Generator().manual_seed(params.seed)
        self.x = seen(rows, columns, params.sees)
        self.theta = layers(self.x.shape[1], params.hidden, self.g)
        self.first = params.bonus if params.explore == "optimistic" else 0.0
        self.optimizer = MAKE[params.optimizer](self.theta)
        self.updates, self.every = 0, min(DEEP_EVERY, params.memory)

    def enter(self) -> None:
        """Another world: what was remembered of the old one is forgotten, but for what the network knows."""
        self.memory = Memory(self.walker.params.memory, self.g)
        self.free = torch.from_numpy(self.walker.world.free)[:, None]
        self.show()
        self.copy()

    def learn(self, s: int, a: int, r: float, s2: int, a2: int, over: bool, u: list[float]) -> None:
        walker, old, coming = self.walker, self.walker.q[s][a], self.worth[s2].item()
        self.memory.keep(s, a, r, s2)
        replayed = self.look_back() if self.memory.many % self.every == 0 else {}
        if walker.watching:
            walker.tell(s, a, r, walker.gamma, coming, old, walker.q[s][a], trace=replayed)
            del walker.told[-1]["numbers"]["alpha"]  # how much of the surprise is learnt is for the network to say

    def look_back(self) -> dict[tuple[int, int], float]:
        """Learn from a batch; its moves."""
        s, a, r, s2 = self.memory.batch()
        self.update(s, a, r, s2)
        self.show()
        if self.updates % self.walker.params.copied == 0:
            self.copy()
        return dict.fromkeys(zip(s.tolist(), a.tolist(), strict=True), 1.0) if self.walker.watching else {}

    def update(self, s: Tensor, a: Tensor, r: Tensor, s2: Tensor) -> None:
        """One step down the gradient of the batch's loss."""
        y = r + self.walker.gamma * self.worth[s2]
        self.optimizer.zero_grad()
        loss_of(self.first + q_of(self.theta, self.x[s]), a, y).backward()
        torch.nn.utils.clip_grad_norm_(self.theta, STEEPEST)
        self.optimizer.param_groups[0]["lr"] = self.walker.alpha * (ADAM if self.walker.params.optimizer == "adam" else 1.0)
        self.optimizer.step()
        self.updates += 1

    def copy(self) -> None:
        """The target network, θ⁻ ← θ. It stands still until the next time, so what it says of all cells is reckoned once."""
        self.worth = torch.tensor(self.walker.q, dtype=torch.float64).max(1).values

    @torch.no_grad()
    def show(self) -> None:
        """What the network says now, as a table, by which the agent acts."""
        self.walker.q = ((self.first + q_of(self.theta, self.x)) * self.free).tolist()

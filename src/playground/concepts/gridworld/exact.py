"""What is best in a known world: dynamic programming, to the last digits. This is what learning is measured against."""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Float64

from playground.concepts.gridworld.dynamics import Dynamics, reachable
from playground.params import Flaw, Refused

Q = Float64[np.ndarray, "cells 4"]
V = Float64[np.ndarray, " cells"]
Policy = Float64[np.ndarray, "cells 4"]  # probabilities; in cells without actions all are 0
TIE = 1e-6  # values this near count as equal
SWEEPS, FAR = 2_000, 1e7  # of value iteration at γ = 1 before it is given up; a value that no way to an end has
DOUBLED = 4  # times, until many steps are one matrix
ENDLESS = 1e-12  # what a step that surely leads nowhere is short of for ever


def backed_up(world: Dynamics, v: V, gamma: float) -> Q:
    """Bellman: Q(s, a) = E[r + γ v(s')]; 0 where nothing is to be done."""
    return world.mixed(world.pay + gamma * v[world.to]) * world.free[:, None]


def value(q: Float64[np.ndarray, "*many 4"], epsilon: float) -> Float64[np.ndarray, "*many"]:
    """Of who takes the best action, but with ε any (Sutton & Barto 2018, section 5.4)."""
    return (1 - epsilon) * q.max(-1) + epsilon * q.mean(-1)


def greedy(q: Float64[np.ndarray, "*many cells 4"], world: Dynamics) -> Bool[np.ndarray, "*many cells 4"]:
    """The best actions, all that tie."""
    return (q >= q.max(-1, keepdims=True) - TIE) & world.free[:, None]


def soft(best: Bool[np.ndarray, "*many 4"], epsilon: float) -> Float64[np.ndarray, "*many 4"]:
    """The best actions in equal parts, and with ε any."""
    return (1 - epsilon) * best / np.maximum(best.sum(-1, keepdims=True), 1) + epsilon * best.any(-1, keepdims=True) / 4


def transitions(world: Dynamics, policy: Float64[np.ndarray, "*many cells 4"]) -> Float64[np.ndarray, "*many cells cells"]:
    """P(s, s') under a policy: rows of what is no place to act are 0."""
    p = world.aside[:, None]
    gone = (1 - 2 * p) * policy + p * (np.roll(policy, 1, -1) + np.roll(policy, -1, -1))  # the directions that are gone
    to = np.zeros((*policy.shape[:-2], world.cells, world.cells))
    for a in range(4):
        to[..., np.arange(world.cells), world.to[:, a]] += gone[..., a]
    return to


def evaluated(world: Dynamics, policy: Float64[np.ndarray, "*many cells 4"], gamma: float) -> Float64[np.ndarray, "*many cells"]:
    """v = r + γ P v, solved. With γ = 1, who never ends is counted for a million million steps."""
    rewards = (policy * world.mixed(world.pay)).sum(-1)
    return solved(transitions(world, policy), min(gamma, 1 - ENDLESS), rewards)


def solved(p: np.ndarray, gamma: float, rewards: np.ndarray) -> np.ndarray:
    return np.linalg.solve(np.eye(p.shape[-1]) - gamma * p, rewards[..., None])[..., 0]


def lengths(world: Dynamics, policy: Float64[np.ndarray, "*many cells 4"]) -> Float64[np.ndarray, "*many"] | float:
    """Mean steps from the start to an end, at most those after which an episode is cut off."""
    steps = solved(transitions(world, policy), 1 - ENDLESS, policy.sum(-1))
    return np.minimum(steps[..., world.start], world.longest)


def returns(world: Dynamics, policy: Float64[np.ndarray, "*many cells 4"], gamma: float) -> Float64[np.ndarray, "*many"] | float:
    """Mean discounted return from the start; with γ = 1 of an episode that is cut off, where one may never end."""
    found = evaluated(world, policy, gamma)[..., world.start]
    if gamma < 1 or np.all(ends := lengths(world, policy) < world.longest):
        return found
    return np.where(ends, found, cut_off(world, policy))


def cut_off(world: Dynamics, policy: Float64[np.ndarray, "*many cells 4"]) -> Float64[np.ndarray, "*many"] | float:
    """The undiscounted return of an episode's most steps. They are taken 2^DOUBLED at once: v_2n = v_n + Pⁿ v_n."""
    p, rewards = transitions(world, policy), (policy * world.mixed(world.pay)).sum(-1)
    v = _walked(p, rewards, np.zeros_like(rewards), world.longest % 2**DOUBLED)
    for _ in range(DOUBLED):
        p, rewards = p @ p, _walked(p, rewards, rewards, 1)
    return _walked(p, rewards, v, world.longest >> DOUBLED)[..., world.start]


def _walked(p: np.ndarray, rewards: np.ndarray, v: np.ndarray, times: int) -> np.ndarray:
    for _ in range(times):
        v = rewards + (p @ v[..., None])[..., 0]
    return v


@dataclass(frozen=True)
class Best:
    """The best policy that takes any action with chance ε: its Q, its actions, what it gets from the start, in how many steps."""

    q: Q
    actions: Bool[np.ndarray, "cells 4"]
    epsilon: float
    gamma: float
    reach: Bool[np.ndarray, " cells"]
    value: float
    steps: float


def best(world: Dynamics, gamma: float, epsilon: float = 0.0) -> Best:
    """The best of all ε-soft policies; with ε = 0 of all. Raises Refused where a return knows no bound."""
    reach = reachable(world) & world.free
    q = undiscounted(replace(world, free=reach), epsilon) if gamma == 1 else improved(world, gamma, epsilon)
    policy = soft(greedy(q, world), epsilon)
    return Best(q, greedy(q, world), epsilon, gamma, reach, float(value(q, epsilon)[world.start]), float(lengths(world, policy)))


def improved(world: Dynamics, gamma: float, epsilon: float) -> Q:
    """Howard's policy iteration (1960): evaluate by a linear solve, improve, until nothing changes; among ε-soft policies, too."""
    q = np.zeros((world.cells, 4))
    for _ in range(world.cells):
        q = backed_up(world, value(q, epsilon), gamma)  # a few sweeps bring the first policy near
    for _ in range(world.cells):  # far more than it takes
        policy = soft((q.argmax(-1)[:, None] == np.arange(4)) & world.free[:, None], epsilon)
        v = evaluated(world, policy, gamma)
        q = backed_up(world, v, gamma)
        if (value(q, epsilon) - v * world.free).max() < 1e-10 * max(1.0, abs(v).max()):
            break
    return q


def undiscounted(world: Dynamics, epsilon: float) -> Q:
    """γ = 1, by value iteration until the last digits stand still, or where that takes long by policy iteration just below 1.

    Raises Refused where some cell's value has no bound, or one that is out of all proportion.
    """
    q, sure = np.zeros((world.cells, 4)), epsilon == 0 and not world.aside.any()
    for _ in range(world.cells + 1 if sure else SWEEPS):  # without chance no way is longer than there are cells (Bellman & Ford)
        q, old = backed_up(world, value(q, epsilon), 1.0), q
        if abs(q - old).max() < 1e-11:
            return q
    if sure or abs(q := improved(world, 1 - ENDLESS, epsilon)).max() > FAR:
        raise Refused(Flaw("gamma", "gamma_one"))
    return q


def agreement(q: Float64[np.ndarray, "*many cells 4"], world: Dynamics, best: Best) -> Float64[np.ndarray, "*many"] | float:
    """The share of cells, of those that can be reached, whose greedy actions are all among the best ones."""
    right = np.all(greedy(q, world) <= best.actions, axis=-1)
    return right[..., best.reach].mean(-1)


def error(q: Float64[np.ndarray, "*many cells 4"], best: Best) -> Float64[np.ndarray, "*many"] | float:
    """‖Q − Q*‖∞ over the cells that can be reached."""
    return abs(q - best.q)[..., best.reach, :].max((-2, -1))

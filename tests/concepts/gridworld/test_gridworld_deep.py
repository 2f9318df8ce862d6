"""Gridworld's deep Q-network: against a table, against its gradients worked out by hand, and against exact values."""

import numpy as np
import pytest
import torch

from playground.concepts.gridworld import deep, exact, model
from playground.concepts.gridworld.params import DEEP_EVERY, Params
from playground.concepts.gridworld.walker import Walker
from playground.params import Refused
from playground.words import LANGUAGES, sentence
from tests.playing import baked, collect, phase

LAKE = "SFFF/FHFI/FFFH/HFFG"
ROOM = "SFF/FFF/FFG"
TABLE = {"sees": "cell", "hidden": 0, "memory": 1, "copied": 1, "optimizer": "sgd"}  # a network that is one


def walker(**fields) -> Walker:
    params = Params(**{"agent": "dqn"} | fields)
    return Walker(params, model.here_at(params, 0), model.RULES[params.agent])


@pytest.mark.parametrize("explore", Params.choices("explore"))
def test_without_hidden_units_and_memory_it_is_a_table(explore: str) -> None:
    """One-hot cells, a linear layer, each step once, plain gradient descent: Watkins' rule, to the last digits."""
    plain = {"world": LAKE, "rewards": "1,0=-0.3", "episodes": 40, "slip": 0.1, "explore": explore}
    deep_one, table = walker(**plain, **TABLE), walker(**plain, agent="q_learning")
    for episode in (1, 5, 40):
        deep_one.advance(episode)
        table.advance(episode)
        assert deep_one.done == table.done
        assert deep_one.table == pytest.approx(table.table, abs=1e-9)
    assert abs(table.table).max() > 0.1


def by_hand(theta: list[np.ndarray], x: np.ndarray, a: np.ndarray, y: np.ndarray) -> list[np.ndarray]:
    """Backpropagation through two layers of relu, by the chain rule."""
    w1, b1, w2, b2, w3 = theta
    z1 = x @ w1 + b1
    h1 = np.maximum(z1, 0)
    z2 = h1 @ w2 + b2
    h2 = np.maximum(z2, 0)
    q = h2 @ w3
    dq = np.zeros_like(q)
    dq[np.arange(len(a)), a] = (q[np.arange(len(a)), a] - y) / len(a)
    dz2 = dq @ w3.T * (z2 > 0)
    dz1 = dz2 @ w2.T * (z1 > 0)
    return [x.T @ dz1, dz1.sum(0), h1.T @ dz2, dz2.sum(0), h2.T @ dq]


def in_the_middle(**fields) -> tuple[deep.DQN, list[torch.Tensor], list[np.ndarray], np.ndarray]:
    """A network that has learnt a little, a batch, its numbers, and the targets by the network that stands still."""
    one = walker(world=LAKE, rewards="1,0=-0.3", episodes=20, hidden=16, **fields)
    one.advance(6)
    s, _, r, s2 = batch = one.rule.memory.batch()
    y = np.array([float(r[i]) + 0.95 * float(one.rule.worth[s2[i]]) for i in range(len(s))])
    return one.rule, batch, [w.detach().numpy().copy() for w in one.rule.theta], y


def test_one_update_goes_down_the_gradient() -> None:
    rule, batch, theta, y = in_the_middle(optimizer="sgd", alpha=0.1)
    gradient = by_hand(theta, rule.x[batch[0]].numpy(), batch[1].numpy(), y)
    assert max(abs(part).max() for part in gradient) > 1e-4
    rule.update(*batch)
    for after, before, downhill in zip(rule.theta, theta, gradient, strict=True):
        assert after.detach().numpy() == pytest.approx(before - 0.1 * downhill, abs=1e-12)


def test_the_first_update_by_adam_is_kingmas() -> None:
    """Kingma & Ba 2015, algorithm 1: the first step is as long as its rate wherever the gradient is not nearly 0."""
    one = walker(world=LAKE, episodes=20, hidden=16, alpha=0.5)
    theta = [w.detach().numpy().copy() for w in one.rule.theta]
    batch = [torch.tensor(part) for part in ([14, 10, 4], [2, 1, 1], [1.0, -0.5, 0.25], [15, 14, 8])]
    gradient = by_hand(theta, one.rule.x[batch[0]].numpy(), batch[1].numpy(), batch[2].numpy())
    one.rule.update(*batch)
    for after, before, downhill in zip(one.rule.theta, theta, gradient, strict=True):
        assert after.detach().numpy() == pytest.approx(before - 0.005 * downhill / (abs(downhill) + deep.CALM), abs=1e-9)


def test_a_steep_gradient_is_cut() -> None:
    one = walker(world=LAKE, hidden=16, optimizer="sgd", alpha=1.0)
    before = torch.cat([w.detach().flatten() for w in one.rule.theta])
    one.rule.update(*(torch.tensor(part) for part in ([14], [2], [1e6], [15])))
    after = torch.cat([w.detach().flatten() for w in one.rule.theta])
    assert (after - before).norm().item() == pytest.approx(deep.STEEPEST)


def test_memory_keeps_the_last_moves() -> None:
    memory = deep.Memory(3, torch.Generator().manual_seed(0))
    for i in range(7):
        memory.keep(i, i % 4, i / 2, i + 1)
    assert sorted(memory.s) == [4, 5, 6]
    s, a, r, s2 = memory.batch()
    assert set(s.tolist()) == {4, 5, 6}, "of a batch of 32"
    assert torch.equal(a, s % 4)
    assert torch.equal(r, s / 2)
    assert torch.equal(s2, s + 1)


def test_the_target_stands_still_between_copies() -> None:
    one = walker(world=ROOM, copied=20, episodes=30)
    seen = {}
    for episode in range(1, 31):
        one.advance(episode)
        seen.setdefault(one.rule.updates // 20, set()).add(tuple(one.rule.worth.tolist()))
    assert all(len(told) == 1 for told in seen.values())
    assert len(set.union(*seen.values())) == len(seen) > 3


def test_what_it_sees() -> None:
    assert torch.equal(deep.seen(3, 4, "cell"), torch.eye(12, dtype=torch.float64))
    place = deep.seen(3, 4, "place")
    assert place.shape == (12, 7)
    assert place[6].tolist() == [0, 1, 0, 0, 0, 1, 0]


def test_it_begins_as_a_table_does() -> None:
    assert not walker(world=LAKE, explore="epsilon").table.any()
    hopeful = walker(world=LAKE, explore="optimistic", bonus=0.5)
    assert hopeful.table[hopeful.world.free] == pytest.approx(0.5)
    assert not hopeful.table[~hopeful.world.free].any()


def test_it_learns_alone() -> None:
    with pytest.raises(Refused) as refused:
        Params.checked({"agent": "dqn", "seeds": 2})
    (flaw,) = refused.value.flaws
    assert (flaw.field, flaw.code) == ("seeds", "dqn_alone")
    assert len({sentence(lang, flaw) for lang in LANGUAGES}) == 2


def test_a_great_world_is_refused_in_words() -> None:
    with pytest.raises(Refused) as refused:
        Params.checked({"agent": "dqn", "episodes": 5000, "world": "/".join(["S" + 19 * "F", *18 * [20 * "F"], 19 * "F" + "G"])})
    assert refused.value.flaws[0].code == "too_much_work"


@pytest.mark.parametrize("optimizer", Params.choices("optimizer"))
def test_what_diverges_stays_finite(optimizer: str) -> None:
    """Every step of the largest learning rate, no memory, no target network, a reward of 1000."""
    fields = {"optimizer": optimizer, "alpha": 1.0, "memory": 1, "copied": 1, "hidden": 128, "gamma": 0.99, "rewards": "0,1=1000;1,0=-1000"}
    for frame in collect("gridworld", agent="dqn", world=ROOM, episodes=40, **fields)[0]:
        assert all(np.isfinite(array).all() for array in frame.arrays.values())
        assert all(np.isfinite(value) for value in frame.metrics.values())


def known(**fields) -> float:
    """The cells of which the network knows a best action at the end."""
    one = walker(**fields)
    one.advance(one.params.episodes)
    return float(exact.agreement(one.table, one.world, exact.best(one.world, 0.95)))


def test_in_the_maze_a_network_learns_it_all_but_not_with_a_short_memory() -> None:
    assert phase(baked("gridworld", "dqn"), "train")[-1].metrics["policy_agreement"] >= 0.98
    assert known(episodes=150, memory=32) < 0.85


def test_row_and_column_help_more_than_they_mislead() -> None:
    assert known(episodes=100) > known(episodes=100, sees="cell") + 0.05


def test_slow_motion_says_what_it_saw_and_what_it_replayed() -> None:
    updates = phase(collect("gridworld", agent="dqn", world=ROOM, episodes=12, look_at=1)[0], "slow")
    assert len(updates) > 5
    for frame in updates:
        row, column, action, *_ = frame.arrays["update"]
        told = frame.metrics
        assert told["target"] == pytest.approx(told["reward"] + told["gamma"] * told["best_next"])
        assert frame.arrays["q"][row, column, action] == pytest.approx(told["new"], abs=1e-6)
        assert (frame.arrays["trace"] > 0).sum() <= deep.BATCH
        assert "alpha" not in told
    assert sum(frame.arrays["trace"].any() for frame in updates) == pytest.approx(len(updates) / DEEP_EVERY, abs=1), "every fourth step"


def test_a_wall_makes_it_learn_anew() -> None:
    """What was remembered of the world before is forgotten; the network is not."""
    fields = {"agent": "dqn", "world": "SFF/FFF/FFG", "episodes": 150, "copied": 10}
    plain, built = (phase(collect("gridworld", **fields, **more)[0], "train") for more in ({}, {"edits": "40:cell=2,1,W"}))
    for one, other in zip(plain, built, strict=True):
        same = all(np.array_equal(one.arrays[name], other.arrays[name]) for name in one.arrays)
        assert same == (one.step <= 40)
    assert built[-1].metrics["policy_agreement"] == 1.0


def test_exactness() -> None:
    """Against dynamic programming: with a small learning rate in a small world its values are the best ones."""
    one = walker(world=ROOM, episodes=200, epsilon_end=1.0, alpha=0.2, copied=20)
    one.advance(200)
    assert exact.error(one.table, exact.best(one.world, 0.95)) < 0.05

"""Gridworld's agents: against exact values, against each other, and against what the lesson says of them."""

from functools import cache
from itertools import pairwise

import numpy as np
import pytest

from playground import lesson
from playground.concept import load
from playground.concepts.gridworld import agents, exact, many, model
from playground.concepts.gridworld.learner import Learner
from playground.concepts.gridworld.params import ON_POLICY, PLANNERS, Params
from playground.concepts.gridworld.walker import Walker
from playground.frame import Frame
from tests.playing import collect, phase

CONCEPT = load("gridworld")
LAKE = "SFFF/FHFI/FFFH/HFFG"
ROOM = "SFF/FFF/FFG"
LEARNING = tuple(agents.RULES)


@cache
def frames(preset: str, agent: str = "") -> list[Frame]:
    fields = CONCEPT.presets[preset] | ({"agent": agent} if agent else {})
    return collect("gridworld", **fields)[0]


def last(preset: str, agent: str = "") -> Frame:
    return [frame for frame in frames(preset, agent) if frame.phase != "slow"][-1]


def walked(**fields) -> tuple[Walker, exact.Best]:
    """An agent at the end of its episodes, and what is best for one who explores as it did last."""
    params = Params(**fields)
    walker = Walker(params, model.here_at(params, 0), agents.RULES[params.agent])
    changes = {edit.step: params.at(edit.step).alpha for edit in params.changes}
    for episode in sorted({*changes, params.episodes}):
        walker.advance(episode)
        walker.alpha = changes.get(episode, walker.alpha)
    return walker, model.Judge(params).best(params.episodes - 1, params.agent in ON_POLICY)


@pytest.mark.parametrize("agent", LEARNING)
@pytest.mark.parametrize("explore", Params.choices("explore"))
@pytest.mark.parametrize("curious", [True, False])
def test_many_learn_as_one_does(agent: str, explore: str, curious: bool) -> None:
    """The same rules, written for one step and for arrays, with the same chance: the same tables, whoever walks beside."""
    plain = {"world": LAKE, "episodes": 12, "planning": 3, "epsilon": 0.5, "slip": 0.1, "alpha": 0.3}
    params = Params(**plain, agent=agent, explore=explore, curious=curious)
    here = model.here_at(params, 0)
    one, others = Walker(params, here, agents.RULES[agent]), Learner(params, here, many.RULES[agent], range(3))
    for episode in (1, 2, 5, 12):
        one.advance(episode)
        others.advance(episode)
        assert one.table == pytest.approx(others.tables[0], abs=1e-12)


@pytest.mark.parametrize("agent", ["q_learning", "dyna"])
@pytest.mark.parametrize("preset", ["default", "room", "cliff", "windy", "frozenlake4", "frozenlake8", "bridge", "two_rooms", "trap"])
def test_off_policy_agents_find_the_best_in_every_preset(preset: str, agent: str) -> None:
    short = {"planning": 2} if agent == "dyna" else {}
    walker, best = walked(**CONCEPT.presets[preset] | {"agent": agent} | short)
    assert exact.agreement(walker.table, walker.world, best) >= 0.98


def tried(episodes: int, **fields) -> np.ndarray:
    """How often each action was tried in each cell that can be reached."""
    walker, best = walked(world=CONCEPT.presets["frozenlake8"]["world"], epsilon_end=1.0, episodes=episodes, **fields)
    return np.array(walker.tried)[best.reach]


def test_the_curious_try_everything() -> None:
    """On the larger lake of gymnasium: each action everywhere, soon, and again and again."""
    assert tried(60).all()
    assert tried(1000).min() >= 10
    assert (tried(1000, curious=False) == 0).any()


@pytest.mark.parametrize("agent", ON_POLICY)
def test_who_learns_what_it_does_is_not_curious(agent: str) -> None:
    one, other = (walked(agent=agent, world=LAKE, episodes=20, curious=curious)[0] for curious in (True, False))
    assert one.done == other.done
    assert np.array_equal(one.table, other.table)


def test_a_new_world_is_new_again() -> None:
    walker, _ = walked(world=ROOM, episodes=50, epsilon_end=1.0)
    assert min(map(sum, walker.tried[:4])) > 20
    walker.enter(model.here_at(Params(world="SFF/FWF/FFG"), 0))
    assert not np.any(walker.tried)
    walker.advance(70)
    assert np.array(walker.tried)[walker.world.free].all()


@pytest.mark.parametrize("agent", [agent for agent in LEARNING if agent != "dyna"])
def test_values_become_exact_as_the_learning_rate_falls(agent: str) -> None:
    """With ε = 1 the policy is frozen: any action. The SARSA family then learns its values, the others still the best ones.

    Dyna-Q isn't here: it remembers only what a move led to last, which on ice is one of several.
    """
    edits = "300:alpha=0.1;900:alpha=0.02;2000:alpha=0.005"
    walker, best = walked(
        agent=agent, world="SFF/FII/FFG", gamma=0.8, epsilon=1.0, epsilon_end=1.0, alpha=0.4, episodes=3500, edits=edits, n=3, lam=0.5
    )
    assert best.epsilon == (1.0 if agent in ON_POLICY else 0.0)
    assert exact.error(walker.table, best) < 0.05


@pytest.mark.parametrize("agent", LEARNING)
def test_without_a_future_one_step_rewards_are_learnt(agent: str) -> None:
    walker, _ = walked(agent=agent, world=ROOM, rewards="0,1=0.5;1,1=-0.25", gamma=0.0, episodes=200, epsilon_end=1.0)
    told = walker.table[walker.world.free]
    assert told == pytest.approx(walker.world.pay[walker.world.free], abs=1e-3)


def test_q_learning_is_watkins() -> None:
    """Every update of the episode in slow motion, from the frames alone."""
    updates = phase(frames("room"), "slow")
    for before, after in pairwise(updates):
        row, column, action, row2, column2, _ = after.arrays["update"]
        told, q = after.metrics, before.arrays["q"]
        assert told["old"] == pytest.approx(q[row, column, action], abs=1e-6)
        assert told["best_next"] == pytest.approx(q[row2, column2].max(), abs=1e-6)
        assert told["reward"] == after.arrays["pay"][row, column, action]
        new = told["old"] + 0.5 * (told["reward"] + 0.95 * told["best_next"] - told["old"])
        assert told["new"] == pytest.approx(new)
        assert after.arrays["q"][row, column, action] == pytest.approx(new, abs=1e-6)


def test_traces_without_decay_forget_at_once() -> None:
    """λ = 0 is SARSA; one step is SARSA; no planning is Q-learning."""
    plain = {"world": LAKE, "episodes": 30, "slip": 0.1}
    for agent, fields, other in (("lambda", {"lam": 0.0}, "sarsa"), ("n_step", {"n": 1}, "sarsa"), ("dyna", {"planning": 0}, "q_learning")):
        (one, _), (two, _) = walked(agent=agent, **plain, **fields), walked(agent=other, **plain)
        assert one.table == pytest.approx(two.table, abs=1e-12)


@pytest.mark.parametrize("agent", LEARNING)
def test_an_episode_is_always_bounded(agent: str) -> None:
    """A pit of reward nobody would leave, and a world in which the goal is far beyond chance."""
    walker, _ = walked(agent=agent, world="SFF/FFF/FFG", rewards="0,1=9", episodes=5, epsilon=0.0, epsilon_end=0.0, planning=1)
    assert len(walker.done) == 5
    assert max(steps for _, steps in walker.done) <= walker.world.longest


def test_many_seeds_have_a_band_and_the_first_is_the_one() -> None:
    one, several = (collect("gridworld", world=ROOM, episodes=20, seeds=seeds)[0] for seeds in (1, 5))
    for alone, together in zip(phase(one, "train"), phase(several, "train"), strict=True):
        assert np.array_equal(alone.arrays["q"], together.arrays["q"])
        assert together.arrays["v_all"].shape == (5, 3, 3)
        assert together.arrays["v_all"][0] == pytest.approx(together.arrays["v"], abs=1e-3)
        told = together.metrics
        assert told["q_error_low"] <= min(told["q_error"], told["q_error_median"]) <= told["q_error_high"]


def test_a_wall_that_is_built_while_it_learns_stands() -> None:
    """From its episode on: in the world, in the table, in what is best."""
    built = collect("gridworld", world=ROOM, episodes=100, edits="40:cell=1,1,W;60:cell=0,1:0.5")[0]
    for frame in phase(built, "train"):
        wall, paid = frame.step > 40, frame.step > 60
        assert (frame.arrays["world"][1, 1] == ord("W")) == wall
        assert frame.arrays["q"][1, 1].any() <= (not wall)
        assert frame.arrays["reward"][0, 1] == (0.5 if paid else 0)
    assert len({frame.metrics["best"] for frame in phase(built, "train")}) == 2


def test_frames_hold_what_is_promised() -> None:
    for frame in frames("default"):
        rows, columns = frame.arrays["world"].shape
        q, blocked = frame.arrays["q"], np.isin(frame.arrays["world"], [ord(letter) for letter in "WHG"])
        assert q.shape == (rows, columns, 4)
        assert not q[blocked].any()
        assert not frame.arrays["policy"][blocked].any()
        assert frame.arrays["v"] == pytest.approx(q.max(-1))
        assert frame.arrays["policy"][~blocked].all()


SOLUTIONS = {"puzzle": "2,3=-1", "puzzle_circle": "1,1=0.2", "puzzle_home": "0,2=0.3;1,4=100"}


@pytest.mark.parametrize("preset", SOLUTIONS)
def test_each_puzzle_has_a_solution_and_begins_unsolved(preset: str) -> None:
    fields = CONCEPT.presets[preset] | {"agent": "value_iteration"}
    first = collect("gridworld", **fields)[0][-1].metrics["solved"]
    found = collect("gridworld", **fields | {"rewards": SOLUTIONS[preset]})[0][-1].metrics["solved"]
    assert (first, found) == (0.0, 1.0)
    assert collect("gridworld", **CONCEPT.presets[preset] | {"rewards": SOLUTIONS[preset]})[0][-41].metrics.get("solved", 1.0) == 1.0


@pytest.mark.parametrize("against", ["2,3=-1;2,2=-1", ""])
def test_a_puzzle_minds_its_rules(against: str) -> None:
    fields = CONCEPT.presets["puzzle"] | {"agent": "value_iteration", "rewards": against}
    assert collect("gridworld", **fields)[0][-1].metrics["solved"] == 0.0


# what the lesson says


def path(frame: Frame) -> list[tuple[int, int]]:
    """The greedy policy's way, followed by the arrays that are sent."""
    at = tuple(np.argwhere(frame.arrays["world"] == ord("S"))[0])
    way = [at]
    while not frame.arrays["ends"][at] and len(way) < 100:
        action = int(frame.arrays["q"][at].argmax())
        at = tuple(int(i) for i in frame.arrays["next"][at][action])
        way.append(at)
    return way


def test_the_maze_is_understood() -> None:
    told = last("default").metrics
    assert told["policy_agreement"] >= 0.98
    assert told["steps"] == pytest.approx(18)
    assert told["best"] == pytest.approx(0.95**17)


@pytest.mark.parametrize("careful", [("cliff", "sarsa"), ("cliff_sarsa", "")])
def test_at_the_cliff_q_learning_takes_the_edge_and_sarsa_keeps_away(careful: tuple[str, str]) -> None:
    bold, timid = last("cliff"), last(*careful)
    assert len(path(bold)) - 1 == 13
    assert {row for row, column in path(bold) if 1 <= column <= 10} == {2}
    assert len(path(timid)) - 1 > 13


def test_at_the_cliff_exploring_at_random_costs_q_learning_more_than_sarsa() -> None:
    """The lesson's link."""
    fields = CONCEPT.presets["cliff"] | {"curious": False, "episodes": 1500}
    bold, timid = (phase(collect("gridworld", **fields, agent=agent)[0], "train")[-15:] for agent in ("q_learning", "sarsa"))
    assert np.mean([f.metrics["episode_return"] for f in timid]) > np.mean([f.metrics["episode_return"] for f in bold])


def test_the_trap_pays_and_the_cure_cures() -> None:
    trapped = last("trap")
    assert trapped.metrics["policy_agreement"] >= 0.98
    assert trapped.metrics["steps"] == trapped.metrics["best_steps"] == 240, "it goes round until it is cut off"
    cured = collect("gridworld", **CONCEPT.presets["trap"] | CONCEPT.cures["trap"])[0]
    assert phase(cured, "train")[-1].metrics["steps"] == pytest.approx(6)


def test_who_never_explores_is_stuck_and_the_cure_cures() -> None:
    assert last("stuck").metrics["return"] < last("stuck").metrics["best"] - 0.3
    cured = phase(collect("gridworld", **CONCEPT.presets["stuck"] | CONCEPT.cures["stuck"])[0], "train")[-1]
    assert cured.metrics["return"] == pytest.approx(cured.metrics["best"])


def test_the_maze_is_known_after_60_episodes() -> None:
    walker, best = walked(episodes=60)
    assert exact.agreement(walker.table, walker.world, best) >= 0.98


def test_on_the_lake_the_curious_know_all_and_others_little_more_than_half() -> None:
    world = CONCEPT.presets["frozenlake8"]["world"]
    curious, other = (phase(collect("gridworld", world=world, curious=curious)[0], "train")[-1].metrics for curious in (True, False))
    assert curious["policy_agreement"] == 1.0
    assert 0.5 < other["policy_agreement"] < 0.6


def test_dyna_needs_less_than_half_of_the_episodes() -> None:
    def first(preset: str) -> int:
        return next(f.step for f in phase(frames(preset), "train") if f.metrics["policy_agreement"] >= 0.98)

    assert first("dyna") * 2 < first("default")


def test_on_the_bridge_slipping_makes_the_long_way_best() -> None:
    plain, slipping = (
        collect("gridworld", **CONCEPT.presets["bridge"] | {"agent": "value_iteration", "slip": p})[0][-1] for p in (0.0, 0.1)
    )
    assert len(path(plain)) - 1 == 6
    assert len(path(slipping)) - 1 == 10


def test_news_of_the_goal_moves_back_by_one_cell_a_sweep() -> None:
    for frame in frames("sweeps")[1:19]:
        known = frame.arrays["v"] > 0
        goal = np.argwhere(frame.arrays["world"] == ord("G"))[0]
        assert known.sum() > 0
        far = np.abs(np.argwhere(known) - goal).sum(-1).max()
        assert far <= frame.step


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_agent_has_its_formula_and_its_part_of_the_lesson(lang: str) -> None:
    told = lesson.load("gridworld", lang)
    for agent in Params.choices("agent"):
        if agent not in PLANNERS:
            assert agent in told.captions["formulas"]
            assert f"{agent}" in told.body


def test_both_languages_have_the_same_parts() -> None:
    english, chinese = lesson.load("gridworld", "en"), lesson.load("gridworld", "zh")
    for part in ("data-when", "<h2", "<h3", "<li", "math block", 'data-key="'):
        assert english.body.count(part) == chinese.body.count(part), part
    assert len(english.glossary) == len(chinese.glossary)
    assert [len(check["options"]) for check in english.checks] == [len(check["options"]) for check in chinese.checks]

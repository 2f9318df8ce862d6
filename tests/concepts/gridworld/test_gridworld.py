"""Gridworld: worlds, their dynamics and their exact values, against gymnasium, brute force and linear programs."""

import itertools

import gymnasium
import numpy as np
import pytest
from gymnasium.envs.toy_text.cliffwalking import CliffWalkingEnv
from gymnasium.envs.toy_text.frozen_lake import FrozenLakeEnv
from scipy.optimize import linprog

from playground.concept import load
from playground.concepts.gridworld import exact, planning, world
from playground.concepts.gridworld.dynamics import Dynamics, dynamics, reachable
from playground.concepts.gridworld.params import Params
from playground.params import Refused
from playground.words import LANGUAGES, sentence

CONCEPT = load("gridworld")
LAKES = {4: "SFFF/FHFH/FFFH/HFFG", 8: CONCEPT.presets["frozenlake8"]["world"]}
Table = dict[int, dict[int, list[tuple[float, int, float, bool]]]]  # gymnasium's: state, action, what may happen


def table_of(here: Dynamics) -> dict[tuple[int, int], dict[tuple[int, float, bool], float]]:
    """By state and action the chance of each outcome: where to, what reward, whether it ends."""
    found = {}
    for s, a in itertools.product(np.flatnonzero(here.free).tolist(), range(4)):
        outcomes: dict[tuple[int, float, bool], float] = {}
        for d, p in ((a, 1 - 2 * here.aside[s]), ((a + 1) % 4, here.aside[s]), ((a - 1) % 4, here.aside[s])):
            if p:
                key = (int(here.to[s, d]), float(here.pay[s, d]), bool(here.ends[here.to[s, d]]))
                outcomes[key] = outcomes.get(key, 0) + float(p)
        found[s, a] = outcomes
    return found


def theirs(table: Table, states: list[int], permuted: tuple[int, ...] = (0, 1, 2, 3)) -> dict:
    found = {}
    for s, a in itertools.product(states, range(4)):
        outcomes: dict[tuple[int, float, bool], float] = {}
        for p, to, reward, ends in table[s][permuted[a]]:
            outcomes[int(to), float(reward), bool(ends)] = outcomes.get((int(to), float(reward), bool(ends)), 0) + float(p)
        found[s, a] = outcomes
    return found


def same(ours: dict, others: dict) -> None:
    assert ours.keys() == others.keys()
    for key, outcomes in ours.items():
        assert outcomes == pytest.approx(others[key]), key


@pytest.mark.parametrize("size", [4, 8])
@pytest.mark.parametrize("slips", [False, True])
def test_frozen_lake_is_gymnasiums(size: int, slips: bool) -> None:
    env = FrozenLakeEnv(map_name=f"{size}x{size}", is_slippery=slips)
    assert "/".join(row.tobytes().decode() for row in env.desc) == LAKES[size]
    here = dynamics(world.read(LAKES[size]), slip=1 / 3 if slips else 0.0)
    same(table_of(here), theirs(env.P, np.flatnonzero(here.free).tolist()))


def test_the_cliff_is_gymnasiums() -> None:
    """CliffWalking counts its actions up, right, down, left. It has the cliff's cells as states, in which nobody ever is."""
    params = CONCEPT.params(**CONCEPT.presets["cliff"])
    here = dynamics(params.laid, params.slip, params.step_reward)
    same(table_of(here), theirs(CliffWalkingEnv().P, np.flatnonzero(here.free).tolist(), (3, 2, 1, 0)))


def test_slippery_cells_slip_as_the_lake_does() -> None:
    ice = dynamics(world.read("SII/III/IIG"))
    env = FrozenLakeEnv(desc=["SFF", "FFF", "FFG"], is_slippery=True)
    states = list(range(1, 8))  # the start is not of ice
    same({k: v for k, v in table_of(ice).items() if k[0] in states}, theirs(env.P, states))


WIND = (0, 0, 0, 1, 1, 1, 2, 2, 1, 0)


def test_wind_blows_as_in_the_book() -> None:
    """Sutton & Barto, example 6.5, whose code adds the wind of the column that is left: the shortest way takes 15 steps."""
    letters = [["F" if not w else str(w) for w in WIND] for _ in range(7)]
    letters[3][0], letters[3][7] = "S", "G"
    here = dynamics(world.read("/".join("".join(row) for row in letters)), step_reward=-1.0)
    for row, column, a in itertools.product(range(7), range(10), range(4)):
        s = row * 10 + column
        if here.free[s]:
            down, right = ((0, -1), (1, 0), (0, 1), (-1, 0))[a]
            to = min(max(row + down - WIND[column], 0), 6), min(max(column + right, 0), 9)
            assert divmod(int(here.to[s, a]), 10) == to
    assert exact.best(here, 1.0).steps == pytest.approx(15)


def test_one_way_cells_are_left_one_way() -> None:
    here = dynamics(world.read("SRF/LDU/FFG"))
    for cell, way in ((1, 2), (3, 0), (4, 1), (5, 3)):
        for a in range(4):
            assert (int(here.to[cell, a]) == cell) == (a != way or cell == 3), "3: left of it is the border"


def test_rewards_are_paid_for_entering() -> None:
    """A bump enters nothing; a painted number takes the letter's place; each step adds its own."""
    here = dynamics(world.read("SFG/FWF/HFG", "0,1=0.5;2,2=3"), step_reward=-0.25)
    assert here.pay[0].tolist() == [-0.25, -0.25, 0.25, -0.25]  # left: the border; down: floor; right: painted; up: the border
    assert here.pay[1, 2] == 0.75
    assert here.pay[1, 1] == -0.25
    assert here.pay[5, 1] == 2.75
    assert here.pay[3, 1] == -0.25


def walled(seed: int, size: int = 6) -> str:
    """A random world with everything in it."""
    draw = np.random.default_rng(seed)
    while True:
        cells = draw.choice(list("FFFFFFFFWHILDRU12C"), (size, size))
        cells[0, 0], cells[-1, -1] = "S", "G"
        text = "/".join("".join(row) for row in cells)
        try:
            Params.checked({"world": text})
        except Refused:
            continue
        return text


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("epsilon", [0.0, 0.2])
def test_the_best_values_solve_the_linear_program(seed: int, epsilon: float) -> None:
    """V* is the least v with v ≥ r + γ P v for every action; of ε-soft policies, for every action mixed with chance (Puterman 1994)."""
    here, gamma = dynamics(world.read(walled(seed), "1,1=0.4;2,3=-0.6"), 0.1, -0.05), 0.9
    rows, bounds = [], []
    for s, a in itertools.product(np.flatnonzero(here.free), range(4)):
        action = (1 - epsilon) * np.eye(4)[a] + epsilon / 4
        row, pay = -np.eye(here.cells)[s], 0.0
        for b, p in enumerate(action):
            for d, q in ((b, 1 - 2 * here.aside[s]), ((b + 1) % 4, here.aside[s]), ((b - 1) % 4, here.aside[s])):
                row[here.to[s, d]] += gamma * p * q
                pay += p * q * here.pay[s, d]
        rows.append(row), bounds.append(-pay)
    ends = [(None, None) if free else (0, 0) for free in here.free]
    found = linprog(np.ones(here.cells), np.array(rows), np.array(bounds), bounds=ends, method="highs").x
    assert exact.value(exact.best(here, gamma, epsilon).q, epsilon) == pytest.approx(found, abs=1e-7)


@pytest.mark.parametrize("seed", range(3))
def test_sweeps_end_at_the_exact_values(seed: int) -> None:
    here = dynamics(world.read(walled(seed), "1,1=0.4"), 0.1, -0.05)
    for sweeps in planning.SWEEPS.values():
        *_, (q, _, _) = sweeps(here, 0.9)
        assert q == pytest.approx(exact.best(here, 0.9).q, abs=1e-5)


def gained(here: Dynamics, policy: np.ndarray, gamma: float, steps: int) -> float:
    """What so many steps from the start gain on average: a sum over all that may happen, step by step."""
    outcomes, chance, total = table_of(here), np.eye(here.cells)[here.start], 0.0
    for t in range(steps):
        after = np.zeros(here.cells)
        for (s, a), found in outcomes.items():
            for (to, pay, _), p in found.items():
                after[to] += chance[s] * policy[s, a] * p
                total += gamma**t * chance[s] * policy[s, a] * p * pay
        chance = after
    return total


@pytest.mark.parametrize("seed", range(3))
def test_a_policys_value_is_what_walks_gain(seed: int) -> None:
    here = dynamics(world.read(walled(seed)), 0.05, -0.1)
    policy = np.random.default_rng(seed).dirichlet(np.ones(4), here.cells) * here.free[:, None]
    assert exact.returns(here, policy, 0.9) == pytest.approx(gained(here, policy, 0.9, 250), abs=1e-6)  # 0.9^250 is nothing


def test_what_never_ends_gains_what_its_most_steps_gain() -> None:
    here = dynamics(world.read("SFF/FFF/FFG"), 0.2, -0.1)
    policy = exact.soft(np.arange(4)[None] == 0, 0.0) * here.free[:, None]  # into one wall, for ever: the goal is not reached that way
    assert exact.lengths(here, policy) == here.longest
    assert exact.returns(here, policy, 1.0) == pytest.approx(gained(here, policy, 1.0, here.longest), rel=1e-9)


def test_gymnasium_is_the_version_that_was_read() -> None:
    assert gymnasium.__version__ == "1.2.2"


BAD = {
    "world_no_goal": ["SFF/FFF/FFF"],
    "world_no_start": ["FFF/FFF/FFG", ""],
    "world_unreachable": ["SFF/FWW/FWG", "SFFFF/FFFFF/FFWWF/FWWGW/FFFWF", "RFG/WWW/SFF"],
    "world_starts": ["SFF/FSF/FFG", "SSS/SSS/SSG"],
    "world_ragged": ["SFF/FF/FFG", "SFF/FFFF/FFG", "SFF//FFG"],
    "world_size": ["/".join(["S" + "F" * 99, *["F" * 100] * 98, "F" * 99 + "G"]), "SG", "S/F/G"],
    "world_letter": ["SFF/F😀F/FFG", "SFF/F F/FFG", "sff/fff/ffg", "<b>/FFF/FFG", "SF4/FFF/FFG"],
}


@pytest.mark.parametrize(("code", "text"), [(code, text) for code, texts in BAD.items() for text in texts])
def test_a_bad_world_gets_a_sentence(code: str, text: str) -> None:
    if text == "":
        code = "world_size"
    with pytest.raises(Refused) as refused:
        Params.checked({"world": text})
    (flaw,) = refused.value.flaws
    assert (flaw.field, flaw.code) == ("world", code)
    assert all("{" not in sentence(lang, flaw) for lang in LANGUAGES)


def test_the_sentence_says_where() -> None:
    def told(**fields: str) -> str:
        with pytest.raises(Refused) as refused:
            Params.checked(fields)
        return sentence("en", refused.value.flaws[0])

    assert "Row 2, column 3" in told(world="SFF/FF?/FFG")
    assert "row 2, column 1" in told(world="SFF/SFF/FFG")
    assert "Row 3 of the world has 2 cells, but the first row has 3" in told(world="SFF/FFF/FG")
    assert "100 rows and 100 columns" in told(world=BAD["world_size"][0])
    assert "row 3, column 3" in told(world="SFF/FWW/FWG")


@pytest.mark.parametrize(
    ("field", "text", "code"),
    [
        ("rewards", "1,1", "rewards_bad"),
        ("rewards", "1,1=nan", "rewards_bad"),
        ("rewards", "90,1=1", "cell_outside"),
        ("rewards", "1,1=1001", "cell_reward"),
        ("cell", "0,0,W", "cell_start"),
        ("cell", "1,1,S", "cell_bad"),
        ("cell", "nowhere", "cell_bad"),
        ("cell", "9,9,F", "world_no_goal"),
        ("edits", "3:cell=0,1,W;5:cell=1,0,W", "world_unreachable"),
        ("edits", "3:cell=0,0,W", "edit_refused"),
    ],
)
def test_what_is_painted_badly_gets_a_sentence(field: str, text: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        Params.checked({field: text})
    assert code in {flaw.code for flaw in refused.value.flaws}
    assert all("{" not in sentence(lang, flaw) for lang in LANGUAGES for flaw in refused.value.flaws)


ROOM = "SFF/FFF/FFG"
POCKET = "SFRF/FFWW/FFFG"  # right of the R there is no way back


@pytest.mark.parametrize("fields", [{"rewards": "0,1=0.1"}, {"rewards": "0,1=0.1", "slip": 0.2}, {"world": POCKET, "step_reward": -1}])
@pytest.mark.parametrize("agent", ["value_iteration", "policy_iteration", "q_learning", "sarsa", "dqn"])
def test_without_discount_a_world_must_not_pay_for_ever(agent: str, fields: dict[str, object]) -> None:
    """That takes reckoning, so the run says it, not whoever is asked what a run would be."""
    params = Params.checked({"world": ROOM, "gamma": 1, "agent": agent, "episodes": 3} | fields)
    with pytest.raises(Refused) as refused:
        list(CONCEPT.run(params))
    assert [flaw.code for flaw in refused.value.flaws] == ["gamma_one"]


def test_what_cannot_be_come_to_costs_nothing() -> None:
    list(CONCEPT.run(Params.checked({"world": "SFFWF/FFFWF/FFGWF", "gamma": 1, "step_reward": -1, "episodes": 3})))


@pytest.mark.parametrize("agent", Params.choices("agent"))
@pytest.mark.parametrize("fields", [{}, {"step_reward": -1, "slip": 0.5}])
def test_the_default_maze_without_discount(agent: str, fields: dict[str, object]) -> None:
    """An agent that wanders takes thousands of steps there, so that sweeps would not end: its exact values are solved for."""
    *_, last = CONCEPT.run(Params.checked({"gamma": 1, "agent": agent, "episodes": 2} | fields))
    assert last.metrics


@pytest.mark.parametrize("epsilon", [0.05, 0.5, 1.0])
def test_the_best_without_discount_is_the_limit_of_small_discounts(epsilon: float) -> None:
    here = dynamics(world.read(Params().world), 0.1, -1.0)
    ours = exact.best(here, 1.0, epsilon)
    rows, bounds = [], []
    for s, a in itertools.product(np.flatnonzero(here.free), range(4)):
        action = (1 - epsilon) * np.eye(4)[a] + epsilon / 4
        gone = 0.8 * action + 0.1 * (np.roll(action, 1) + np.roll(action, -1))
        row = -np.eye(here.cells)[s]
        np.add.at(row, here.to[s], gone)
        rows.append(row), bounds.append(-(gone * here.pay[s]).sum())
    ends = [(None, None) if free else (0, 0) for free in here.free]
    found = linprog(np.ones(here.cells), np.array(rows), np.array(bounds), bounds=ends, method="highs").x
    assert exact.value(ours.q, epsilon)[ours.reach] == pytest.approx(found[ours.reach], rel=1e-6)


def test_a_wall_may_close_what_another_change_went_round() -> None:
    """Each world on the way stands on the ones before it."""
    opened = "2:cell=1,0,F;4:cell=0,1,W"
    assert Params.checked({"world": "SFF/WFF/FFG", "edits": opened})
    with pytest.raises(Refused) as refused:
        Params.checked({"world": "SFF/WFF/FFG", "edits": opened.split(";")[1]})
    assert {flaw.code for flaw in refused.value.flaws} == {"edit_refused", "world_unreachable"}


def test_what_lies_behind_an_end_is_not_reached() -> None:
    seen = reachable(dynamics(world.read("SFG/WWF/GFF")))
    assert seen.tolist() == [True, True, True, False, False, False, False, False, False]

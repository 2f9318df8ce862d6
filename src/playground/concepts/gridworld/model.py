"""Gridworld: an agent in a small world finds out, by sweeps or by trial and error, what is best to do in each of its cells."""

from collections.abc import Generator, Iterator

import numpy as np
import torch

from playground.concepts.gridworld import dynamics, exact, looks
from playground.concepts.gridworld.agents import RULES
from playground.concepts.gridworld.learner import UPDATES, Learner
from playground.concepts.gridworld.params import ON_POLICY, Params
from playground.concepts.gridworld.planning import plan
from playground.frame import Frame, decode, encode
from playground.state import State, learn

FRAMES, FEW_FRAMES, ROOM = 70, 30, 8_000  # snapshots: fewer where members times cells have more room than that
Frames = Generator[Frame, None, State]


def snapshot_episodes(params: Params) -> list[int]:
    """The first episodes one by one, then ever more of them together."""
    many = params.seeds * len(params.world) > ROOM
    count = FEW_FRAMES if many else FRAMES
    return sorted({round(params.episodes * (i / count) ** 2.2) for i in range(count + 1)} | set(range(min(12, params.episodes + 1))))


def train(params: Params) -> Frames:
    """Episode by episode. The state is every member's table and the frames of the episode in slow motion."""
    learner, shown = Learner(params, here_at(params, 0), RULES[params.agent]), 0
    due, changes = snapshot_episodes(params), {edit.step for edit in params.changes}
    judge = Judge(params)
    for episode in sorted({*due, *changes}):
        learner.best = judge.best(max(0, episode - 1)).value
        learner.advance(episode)
        if episode in due:
            yield snapshot(params, learner, judge, episode, shown)
            shown = episode
        if episode in changes:
            learner.alpha = params.at(episode).alpha
            learner.enter(here_at(params, episode))
    tables = {"q": torch.from_numpy(learner.q.copy())}
    return tables | {"slow": torch.frombuffer(bytearray(b"".join(encode(slow(params, learner)))), dtype=torch.uint8)}


def here_at(params: Params, episode: int) -> dynamics.Dynamics:
    return dynamics.dynamics(params.world_at(episode), params.slip, params.step_reward)


class Judge:
    """What is best in the world of a moment, for an agent that explores as it does then."""

    def __init__(self, params: Params):
        self.params, self.known = params, {}

    def best(self, episode: int) -> exact.Best:
        world = self.params.world_at(episode)
        epsilon = self.params.epsilon_at(episode) if self.params.agent in ON_POLICY else 0.0
        key = world.letters.tobytes(), world.painted.tobytes(), epsilon
        if key not in self.known:
            self.known[key] = exact.best(here_at(self.params, episode), self.params.gamma, epsilon)
        return self.known[key]


def snapshot(params: Params, learner: Learner, judge: Judge, episode: int, shown: int) -> Frame:
    """The first member's frame after so many episodes, judged by the world they were in; of many members the band."""
    last = max(0, episode - 1)
    here, best = learner.world, judge.best(last)
    tables = learner.q.reshape(params.seeds, here.cells, 4)
    judged = looks.judged(tables, here, best, params.gamma)
    visits = np.bincount(np.array(learner.entered, int), minlength=here.cells).reshape(here.shape).astype("<i2")
    learner.entered.clear()
    arrays = looks.of_world(params.world_at(last), here) | looks.of_table(tables[0], here) | looks.of_tables(tables, here)
    arrays |= {"visits": visits, "trail": looks.cells(learner.trail or [here.start], here)}
    metrics = {"best": best.value, "best_steps": best.steps, "epsilon": params.epsilon_at(last), "alpha": learner.alpha}
    metrics |= {"regret": float(learner.regret[0])} | walked(learner, shown) | judged[0] | looks.band(judged)
    return Frame(episode, dict(sorted(arrays.items())), metrics, phase="train")


def walked(learner: Learner, since: int) -> dict[str, float]:
    """The mean episode since the last snapshot."""
    done = learner.done[since:]
    if not done:
        return {}
    return {"episode_return": float(np.mean([gained for gained, _ in done])), "episode_steps": float(np.mean([steps for _, steps in done]))}


def slow(params: Params, learner: Learner) -> Iterator[Frame]:
    """The updates of one episode, its last ones where they are many, with this update's own numbers."""
    here = here_at(params, params.looked_at)
    still = looks.of_world(params.world_at(params.looked_at), here)
    start = max(0, len(learner.told) - UPDATES)
    for part, told in enumerate(list(learner.told)[start:], 1):
        numbers = told["numbers"]
        target = numbers["reward"] + numbers["gamma"] * numbers["best_next"]
        cell, place = (divmod(told[name], here.shape[1]) for name in ("at", "place"))
        update = np.array([*cell, told["action"], *place, told["after"]], np.int16)
        trace = {"trace": told["trace"].reshape(*here.shape, 4).astype(np.float16)} if "trace" in told else {}
        trail = looks.cells([*(one["at"] for one in list(learner.told)[start : start + part]), told["place"]], here)
        arrays = still | looks.of_table(told["q"], here) | trace | {"update": update, "trail": trail}
        metrics = numbers | {"target": target, "td_error": target - numbers["old"], "alpha": params.at(params.looked_at).alpha}
        yield Frame(part, dict(sorted(arrays.items())), metrics | {"part": part, "of_episode": params.looked_at + 1}, phase="slow")


def run(params: Params, state: State | None = None) -> Frames:
    """Chapters: sweep, of an agent that plans, or train (step: episodes so far) and slow, one episode of it update by update.

    world (rows, columns) u1, letters; reward f4, as painted; q (rows, columns, 4) f4; v f4; policy u1, a bit an action, all that tie;
    trail (k, 2) i2: the last episode's cells, of planning the greedy path's; next (rows, columns, 4, 2) i2, pay (rows, columns, 4) f4:
    where an action leads and what it pays when nothing slips; aside f4: its chance to be exchanged for each perpendicular one;
    enter f4; ends u1. train: visits i2 since the last frame; with many seeds v_all f2 and policy_all u1 (seeds, rows, columns).
    slow: update (6,) i2: cell, action, next cell, next action or -1; trace (rows, columns, 4) f2 where there are traces.
    """
    if not params.learns:
        yield from plan(params)
        return {}
    state = yield from learn(train(params), state)
    yield from decode(state["slow"].numpy().tobytes().splitlines())
    return state

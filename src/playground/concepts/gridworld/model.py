"""Gridworld: an agent in a small world finds out, by sweeps or by trial and error, what is best to do in each of its cells."""

from collections.abc import Generator, Iterator

import numpy as np
import torch

from playground.concepts.gridworld import agents, deep, dynamics, exact, looks, many
from playground.concepts.gridworld.learner import Learner
from playground.concepts.gridworld.params import ON_POLICY, Params
from playground.concepts.gridworld.planning import plan
from playground.concepts.gridworld.puzzles import solved
from playground.concepts.gridworld.walker import Walker
from playground.concepts.gridworld.world import World
from playground.frame import Frame, decode, encode
from playground.state import State, learn

FRAMES, FEW_FRAMES, ROOM = 70, 30, 8_000  # snapshots: fewer where members times cells have more room than that
RULES = agents.RULES | {"dqn": deep.DQN}
Frames = Generator[Frame, None, State]


def snapshot_episodes(params: Params) -> list[int]:
    """The first episodes one by one, then ever more of them together."""
    many = params.seeds * len(params.world) > ROOM
    count = FEW_FRAMES if many else FRAMES
    return sorted({round(params.episodes * (i / count) ** 2.2) for i in range(count + 1)} | set(range(min(12, params.episodes + 1))))


def train(params: Params) -> Frames:
    """Episode by episode. The state is the first member's table and the frames of the episode in slow motion."""
    walker = Walker(params, here_at(params, 0), RULES[params.agent])
    others = Learner(params, here_at(params, 0), many.RULES.get(params.agent, many.QLearning), range(1, params.seeds))  # a DQN is alone
    due, changes, judge = snapshot_episodes(params), {edit.step for edit in params.changes}, Judge(params)
    for episode in sorted({*due, *changes}):
        for one in (walker, others):
            one.advance(episode)
        if episode in due:
            yield snapshot(params, walker, others, judge)
        if episode in changes:
            for one in (walker, others):
                one.alpha = params.at(episode).alpha
                if differ(params.world_at(episode), params.world_at(episode - 1)):
                    one.enter(here_at(params, episode))
    slowly = b"".join(encode(slow(params, walker)))
    return {"q": torch.from_numpy(walker.table), "slow": torch.frombuffer(bytearray(slowly), dtype=torch.uint8)}


def differ(a: World, b: World) -> bool:
    return not (np.array_equal(a.letters, b.letters) and np.array_equal(a.painted, b.painted, equal_nan=True))


def here_at(params: Params, episode: int) -> dynamics.Dynamics:
    return dynamics.dynamics(params.world_at(episode), params.slip, params.step_reward)


class Judge:
    """What is best in the world of a moment, for an agent that explores as it does then; and what was lost so far."""

    def __init__(self, params: Params):
        self.params, self.known, self.regrets = params, {}, [0.0]

    def best(self, episode: int, soft: bool) -> exact.Best:
        world = self.params.world_at(episode)
        epsilon = self.params.epsilon_at(episode) if soft else 0.0
        key = world.letters.tobytes(), world.painted.tobytes(), epsilon
        if key not in self.known:
            self.known[key] = exact.best(here_at(self.params, episode), self.params.gamma, epsilon)
        return self.known[key]

    def regret(self, returns: list[float]) -> float:
        """The sum over the episodes so far of what the best policy gains and they did not."""
        for episode in range(len(self.regrets) - 1, len(returns)):
            self.regrets.append(self.regrets[-1] + self.best(episode, False).value - returns[episode])
        return self.regrets[-1]


def snapshot(params: Params, walker: Walker, others: Learner, judge: Judge) -> Frame:
    """The first member's frame after so many episodes, judged by the world they were in; of many members the band."""
    episode, here = len(walker.done), walker.world
    last = max(0, episode - 1)
    target, optimum = judge.best(last, params.agent in ON_POLICY), judge.best(last, False)
    tables = np.concatenate([walker.table[None], others.tables])
    judged = looks.judged(tables, here, target, params.gamma)
    visits = np.bincount(np.array(walker.entered, int), minlength=here.cells).reshape(here.shape).astype(np.int16)
    arrays = looks.of_world(params.world_at(last), here) | looks.of_table(tables[0], here) | looks.of_tables(tables, here)
    arrays |= {"visits": visits, "trail": looks.cells(walker.trail, here)}
    metrics = {"best": optimum.value, "best_steps": optimum.steps, "epsilon": params.epsilon_at(last), "alpha": walker.alpha}
    metrics |= (
        {"regret": judge.regret([gained for gained, _ in walker.done])}
        | walked(walker)
        | judged[0]
        | looks.band(judged)
        | solved(params, tables[0], here)
    )
    return Frame(episode, dict(sorted(arrays.items())), metrics, phase="train")


def walked(walker: Walker) -> dict[str, float]:
    """The mean episode since the last snapshot."""
    done = walker.done[walker.shown :]
    walker.shown = len(walker.done)
    walker.entered.clear()
    if not done:
        return {}
    return {"episode_return": float(np.mean([gained for gained, _ in done])), "episode_steps": float(np.mean([steps for _, steps in done]))}


def slow(params: Params, walker: Walker) -> Iterator[Frame]:
    """The updates of one episode, its last ones where they are many, with each update's own numbers."""
    still, trail = params.world_at(params.looked_at), []
    for part, told in enumerate(walker.told, 1):
        numbers, here, (s2, a2) = told["numbers"], told["world"], told["next"]
        target = numbers["reward"] + numbers["gamma"] * numbers["best_next"]
        trail.append(told["s"])
        arrays = looks.of_world(still, here) | looks.of_table(told["q"], here) | {"trail": looks.cells([*trail, s2], here)}
        new = {"trace": looks.traces(told["trace"], here)} if "trace" in told else {}  # behind those that came before, as the wire has them
        new["update"] = np.array([*divmod(told["s"], here.shape[1]), told["a"], *divmod(s2, here.shape[1]), a2], np.int16)
        metrics = numbers | {"target": target, "td_error": target - numbers["old"], "part": part, "of_episode": params.looked_at + 1}
        yield Frame(part, dict(sorted(arrays.items())) | new, metrics, phase="slow")


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

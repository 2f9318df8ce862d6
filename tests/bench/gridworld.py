"""How fast agents walk and learn in a gridworld, in CPU seconds on one thread, warm.

python -m tests.bench.gridworld speed MEMBERS prints steps of the environment a second, of the default maze's whole budget;
`learnt SEED` the seconds until one agent's policy is optimal in every cell of it; `first` the slowest preset's first frame.
A process of its own for each.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import Any

from tests.bench.figures import Figure
from tests.bench.maths import PER_THREAD
from tests.bench.server import ROOT

SEEDS = (7, 8, 9)
EPISODES = {64: 1000, 1024: 200}  # of a measurement
SPEED = {64: 5e5, 1024: 2e6}  # steps of the environment a second: with few agents a step is as long as its operations take to call


def speed(members: int) -> float:
    from playground.concepts.gridworld import many, model
    from playground.concepts.gridworld.learner import Learner
    from playground.concepts.gridworld.params import Params

    class Counted(Learner):
        steps = 0

        def step(self, who, last: int) -> bool:
            self.steps += self.members if isinstance(who, slice) else len(who)
            return super().step(who, last)

    params = Params()
    learner = Counted(params, model.here_at(params, 0), many.RULES[params.agent], range(members))
    learner.advance(5)
    begun, start = learner.steps, time.process_time()
    learner.advance(EPISODES[members])
    return (learner.steps - begun) / (time.process_time() - start)


def learnt(seed: int) -> float:
    """Judging is not learning: only the walking counts."""
    from playground.concepts.gridworld import exact, model
    from playground.concepts.gridworld.params import Params
    from playground.concepts.gridworld.walker import Walker

    params, seconds = Params(seed=seed), 0.0
    walker = Walker(params, here := model.here_at(params, 0), model.RULES[params.agent])
    best = exact.best(here, params.gamma)
    while exact.agreement(walker.table, here, best) < 1:
        start = time.process_time()
        walker.advance(len(walker.done) + 10)
        seconds += time.process_time() - start
    return seconds


def first() -> float:
    from playground.concept import load

    concept, slowest = load("gridworld"), 0.0
    for fields in concept.warmed_by:
        next(concept.run(concept.params(**fields)))
    for fields in concept.presets.values():
        start = time.process_time()
        next(concept.run(concept.params(**fields)))
        slowest = max(slowest, time.process_time() - start)
    return slowest


def ends(seeds: Sequence[int] = SEEDS, **fields: Any) -> list[dict[str, float]]:
    """What each of many agents knows at the end of its episodes, judged by exact dynamic programming; `gained` is the part of the best."""
    from playground.concepts.gridworld import exact, looks, many, model
    from playground.concepts.gridworld.learner import Learner
    from playground.concepts.gridworld.params import ON_POLICY, Params

    params = Params(**fields)
    learner = Learner(params, here := model.here_at(params, 0), many.RULES[params.agent], range(len(seeds)))
    learner.advance(params.episodes)
    epsilon = params.epsilon_at(params.episodes - 1) if params.agent in ON_POLICY else 0.0
    target, best = exact.best(here, params.gamma, epsilon), exact.best(here, params.gamma)
    told = looks.judged(learner.tables, here, target, params.gamma)
    return [one | {"gained": one["return"] / best.value, "longer": one["steps"] / target.steps} for one in told]


def measured(*how: object) -> float:
    command = [sys.executable, "-m", "tests.bench.gridworld", *map(str, how)]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | PER_THREAD, check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def measure() -> list[Figure]:
    return [
        *(
            Figure(f"Q-learning, {many} seeds", least, "steps/s", tuple(measured("speed", many) for _ in SEEDS), at_least=True)
            for many, least in SPEED.items()
        ),
        Figure("10 × 10 maze, optimal in every cell, one agent", 0.5, "s", tuple(measured("learnt", seed) for seed in SEEDS)),
        Figure("first frame of the slowest preset", 0.3, "s", tuple(measured("first") for _ in SEEDS)),
    ]


if __name__ == "__main__":
    from playground.device import computing

    computing()
    print(json.dumps({"speed": speed, "learnt": learnt, "first": first}[sys.argv[1]](*map(int, sys.argv[2:]))))

"""What the stage and the charts of a gridworld show."""

from playground.concepts.gridworld.model import snapshot_episodes
from playground.concepts.gridworld.params import Params
from playground.concepts.gridworld.planning import FRAMES
from playground.concepts.gridworld.walker import UPDATES
from playground.scene import Chapter, Chart, Layer, Scene, Series

SWEEP, TRAIN, SLOW = ("sweep",), ("train",), ("slow",)


def layers(params: Params) -> tuple[Layer, ...]:
    learning = (Layer("visits", "cells", "visits", "noise", TRAIN, on=False, draw="heat"),)
    traces = (Layer("trace", "cells", "trace", "mark", SLOW, draw="traces"),) if params.agent == "lambda" else ()
    return (
        Layer("walls", "cells", "world", "ink", draw="world", shared=True),
        Layer("values", "cells", "v", "good", draw="values"),
        *(learning if params.learns else ()),
        Layer("q", "cells", "q", "good", on=False, draw="triangles"),
        Layer("policy", "cells", "policy", "ink", draw="arrows"),
        *traces,
        Layer("trail", "cells", "trail", "model", draw="trail"),
        *((Layer("update", "cells", "update", "mark", SLOW, draw="update"),) if params.learns else ()),
    )


def charts(params: Params) -> tuple[Chart, ...]:
    phases = TRAIN if params.learns else SWEEP
    x = "step" if params.learns else "sweep"
    walked = (Series("episode_return", "noise"),) if params.learns else ()
    steps = (Series("episode_steps", "noise"),) if params.learns else ()
    return (
        Chart("returns", (*walked, Series("return", "model"), Series("best", "good", reference=True)), phases, x=x),
        Chart("lengths", (*steps, Series("steps", "model"), Series("best_steps", "good", reference=True)), phases, x=x, log=True),
        Chart("q_error", (Series("q_error", "model"),), phases, x=x, log=True),
        Chart("agreement", (Series("policy_agreement", "model"),), phases, x=x),
        *(learning_charts(params) if params.learns else (Chart("change", (Series("change", "ink"),), phases, x=x, log=True),)),
    )


def learning_charts(params: Params) -> tuple[Chart, ...]:
    exploring = (Chart("exploration", (Series("epsilon", "ink"),), TRAIN),) if params.explore == "epsilon" else ()
    return (
        Chart("regret", (Series("regret", "bad"),), TRAIN),
        *exploring,
        Chart("surprise", (Series("td_error", "mark"), Series("target", "good"), Series("old", "noise")), SLOW, x="part"),
    )


def scene(params: Params) -> Scene:
    learning = (Chapter("train", len(snapshot_episodes(params)), params.episodes), Chapter("slow", UPDATES, UPDATES, 0.02))
    return Scene(
        layers=layers(params),
        charts=charts(params),
        chapters=learning if params.learns else (Chapter("sweep", FRAMES + 1, 0),),
        headline={"train": "return", "slow": "td_error", "sweep": "policy_agreement"},
    )

"""What the stage and the charts of a gridworld show."""

from playground.concepts.gridworld.model import snapshot_episodes
from playground.concepts.gridworld.params import SOFT, Params
from playground.concepts.gridworld.planning import FRAMES
from playground.concepts.gridworld.walker import UPDATES
from playground.scene import Chapter, Chart, Equation, Layer, Scene, Series

SWEEP, TRAIN, SLOW = ("sweep",), ("train",), ("slow",)
LOOK = SWEEP + TRAIN


def layers(params: Params) -> tuple[Layer, ...]:
    """From the ground up: what fills the cells, the world, what is walked and chosen in it."""
    learning = (Layer("visits", "cells", "visits", "noise", TRAIN, on=False, draw="heat"),) if params.learns else ()
    traces = (Layer("trace", "cells", "trace", "noise", SLOW, draw="traces"),) if params.agent == "lambda" else ()
    return (
        Layer("values", "cells", "v", "data", LOOK, draw="values"),
        Layer("q", "cells", "q", "data", LOOK, on=False, draw="triangles"),
        *learning,
        *((Layer("table", "cells", "q", "data", SLOW, draw="triangles"),) if params.learns else ()),
        *traces,
        *((Layer("replayed", "cells", "trace", "noise", SLOW, draw="traces"),) if params.agent == "dqn" else ()),
        Layer("walls", "cells", "world", "ink", draw="world", shared=True),
        Layer("trail", "cells", "trail", "model", LOOK, draw="trail"),
        Layer("policy", "cells", "policy", "ink", LOOK, draw="arrows"),
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
        *((Chart("solved", (Series("solved", "good"),), phases, x=x),) if params.puzzle != "none" else ()),
        *(learning_charts(params) if params.learns else (Chart("change", (Series("change", "ink"),), phases, x=x, log=True),)),
    )


def learning_charts(params: Params) -> tuple[Chart, ...]:
    exploring = (Chart("exploration", (Series("epsilon", "ink"),), TRAIN),) if params.explore in SOFT else ()
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
        equation=Equation("slow", params.agent) if params.learns else None,
    )

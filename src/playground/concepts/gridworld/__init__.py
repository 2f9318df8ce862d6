"""Gridworld: a world painted by hand, and an agent that finds its way in it."""

from playground.concept import Concept
from playground.concepts.gridworld.model import run
from playground.concepts.gridworld.params import Params
from playground.concepts.gridworld.scene import scene

concept = Concept(
    slug="gridworld",
    params=Params,
    run=run,
    scene=scene,
    presets={"default": {}},
    trained_by=tuple(Params.model_fields),
    main=("agent", "explore", "epsilon", "alpha", "gamma", "episodes"),
    deterministic=lambda params: not params.learns,
)

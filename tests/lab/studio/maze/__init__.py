from playground.concepts.maze.model import Params, run
from playground.concepts.maze.scene import scene

from playground.concept import Concept

concept = Concept(
    slug="maze",
    params=Params,
    run=run,
    scene=scene,
    presets={"default": {}, "cliff": {"world": "FFFFFF/FFFFFF/SCCCCG", "rewards": "0,5=-0.5"}},
)

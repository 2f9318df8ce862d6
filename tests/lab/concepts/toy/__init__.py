from playground.concepts.toy.model import Params, run
from playground.concepts.toy.scene import scene

from playground.concept import Concept

concept = Concept(
    slug="toy",
    params=Params,
    run=run,
    scene=scene,
    presets={"default": {}, "many": {"steps": 20}},
    trained_by=("steps", "seed"),
)

from playground.concepts.stroll.model import Params, run
from playground.concepts.stroll.scene import scene

from playground.concept import Concept

concept = Concept(slug="stroll", params=Params, run=run, scene=scene, presets={"default": {}, "wide": {"latent": 5}})

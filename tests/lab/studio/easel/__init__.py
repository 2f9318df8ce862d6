from playground.concepts.easel.model import Params, run
from playground.concepts.easel.scene import scene

from playground.concept import Concept

concept = Concept(slug="easel", params=Params, run=run, scene=scene, presets={"default": {}, "emoji": {"data": "emoji"}})

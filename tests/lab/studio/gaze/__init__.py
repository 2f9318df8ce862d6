from playground.concepts.gaze.model import Params, run
from playground.concepts.gaze.scene import scene

from playground.concept import Concept

concept = Concept(slug="gaze", params=Params, run=run, scene=scene, presets={"default": {}, "odd": {"text": "odd"}})

"""GAN: two networks learn from each other, one to make, one to tell."""

from playground.concept import Concept
from playground.concepts.gan.model import run
from playground.concepts.gan.params import Params
from playground.concepts.gan.scene import scene

concept = Concept(
    slug="gan",
    params=Params,
    run=run,
    scene=scene,
    presets={"default": {}, "8gaussians": {"data": "8gaussians"}, "digits": {"data": "digits"}, "seeds": {"seeds": 9}},
    trained_by=tuple(Params.model_fields),
    main=("data", "loss", "steps", "g_rate", "d_rate", "seeds"),
)

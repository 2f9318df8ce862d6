"""NAME: what the page is about, in one line."""

from playground.concept import Concept
from playground.concepts.SLUG.model import Params, run
from playground.concepts.SLUG.scene import scene

concept = Concept(
    slug="SLUG",
    params=Params,
    run=run,
    scene=scene,
    presets={"default": {}, "too_fast": {"rate": 2.5}},
    cures={"too_fast": {"rate": 0.05}},
    trained_by=("spread", "steps", "rate", "seed"),
    main=("spread", "steps", "rate"),
)

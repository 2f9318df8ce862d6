"""A real pipeline of diffusers, opened up."""

from playground.concept import Concept
from playground.concepts.pipeline.hub import SHIPPED
from playground.concepts.pipeline.model import Params, run
from playground.concepts.pipeline.scene import scene

concept = Concept(
    slug="pipeline",
    params=Params,
    run=run,
    scene=scene,
    presets={
        "default": {},
        "ddpm_few": {"steps": 10, "variance": "fixed_large"},
        "ddim": {"scheduler": "DDIMScheduler", "steps": 10},
        "dpm": {"scheduler": "DPMSolverMultistepScheduler", "steps": 10},
    },
    main=("model", "scheduler", "steps"),
    preload=("diffusers",),
    reads=lambda params: ("data/pixel_faces16.npz", *(["weights/faces"] if params.model == SHIPPED else [])),
)

"""Latent diffusion: the same work among fewer numbers."""

from playground.concept import Concept
from playground.concepts.latent_diffusion.model import Params, run
from playground.concepts.latent_diffusion.scene import scene

concept = Concept(
    slug="latent_diffusion",
    params=Params,
    run=run,
    scene=scene,
    presets={
        "default": {},
        "small": {"steps": 40},
        "doubled": {"steps": 300},
        "two_numbers": {"components": 2, "latent": 2},
    },
    trained_by=("steps", "components", "latent", "seed"),
    main=("steps", "components", "latent", "guidance"),
    reads=lambda params: ("data/mnist10k.npz", "weights/digits_classifier"),
)

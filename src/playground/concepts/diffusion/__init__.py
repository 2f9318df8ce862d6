"""Diffusion: from data to noise, and back."""

from playground.concept import Concept
from playground.concepts.diffusion.model import Params, run
from playground.concepts.diffusion.scene import scene

concept = Concept(
    slug="diffusion",
    params=Params,
    run=run,
    scene=scene,
    presets={
        "default": {},
        "moons": {"data": "moons"},
        "ring": {"data": "ring"},
        "8gaussians": {"data": "8gaussians"},
        "checkerboard": {"data": "checkerboard"},
        "smiley": {"data": "smiley"},
        "ddpm": {"objective": "ddpm"},
        "digits": {"data": "digits"},
        "digits_free": {"data": "digits", "guidance": 0.0},
        "digits_strong": {"data": "digits", "guidance": 6.0},
        "too_short": {"steps": 20},
    },
    trained_by=("data", "points", "objective", "steps", "seed"),
    main=("data", "objective", "steps", "guidance"),
)

"""Diffusion: from data to noise, and back."""

from playground.concept import Concept
from playground.concepts.diffusion.model import Params, run
from playground.concepts.diffusion.scene import scene

CORNER = "150,110;170,120;130,120;160,90;140,90;180,100;150,140;120,100"  # far from the middle, where pure noise begins

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
        "cosine": {"objective": "ddpm", "schedule": "cosine"},
        "ancestral": {"objective": "ddpm", "sampler": "ddpm"},
        "too_short": {"steps": 20},
        "unfinished": {"data": "drawn", "points": CORNER, "objective": "ddpm", "schedule": "unfinished"},
    },
    trained_by=("data", "points", "objective", "schedule", "steps", "seed"),
    main=("data", "objective", "steps", "guidance"),
)

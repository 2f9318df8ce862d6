"""Diffusion: from data to noise, and back."""

from playground.concept import Concept
from playground.concepts.diffusion.model import run
from playground.concepts.diffusion.params import Params
from playground.concepts.diffusion.scene import scene

CORNER = "150,110;170,120;130,120;160,90;140,90;180,100;150,140;120,100"  # far from the middle, where pure noise begins
LOWER_HALF = "A" * 65 + "P" + "_" * 64 + "8"  # of 28 x 28 cells
FACE = (  # yellow, round, with black eyes and a red mouth, 16 x 16
    "AAAAAAAAAAAAAAiIiIAAAAAAiIiIiAAAAAiIiIiIgAAAiIiIiIiIAAiIVYiIVYiACIhViIhViIAIiIiIiIiIgAiIiIiIiIiACIiIiIiIiIAIiKiIiIqIgAC"
    "IiqqqqIgAAAiIiIiIgAAAAIiIiIgAAAAACIiIgAAAAAAAAAAAAAA"
)
READS = {
    "digits": ("data/mnist10k.npz", "weights/digits_classifier"),
    "emoji": ("data/noto_emoji16.npz", "weights/emoji_classifier"),
}
UNFINISHED = {"data": "drawn", "points": CORNER, "objective": "ddpm", "schedule": "unfinished"}

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
        "cosine": {"objective": "ddpm", "schedule": "cosine"},
        "ancestral": {"objective": "ddpm", "sampler": "ddpm"},
        "class_gaussians": {"data": "class_gaussians"},
        "digits": {"data": "digits"},
        "emoji": {"data": "emoji"},
        "inpaint": {"data": "digits", "edit": "inpaint", "mask": LOWER_HALF},
        "sketch": {"data": "emoji", "edit": "sketch", "sketch": FACE},
        "between": {"data": "digits", "edit": "between"},
        "too_short": {"steps": 20},
        "too_few": {"solver": "euler", "sampling_steps": 3},
        "unfinished": UNFINISHED,
        "too_fast": {"rate": 20.0},
        "plain_eps": {"objective": "ddpm", "schedule": "cosine", "output": "eps"},
        "memorised": {"data": "digits", "examples": 50},
    },
    cures={
        "too_short": {"steps": 800},
        "too_few": {"solver": "heun", "sampling_steps": 20},
        "unfinished": {"schedule": "linear"},
        "too_fast": {"rate": 1.0},
        "plain_eps": {"output": "v"},
        "memorised": {"examples": 8000},
    },
    trained_by=("data", "points", "objective", "schedule", "output", "steps", "rate", "examples", "seed", "edits"),
    main=("data", "objective", "steps", "guidance", "edit", "picture", "mask", "sketch", "strength"),
    reads=lambda params: READS.get(params.data, ()),
)

from playground.concepts.diffusion.pictures import Digits, Emoji
from playground.concepts.diffusion.plane import Classes, Plane

NOISING = {"objective": "ddpm", "sampling_steps": 4}
PLACED = [
    {},
    NOISING | {"data": "class_gaussians", "sampler": "ddpm"},
    NOISING | {"data": "drawn", "points": "150,110;170,120;130,120;160,90", "schedule": "cosine", "output": "eps", "sampler": "ddim"},
    {"data": "digits", "edit": "between", "sampling_steps": 4},
]


def shorten() -> None:
    for kind in (Plane, Classes, Digits, Emoji):
        kind.steps_compared, kind.snapshots = (1, 8), 4
    for kind in (Classes, Digits, Emoji):
        kind.weights_compared = (0.0, 1.0, 2.0)
    for kind in (Digits, Emoji):
        kind.looks_back = 5

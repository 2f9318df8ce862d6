"""VAE: walk the latent space, and watch it form."""

from typing import Any

from playground.concept import Concept
from playground.concepts.vae.model import run
from playground.concepts.vae.params import Params
from playground.concepts.vae.scene import scene

COLLAPSE: dict[str, Any] = {"latent": 16, "beta": 32.0}  # what the code says is worth less than it costs
READS = {
    "digits": ("data/mnist10k.npz",),
    "hanzi": ("data/hanzi28.npz",),
    "faces": ("data/pixel_faces16.npz",),
    "emoji": ("data/noto_emoji16.npz",),
}

concept = Concept(
    slug="vae",
    params=Params,
    run=run,
    scene=scene,
    presets={
        "default": {},
        "hanzi": {"data": "hanzi"},
        "sixteen": {"latent": 16},
        "faces": {"data": "faces", "latent": 16},
        "emoji": {"data": "emoji", "latent": 16},
        "moons": {"data": "moons"},
        "ae": {"model": "ae"},
        "pca": {"model": "pca"},
        "dae": {"model": "dae", "latent": 16},
        "vq": {"model": "vq", "latent": 16},
        "collapse": COLLAPSE,
        "blur": {"data": "faces", "latent": 16, "beta": 8.0},
        "holes": {"beta": 0.0},
        "too_small": {"data": "emoji"},
    },
    cures={
        "collapse": {"free_bits": 0.5},
        "blur": {"beta": 1.0},
        "holes": {"beta": 1.0},
        "too_small": {"latent": 32},
    },
    trained_by=tuple(Params.model_fields),
    main=("data", "model", "latent", "beta", "steps"),
    deterministic=lambda params: params.model == "pca",
    reads=lambda params: READS.get(params.data, ()),
)

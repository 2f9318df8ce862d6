"""What is shown of digits and measured on them, as each space gives them back or makes them."""

from collections.abc import Mapping

import numpy as np
import torch
from jaxtyping import UInt8
from torch import Generator, Tensor

from playground import metrics
from playground.concepts.latent_diffusion.spaces import Space
from playground.datasets import mnist
from playground.nets import classifier, pca, vae
from playground.nets.mlp import Weights

MADE, SHOWN = 500, 20  # digits that are measured, and shown: two rows, a column per class
CLASSES = torch.arange(MADE) % 10


@torch.no_grad()
def bound(w: Weights, g: Generator) -> dict[str, float]:
    """The two terms of the ELBO for unseen digits, in nats a picture."""
    x = mnist().test.x.flatten(1).float() / 255
    mu, log_var = vae.encode(w, x)
    z = vae.sample(mu, log_var, torch.randn(mu.shape, generator=g))
    return {"reconstruction": -vae.likelihood(vae.decode(w, z), x).mean().item(), "kl": vae.kl(mu, log_var).mean().item()}


def errors(space: Space, name: str) -> dict[str, float]:
    """Root of the mean squared error of a pixel, in grey levels."""
    x = mnist().test.x
    return {f"error_{name}": (space.decode(space.encode(x)).float() - x.float()).square().mean().sqrt().item()}


def limits(spaces: Mapping[str, Space]) -> dict[str, float]:
    """FID of other real digits as each space gives them back: the best that diffusion in it can hope for."""
    x = mnist().validation.x[:MADE]
    return {f"limit_{name}": metrics.digits().fid(space.decode(space.encode(x))) for name, space in spaces.items()}


def shown() -> UInt8[Tensor, "n 28 28"]:
    """The first unseen digits of each class, a column per class."""
    test = mnist().test
    return test.x[torch.stack([(test.y == c).nonzero()[: SHOWN // 10, 0] for c in range(10)], 1).flatten()]


def as_numpy(pictures: Mapping[str, Tensor]) -> dict[str, np.ndarray]:
    return {name: x[:SHOWN].numpy() for name, x in pictures.items()} | {"label": CLASSES[:SHOWN].numpy().astype(np.uint8)}


def judged(made: Mapping[str, UInt8[Tensor, "n 28 28"]]) -> dict[str, float]:
    """agreement, fid and grain of the digits made in each space."""
    measured = {"grain_real": grain(mnist().test.x)}
    for name, x in made.items():
        seen = classifier.features("digits", x)
        measured[f"agreement_{name}"] = (classifier.classes("digits", seen) == CLASSES).double().mean().item()
        measured[f"fid_{name}"] = metrics.fid(seen, metrics.digits().held_out)
        measured[f"grain_{name}"] = grain(x)
    return measured


def grain(x: UInt8[Tensor, "n 28 28"]) -> float:
    """The share of pictures' variance outside the 96 patterns in which digits vary most."""
    common = pca.digits()
    away = x.flatten(1).float() / 255 - common.mean
    return 1 - ((away @ common.basis.T).square().sum() / away.square().sum().clamp(min=1e-9)).item()

"""A latent space without training: encoders and decoders of random weights, as a walker is sent them."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Literal

import numpy as np
import torch
from pydantic import Field

import playground.params
from playground.frame import Frame

SHAPES = {"grey": (28, 28, 1), "colour": (16, 16, 3), "plane": (2,)}
HIDDEN = {"grey": (400, 200), "colour": (64, 48), "plane": (32,)}
PLACES, DEEP, CODES = 16, 4, 24
POINTS, ITEMS, G, EXTENT = 300, 20, 9, 3.0


class Params(playground.params.Params):
    data: Literal["grey", "colour", "plane"] = "grey"
    model: Literal["vae", "ae", "vq"] = "vae"
    latent: int = Field(2, ge=2, le=8)

    @property
    def numbers(self) -> int:
        """That the decoder takes."""
        return PLACES * DEEP if self.model == "vq" else self.latent

    @property
    def encoder(self) -> tuple[int, ...]:
        return (int(np.prod(SHAPES[self.data])), *HIDDEN[self.data], self.numbers * (2 if self.model == "vae" else 1))

    @property
    def decoder(self) -> tuple[int, ...]:
        return (self.numbers, *reversed(HIDDEN[self.data]), int(np.prod(SHAPES[self.data])))


Layers = list[tuple[torch.Tensor, torch.Tensor]]


def network(widths: tuple[int, ...], gain: float, g: torch.Generator) -> Layers:
    return [(gain * torch.randn(out, into, generator=g) / into**0.5, 0.3 * torch.randn(out, generator=g)) for into, out in pairwise(widths)]


def flat(layers: Layers) -> np.ndarray:
    """As it is sent: half precision."""
    return torch.cat([part.flatten() for layer in layers for part in layer]).half().numpy()


def forward(sent: np.ndarray, widths: tuple[int, ...], x: torch.Tensor) -> torch.Tensor:
    """torch's own output on the weights as they are sent."""
    values, at = torch.tensor(sent.astype(np.float32)), 0
    layers = list(pairwise(widths))
    for i, (into, out) in enumerate(layers):
        w, b = values[at : at + out * into].view(out, into), values[at + out * into : at + out * into + out]
        at += out * into + out
        x = torch.nn.functional.linear(x, w, b)
        x = torch.nn.functional.silu(x) if i < len(layers) - 1 else x
    return x


def run(params: Params, state: None = None) -> Iterator[Frame]:
    g = torch.Generator().manual_seed(params.seed)
    shape = SHAPES[params.data]
    size = shape[:2] if shape[-1] == 1 else shape  # of a picture as it is sent
    encoder, decoder = flat(network(params.encoder, 2.0, g)), flat(network(params.decoder, 2.5, g))
    n, plane = params.numbers, params.data == "plane"

    def decoded(z: torch.Tensor) -> np.ndarray:
        out = forward(decoder, params.decoder, z)
        pictures = out if plane else (255 * out.sigmoid()).round().byte()
        return pictures.view(*z.shape[:-1], *size).numpy()

    items = torch.randn(ITEMS, 2, generator=g) if plane else torch.randint(0, 256, (ITEMS, int(np.prod(shape))), generator=g)
    x = items if plane else items / 255
    mu = 0.8 * torch.randn(POINTS, n, generator=g) + torch.tensor([1.2, *[0.0] * (n - 1)])
    side = EXTENT * ((2 * torch.arange(G) + 1) / G - 1)
    grid = torch.zeros(G, G, n)
    grid[..., 0], grid[..., 1] = side, -side[:, None]
    arrays = {
        "z": mu[:, :2].numpy(),
        "label": (torch.arange(POINTS) % 4).byte().numpy(),
        "original": (x if plane else items.byte())[:8].view(8, *size).numpy(),
        "manifold": decoded(grid),
    }
    arrays["reconstruction"] = arrays["original"]
    for step in (1, 2, 3):
        yield Frame(step, {**arrays, "z": arrays["z"] * step / 3}, {"elbo": -150.0 + step}, phase="train")
    sent = {
        "encoder": encoder,
        "decoder": decoder,
        "items": (x if plane else items.byte()).view(ITEMS, *size).numpy(),
        "item_label": (torch.arange(ITEMS) % 4).byte().numpy(),
        "mu": mu.half().numpy(),
        "axes": np.eye(n, dtype="f4")[:2] * (1 if params.model == "vae" else 0.5),
        "centre": np.zeros(n, dtype="f4"),
        "mean": mu.mean(0).numpy(),
        "chol": torch.linalg.cholesky(mu.T.cov()).numpy(),
    }
    if params.model == "vq":
        sent["codebook"] = torch.randn(CODES, DEEP, generator=g).half().numpy()
        values = forward(encoder, params.encoder, x).view(ITEMS, PLACES, DEEP)
        sent["codes"] = torch.cdist(values, torch.tensor(sent["codebook"].astype("f4"))).argmin(-1).to(torch.int16).numpy()
    yield Frame(0, arrays | sent, {"elbo": -147.0}, phase="walk")

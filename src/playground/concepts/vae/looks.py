"""What is looked at while an autoencoder learns: where unseen data lie among the codes, what is made of them, and what lies between."""

import math
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float
from torch import Generator, Tensor

from playground.concepts.vae import vq
from playground.concepts.vae.bounds import binarised, terms
from playground.concepts.vae.coder import Coder
from playground.concepts.vae.compression import png_bits
from playground.concepts.vae.data import Items, Shelf, shelf
from playground.concepts.vae.objectives import noisy
from playground.concepts.vae.params import Params

EXTENT = 3.0  # of the map, to each side
FILLED = 2.7  # how far out all codes but one in a hundred lie on the map of a model that has no prior
GRID, MESH = 12, 25  # pictures of the manifold to a side; points of the mesh
REBUILT, ITEMS = 10, 64
FINE = 512  # z is told in such parts of one, which halves what is sent
Arrays = dict[str, np.ndarray]


@dataclass(frozen=True)
class Plane:
    """The map's plane among the codes: on the map, z lies at the first two numbers of axes (z − centre).

    The rows of axes are at right angles and equally long.
    """

    axes: Float[Tensor, "d d"]
    centre: Float[Tensor, " d"]

    def onto(self, z: Float[Tensor, "n d"]) -> Float[Tensor, "n 2"]:
        return (z - self.centre) @ self.axes[:2].T

    def off(self, places: Float[Tensor, "n 2"]) -> Float[Tensor, "n d"]:
        """The codes at places of the map."""
        return self.centre + places @ self.axes[:2] / self.axes[0].square().sum()


def plane_of(z: Float[Tensor, "n d"], prior: bool, before: Float[Tensor, "n 2"] | None = None) -> Plane:
    """The first two dimensions, where there are only these, else the principal plane, turned as like the map `before` as can be.

    With a prior the map lies around its mean and keeps its unit; without one it is as large as the codes.
    """
    axes = torch.eye(2) if z.shape[1] == 2 else principal(z)
    centre = torch.zeros(z.shape[1]) if prior else z.mean(0)
    if before is not None and z.shape[1] > 2:
        axes = torch.cat((turn((z - centre) @ axes[:2].T, before) @ axes[:2], axes[2:]))
    far = 1.0 if prior else ((z - centre) @ axes[:2].T).abs().amax(1).quantile(0.99).item() / FILLED
    return Plane(axes / max(far, 1e-6), centre)


def principal(z: Float[Tensor, "n d"]) -> Float[Tensor, "d d"]:
    """Directions by falling variance, each pointing to where its numbers' sum is positive."""
    axes = torch.linalg.eigh(torch.cov(z.T.double())).eigenvectors.flip(1).T
    return (axes * torch.where(axes.sum(1, keepdim=True) < 0, -1, 1)).float()


def turn(here: Float[Tensor, "n 2"], before: Float[Tensor, "n 2"]) -> Float[Tensor, "2 2"]:
    """The orthogonal R for which R here is nearest to `before`: Schönemann 1966."""
    u, _, v = torch.linalg.svd(before.T @ here)
    return u @ v


class Looker:
    """Looks at one model after the other with the same eyes: the same test items, the same ε."""

    def __init__(self, params: Params):
        self.params, self.shelf = params, shelf(params.data)
        self.x = flat(self.shelf.test)
        g = Generator().manual_seed(params.seed + 2**31)
        self.eps = torch.randn(len(self.x), params.design.code, generator=g)
        self.picked = picked(self.shelf) if params.design.bounded else torch.arange(len(self.x))
        self.given = noisy(params, self.x, g) if params.model == "dae" else self.x
        self.edges = edges(self.x, params.shape) if params.design.bounded else 1.0
        if params.binary:
            ink = binarised(self.shelf.test)
            self.ink, self.png_bits = ink.flatten(1).float(), png_bits(ink)
        self.before: Float[Tensor, "n 2"] | None = None
        self.plane = Plane(torch.eye(2), torch.zeros(2))

    @torch.no_grad()
    def arrays(self, coder: Coder, heavy: bool, plane: Plane | None = None) -> Arrays:
        """z and label, on the plane that is given or the codes' own; in a heavy look also original, reconstruction and manifold."""
        z = coder.code(self.x)
        self.plane = plane or plane_of(z, self.params.design.variance, self.before)
        self.before = self.plane.onto(z)
        told = {"z": self.before.mul(FINE).round().div(FINE).numpy(), "label": self.shelf.label.numpy()}
        return told | (self._pictures(coder) if heavy else {})

    def _pictures(self, coder: Coder) -> Arrays:
        given = {"noisy": self._shown(self.given[self.picked])} if self.params.model == "dae" else {}
        rebuilt = coder.pixels(coder.code(self.given[self.picked]))
        made = {"original": self.x[self.picked], "reconstruction": rebuilt}
        return {name: self._shown(x) for name, x in made.items()} | given | {"manifold": self._manifold(coder)}

    def _manifold(self, coder: Coder) -> np.ndarray:
        g = GRID if self.params.design.bounded else MESH
        made = self._shown(coder.pixels(coder.snapped(self.plane.off(places(g, self.params.design.bounded)))))
        return made.reshape(g, g, *made.shape[1:])

    def _shown(self, x: Float[Tensor, "n p"]) -> np.ndarray:
        return shown(x, self.params.design.shape)

    @torch.no_grad()
    def metrics(self, coder: Coder) -> dict[str, float]:
        """How much of the test items is lost, and of a VAE the ELBO."""
        z = coder.code(self.x)
        told = self._fidelity(coder.pixels(z))
        if self.params.model == "vae":
            told |= terms(self.params, coder, self.x, self.eps) | self._binary(coder)
        if self.params.model == "dae":
            told |= self._denoised(coder)
        if self.params.model == "vq":
            choice = vq.chosen(z, coder.w["codebook"])
            told |= {"perplexity": vq.perplexity(choice, self.params.codes), "bits": self.params.latent * math.log2(self.params.codes)}
        return told

    def _fidelity(self, rebuilt: Float[Tensor, "n p"]) -> dict[str, float]:
        """mse of each number; of pictures psnr in dB and sharpness, the reconstructions' edges over the originals'."""
        mse = error(self.x, rebuilt)
        if not self.params.design.bounded:
            return {"mse": mse}
        return {"mse": mse, "psnr": -10 * math.log10(max(mse, 1e-10)), "sharpness": edges(rebuilt, self.params.shape) / self.edges}

    def _binary(self, coder: Coder) -> dict[str, float]:
        """What digits without greys cost, of which the ELBO bounds a likelihood: in nats, in bits, and in a PNG."""
        if not self.params.binary:
            return {}
        elbo = terms(self.params, coder, self.ink, self.eps)["elbo"]
        return {"elbo_binary": elbo, "bits_binary": -elbo / math.log(2), "png_bits": self.png_bits}

    def _denoised(self, coder: Coder) -> dict[str, float]:
        clean = coder.pixels(coder.code(self.given))
        return {"mse_noisy": error(self.x, self.given), "mse_denoised": error(self.x, clean)}


def error(x: Float[Tensor, "n p"], y: Float[Tensor, "n p"]) -> float:
    return (x - y).square_().mean().item()


def edges(x: Float[Tensor, "n p"], shape: tuple[int, ...]) -> float:
    """Mean squared difference of neighbouring pixels."""
    pictures = x.unflatten(1, shape)
    return sum(pictures.diff(dim=dim).square_().mean().item() for dim in (1, 2))


def flat(x: Items) -> Float[Tensor, "n p"]:
    """Items as a network takes them: pixels of 0 to 1, points as they are."""
    return x.flatten(1).float() / 255 if x.dtype == torch.uint8 else x


def shown(x: Float[Tensor, "n p"], shape: tuple[int, ...]) -> np.ndarray:
    """Items as they are sent: pictures u1, points f4."""
    if len(shape) == 1:
        return x.numpy()
    return x.clamp(0, 1).mul(255).round().byte().unflatten(1, shape).numpy()


def picked(of: Shelf) -> Tensor:
    """Which test items are rebuilt: one of each class where there are as many, else the first."""
    y = of.label.tolist()
    first = sorted({label: y.index(label) for label in reversed(y)}.items())
    return torch.tensor([place for _, place in first]) if len(first) == REBUILT else torch.arange(REBUILT)


def places(g: int, pictures: bool) -> Float[Tensor, "m 2"]:
    """The map's places row by row from the top: the middles of g x g pictures, or the crossings of a mesh."""
    reach = EXTENT * (1 - 1 / g) if pictures else EXTENT
    along = torch.linspace(-reach, reach, g)
    y, x = torch.meshgrid(along.flip(0), along, indexing="ij")
    return torch.stack((x.flatten(), y.flatten()), 1)


def sent(coder: Coder, looker: Looker, z: Float[Tensor, "n d"]) -> Arrays:
    """What a browser needs to go on by itself: the networks, items to begin with, the map's plane, the codes' Gaussian."""
    chol, told = gaussian(z), items(coder, looker)
    plane = {"axes": looker.plane.axes, "centre": looker.plane.centre, "spread": z.std(0), "mean": z.mean(0), "chol": chol}
    told |= {"encoder": coder.flat("enc"), "decoder": coder.flat("dec")} | ({"mu": z.half().numpy()} if z.shape[1] > 2 else {})
    return told | {name: tensor.float().contiguous().numpy() for name, tensor in plane.items()}


def gaussian(z: Float[Tensor, "n d"]) -> Float[Tensor, "d d"]:
    """The Cholesky factor of the codes' covariance."""
    cov = torch.cov(z.T.double())
    return torch.linalg.cholesky(cov + 1e-6 * cov.diagonal().mean().clamp(min=1e-6) * torch.eye(len(cov))).float()


def items(coder: Coder, looker: Looker) -> Arrays:
    """Test items to choose from, by class, and of a codebook the codes of each."""
    label = looker.shelf.label[:ITEMS]
    order = label.argsort(stable=True)
    x = looker.x[:ITEMS][order]
    told: Arrays = {"items": shown(x, looker.params.shape), "item_label": label[order].numpy()}
    if "codebook" in coder.w:
        told["codes"] = vq.chosen(coder.code(x), coder.w["codebook"]).short().numpy()
        told["codebook"] = coder.w["codebook"].half().numpy()
    return told

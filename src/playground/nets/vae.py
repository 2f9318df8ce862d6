"""A variational autoencoder of digits as plain functions of its weights: Kingma & Welling 2014."""

from collections.abc import Sequence
from itertools import pairwise

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Generator, Tensor

from playground.nets.macs import Macs, dense
from playground.nets.mlp import Weights, linear

HIDDEN = (400,)  # units of the encoder's layers; the decoder's are the same, backwards
MOST_LOG_VARIANCE = 10.0  # exp of more would swamp every sum


def draw(g: Generator, latent: int, pixels: int = 784, hidden: Sequence[int] = HIDDEN) -> Weights:
    """Weights before training: enc0, enc1, … mu and log_var, dec0, dec1, … out, each with its bias; posteriors start near N(0, 1)."""
    widths = (pixels, *hidden)
    w: Weights = {}
    for i, (n_in, n_out) in enumerate(pairwise(widths)):
        w |= _layer(f"enc{i}", n_in, n_out, g)
    w |= _layer("mu", widths[-1], latent, g) | _layer("log_var", widths[-1], latent, g, gain=0.01)
    for i, (n_in, n_out) in enumerate(pairwise((latent, *reversed(hidden)))):
        w |= _layer(f"dec{i}", n_in, n_out, g)
    return w | _layer("out", widths[1], pixels, g)


def _layer(name: str, n_in: int, n_out: int, g: Generator, gain: float = 1.0) -> Weights:
    return {name: linear(n_in, n_out, g, gain), f"{name}_bias": torch.zeros(n_out)}


def encode(w: Weights, x: Float[Tensor, "n p"]) -> tuple[Float[Tensor, "n d"], Float[Tensor, "n d"]]:
    """μ and log σ² of q(z|x), for pixels of 0 to 1."""
    h = x
    for i in range(_layers(w)):
        h = F.silu(F.linear(h, w[f"enc{i}"], w[f"enc{i}_bias"]))
    mu, log_var = (F.linear(h, w[name], w[f"{name}_bias"]).float() for name in ("mu", "log_var"))
    return mu, log_var.clamp(max=MOST_LOG_VARIANCE)


def decode(w: Weights, z: Float[Tensor, "n d"]) -> Float[Tensor, "n p"]:
    """Logits of p(x|z), a Bernoulli for each pixel; their sigmoid is the picture."""
    h = z
    for i in range(_layers(w)):
        h = F.silu(F.linear(h, w[f"dec{i}"], w[f"dec{i}_bias"]))
    return F.linear(h, w["out"], w["out_bias"]).float()


def _layers(w: Weights) -> int:
    return sum(name.startswith("enc") and not name.endswith("_bias") for name in w)


def sample(mu: Float[Tensor, "n d"], log_var: Float[Tensor, "n d"], eps: Float[Tensor, "n d"]) -> Float[Tensor, "n d"]:
    """z = μ + σ ε, so that gradients reach μ and σ."""
    return mu + (log_var / 2).exp() * eps


def kl(mu: Float[Tensor, "n d"], log_var: Float[Tensor, "n d"]) -> Float[Tensor, " n"]:
    """KL(q(z|x) ‖ N(0, 1)) in nats, in closed form: appendix B of Kingma & Welling 2014."""
    return (mu.square() + log_var.exp() - 1 - log_var).sum(1) / 2


def likelihood(logits: Float[Tensor, "n p"], x: Float[Tensor, "n p"]) -> Float[Tensor, " n"]:
    """log p(x|z) in nats, for pixels of 0 to 1 taken as chances."""
    return -F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(1)


def elbo(w: Weights, x: Float[Tensor, "n p"], eps: Float[Tensor, "n d"], beta: float = 1.0) -> Float[Tensor, " n"]:
    """E log p(x|z) − β KL by one draw of z for each picture; β ≠ 1 is Higgins et al. 2017."""
    mu, log_var = encode(w, x)
    return likelihood(decode(w, sample(mu, log_var, eps)), x) - beta * kl(mu, log_var)


def macs(latent: int, pixels: int = 784, hidden: Sequence[int] = HIDDEN) -> Macs:
    """What a picture costs from x to p(x|z)."""
    encoder = [*pairwise((pixels, *hidden)), (hidden[-1], 2 * latent)]
    return dense([*encoder[1:], *pairwise((latent, *reversed(hidden), pixels))], first=encoder[:1])


def decoder_macs(latent: int, pixels: int = 784, hidden: Sequence[int] = HIDDEN) -> int:
    """What a picture costs from z to p(x|z)."""
    return dense(pairwise((latent, *reversed(hidden), pixels)), first=[]).look

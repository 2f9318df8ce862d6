"""What each model pays for, in nats: an item of the data too unlikely under its reconstruction, and a code that says too much."""

import math
from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Generator, Tensor

from playground.concepts.vae import vq
from playground.concepts.vae.coder import SQUASHES, apply, halves
from playground.concepts.vae.params import Params
from playground.nets import vae
from playground.nets.mlp import Weights

Loss = Callable[[Params, Weights, Float[Tensor, "n p"], Generator], Float[Tensor, ""]]


def log_p(params: Params, logits: Float[Tensor, "n p"], x: Float[Tensor, "n p"]) -> Float[Tensor, " n"]:
    """log p(x|z), a Bernoulli's or a Gaussian's for each number; greys taken as chances are no likelihood, though much used."""
    if not params.gaussian:
        return vae.likelihood(logits, x)
    mean, sigma = SQUASHES[params.design.squash](logits), params.sigma
    return -((x - mean).square() / sigma**2 + math.log(math.tau * sigma**2)).sum(1) / 2


def kl(mu: Float[Tensor, "n d"], log_var: Float[Tensor, "n d"]) -> Float[Tensor, "n d"]:
    """KL(q(z|x) ‖ N(0, 1)) of each dimension: appendix B of Kingma & Welling 2014."""
    return (mu.square() + log_var.exp() - 1 - log_var) / 2


def variational(now: Params, w: Weights, x: Float[Tensor, "n p"], g: Generator) -> Float[Tensor, ""]:
    """−E log p(x|z) + β KL. Of each dimension's KL, `free_bits` nats are paid for in any case (Kingma et al. 2016, appendix C)."""
    mu, log_var = halves(apply(w, "enc", x))
    z = vae.sample(mu, log_var, torch.randn(mu.shape, generator=g))
    paid = kl(mu, log_var).mean(0).clamp(min=now.free_bits).sum()
    return now.beta * paid - log_p(now, apply(w, "dec", z), x).mean()


def plain(now: Params, w: Weights, x: Float[Tensor, "n p"], g: Generator) -> Float[Tensor, ""]:
    """−log p(x|z), z what the encoder says."""
    return -log_p(now, apply(w, "dec", apply(w, "enc", x)), x).mean()


def denoising(now: Params, w: Weights, x: Float[Tensor, "n p"], g: Generator) -> Float[Tensor, ""]:
    """−log p(x|z), z from x with noise on it (Vincent et al. 2008)."""
    return -log_p(now, apply(w, "dec", apply(w, "enc", noisy(now, x, g))), x).mean()


def noisy(params: Params, x: Float[Tensor, "n p"], g: Generator) -> Float[Tensor, "n p"]:
    """Gaussian noise on every number; pixels stay between black and white."""
    spoilt = x + params.noise * torch.randn(x.shape, generator=g)
    return spoilt.clamp(0, 1) if params.design.bounded else spoilt


def quantising(now: Params, w: Weights, x: Float[Tensor, "n p"], g: Generator) -> Float[Tensor, ""]:
    """−log p(x|codes), and what the encoder pays for lying away from them."""
    z = apply(w, "enc", x)
    codes = vq.quantised(z, w["codebook"])
    return (vq.commitment(z, codes) - log_p(now, apply(w, "dec", vq.straight_through(z, codes)), x)).mean()


LOSSES: dict[str, Loss] = {"vae": variational, "ae": plain, "dae": denoising, "vq": quantising}

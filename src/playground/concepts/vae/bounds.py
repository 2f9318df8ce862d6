"""What a VAE says of data that it never saw: the ELBO in its two terms, and a tighter bound."""

import math

import torch
from jaxtyping import Bool, Float, UInt8
from torch import Generator, Tensor

from playground.concepts.vae.coder import Coder
from playground.concepts.vae.objectives import kl, log_p
from playground.concepts.vae.params import Params
from playground.nets import vae

ACTIVE = 0.01  # a dimension whose μ varies more than this over the data (Burda et al. 2016)
PROBES, THIN = 2_000, 0.1  # draws from the prior that are looked at; how rare codes are in a hole
DRAWS, AT_ONCE = 100, 25  # of z for each item; items at a time


def binarised(x: UInt8[Tensor, "n h w"]) -> Bool[Tensor, "n h w"]:
    """Ink or none, cut at half: the same for every look, so that a likelihood of it is one of data."""
    return x >= 128


@torch.no_grad()
def terms(params: Params, coder: Coder, x: Float[Tensor, "n p"], eps: Float[Tensor, "n d"]) -> dict[str, float]:
    """elbo = reconstruction − kl, at β = 1, in nats an item: E log p(x|z) by one draw of z, the KL in closed form."""
    mu, log_var = coder.posterior(x)
    reconstruction = log_p(params, coder.logits(vae.sample(mu, log_var, eps)), x).double().mean().item()
    paid = kl(mu, log_var).sum(1).double().mean().item()
    return {"elbo": reconstruction - paid, "reconstruction": reconstruction, "kl": paid, "active_dimensions": float(active(mu))}


def active(mu: Float[Tensor, "n d"]) -> int:
    """Dimensions in use: Var over the data of E[z|x] above ACTIVE."""
    return int((mu.var(0) > ACTIVE).sum())


@torch.no_grad()
def holes(coder: Coder, x: Float[Tensor, "n p"], g: Generator) -> float:
    """Share of the prior's mass where the codes of the data are ten times rarer than it says: q(z) = mean of q(z|x) over x."""
    mu, log_var = coder.posterior(x)
    z = torch.randn(PROBES, mu.shape[1], generator=g)
    far = [((part[:, None] - mu).square() / log_var.exp() + log_var).sum(2) for part in z.split(PROBES // 20)]
    log_ratio = (torch.cat(far) / -2).logsumexp(1) - math.log(len(x)) + z.square().sum(1) / 2
    return (log_ratio < math.log(THIN)).double().mean().item()


@torch.no_grad()
def importance_bound(params: Params, coder: Coder, x: Float[Tensor, "n p"], g: Generator, draws: int = 0) -> float:
    """E log mean of p(x|z) p(z) / q(z|x) over `draws` of z from q (0: DRAWS), in nats an item: at least the ELBO, at most log p(x).

    Burda et al. 2016.
    """
    found = [_log_mean_weight(params, coder, part, g, draws or DRAWS) for part in x.split(AT_ONCE)]
    return torch.cat(found).double().mean().item()


def _log_mean_weight(params: Params, coder: Coder, x: Float[Tensor, "n p"], g: Generator, draws: int) -> Float[Tensor, " n"]:
    mu, log_var = (part.repeat_interleave(draws, 0) for part in coder.posterior(x))
    eps = torch.randn(mu.shape, generator=g)
    z = vae.sample(mu, log_var, eps)
    log_prior_over_q = (eps.square() + log_var - z.square()).sum(1) / 2
    weight = log_p(params, coder.logits(z), x.repeat_interleave(draws, 0)) + log_prior_over_q
    return weight.view(-1, draws).logsumexp(1) - math.log(draws)

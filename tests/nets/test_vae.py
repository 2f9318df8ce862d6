"""The autoencoder against torch's distributions, and against an integral over the whole latent line."""

import math

import pytest
import torch
from torch.distributions import Bernoulli, Normal, kl_divergence

from playground.nets import vae


def normal(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def small(latent: int = 1) -> dict[str, torch.Tensor]:
    """Six pixels; posteriors that are no prior."""
    w = vae.draw(torch.Generator().manual_seed(3), latent, pixels=6, hidden=(5, 4))
    w["log_var_bias"] -= 1.5
    return w | {"out": 3 * w["out"]}


def test_kl_is_torchs() -> None:
    mu, log_var = 2 * normal(50, 7), normal(50, 7, seed=1)
    theirs = kl_divergence(Normal(mu, (log_var / 2).exp()), Normal(0.0, 1.0)).sum(1)
    assert torch.allclose(vae.kl(mu, log_var), theirs, atol=1e-4)
    assert vae.kl(torch.zeros(1, 7), torch.zeros(1, 7)) == 0


def test_the_likelihood_is_torchs() -> None:
    logits, x = 3 * normal(50, 9), (normal(50, 9, seed=1) > 0).float()
    assert torch.allclose(vae.likelihood(logits, x), Bernoulli(logits=logits).log_prob(x).sum(1), atol=1e-4)


def test_samples_have_the_posteriors_moments() -> None:
    mu, log_var = torch.tensor([[1.5, -2.0]]), torch.tensor([[0.0, math.log(4.0)]])
    z = vae.sample(mu.expand(100_000, 2), log_var.expand(100_000, 2), normal(100_000, 2))
    assert torch.allclose(z.mean(0), mu[0], atol=0.03)
    assert torch.allclose(z.std(0), torch.tensor([1.0, 2.0]), atol=0.03)


def test_what_the_elbo_lacks_of_log_p_is_the_kl_to_the_true_posterior() -> None:
    """log p(x) = ELBO + KL(q ‖ p(z|x)), both by a sum over a fine grid of the one latent number."""
    w, x = small(), (normal(1, 6) > 0).float()
    z = torch.linspace(-9, 9, 20_001)[:, None]
    dz = 18 / 20_000
    joint = Normal(0.0, 1.0).log_prob(z[:, 0]).double() + vae.likelihood(vae.decode(w, z), x.expand(len(z), 6)).double()
    evidence = torch.logsumexp(joint + math.log(dz), 0)
    mu, log_var = vae.encode(w, x)
    q = Normal(mu[0, 0].double(), (log_var[0, 0] / 2).exp().double())
    log_q = q.log_prob(z[:, 0].double())
    gap = (log_q.exp() * (log_q - (joint - evidence))).sum() * dz
    elbo = vae.elbo(w, x.expand(200_000, 6), normal(200_000, 1, seed=5)).double().mean()
    assert gap > 0.05
    assert elbo + gap == pytest.approx(evidence.item(), abs=0.01)


def test_beta_is_the_price_of_kl() -> None:
    w, x, eps = small(2), torch.rand(8, 6, generator=torch.Generator().manual_seed(1)), normal(8, 2)
    priced = [vae.elbo(w, x, eps, beta) for beta in (0.0, 1.0, 4.0)]
    assert torch.allclose(priced[0] - priced[2], 4 * vae.kl(*vae.encode(w, x)), atol=1e-4)
    assert torch.allclose(priced[0] - priced[1], vae.kl(*vae.encode(w, x)), atol=1e-4)


def test_layers_have_the_widths_that_are_asked_for() -> None:
    w = vae.draw(torch.Generator().manual_seed(0), 3, pixels=20, hidden=(11, 7))
    shapes = {name: tuple(tensor.shape) for name, tensor in w.items() if not name.endswith("bias")}
    assert shapes == {"enc0": (11, 20), "enc1": (7, 11), "mu": (3, 7), "log_var": (3, 7), "dec0": (7, 3), "dec1": (11, 7), "out": (20, 11)}

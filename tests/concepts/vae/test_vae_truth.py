"""The formulas of the VAE against closed forms, integrals and scipy: on a linear-Gaussian model everything is known exactly."""

import math

import numpy as np
import pytest
import torch
from scipy.stats import multivariate_normal, norm
from torch.distributions import Normal, kl_divergence

from playground.concepts.vae import bounds, objectives, vq
from playground.concepts.vae.coder import Coder, Design
from playground.concepts.vae.params import Params
from playground.nets.mlp import Weights

POINTS = Params(data="moons", sigma=0.5)  # a Gaussian likelihood with nothing squashed
PIXELS, LATENT = 6, 2


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def normal(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(shape, generator=seeded(seed))


def coder(w: Weights) -> Coder:
    return Coder(Design("vae", (PIXELS,), LATENT, (), bounded=False), w)


def factor() -> torch.Tensor:
    """(6, 2), its columns at right angles, so that the true posterior's covariance is diagonal."""
    q, _ = torch.linalg.qr(normal(PIXELS, LATENT, seed=1))
    return q * torch.tensor([2.0, 0.7])


def exact(w: torch.Tensor, b: torch.Tensor, sigma: float) -> Weights:
    """The decoder W z + b and, as encoder, its true posterior: N(M⁻¹Wᵀ(x − b), σ²M⁻¹) with M = WᵀW + σ²: Tipping & Bishop 1999."""
    m = w.T @ w + sigma**2 * torch.eye(LATENT)
    back = torch.linalg.solve(m, w.T)
    log_var = (sigma**2 / m.diagonal()).log()
    encoder, bias = torch.cat((back, torch.zeros(LATENT, PIXELS))), torch.cat((-back @ b, log_var))
    return {"enc0": encoder, "enc0_bias": bias, "dec0": w, "dec0_bias": b}


def log_evidence(x: torch.Tensor, w: torch.Tensor, b: torch.Tensor, sigma: float) -> np.ndarray:
    cov = (w @ w.T + sigma**2 * torch.eye(PIXELS)).double().numpy()
    return multivariate_normal(b.double().numpy(), cov).logpdf(x.double().numpy())


def test_kl_is_what_monte_carlo_and_torch_find() -> None:
    mu, log_var = torch.tensor([[1.2, -0.3]]), torch.tensor([[-1.0, 0.8]])
    q, p = Normal(mu, (log_var / 2).exp()), Normal(0.0, 1.0)
    z = mu + (log_var / 2).exp() * normal(400_000, 2)
    told = objectives.kl(mu, log_var)
    assert torch.allclose((q.log_prob(z) - p.log_prob(z)).mean(0), told[0], atol=0.01)
    assert torch.allclose(told, kl_divergence(q, p), atol=1e-5)


def test_the_reparameterised_gradient_is_the_analytic_one() -> None:
    """E |x − Wz − b|²/2σ² + KL has a closed form for z ~ N(μ, s²): |x − Wμ − b|²/2σ² + Σ s²|w|²/2σ² + KL."""
    w, b, x = factor(), normal(PIXELS, seed=2), normal(1, PIXELS, seed=3)
    net = exact(w, b, 0.9)
    net["enc0_bias"] = net["enc0_bias"].clone().requires_grad_()

    def closed() -> torch.Tensor:
        out = x @ net["enc0"].T + net["enc0_bias"]
        mu, log_var = out.chunk(2, 1)
        far = (x - mu @ w.T - b).square().sum() + (log_var.exp() * w.square().sum(0)).sum()
        return far / (2 * POINTS.sigma**2) + objectives.kl(mu, log_var).sum()

    (true,) = torch.autograd.grad(closed(), net["enc0_bias"])
    many = x.expand(400_000, PIXELS)
    (found,) = torch.autograd.grad(objectives.variational(POINTS, net, many, seeded()), net["enc0_bias"])
    assert torch.allclose(found, true, rtol=0.01, atol=0.02)


def test_with_the_true_posterior_the_elbo_is_the_log_evidence() -> None:
    w, b = factor(), normal(PIXELS, seed=2)
    x = 2 * normal(40, PIXELS, seed=3)
    net, many = coder(exact(w, b, POINTS.sigma)), x.repeat(2_000, 1)
    told = bounds.terms(POINTS, net, many, normal(len(many), LATENT, seed=4))
    evidence = log_evidence(x, w, b, POINTS.sigma).mean()
    assert told["elbo"] == pytest.approx(evidence, abs=0.05)
    assert bounds.importance_bound(POINTS, net, x, seeded(), draws=3) == pytest.approx(evidence, abs=1e-3), "all weights are equal"


def test_the_importance_bound_rises_from_the_elbo_to_the_log_evidence() -> None:
    w, b = factor(), normal(PIXELS, seed=2)
    x = 2 * normal(60, PIXELS, seed=3)
    net = exact(w, b, POINTS.sigma)
    net["enc0_bias"] = net["enc0_bias"] + torch.tensor([0.4, -0.4, 0.7, 0.7])  # beside the truth and too wide
    evidence = log_evidence(x, w, b, POINTS.sigma).mean()
    elbo = bounds.terms(POINTS, coder(net), x.repeat(2_000, 1), normal(60 * 2_000, LATENT, seed=4))["elbo"]
    told = [bounds.importance_bound(POINTS, coder(net), x.repeat(50, 1), seeded(), draws) for draws in (1, 5, 50, 2_000)]
    assert told[0] == pytest.approx(elbo, abs=0.5)
    assert elbo < evidence - 1
    assert told == sorted(told)
    assert told[-1] == pytest.approx(evidence, abs=0.03)


def test_the_best_elbo_of_a_linear_model_is_that_of_probabilistic_pca() -> None:
    """Gradient descent on the loss, against the closed form of Tipping & Bishop 1999 for this σ: W = U (Λ − σ²)^½."""
    x = normal(1_000, LATENT, seed=5) @ factor().T + 0.5 * normal(1_000, PIXELS, seed=6)
    net = {name: 0.3 * normal(*shape, seed=7).squeeze(0) for name, shape in SIZES.items()}
    learned = [tensor.requires_grad_() for tensor in net.values()]
    adam, g = torch.optim.Adam(learned, 0.02), seeded(8)
    for step in range(1_500):
        adam.param_groups[0]["lr"] = 0.02 * (1 - step / 1_500)
        adam.zero_grad()
        objectives.variational(POINTS, net, x, g).backward()
        adam.step()
    eigenvalues, vectors = np.linalg.eigh(np.cov(x.double().numpy().T, bias=True))
    best = vectors[:, -LATENT:] * np.sqrt(eigenvalues[-LATENT:] - POINTS.sigma**2)
    evidence = log_evidence(x, torch.tensor(best), x.double().mean(0), POINTS.sigma).mean()
    still = {name: tensor.detach() for name, tensor in net.items()}
    told = bounds.terms(POINTS, coder(still), x.repeat(80, 1), normal(80 * 1_000, LATENT, seed=9))
    assert told["elbo"] == pytest.approx(evidence, abs=0.02)
    assert told["active_dimensions"] == LATENT


SIZES = {"enc0": (2 * LATENT, PIXELS), "enc0_bias": (1, 2 * LATENT), "dec0": (PIXELS, LATENT), "dec0_bias": (1, PIXELS)}


def test_active_dimensions_are_those_that_move() -> None:
    """Burda et al. 2016: Var E[z|x] > 0.01; a mean that stands still says nothing, wherever it stands."""
    mu = torch.stack((normal(5_000), 0.11 * normal(5_000, seed=1), 0.09 * normal(5_000, seed=2), torch.full((5_000,), 3.0)), 1)
    assert bounds.active(mu) == 2


def test_holes_are_where_the_codes_are_not() -> None:
    """Codes whose posteriors make up N(0, 1) leave none. Where all μ lie on one side, q(z) / p(z) = 2 Φ(z s / w), s and w the widths."""
    w = 0.2
    s = math.sqrt(1 - w**2)
    net = {"enc0": torch.eye(4, 2), "enc0_bias": torch.tensor([0.0, 0.0, 2 * math.log(w), 2 * math.log(w)])}
    points, whole = Coder(Design("vae", (2,), 2, (), bounded=False), net), s * normal(8_000, 2)
    assert bounds.holes(points, whole, seeded()) < 0.05
    half = torch.stack((whole[:, 0].abs(), whole[:, 1]), 1)
    assert bounds.holes(points, half, seeded()) == pytest.approx(norm.cdf(norm.ppf(bounds.THIN / 2) * w / s), abs=0.04)


def test_free_bits_are_free() -> None:
    """Below the line a dimension's KL neither costs nor pulls; above it, it costs what it is."""
    x, net = normal(50, PIXELS), exact(factor(), torch.zeros(PIXELS), 0.9)
    mu, log_var = coder(net).posterior(x)
    each = objectives.kl(mu, log_var).mean(0)
    line = each.mean().item()  # between the two
    plain = POINTS.model_copy(update={"free_bits": 0.0})
    freed = POINTS.model_copy(update={"free_bits": line})
    a, b = (objectives.variational(now, net, x, seeded()) for now in (plain, freed))
    assert (b - a).item() == pytest.approx(line - each.min().item(), abs=1e-4)


def test_the_gaussian_likelihood_is_scipys() -> None:
    mean, x = normal(5, PIXELS), normal(5, PIXELS, seed=1)
    theirs = [multivariate_normal(m, POINTS.sigma**2 * np.eye(PIXELS)).logpdf(v) for m, v in zip(mean.numpy(), x.numpy(), strict=True)]
    assert np.allclose(objectives.log_p(POINTS, mean, x).numpy(), theirs, atol=1e-3)


def test_a_code_is_the_nearest() -> None:
    z, book = normal(30, 12), normal(9, 4, seed=1)
    brute = torch.cdist(z.reshape(-1, 4), book).argmin(1).view(30, 3)
    assert torch.equal(vq.chosen(z, book), brute)
    assert torch.equal(vq.quantised(z, book), book[brute].reshape(30, 12))


def test_gradients_pass_straight_through() -> None:
    z, book = normal(5, 8).requires_grad_(), normal(7, 4, seed=1)
    codes, pull = vq.quantised(z, book), normal(5, 8, seed=2)
    out = vq.straight_through(z, codes)
    assert torch.allclose(out, codes)
    (slope,) = torch.autograd.grad((out * pull).sum(), z)
    assert torch.equal(slope, pull)
    (slope,) = torch.autograd.grad(vq.commitment(z, codes).sum(), z)
    assert torch.allclose(slope, 2 * vq.COMMITMENT * (z - codes))


def test_codes_come_to_rest_at_the_means_of_their_clusters() -> None:
    """Three far clusters: k-means has one fixed point that matters, their means."""
    centres = torch.tensor([[5.0, 0, 0, 0], [0, 5.0, 0, 0], [0, 0, 5.0, 0]])
    z = centres.repeat(200, 1) + 0.1 * normal(600, 4)
    book = vq.Codebook(3, seeded(3))
    for step in range(600):
        book.follow(z, settled=step > 300)
    means = torch.stack([z[k::3].mean(0) for k in range(3)])
    assert torch.cdist(book.codes, means).amin(1).max() < 0.01
    assert vq.perplexity(vq.chosen(z, book.codes), 3) == pytest.approx(3, rel=1e-3)


def test_perplexity_counts_codes_in_use() -> None:
    assert vq.perplexity(torch.tensor([[0, 1], [0, 1]]), 8) == pytest.approx(2)
    assert vq.perplexity(torch.zeros(4, 4, dtype=torch.long), 8) == pytest.approx(1)
    assert vq.perplexity(torch.tensor([[0, 0, 0, 1]]), 8) == pytest.approx(2 ** -(0.75 * math.log2(0.75) + 0.25 * math.log2(0.25)))

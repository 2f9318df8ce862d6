"""Densities against closed forms, quadrature and samples; divergences against pairs whose distance is known."""

import math

import numpy as np
import pytest
import torch
from scipy import integrate, special, stats

from playground import densities, toys
from playground.densities import CELLS, MIXTURES, REACH, Mixture


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def gaussian(x: float, y: float, width: float = 0.2) -> Mixture:
    centre = torch.tensor([[x, y]], dtype=torch.float32)
    return Mixture(centre, (width, width), centre)


def normal(n: int, x: float, y: float, width: float = 0.2, seed: int = 0) -> torch.Tensor:
    return torch.tensor([x, y]) + width * torch.randn(n, 2, generator=seeded(seed))


def test_a_ring_is_rices_distribution_around_the_circle():
    x = torch.tensor([[1.4, 0.0], [0.0, -1.5], [0.9, 0.9], [0.2, 0.1]])
    r, s = x.norm(dim=1).double().numpy(), 0.07
    exact = np.exp(-((r - 1.4) ** 2) / (2 * s**2)) * special.i0e(1.4 * r / s**2) / (math.tau * s**2)
    assert MIXTURES["ring"]().density(x).numpy() == pytest.approx(exact, rel=1e-4, abs=1e-9)


def test_a_line_is_a_difference_of_error_functions():
    x = torch.tensor([[0.0, 0.0], [1.0, 1.1], [1.7, 1.7], [1.8, 1.75], [-0.5, -0.4]])
    along, across = (x.double() @ torch.tensor([[1.0, 1.0], [1.0, -1.0]]).double().T / math.sqrt(2)).T.numpy()
    half, s = 1.7 * math.sqrt(2), toys.LINE_WIDTH
    ends = stats.norm.cdf((along + half) / s) - stats.norm.cdf((along - half) / s)
    assert MIXTURES["line"]().density(x).numpy() == pytest.approx(ends / (2 * half) * stats.norm.pdf(across, scale=s), rel=1e-2)


def test_the_moons_are_their_integral():
    def over(angle: float, x: float, y: float, sign: float) -> float:
        a, b = x * 0.87 - sign * (math.cos(angle) - 0.5), y * 0.5 - sign * (math.sin(angle) - 0.25)
        return stats.norm.pdf(a, scale=0.06) * stats.norm.pdf(b, scale=0.06) * 0.87 * 0.5 / math.tau

    for x, y in ((0.4, 1.2), (-1.0, -0.3), (1.5, 0.0)):
        exact = sum(
            integrate.quad(over, 0, math.pi, args=(x, y, sign), limit=400, points=list(np.linspace(0, math.pi, 20)))[0] for sign in (1, -1)
        )
        assert MIXTURES["moons"]().density(torch.tensor([[x, y]])).item() == pytest.approx(exact, rel=1e-3, abs=1e-6)


@pytest.mark.parametrize("name", MIXTURES)
def test_cells_are_the_densitys_integral_and_the_samples_share(name: str):
    mixture = MIXTURES[name]()
    p = mixture.cells()
    assert p.sum() == pytest.approx(1, abs=1e-9)
    assert (p >= 0).all()
    fine = (torch.arange(8 * CELLS) + 0.5) * (2 * REACH / (8 * CELLS)) - REACH
    y, x = torch.meshgrid(fine, fine, indexing="ij")
    dense = torch.cat([mixture.density(part) for part in torch.stack((x, y), 2).flatten(0, 1).split(20_000)]).view(CELLS, 8, CELLS, 8)
    assert p[:-1] == pytest.approx(dense.double().mean((1, 3)).flatten().numpy() * (2 * REACH / CELLS) ** 2, abs=1e-5, rel=5e-3)
    q = densities.histogram(toys.TOYS[name](200_000, seeded()))
    assert stats.chisquare(*_pooled(q * 200_000, p * 200_000)).pvalue > 1e-4


def _pooled(seen: np.ndarray, expected: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Cells of at least ten expected points; all others as one."""
    many = expected >= 10
    return np.append(seen[many], seen[~many].sum()), np.append(
        expected[many], max(expected[~many].sum(), 1e-9) + seen.sum() - expected.sum()
    )


def test_drawn_points_have_the_density_their_samples_have():
    points = toys.parse_points("-100,-100;100,-100;0,120")
    p, q = densities.drawn(points).cells(), densities.histogram(toys.drawn(points)(20_000, seeded()))
    assert densities.js(p, q) < 0.005
    assert len(densities.drawn(points).modes) == 0


def test_equal_densities_are_at_zero():
    p = MIXTURES["ring"]().cells()
    assert densities.js(p, p) == 0
    assert densities.kl(p, p) < 0.02, "what the mixed-in uniform density costs"
    assert densities.kl(p, p) <= -math.log2(1 - densities.SMOOTHED)


@pytest.mark.parametrize("name", MIXTURES)
def test_true_samples_are_at_zero_within_the_sampling_error_that_theory_gives(name: str):
    """A cell of n p expected points costs E of its own term, its count being Poisson: summed exactly, cell by cell."""
    n, p = 20_000, MIXTURES[name]().cells()
    count = np.arange(n // 10)
    expected = 0.0
    for share in p[p > 1e-9]:
        q, chance = count / n, stats.poisson.pmf(count, n * share)
        middle = (q + share) / 2
        expected += 0.5 * (chance * (special.xlogy(q, q / middle) + share * np.log(share / middle))).sum() / math.log(2)
    said = np.mean([densities.js(p, densities.histogram(toys.TOYS[name](n, seeded(seed)))) for seed in range(4)])
    assert said == pytest.approx(expected, rel=0.1)


def test_far_apart_is_one_bit_and_no_more():
    assert densities.js(gaussian(-1.5, 0).cells(), gaussian(1.5, 0).cells()) == pytest.approx(1, abs=1e-4)
    assert densities.js(gaussian(-1.5, 0).cells(), densities.histogram(normal(20_000, 1.5, 0))) == pytest.approx(1, abs=1e-4)


@pytest.mark.parametrize("gap", [0.1, 0.4, 1.0])
def test_js_of_two_gaussians_is_that_of_their_integral(gap: float):
    """In one dimension, along the line between them: the other one is the same for both."""

    def part(x: float) -> float:
        p, q = (stats.norm.pdf(x, at, 0.2) for at in (0, gap))
        middle = (p + q) / 2
        return 0.5 * sum(a * math.log2(a / middle) for a in (p, q) if a > 1e-300)

    exact = integrate.quad(part, -2, 3, points=[0, gap], limit=200)[0]
    assert densities.js(gaussian(0, 0).cells(), gaussian(gap, 0).cells()) == pytest.approx(exact, rel=0.03)
    sampled = densities.js(gaussian(0, 0).cells(), densities.histogram(normal(200_000, gap, 0)))
    assert sampled == pytest.approx(exact, rel=0.03, abs=0.005)


@pytest.mark.parametrize("gap", [0.2, 0.4])
def test_kl_of_two_gaussians_is_its_closed_form(gap: float):
    """(gap / width)² / 2 nats; where q is not near the uniform density that is mixed in."""
    exact = (gap / 0.2) ** 2 / 2 / math.log(2)
    assert densities.kl(gaussian(0, 0).cells(), gaussian(gap, 0).cells()) == pytest.approx(exact, rel=0.06)


def test_a_missing_half_costs_half_the_logarithm_of_what_is_mixed_in():
    p = (gaussian(-1, 0).cells() + gaussian(1, 0).cells()) / 2
    half = gaussian(1, 0).cells()
    assert densities.js(p, half) == pytest.approx(1 + 0.5 * (0.5 * math.log2(0.5) - 1.5 * math.log2(1.5)) + 0, abs=1e-3)
    assert densities.kl(p, half) > 3 > densities.kl(half, p) == pytest.approx(1, abs=0.05)


def test_what_lies_outside_the_stage_counts():
    far = densities.histogram(torch.full((100, 2), 50.0))
    assert far[-1] == 1
    assert densities.js(far, gaussian(0, 0).cells()) == pytest.approx(1)
    assert densities.histogram(torch.tensor([[-REACH, -REACH], [REACH, REACH]]))[[0, -1]].tolist() == [0.5, 0.5]


def test_modes_are_found_from_a_quarter_of_their_share_on():
    mixture = MIXTURES["8gaussians"]()
    true = toys.eight_gaussians(100_000, seeded())
    share = densities.shares(true, mixture)
    assert share == pytest.approx(np.full(8, stats.chi2.cdf(9, 2) / 8), abs=0.004)
    assert densities.true_share(8) == pytest.approx(stats.chi2.cdf(9, 2) / 8)
    assert densities.found(share) == 8
    nearest = torch.cdist(true, mixture.modes).argmin(1)
    for first, modes in ((3_900, 8), (2_400, 7)):  # a quarter of an eighth of some 87,000 is 2,700
        few = torch.cat([true[nearest == k][: first if k == 0 else 12_000] for k in range(8)])
        assert densities.found(densities.shares(few, mixture)) == modes
    assert densities.found(densities.shares(true[nearest == 3], mixture)) == 1
    assert densities.shares(10 * true, mixture).sum() < 0.01


def test_the_blurred_estimate_is_the_blurred_density():
    mixture, line = MIXTURES["8gaussians"](), torch.linspace(-2, 2, 9)
    y, x = torch.meshgrid(line, line, indexing="ij")
    at = torch.stack((x, y), 2).flatten(0, 1)
    exact = mixture.density(at, blur=0.15).view(9, 9).numpy()
    assert densities.blurred(toys.eight_gaussians(200_000, seeded()), line, 0.15) == pytest.approx(exact, abs=0.02)
    assert mixture.density(at, blur=0.15).numpy() == pytest.approx(
        np.mean([stats.multivariate_normal.pdf(at.numpy(), c, 0.12**2 + 0.15**2) for c in mixture.modes.numpy()], 0), rel=1e-4, abs=1e-8
    )

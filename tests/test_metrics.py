import math

import numpy as np
import pytest
import torch
from scipy.optimize import linear_sum_assignment

from playground import metrics


def normal(n: int, d: int, seed: int) -> torch.Tensor:
    return torch.randn(n, d, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("d", [2, 64])
def test_sw2_of_equal_sets_is_zero_in_any_order(d):
    a = normal(200, d, 0)
    order = torch.randperm(200, generator=torch.Generator().manual_seed(1))
    assert metrics.sw2(a, a) == 0
    assert metrics.sw2(a, a[order]) < 1e-6


@pytest.mark.parametrize("d", [2, 5])
def test_sw2_is_the_best_assignment_along_each_direction(d):
    """Brute force: 1-D Wasserstein-2 by the Hungarian algorithm, no sorting."""
    a, b = normal(25, d, 0).double(), 1.5 * normal(25, d, 1).double() + 0.3
    squares = []
    for theta in metrics.directions(d).T.astype(float):
        cost = ((a.numpy() @ theta)[:, None] - (b.numpy() @ theta)[None]) ** 2
        squares.append(cost[linear_sum_assignment(cost)].mean())
    assert metrics.sw2(a.float(), b.float()) == pytest.approx(math.sqrt(np.mean(squares)), rel=1e-5)


def test_directions_are_unit_and_isotropic():
    for d in (2, 64):
        theta = metrics.directions(d)
        assert theta.shape == (d, 128)
        assert np.allclose(np.linalg.norm(theta, axis=0), 1, atol=1e-6)
    assert np.allclose(metrics.directions(2) @ metrics.directions(2).T / 128, np.eye(2) / 2, atol=1e-6)


@pytest.mark.parametrize("shift", [(3.0, 0.0), (0.0, -2.0), (1.0, 1.0)])
def test_a_shift_by_d_costs_d_over_root_two_on_the_plane(shift):
    a = normal(300, 2, 0)
    assert metrics.sw2(a, a + torch.tensor(shift)) == pytest.approx(math.hypot(*shift) / math.sqrt(2), rel=1e-4)


def test_gaussians_of_two_widths():
    """W2 of N(0, 1) and N(0, s²) along any line is |s − 1| for large sets."""
    assert metrics.sw2(normal(50_000, 2, 0), 3 * normal(50_000, 2, 1)) == pytest.approx(2, rel=0.02)


def test_sw2_is_symmetric_and_obeys_the_triangle():
    a, b, c = normal(100, 2, 0), normal(100, 2, 1) + 1, 2 * normal(100, 2, 2)
    assert metrics.sw2(a, b) == metrics.sw2(b, a) > 0
    assert metrics.sw2(a, c) <= metrics.sw2(a, b) + metrics.sw2(b, c)


def test_sets_of_other_sizes_are_refused():
    with pytest.raises(ValueError, match="one shape"):
        metrics.sw2(normal(10, 2, 0), normal(11, 2, 0))


def test_the_floor_is_the_mean_over_ten_fresh_pairs():
    g, draws = torch.Generator().manual_seed(0), []

    def draw() -> torch.Tensor:
        draws.append(torch.randn(100, 2, generator=g))
        return draws[-1]

    floor = metrics.sw2_floor(draw)
    assert len(draws) == 20
    assert floor == pytest.approx(np.mean([metrics.sw2(a, b) for a, b in zip(draws[::2], draws[1::2], strict=True)]))


def test_the_floor_falls_with_the_root_of_the_size():
    g = torch.Generator().manual_seed(0)
    small, large = (metrics.sw2_floor(lambda n=n: torch.randn(n, 2, generator=g), pairs=40) for n in (100, 1600))
    assert 3.2 < small / large < 4.8


def test_typical_is_the_set_in_the_middle():
    sets = [normal(100, 2, 0) + shift for shift in (-3.0, 0.1, 4.0)]
    assert metrics.typical(sets) is sets[1]

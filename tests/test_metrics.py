import math

import numpy as np
import pytest
import torch
from scipy.linalg import sqrtm
from scipy.optimize import linear_sum_assignment
from scipy.spatial import cKDTree

from playground import metrics
from playground.datasets import mnist
from playground.nets import classifier


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


def test_fid_is_the_textbook_formula():
    a, b = normal(500, 8, 0) @ normal(8, 8, 1), normal(400, 8, 2) @ normal(8, 8, 3) + 0.5
    x, y = a.double().numpy(), b.double().numpy()
    cov_x, cov_y = np.cov(x.T), np.cov(y.T)
    expected = np.square(x.mean(0) - y.mean(0)).sum() + np.trace(cov_x + cov_y - 2 * sqrtm(cov_x @ cov_y).real)
    assert metrics.fid(a, b) == pytest.approx(expected, rel=1e-6)
    assert metrics.fid(a, b) == pytest.approx(metrics.fid(b, a), rel=1e-6)


def test_fid_of_equal_sets_is_zero_and_a_shift_costs_its_square():
    a = normal(500, 8, 0)
    assert 0 <= metrics.fid(a, a) < 1e-6
    assert metrics.fid(a, a + 3) == pytest.approx(8 * 9, rel=1e-5)
    assert metrics.fid(a, 0 * a) > 0  # a set without any spread is no error


def test_recall_is_what_a_tree_of_neighbours_says():
    made, real = normal(200, 3, 0), normal(150, 3, 1) * 1.5
    tree = cKDTree(made.double().numpy())
    radius = tree.query(made.double().numpy(), k=4)[0][:, -1]
    gap = np.linalg.norm(real.double().numpy()[:, None] - made.double().numpy(), axis=2)
    assert metrics.recall(made, real) == pytest.approx((gap <= radius).any(1).mean(), abs=1e-6)


def test_nearest_is_what_a_tree_says():
    x, among = (torch.randint(0, 256, (n, 4, 4), generator=torch.Generator().manual_seed(n)).to(torch.uint8) for n in (30, 90))
    tree = cKDTree(among.flatten(1).numpy().astype(float))
    assert metrics.nearest(x, among) == pytest.approx(tree.query(x.flatten(1).numpy().astype(float))[0].mean(), rel=1e-4)


def noise(n: int) -> torch.Tensor:
    return torch.randint(0, 256, (n, 28, 28), generator=torch.Generator().manual_seed(0)).to(torch.uint8)


def test_the_judge_of_copies_of_the_training_set():
    told = metrics.digits()(mnist().train.x[:1000], mnist().train.y[:1000])
    assert told["nearest"] == 0
    assert told["agreement"] > 0.98
    assert told["diversity"] > 0.75
    assert told["fid"] < 2 * told["fid_floor"]


def test_the_judge_of_one_picture_repeated():
    told = metrics.digits()(mnist().train.x[:1].repeat(1000, 1, 1), torch.arange(1000) % 10)
    assert told["nearest"] == 0
    assert told["agreement"] == 0.1
    assert told["diversity"] == 0
    assert told["fid"] > 50 * told["fid_floor"]


def test_the_judge_of_ten_pictures_repeated():
    """Right every time, and of hardly any kind."""
    ten = torch.stack([mnist().train.x[mnist().train.y == c][0] for c in range(10)])
    told = metrics.digits()(ten.repeat(100, 1, 1), torch.arange(1000) % 10)
    assert told["agreement"] == 1
    assert told["diversity"] < 0.01


def test_the_judge_of_pure_noise():
    told = metrics.digits()(noise(1000), torch.arange(1000) % 10)
    assert told["nearest"] > 2
    assert told["agreement"] < 0.2
    assert told["diversity"] < 0.01
    assert told["fid"] > 50 * told["fid_floor"]


def test_the_judge_of_other_real_digits():
    told = metrics.digits()(mnist().validation.x, mnist().validation.y)
    assert told["nearest"] == pytest.approx(1, abs=0.1)
    assert told["agreement"] > 0.98
    assert told["diversity"] > 0.75
    assert told["fid"] < 2 * told["fid_floor"]


def test_the_judge_of_the_held_out_digits_themselves():
    judge = metrics.digits()
    told = judge(mnist().test.x, mnist().test.y)
    assert told["fid"] < 1e-6
    assert told["diversity"] == 1
    assert metrics.nearest(mnist().test.x, mnist().train.x) / judge.apart == 1


def test_the_judge_never_saw_what_it_judges():
    """Its training pictures are the train split, and what it holds out is not among them."""
    judge = metrics.digits()
    assert torch.equal(judge.train, mnist().train.x)
    assert torch.equal(judge.held_out, classifier.features("digits", mnist().test.x))

import numpy as np
import pytest
import torch
from pydantic_core import PydanticCustomError
from scipy.stats import kstest

from playground import toys


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize("name", toys.TOYS)
def test_toys_are_standardised_and_fit_the_stage(name):
    x = toys.TOYS[name](50_000, seeded())
    assert x.shape == (50_000, 2)
    assert x.dtype == torch.float32
    assert x.mean(0).abs().max() < 0.04
    assert ((x.std(0) > 0.87) & (x.std(0) < 1.1)).all()
    assert (x.abs() > 2).float().mean() < 2e-4
    assert x.abs().max() < 2.15


@pytest.mark.parametrize("name", toys.TOYS)
def test_the_generator_decides(name):
    toy = toys.TOYS[name]
    before = torch.get_rng_state()
    assert torch.equal(toy(100, seeded(1)), toy(100, seeded(1)))
    assert not torch.equal(toy(100, seeded(1)), toy(100, seeded(2)))
    assert torch.equal(before, torch.get_rng_state())


def test_ring_lies_on_its_circle():
    x = toys.ring(20_000, seeded())
    # |x| of a point at radius r plus a small Gaussian of width s: mean r + s²/2r, spread s
    assert abs(x.norm(dim=1).mean() - 1.4 - 0.07**2 / 2.8) < 2e-3
    assert abs(x.norm(dim=1).std() - 0.07) < 2e-3
    angle = torch.atan2(x[:, 1], x[:, 0]).numpy() / (2 * np.pi) + 0.5
    assert kstest(angle, "uniform").pvalue > 1e-3


def test_eight_gaussians_are_eight_and_equal():
    x = toys.eight_gaussians(40_000, seeded())
    angles = torch.arange(8) * (2 * torch.pi / 8)
    centres = 1.4 * torch.stack((angles.cos(), angles.sin()), 1)
    nearest, mode = torch.cdist(x, centres).min(1)
    assert (torch.bincount(mode, minlength=8) / 40_000 - 1 / 8).abs().max() < 0.01
    assert abs((nearest**2).mean() - 2 * 0.12**2) < 1e-3


def test_checkerboard_fills_the_dark_squares_only():
    x = toys.checkerboard(40_000, seeded())
    square = (x / 0.9 + 2).floor().long()
    assert ((square.sum(1) % 2) == 0).all()
    assert (torch.bincount(square[:, 1] * 4 + square[:, 0], minlength=16) > 0).sum() == 8


def test_moons_match_scikit_learns_formula():
    x = toys.moons(20_000, seeded()) * torch.tensor([0.87, 0.5]) + torch.tensor([0.5, 0.25])
    to_upper = ((x**2).sum(1).sqrt() - 1).abs()
    to_lower = (((x - torch.tensor([1.0, 0.5])) ** 2).sum(1).sqrt() - 1).abs()
    assert torch.minimum(to_upper, to_lower).max() < 0.06 * 5.5
    assert abs((to_upper < to_lower).float().mean() - 0.5) < 0.02


def test_swiss_roll_radius_grows_with_the_angle():
    x = toys.swiss_roll(20_000, seeded()) * 7.4 + torch.tensor([2.0, 0.2])
    radius, angle = x.norm(dim=1), torch.atan2(x[:, 1], x[:, 0])
    off = (radius - angle + torch.pi) % (2 * torch.pi) - torch.pi  # r = angle, up to whole turns
    assert abs(off.mean()) < 0.02
    assert 0.35 < off.std() < 0.45


def test_smiley_has_two_eyes_and_a_smile_below():
    x = toys.smiley(20_000, seeded())
    inside = x[x.norm(dim=1) < 1.3]
    assert abs((inside[:, 1] > 0.3).float().mean() - 0.2 / 0.45) < 0.03
    eyes = inside[inside[:, 1] > 0.3]
    assert (eyes[:, 0].abs() > 0.2).all()
    assert abs((eyes[:, 0] > 0).float().mean() - 0.5) < 0.03


def test_points_are_read_in_hundredths():
    assert toys.parse_points("").shape == (0, 2)
    assert torch.equal(toys.parse_points("-200,15;0,200"), torch.tensor([[-2.0, 0.15], [0.0, 2.0]]))
    assert len(toys.parse_points(";".join(["1,1"] * 200))) == 200


@pytest.mark.parametrize(
    "text", ["1", "1,2,3", "1,2;", ";", "a,b", "1.5,2", "201,0", "0,-201", "1, 2", "+1,2", "²,1", "٣,1", "9" * 400 + ",1", "<script>"]
)
def test_bad_points_are_refused(text):
    with pytest.raises(PydanticCustomError) as error:
        toys.parse_points(text)
    assert error.value.type == "points_bad"
    assert error.value.context == {"limit": 200}


def test_too_many_points_are_refused():
    with pytest.raises(PydanticCustomError) as error:
        toys.parse_points(";".join(["1,1"] * 201))
    assert error.value.type == "points_too_many"
    assert error.value.context == {"limit": 200}


def test_drawn_points_are_equally_likely_with_a_small_gaussian_each():
    points = toys.parse_points("-150,-150;150,0;0,100")
    x = toys.drawn(points)(30_000, seeded())
    _, which = torch.cdist(x, points).min(1)
    assert (torch.bincount(which, minlength=3) / 30_000 - 1 / 3).abs().max() < 0.01
    assert abs((x - points[which]).std() - toys.BANDWIDTH) < 1e-3

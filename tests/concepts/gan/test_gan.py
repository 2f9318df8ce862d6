import math
from functools import cache, partial

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from scipy import optimize

from playground.concept import load
from playground.concepts.gan import nets
from playground.concepts.gan.game import Game, decayed
from playground.concepts.gan.losses import LABELLED, LOSSES, gradient_penalty, r1
from playground.concepts.gan.model import band, run, snapshot_steps
from playground.concepts.gan.params import Params
from playground.concepts.gan.pictures import Pictures
from playground.concepts.gan.plane import EXTENT, GRID, Plane, areas, grid
from playground.concepts.gan.slow import PARTS
from playground.frame import Frame, encode, finite
from playground.params import Refused
from playground.state import State


def collect(state: State | None = None, **fields) -> tuple[list[Frame], State]:
    frames, steps = [], run(Params(**fields), state)
    while True:
        try:
            frames.append(next(steps))
        except StopIteration as end:
            return frames, end.value


@cache
def short(**fields) -> tuple[list[Frame], State]:
    return collect(**({"steps": 10} | fields))


def phase(frames: list[Frame], name: str) -> list[Frame]:
    return [frame for frame in frames if frame.phase == name]


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize("fields", [{}, {"data": "8gaussians", "seeds": 3}, {"data": "digits"}, {"data": "faces"}], ids=str)
def test_shape_of_a_run(fields):
    frames, state = short(**fields)
    params = Params(steps=10, **fields)
    assert [f.step for f in phase(frames, "train")] == sorted(snapshot_steps(params))
    assert [f.step for f in phase(frames, "slow")] == (list(range(1, 11)) if params.seeds == 1 else [])
    assert len(frames) == load("gan").frames(params)
    assert all(finite(f) for f in frames)
    assert set(state) >= {"g", "d", "mean"}
    assert state["g"].shape[0] == params.seeds
    if fields.get("seeds"):
        told = frames[-1].metrics
        assert told["js_low"] <= told["js_median"] <= told["js_high"]
        assert frames[0].arrays["fake_all"].shape == (3, 250, 2)
        assert np.array_equal(frames[0].arrays["fake_all"][0], frames[0].arrays["fake"][:250]), "plain arrays are the first member's"
    if not fields:
        assert frames[0].arrays["d_grid"].min() >= 0
        assert frames[0].arrays["d_grid"].max() <= 1
        assert b"".join(encode(frames))


def expected(name: str) -> tuple:
    """Each loss by torch's own functions: D's of real and fake, G's, on the discriminator's raw outputs."""
    ones, bce = torch.ones_like, F.binary_cross_entropy_with_logits
    return {
        "minimax": lambda r, f: (bce(r, ones(r)) + bce(f, 0 * f), -bce(f, 0 * f)),
        "non_saturating": lambda r, f: (bce(r, ones(r)) + bce(f, 0 * f), bce(f, ones(f))),
        "least_squares": lambda r, f: (F.mse_loss(r, ones(r)) / 2 + F.mse_loss(f, 0 * f) / 2, F.mse_loss(f, ones(f)) / 2),
        "hinge": lambda r, f: (F.margin_ranking_loss(r, 0 * r, ones(r), 1.0) + F.margin_ranking_loss(0 * f, f, ones(f), 1.0), -f.mean()),
        "wgan": lambda r, f: (f.mean() - r.mean(), -f.mean()),
        "wgan_gp": lambda r, f: (f.mean() - r.mean(), -f.mean()),
    }[name]


@pytest.mark.parametrize("name", LOSSES)
def test_losses_are_those_of_the_papers(name):
    real, fake = torch.randn(50, generator=seeded()), torch.randn(50, generator=seeded(1)) - 1
    loss = LOSSES[name]
    d, g = expected(name)(real, fake)
    assert (loss.real(real, 1.0).mean() + loss.fake(fake).mean()).item() == pytest.approx(d.item(), rel=1e-5)
    assert loss.generator(fake).mean().item() == pytest.approx(g.item(), rel=1e-5)


@pytest.mark.parametrize("name", LOSSES)
def test_slopes_of_losses_are_those_of_autograd(name):
    o = (2 * torch.randn(200, generator=seeded())).requires_grad_()
    for term in (LOSSES[name].real, LOSSES[name].fake, LOSSES[name].generator):
        (expected,) = torch.autograd.grad(term(o, 0.8).sum(), o)
        assert torch.allclose(term.slope(o.detach(), 0.8), expected, atol=1e-6)


FAIR = {"steps": 10, "batch": 16, "seeds": 2, "g_width": 8, "d_width": 8}
HARD = [
    {},
    {"loss": "wgan_gp", "r1": 1.0},
    {"spectral_norm": True, "loss": "hinge", "instance_noise": 0.2},
    {"spectral_norm": True, "r1": 1.0, "label_smoothing": 0.2, "g_activation": "silu", "d_activation": "tanh"},
    {"data": "digits", "picture_r1": 1.0, "d_activation": "relu"},
    {"data": "digits", "loss": "wgan_gp", "picture_r1": 0.0, "spectral_norm": True},
]


@pytest.mark.parametrize("fields", HARD, ids=str)
def test_the_way_back_is_that_of_autograd(fields):
    """Both players' slopes in the second step, when no weight is where it began, from the papers' loss and nothing but autograd."""
    params = Params(**(FAIR | fields))
    game = Game(params, Pictures(params) if params.data == "digits" else Plane(params))
    list(game.play(params, 0))
    between: list[torch.Tensor] = []
    drawn = game.between
    game.between = (between.append(x) or x for x in drawn)
    for name, seen in game.play(params, game.space.lazy):
        if name == "d_backward":
            label = seen.get("label")
            critic = partial(game.critic, label=label)
            d = game.loss.real(critic(seen["real"]), 1 - params.label_smoothing).mean(1)
            d = d + game.loss.fake(game.critic(seen["fake"], seen.get("asked"))).mean(1)
            gamma = params.picture_r1 if params.data == "digits" else params.r1
            if gamma:
                d = d + gamma * game.space.lazy * r1(critic, seen["real"])
            if params.loss == "wgan_gp":
                d = d + params.penalty * gradient_penalty(critic, seen["real"], seen["fake"], between[-1])
            assert torch.allclose(seen["d_loss"], d, rtol=1e-4, atol=1e-5)
            assert_slope(game.d, d)
        if name == "g_backward" and not params.instance_noise:
            fake = game.space.generate(game.g.w, seen["z"])
            assert_slope(game.g, game.loss.generator(game.critic(fake, game.space.asked(seen["z"]))).mean(1))


def assert_slope(player: nets.Player, loss: torch.Tensor) -> None:
    slopes = torch.autograd.grad(loss.sum(), player.w, materialize_grads=True)
    for expected, found in zip(slopes, player.slopes, strict=True):
        assert torch.allclose(found, expected, rtol=1e-3, atol=1e-5 * max(1, expected.abs().max().item()))


@pytest.mark.parametrize("label", [1.0, 0.9, 0.7])
@pytest.mark.parametrize("name", LOSSES)
def test_equilibrium_is_the_least_that_d_can_pay_when_it_can_not_tell(name, label):
    """Where p = q D's answer o is one number for real and fake: the best is found by search, not by formula."""
    loss = LOSSES[name]
    if label < 1 and name not in LABELLED:
        return
    at = lambda o: (loss.real(torch.tensor(o), label) + loss.fake(torch.tensor(o))).item()  # noqa: E731
    best = optimize.minimize_scalar(at, bounds=(-5, 5), method="bounded")
    d, g = loss.equilibrium(label)
    assert d == pytest.approx(best.fun, abs=1e-4)
    if g is not None:
        assert g == pytest.approx(loss.generator(torch.tensor(best.x)).item(), abs=1e-2)


def test_minimax_goes_flat_where_d_is_sure_and_non_saturating_does_not():
    o = torch.tensor([-12.0], requires_grad=True)
    slope = {name: torch.autograd.grad(LOSSES[name].generator(o).sum(), o)[0].item() for name in ("minimax", "non_saturating")}
    assert abs(slope["minimax"]) < 1e-5
    assert slope["non_saturating"] == pytest.approx(-1, abs=1e-5)


def test_penalties_of_a_plane_are_its_slope():
    """D(x) = a x + b y + c: |∂D/∂x| = |(a, b)| everywhere."""
    a = torch.tensor([3.0, 4.0])
    critic = lambda x: x @ a + 7  # noqa: E731
    x, y = torch.randn(2, 30, 2, generator=seeded()), torch.randn(2, 30, 2, generator=seeded(1))
    assert r1(critic, x).tolist() == pytest.approx([12.5, 12.5])
    assert gradient_penalty(critic, x, y, torch.rand(2, 30, 1, generator=seeded())).tolist() == pytest.approx([16, 16], rel=1e-4)


def test_a_members_training_is_that_of_its_own_seed():
    """Three members at once, and each of their seeds alone."""
    together, _ = short(data="8gaussians", seeds=3)
    for k in range(3):
        alone, _ = short(data="8gaussians", seed=7 + k)
        both = [phase(frames, "train")[-1] for frames in (together, alone)]
        if k == 0:
            assert both[0].metrics["d_loss"] == pytest.approx(both[1].metrics["d_loss"], rel=1e-4)
    game = Game(Params(seeds=3), Plane(Params(seeds=3)))
    for k in range(3):
        lone = Game(Params(seed=7 + k), Plane(Params(seed=7 + k)))
        for _ in range(3):
            if k == 0:
                list(game.play(Params(seeds=3), 0))
            list(lone.play(Params(), 0))
        assert torch.allclose(game.g.flat[k], lone.g.flat[0], atol=2e-5)
        assert torch.allclose(game.d.flat[k], lone.d.flat[0], atol=2e-5)


def test_slow_motion_is_a_step_of_the_training():
    """Another game, played without looking, stands after that step where the last sub-step says."""
    params = Params(steps=20, look_at=7)
    frames, _ = collect(steps=20, look_at=7)
    slow = phase(frames, "slow")
    game = Game(params, space := Plane(params))
    for step in range(7):
        list(game.play(params, step))
    before = game.d.flat.clone(), game.g.flat.clone()
    for name, seen in game.play(params, 7):
        if name == "d_sample":
            assert np.array_equal(slow[0].arrays["real"], seen["real"][0].numpy().astype(np.float16))
            assert np.array_equal(slow[0].arrays["d_grid"], space.surface(game))
        if name == "g_update":
            fake = space.generate(game.g.still, seen["z"])[0]
            assert np.array_equal(slow[9].arrays["fake"], fake.numpy().astype(np.float16)), "where the new G takes the same noise"
            assert slow[9].metrics["g_loss"] == seen["g_loss"].item()
    assert slow[9].metrics["d_move"] == pytest.approx((game.d.flat - before[0]).norm().item(), rel=1e-5)
    assert slow[9].metrics["g_move"] == pytest.approx((game.g.flat - before[1]).norm().item(), rel=1e-5)
    assert np.array_equal(slow[9].arrays["d_grid"], space.surface(game))
    assert len(slow) == len(PARTS)
    assert np.abs(slow[8].arrays["gradient"]).max() > 0, "G's slope is seen in the ninth part"
    assert all(np.abs(frame.arrays["gradient"]).max() == 0 for frame in slow[:8])


def test_looking_at_another_step_changes_nothing_in_the_training():
    one, other = (phase(collect(steps=12, look_at=at)[0], "train") for at in (3, 9))
    assert list(encode(one)) == list(encode(other))


def test_the_learning_rate_falls_by_a_cosine():
    params = Params(final_rate=0.1)
    assert decayed(params, 0) == 1
    assert decayed(params, params.steps) == pytest.approx(0.1)
    assert decayed(params, params.steps // 2) == pytest.approx(0.55)


def test_d_only_leaves_g_and_g_only_leaves_d():
    for still, moves in (("g", "d"), ("d", "g")):
        params = Params(steps=10, **{f"{still}_steps": 0})
        game = Game(params, Plane(params))
        before = {name: getattr(game, name).flat.clone() for name in "gd"}
        names = [name for name, _ in game.play(params, 0)]
        assert names == [part for part in PARTS if part.startswith(moves)]
        assert torch.equal(getattr(game, still).flat, before[still])
        assert not torch.equal(getattr(game, moves).flat, before[moves])
    with pytest.raises(Refused):
        Params.checked({"g_steps": 0, "d_steps": 0})


def test_edits_come_into_force_at_their_step_and_not_before():
    plain, edited = collect(steps=20)[0], collect(steps=20, edits="10:g_rate=0.02;10:loss=hinge")[0]
    same = [list(encode([a])) == list(encode([b])) for a, b in zip(phase(plain, "train"), phase(edited, "train"), strict=True)]
    steps = [frame.step for frame in phase(plain, "train")]
    assert all(kept for kept, step in zip(same, steps, strict=True) if step < 10)
    assert not any(kept for kept, step in zip(same, steps, strict=True) if step > 10)


def test_a_run_that_diverges_ends_with_its_last_finite_frame():
    frames, _ = collect(steps=100, loss="wgan_gp", g_optimiser="momentum", d_optimiser="momentum", g_rate=1.0, d_rate=1.0)
    assert all(finite(frame) for frame in frames)
    assert frames[-1].phase == "diverged"
    assert frames[-1].metrics["diverged"] == 1
    assert np.array_equal(frames[-1].arrays["fake"], frames[-2].arrays["fake"])


def test_weights_are_clipped():
    params = Params(loss="wgan", clip=0.05)
    game = Game(params, Plane(params))
    list(game.play(params, 0))
    assert game.d.flat.abs().max() <= 0.05 + 1e-7


def test_the_surface_is_ds_answer_with_the_first_row_at_the_top():
    params = Params()
    game = Game(params, space := Plane(params))
    surface = space.surface(game).astype(float)
    step = 2 * EXTENT / GRID
    corner = torch.tensor([[[-EXTENT + step / 2, EXTENT - step / 2]]])
    assert surface[0, 0] == pytest.approx(torch.sigmoid(game.critic(corner)).item(), abs=1e-3)
    assert grid(GRID)[GRID - 1].tolist() == pytest.approx([EXTENT - step / 2, EXTENT - step / 2])


def test_the_gradient_at_the_fakes_is_the_slope_of_gs_loss():
    """By finite differences."""
    params = Params(d_activation="tanh")
    game = Game(params, Plane(params))
    frame = short(d_activation="tanh")[0][0]
    fake, arrow = frame.arrays["fake"][:5].astype(float), frame.arrays["gradient"][:5].astype(float)
    for (x, y), (*_, dx, dy) in zip(fake, arrow, strict=True):
        cost = lambda x, y: LOSSES["non_saturating"].generator(game.critic(torch.tensor([[[x, y]]], dtype=torch.float32))).item()  # noqa: E731
        slope = (cost(x + 0.01, y) - cost(x - 0.01, y)) / 0.02, (cost(x, y + 0.01) - cost(x, y - 0.01)) / 0.02
        assert (dx, dy) == pytest.approx((-0.3 * slope[0], -0.3 * slope[1]), abs=2e-3)


def test_cells_of_a_sheet_have_their_area():
    line = torch.linspace(0, 3, 4)
    square = torch.stack(torch.meshgrid(line, 2 * line, indexing="ij"), 2)
    assert torch.allclose(areas(square), torch.full((3, 3), 2.0))
    assert torch.allclose(areas(square @ torch.tensor([[1.0, 0.5], [0.0, 1.0]])), torch.full((3, 3), 2.0)), "a shear keeps it"


def test_the_band_is_median_lowest_and_highest():
    told = [{"js": value, "other": 1.0} for value in (0.3, 0.1, 0.7)]
    assert band(told) == {"js_median": 0.3, "js_low": 0.1, "js_high": 0.7}


def test_pictures_know_the_class_they_are_asked_for():
    space = Pictures(Params(data="digits"))
    batch = space.real(20, seeded())
    coords, label = space.apart(batch[None])
    assert label is not None
    assert coords.shape == (1, 20, space.dimensions)
    from playground.datasets import mnist

    place = [int((mnist().train.y == label[0, i].argmax()).sum()) for i in range(20)]
    assert min(place) > 500
    for i in range(3):
        same = torch.isclose(space.set.train, coords[0, i], atol=1e-6).all(1).nonzero()[0, 0]
        assert space.set.label is not None
        assert space.set.label[same] == label[0, i].argmax()
    assert torch.equal(space.asked(space.z[None])[0].argmax(1), space.label)


def test_work_grows_with_what_is_done() -> None:
    assert Params().work() < Params(seeds=16).work() < 120
    assert Params(d_steps=2).work() > Params().work()
    assert math.isfinite(Params(data="digits").work())

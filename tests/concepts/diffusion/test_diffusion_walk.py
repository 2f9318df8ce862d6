"""Noise to data: samplers, guidance, and what the stage shows of the way."""

import numpy as np
import pytest
import torch

from playground.concept import load
from playground.concepts.diffusion.model import process_of, reverse, shown_steps, space_of
from playground.concepts.diffusion.params import Params
from playground.datasets import mnist
from playground.metrics import digits
from playground.samplers import flow
from tests.concepts.diffusion.diffusions import KINDS, PICTURES, collect, short
from tests.playing import phase


def test_guidance_is_the_formula():
    """u + w (c − u): w = 0 does not know the class, 1 is the answer with it, beyond the line goes straight on."""
    space = space_of(Params(data="digits"))
    _, w = short(data="digits")
    x, t = space.noise[:50], torch.full((50, 1), 0.7)
    u, c = (space.network(w, x, t, label) for label in (torch.full((50,), 10), space.classes[:50]))
    for strength in (0.0, 0.5, 1.0, 2.0, 8.0):
        assert torch.allclose(space.guided(w, x, t, strength), u + strength * (c - u), atol=1e-2)
    assert (c - u).abs().max() > 0.02


def test_another_guidance_walks_elsewhere_and_never_trains_again():
    frames, state = short(data="digits")
    made = collect(state, steps=12, data="digits", guidance=5.0)[0]
    assert [f.metrics for f in phase(made, "train")] == [f.metrics for f in phase(frames, "train")]
    assert {f.metrics["guidance"] for f in phase(made, "reverse")} == {5}
    assert not np.array_equal(phase(made, "reverse")[-1].arrays["sample"], phase(frames, "reverse")[-1].arrays["sample"])
    assert [f.metrics for f in phase(made, "weigh")] == [f.metrics for f in phase(frames, "weigh")], "the chapter tries its own"


def test_digits_are_judged_by_a_thousand_of_which_forty_are_shown():
    frames, state = short(data="digits")
    space = space_of(Params(data="digits"))
    *_, (_, x, _) = reverse(flow(), space, state, "heun", 20, 2.0)
    made = space.latent.decode(x)
    assert len(made) == 1000
    last = phase(frames, "reverse")[-1]
    assert np.array_equal(made[:40].numpy(), last.arrays["sample"])
    assert space.classes[:40].tolist() == list(range(10)) * 4
    assert torch.equal(space.classes[40:], mnist().train.y[:960]), "as often as they are seen in training"
    told = digits()(made, space.classes)
    assert told == {name: last.metrics[name] for name in told}


@pytest.mark.parametrize("fields", KINDS, ids=str)
def test_the_walk_starts_at_the_forward_noise_and_ends_at_the_last_snapshot(fields):
    frames, _ = short(**fields)
    last, walk = phase(frames, "train")[-1], phase(frames, "reverse")
    assert np.array_equal(walk[-1].arrays["sample"], last.arrays["sample"])
    assert walk[-1].metrics["sw2"] == last.metrics["sw2"]
    gap = np.abs(phase(frames, "forward")[-1].arrays["sample"].astype(float) - walk[0].arrays["sample"])
    if fields in PICTURES:  # a thousandth of the picture is left in ddpm's noise
        return
    assert gap.max() < 0.02


def test_field_points_the_way_samples_go():
    """Beside a sample, the arrow and the next move of the sample agree."""
    frames = phase(short(steps=150, sampling_steps=30)[0], "reverse")
    frame, after = frames[15], frames[16]
    x, field = frame.arrays["sample"].astype(float), frame.arrays["field"].astype(float)
    distance = np.linalg.norm(x[:, None] - field[None, :, :2], axis=2)
    near = distance.min(1) < 0.12
    move, arrow = (after.arrays["sample"] - x)[near], field[distance.argmin(1)][near, 2:]
    assert near.sum() > 50
    cosine = (move * arrow).sum(1) / np.linalg.norm(move, axis=1) / np.linalg.norm(arrow, axis=1)
    assert np.median(cosine) > 0.95
    assert np.linalg.norm(field[:, 2:], axis=1).max() < 0.401
    for axis, edge in enumerate((np.linspace(-3.6, 3.6, 22), np.linspace(-2.2, 2.2, 14))):
        assert np.allclose(sorted(set(field[:, axis])), edge, atol=2e-3)


SAMPLERS = {"heun": {"solver": "heun"}, "euler": {"solver": "euler"}} | {
    n: {"objective": "ddpm", "sampler": n} for n in ("dpm", "ddim", "ddpm")
}


@pytest.mark.parametrize("name", SAMPLERS)
def test_every_sampler_walks_with_the_same_network(name):
    fields = SAMPLERS[name]
    frames, state = short(**{k: v for k, v in fields.items() if k == "objective"})
    again, _ = collect(state, steps=12, sampling_steps=8, **fields)
    assert phase(again, "train")[-1].metrics == phase(frames, "train")[-1].metrics, "nothing was trained again"
    walk, compared = phase(again, "reverse"), phase(again, "compare")
    assert np.array_equal(walk[0].arrays["sample"], phase(frames, "reverse")[0].arrays["sample"]), "the same noise"
    assert [f.step for f in walk] == list(range(9))
    in_eight = next(f for f in compared if f.step == 8)
    assert in_eight.metrics[f"sw2_{name}"] == in_eight.metrics["sw2"] == walk[-1].metrics["sw2"]
    assert np.array_equal(in_eight.arrays["sample"], walk[-1].arrays["sample"])


def test_fresh_noise_leads_elsewhere():
    _, state = short(objective="ddpm")
    ends = [
        phase(collect(state, steps=12, objective="ddpm", sampler="ddim", eta=eta)[0], "compare")[-1].arrays["sample"]
        for eta in (0.0, 0.5, 1.0)
    ]
    assert not np.array_equal(ends[0], ends[1])
    assert not np.array_equal(ends[1], ends[2])


@pytest.mark.parametrize(("steps", "count"), [(1, 40), (20, 40), (100, 40), (100, 20), (41, 40)])
def test_a_long_walk_is_shown_thinned(steps, count):
    shown = shown_steps(steps, count)
    assert (shown[0], shown[-1]) == (0, steps)
    assert len(shown) == len(set(shown)) <= count + 1


def test_the_three_arrows_lie_on_one_line_and_guidance_says_where():
    frames = phase(short(data="class_gaussians", steps=60)[0], "reverse")
    c, u, guided = (frames[10].arrays[name].astype(float) for name in ("with_class", "without_class", "guided"))
    free = (np.linalg.norm(guided[:, 2:], axis=1) < 0.79) & (np.linalg.norm(c[:, 2:], axis=1) < 0.79)
    assert free.sum() > 5
    assert np.allclose((u + 2 * (c - u))[free, 2:], guided[free, 2:], atol=4e-3)


def test_class_gaussians_are_learned_as_bayes_has_them():
    """Without exaggeration the samples are as often where their class is likeliest as the data are."""
    frames, _ = short(data="class_gaussians", steps=200)
    by_weight = {f.metrics["guidance"]: f.metrics for f in phase(frames, "weigh")}
    assert by_weight[1]["agreement"] == pytest.approx(by_weight[1]["agreement_real"], abs=0.06)
    assert by_weight[0]["agreement"] == pytest.approx(1 / 3, abs=0.06)


def test_plain_epsilon_is_what_the_network_puts_out():
    x, t, out = torch.randn(5, 2), torch.full((5, 1), 0.3), torch.randn(5, 2)
    assert torch.equal(process_of(Params(objective="ddpm", output="eps")).predict(out, x, t), out)
    assert not torch.allclose(process_of(Params(objective="ddpm")).predict(out, x, t), out)


@pytest.mark.parametrize("fields", [{}, {"objective": "ddpm"}], ids=str)
def test_the_mesh_walks_as_points_do(fields):
    frames, state = short(**fields)
    first, last = (phase(frames, "reverse")[i].arrays["mesh"].astype(float) for i in (0, -1))
    line = np.linspace(-2.4, 2.4, 17)
    assert np.allclose(first, np.stack(np.meshgrid(line, line, indexing="ij"), -1), atol=2e-3)
    params = Params(steps=12, **fields)
    grid = torch.tensor(first.reshape(-1, 2)).float()
    *_, (_, alone, _) = reverse(process_of(params), space_of(params), state, params.walk, 20, 2.0, grid)
    assert np.allclose(last.reshape(-1, 2), alone.numpy(), atol=2e-2)


def test_a_walk_with_fresh_noise_carries_no_mesh():
    frames, _ = short(objective="ddpm", sampler="ddpm")
    assert "mesh" not in phase(frames, "reverse")[0].arrays
    assert all(layer.key != "mesh" for layer in load("diffusion").scene(Params(objective="ddpm", sampler="ddpm")).layers)

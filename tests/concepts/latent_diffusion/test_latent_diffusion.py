import math
from functools import cache

import numpy as np
import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from playground.concept import load
from playground.concepts.latent_diffusion import model
from playground.concepts.latent_diffusion.looks import CLASSES, MADE, grain, judged
from playground.concepts.latent_diffusion.model import BATCH, SPACES, Params, walk
from playground.concepts.latent_diffusion.spaces import components, learned, pixels
from playground.datasets import mnist
from playground.frame import Frame, encode, finite
from playground.metrics import digits
from playground.nets import mlp, vae
from playground.state import State
from tests import playing


@cache
def short() -> tuple[list[Frame], State]:
    return playing.collect("latent_diffusion", steps=10, sampling_steps=2)


def phase(name: str) -> list[Frame]:
    return playing.phase(short()[0], name)


def test_shape_of_a_run():
    frames, _ = short()
    assert len(frames) == load("latent_diffusion").frames(Params(steps=10, sampling_steps=2))
    assert list(dict.fromkeys(f.phase for f in frames)) == ["autoencode", "train", "reverse"]
    assert all(finite(frame) for frame in frames)
    for frame in frames:
        assert list(frame.arrays) == [*SPACES, "label"]
        assert all(a.dtype == np.uint8 for a in frame.arrays.values())
        assert all(a.shape == (20, 28, 28) for name, a in frame.arrays.items() if name != "label")
        assert frame.arrays["label"].tolist() == list(range(10)) * 2
    for name in ("autoencode", "train", "reverse"):
        assert all(set(f.metrics) == set(phase(name)[0].metrics) for f in phase(name))
    assert [f.step for f in phase("reverse")] == [0, 1, 2]
    assert [f.metrics["t"] for f in phase("reverse")] == [1, 0.5, 0]


def test_a_found_state_shows_what_a_made_one_did():
    frames, state = short()
    again, _ = playing.collect("latent_diffusion", state, steps=10, sampling_steps=2)
    assert b"".join(encode(again)) == b"".join(encode(frames))
    assert all(t.is_contiguous() and not t.requires_grad for t in state.values())


def test_another_guidance_walks_elsewhere_and_never_trains_again():
    frames, state = short()
    other, _ = playing.collect("latent_diffusion", state, steps=10, sampling_steps=2, guidance=4.0)
    assert [f.metrics for f in other[:-3]] == [f.metrics for f in frames[:-3]]
    assert not np.array_equal(other[-1].arrays["pca"], frames[-1].arrays["pca"])


@pytest.mark.parametrize("fields", [{}, {"steps": 600}, {"components": 2, "latent": 2}, {"components": 256, "latent": 64}], ids=str)
def test_all_four_trainings_cost_the_same(fields):
    params = Params(**fields)
    spent = [BATCH * params.steps_in[name] * mlp.labelled_macs(d, model.WIDTH).training for name, d in params.dimensions.items()]
    spent.append(BATCH * params.autoencoder_steps * vae.macs(params.latent).training)
    assert params.steps_in["pixels"] == params.steps
    assert spent == pytest.approx([params.budget] * 4, rel=0.01)


def test_a_training_step_costs_what_is_said():
    """As torch counts it while one runs: two FLOP for each multiply-add."""
    params = Params(steps=10)
    space = pixels(mnist().train.x)
    for descent in (model.diffusion(params, "pixels", space), model.autoencoder(params)):
        with FlopCounterMode(display=False) as counter:
            descent.until(1)
        first = mlp.labelled_macs(784, model.WIDTH) if "w_in" in descent.w else vae.macs(params.latent)
        assert counter.get_total_flops() == 2 * BATCH * first.training


def test_a_picture_costs_what_is_said():
    _, state = short()
    w, space = model.part(state, "pca"), components(96)
    with FlopCounterMode(display=False) as counter:
        *_, (_, x) = walk(w, torch.zeros(MADE, 96), 3, 1.5)
        space.decode(x)
    last_look = 2 * mlp.labelled_macs(96, model.WIDTH).look  # at t = 0, where nothing more is walked: not part of the picture
    told = model.cost_of_a_picture(Params(), 3)["cost_pca"] * 1e6
    assert counter.get_total_flops() / 2 == MADE * (told + last_look)


def test_frames_carry_the_count():
    train, params = phase("train"), Params(steps=10)
    assert train[0].metrics["gmacs"] == 0
    assert train[-1].metrics["gmacs"] == pytest.approx(params.budget / 1e9)
    assert [train[-1].metrics[f"steps_{name}"] for name in SPACES] == list(params.steps_in.values())


def test_every_walk_begins_with_the_same_noise():
    noise = model.noise(Params())
    spaces = model.spaces_of(Params(steps=10), model.part(short()[1], "autoencoder"))
    for name, d in Params().dimensions.items():
        assert np.array_equal(spaces[name].decode(noise[:20, :d]).numpy(), phase("reverse")[0].arrays[name])


def test_training_ends_where_a_walk_of_as_many_steps_ends():
    frames, _ = playing.collect("latent_diffusion", short()[1], steps=10, sampling_steps=model.LOOK_STEPS)
    for name in SPACES:
        assert np.array_equal(frames[-1].arrays[name], phase("train")[-1].arrays[name])


def test_pixels_lose_nothing():
    x = mnist().test.x
    space = pixels(mnist().train.x)
    assert torch.equal(space.decode(space.encode(x)), x)
    assert space.encode(mnist().train.x).square().mean() == pytest.approx(1, rel=1e-4)


def test_components_lose_what_is_left_of_the_eigenvalues():
    x = mnist().train.x.flatten(1).double().numpy() / 255
    space = components(30)
    z = space.encode(mnist().train.x)
    kept = (space.mean + (z * space.scale) @ space.basis).double().numpy()
    lost = np.linalg.eigvalsh(np.cov(x.T))[:-30]
    assert np.square(x - kept).sum() / (len(x) - 1) == pytest.approx(lost.sum(), rel=1e-4)


def test_the_autoencoders_numbers_are_centred_and_of_unit_size():
    x = mnist().train.x[:1000]
    space = learned(vae.draw(torch.Generator().manual_seed(0), 5), x)
    z = space.encode(x)
    assert torch.allclose(z.mean(0), torch.zeros(5), atol=1e-4)
    assert z.square().mean() == pytest.approx(1, rel=1e-4)
    mu = z * space.scale + space.mean
    by_hand = (255 * torch.sigmoid(vae.decode(space.w, mu))).round()
    assert torch.equal(space.decode(z).flatten(1).float(), by_hand)


def test_guidance_is_the_formula():
    """u + w (c − u), from one step of Euler's inside Heun's first look: at w = 0 the class is not seen, and every w is on one line."""
    w = model.part(short()[1], "vae")
    x, t = model.noise(Params())[:, :24], torch.full((MADE, 1), 1.0)
    with torch.no_grad():
        u, c = (model.network(w, x, t, label) for label in (torch.full((MADE,), 10), CLASSES))
    seen = []

    def watch(velocity, x, times):
        seen.append(velocity(x, times[0]))
        yield times[0], x, x

    process = model.flow()
    for strength in (0.0, 1.0, 3.0):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(model, "flow", lambda: type(process)(**(vars(process) | {"walks": {"heun": watch}})))
            list(walk(w, x, 1, strength))
        assert torch.allclose(seen[-1], u + strength * (c - u), atol=5e-3)
    assert (c - u).abs().max() > 0.02


def test_grain_is_what_lies_outside_the_common_patterns():
    g = torch.Generator().manual_seed(0)
    noise = torch.randint(0, 256, (400, 28, 28), generator=g, dtype=torch.uint8)
    real = mnist().test.x
    assert grain(real) == pytest.approx(0.09, abs=0.01)
    assert grain(noise) > 0.75
    assert grain(components(20).decode(torch.zeros(5, 20))) < 0.3
    assert 0 <= grain(torch.zeros(3, 28, 28, dtype=torch.uint8)) <= 1


def test_judged_is_the_judges_word():
    x = mnist().validation.x[:MADE]
    told, said = judged({"pixels": x}), digits()(x, CLASSES)
    assert (told["agreement_pixels"], told["fid_pixels"]) == (said["agreement"], said["fid"])


def test_the_first_losses_are_those_of_saying_nothing():
    """An untrained network says 0, so the loss is E (ε − x_0)² = 2 for coordinates of unit size."""
    first = phase("train")[0].metrics
    for name in SPACES:
        assert first[f"loss_{name}"] == pytest.approx(2, rel=0.1)
    logits = phase("autoencode")[0].metrics["reconstruction"]
    assert logits == pytest.approx(784 * math.log(2), rel=0.1), "untrained, every pixel is one half"


@pytest.mark.parametrize("steps", [10, 19, 40, 150, 600])
def test_looks_begin_and_end_with_the_training(steps):
    looks = model.looks_in(Params(steps=steps))
    assert (looks[0], looks[-1]) == (0, steps)
    assert len(looks) == len(set(looks)) <= model.TRAIN_LOOKS + 1

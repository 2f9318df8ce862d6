"""Edits: a hole filled, a drawing refined, the way between two noises."""

import numpy as np
import pytest
import torch
from scipy.spatial import geometric_slerp

from playground.concept import load
from playground.concepts.diffusion.editing import between, inpaint, sketch, walked
from playground.concepts.diffusion.model import reverse, space_of
from playground.concepts.diffusion.params import Params
from playground.frame import encode
from playground.painting import written
from playground.samplers import flow
from tests.concepts.diffusion.diffusions import EDITS, collect, short
from tests.playing import phase


@pytest.mark.parametrize("fields", EDITS, ids=lambda fields: fields["edit"])
def test_an_edit_walks_with_the_trained_network_to_its_own_end(fields):
    frames, state = short(**fields)
    assert list(dict.fromkeys(f.phase for f in frames)) == ["forward", "train", "reverse", "edit"]
    assert len(frames) == load("diffusion").frames(Params(steps=12, **fields))
    assert phase(frames, "train")[-1].metrics == phase(short(data=fields["data"])[0], "train")[-1].metrics, "the same training"
    edited = phase(frames, "edit")
    assert (edited[0].metrics["t"], edited[-1].metrics["t"]) == (pytest.approx(0.6 if fields["edit"] == "sketch" else 1), 0)
    assert b"".join(encode(collect(state, steps=12, **fields)[0])) == b"".join(encode(frames))


def test_what_the_mask_leaves_stays_to_the_pixel():
    for frame in phase(short(**EDITS[0])[0], "edit"):
        original = frame.arrays["original"][0]
        assert (frame.arrays["edited"][:, :14] == original[:14]).all()
        assert np.array_equal(frame.arrays["given"][0, :14], original[:14])
        assert (frame.arrays["given"][0, 14:] == 128).all()
    assert not (frame.arrays["edited"][:, 14:] == original[14:]).all()


def test_a_walk_held_to_everything_ends_at_the_picture():
    """One covered corner: the guess is the picture itself, as far as its coordinates hold it, and so is the end."""
    corner = torch.zeros(28, 28, dtype=torch.long)
    corner[0, 0] = 1
    params = Params(data="digits", edit="inpaint", mask=written(corner, 2), picture=3)
    space, (_, state) = space_of(params), short(data="digits")
    process = flow()
    *_, (_, x, _) = walked(inpaint(params, process, space), params, process, space, state)
    assert torch.allclose(x, space.latent.encode(space.shown[3:4]).expand_as(x), atol=0.05)


def test_a_drawing_forgotten_is_the_usual_walk_and_one_kept_is_the_drawing():
    drawing = torch.zeros(28, 28, dtype=torch.long)
    drawing[4:24, 12:16] = 3
    params = Params(data="digits", edit="sketch", sketch=written(drawing, 4), strength=1.0)
    space, (_, state) = space_of(params), short(data="digits")
    *_, (_, whole, _) = walked(sketch(params, flow(), space), params, flow(), space, state)
    *_, (_, usual, _) = reverse(flow(), space, state, "heun", 20, 2.0)
    assert torch.allclose(whole, usual, atol=1e-4)
    kept = sketch(params.model_copy(update={"strength": 0.05}), flow(), space).x
    assert kept.std(0).max() < 0.06, "hardly any noise on it"


def test_slerp_keeps_the_length_of_noise_and_goes_from_end_to_end():
    params = Params(data="digits", edit="between")
    space = space_of(params)
    job = between(params, flow(), space)
    assert job.part[:10].tolist() == [0, 11, 22, 33, 44, 56, 67, 78, 89, 100]
    length = job.x.norm(dim=1).view(-1, 10)
    assert (length > 0.98 * length[:, [0, 9]].min(1, keepdim=True).values).all()
    assert (length < 1.02 * length[:, [0, 9]].max(1, keepdim=True).values).all()
    a, b = job.x[0].double(), job.x[9].double()
    expected = geometric_slerp((a / a.norm()).numpy(), (b / b.norm()).numpy(), np.linspace(0, 1, 10))
    found = job.x[:10].double() / job.x[:10].double().norm(dim=1, keepdim=True)
    assert np.abs(found.numpy() - expected).max() < 0.02, "scipy's, on the unit sphere"

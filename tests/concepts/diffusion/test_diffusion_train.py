"""Training: snapshots, learning rate, and what decides it."""

import numpy as np
import pytest
import torch
from scipy.spatial import KDTree

from playground.concepts.diffusion.model import snapshot_steps, space_of, warm_and_decay
from playground.concepts.diffusion.params import Params
from playground.datasets import assets, emoji, mnist
from playground.frame import encode
from playground.nets import pca
from tests.concepts.diffusion.diffusions import DRAWING, PICTURES, collect, short
from tests.playing import phase


@pytest.mark.parametrize("fields", PICTURES, ids=str)
def test_beside_each_picture_stands_its_nearest_training_picture(fields):
    last = phase(short(**fields)[0], "train")[-1].arrays
    train = {"digits": mnist, "emoji": emoji}[fields["data"]]().train.x.flatten(1).float()
    near, distance = (torch.from_numpy(last[name].reshape(40, -1).astype("f4")) for name in ("copied", "sample"))
    least = torch.tensor(KDTree(train).query(distance)[0]).float()
    assert torch.allclose((near - distance).norm(dim=1), least, rtol=1e-3)
    assert all((train == picture).all(1).any() for picture in near)


def test_every_emoji_says_which_training_picture_it_is_likest_to():
    """By its number in the file, whose picture is the very one that stands beside it."""
    with np.load(assets() / "data" / "noto_emoji16.npz", allow_pickle=False) as file:
        for frame in short(**PICTURES[1])[0]:
            assert set(frame.arrays["likest"]) <= set(emoji().train.place.tolist())
            if frame.phase == "train":
                assert np.array_equal(file["x"][frame.arrays["likest"]], frame.arrays["copied"])
    assert "likest" not in short(**PICTURES[0])[0][0].arrays, "digits have no names"


@pytest.mark.parametrize("objective", ["flow", "ddpm"])
def test_training_brings_samples_near_the_data(objective):
    train = phase(short(objective=objective, steps=150)[0], "train")
    first, last = train[0].metrics, train[-1].metrics
    assert first["sw2"] > 2.5 * first["sw2_floor"]
    assert last["sw2"] < 2 * last["sw2_floor"]
    assert last["loss"] < first["loss"]


def test_another_schedule_is_another_training():
    states = [short(objective="ddpm", schedule=name)[1] for name in ("linear", "cosine")]
    assert any(not torch.equal(states[0][name], states[1][name]) for name in states[0])


def test_the_first_loss_of_flow_is_that_of_saying_nothing():
    """An untrained network says 0, so the loss is E (ε − x_0)² = 1 + E x_0² for every coordinate."""
    frames, _ = short()
    x = frames[0].arrays["data"].astype(float)
    assert phase(frames, "train")[0].metrics["loss"] == pytest.approx(1 + (x**2).mean(), rel=0.1)


def test_drawn_points_are_learned():
    frames, _ = short(data="drawn", points=DRAWING, steps=200)
    points = np.array([[-1, -1], [1, -1], [0, 1.2]])
    nearest = np.linalg.norm(frames[-1].arrays["sample"][:, None].astype(float) - points, axis=2)
    assert (nearest.min(1) < 0.3).mean() > 0.85
    assert np.bincount(nearest.argmin(1), minlength=3).min() > 200


def test_points_of_other_data_change_nothing():
    a, b = (b"".join(encode(collect(steps=10, points=points)[0])) for points in ("", DRAWING))
    assert a == b


@pytest.mark.parametrize("steps", [10, 11, 600, 5000])
def test_snapshots_begin_dense_and_end_at_the_last_step(steps):
    marks = snapshot_steps(steps, 20)
    assert marks[0] == 0
    assert marks[-1] == steps
    assert len(marks) <= 21
    assert marks[1] - marks[0] <= marks[-1] - marks[-2]
    assert sorted(set(marks)) == marks


def test_learning_rate_rises_then_falls():
    rates = [warm_and_decay(i / 1000) for i in range(1001)]
    assert 0 < rates[0] < 0.1
    assert 0.95 < max(rates) <= 1
    assert rates[-1] == pytest.approx(0.05)


def test_few_examples_are_the_first_of_the_training_set():
    space = space_of(Params(data="digits", examples=50))
    assert len(space.coords) == 50
    x_0, label = next(space.batches(torch.Generator().manual_seed(0)))
    distance = torch.cdist(x_0, pca.digits().encode(mnist().train.x[:50]))
    assert distance.min(1).values.max() < 0.02
    assert len(x_0) == len(label)


def test_another_rate_or_output_is_another_training():
    _, usual = short(objective="ddpm")
    for fields in ({"rate": 3.0}, {"output": "eps"}):
        _, other = short(objective="ddpm", **fields)
        assert any(not torch.equal(usual[name], other[name]) for name in ("w1", "w_out"))


@pytest.mark.parametrize("fields", [{}, {"data": "digits"}])
def test_an_edit_at_the_first_step_is_another_rate_from_the_start(fields):
    one, _ = short(**fields, rate=2)
    other, _ = short(**fields, edits="0:rate=2")
    assert list(encode(one)) == list(encode(other))


def test_an_edit_taken_back_still_tells():
    """The schedule is that of all the steps: a rate that is back where it was goes on as before, from another place."""
    plain, back = (phase(short(**fields)[0], "train") for fields in ({}, {"edits": "3:rate=8;4:rate=1"}))
    assert [frame.step for frame in plain] == [frame.step for frame in back]
    same = [one.metrics == other.metrics for one, other in zip(plain, back, strict=True)]
    assert same == [frame.step <= 3 for frame in plain]

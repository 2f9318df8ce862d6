"""A run of diffusion as a whole: its chapters, arrays, scene and parameters."""

import numpy as np
import pytest
import torch

from playground.concept import load
from playground.concepts.diffusion.model import shown_steps, space_of
from playground.concepts.diffusion.params import Params, kind_of
from playground.datasets import emoji, mnist
from playground.frame import encode, finite
from playground.metrics import sw2
from playground.nets import pca
from playground.params import Refused
from tests.concepts.diffusion.diffusions import EDITS, KINDS, PICTURES, PLANE, collect, short, stub
from tests.playing import phase


@pytest.mark.parametrize("fields", KINDS, ids=str)
def test_shape_of_a_run(fields):
    frames, _ = short(**fields)
    assert len(frames) == load("diffusion").frames(Params(steps=12, **fields)) <= 120
    labelled = fields.get("data") in ("digits", "emoji", "class_gaussians")
    assert list(dict.fromkeys(f.phase for f in frames)) == ["forward", "train", "reverse", "compare", *["weigh"] * labelled]
    assert all(finite(f) for f in frames)
    assert b"".join(encode(frames))  # every kind of array has a letter on the wire
    for name, at_0, at_end in (("forward", 0, 1), ("reverse", 1, 0)):
        times = [f.metrics["t"] for f in phase(frames, name)]
        assert (times[0], times[-1]) == (at_0, at_end)
        assert [f.step for f in phase(frames, name)] == (
            shown_steps(20, kind_of(Params(**fields)).looks_back) if name == "reverse" else list(range(21))
        )
    assert [f.metrics["guidance"] for f in phase(frames, "weigh")] == list(space_of(Params(**fields)).weights_compared)
    assert [f.step for f in phase(frames, "compare")] == list(space_of(Params(**fields)).steps_compared)
    assert (phase(frames, "train")[0].step, phase(frames, "train")[-1].step) == (0, 12)
    for name in ("forward", "train", "reverse", "compare", "weigh"):
        metrics = [set(f.metrics) for f in phase(frames, name)]
        assert all(m == metrics[0] for m in metrics)
    judged = {"agreement", "agreement_real", "diversity", "guidance"} if labelled else set()
    judged |= {"nearest", "fid", "fid_floor"} if fields in PICTURES else set()
    assert {"loss", "sw2", "sw2_floor"} | judged == set(phase(frames, "train")[0].metrics)
    assert {"t", "signal", "noise", "sw2", "sw2_floor", "speed"} | judged <= set(phase(frames, "reverse")[0].metrics)


DENSITIES = {"bins": (64,), "bell": (64,), "histogram": (64,), "histogram_chain": (64,)}


@pytest.mark.parametrize("fields", PLANE, ids=str)
def test_arrays_on_the_plane(fields):
    for frame in short(**fields)[0]:
        expected = {"data": (1000, 2), "sample": (1000, 2)}
        if frame.phase == "forward":
            expected |= {"chained": (1000, 2)} | DENSITIES
        if frame.phase == "reverse":
            expected |= {"denoised": (1000, 2), "field": (308, 4), "mesh": (17, 17, 2)}
        assert {k: a.shape for k, a in frame.arrays.items()} == expected
        assert all(a.dtype == np.dtype("f4" if name in DENSITIES else "f2") for name, a in frame.arrays.items())
        shown = sw2(torch.tensor(frame.arrays["sample"]).float(), torch.tensor(frame.arrays["data"]).float())
        assert frame.metrics["sw2"] == pytest.approx(shown, abs=2e-3)  # the number is about what is on the stage


def test_arrays_of_classes_on_the_plane():
    for frame in short(data="class_gaussians")[0]:
        expected = {"data", "sample", "label", "data_label"}
        expected |= {"forward": {"chained", *DENSITIES}, "reverse": {"denoised", *ANSWERS}}.get(frame.phase, set())
        assert set(frame.arrays) == expected
        assert (np.bincount(frame.arrays["label"]) >= 333).all()


ANSWERS = {"with_class", "without_class", "guided"}
NAMED = {"digits": set(), "emoji": {"likest"}}
EXTRA = {"forward": {"pixel_noise", *DENSITIES}, "train": {"copied"}, "reverse": {"denoised"} | ANSWERS}


@pytest.mark.parametrize(
    ("fields", "split", "latent"), [(PICTURES[0], mnist, pca.digits), (PICTURES[1], emoji, pca.emoji)], ids=["digits", "emoji"]
)
def test_arrays_of_pictures(fields, split, latent):
    frames, _ = short(**fields)
    test, size, columns = split().test, split().test.x.shape[1:], int(split().test.y.max()) + 1
    for frame in frames:
        assert set(frame.arrays) == {"data", "sample", "label", "original"} | NAMED[fields["data"]] | EXTRA.get(frame.phase, set())
        for name, array in frame.arrays.items():
            if name not in {"label", "likest", *DENSITIES}:
                rows = {"original": 1, "pixel_noise": 2 * columns, "denoised": 2 * columns} | dict.fromkeys(ANSWERS, columns)
                assert array.dtype == np.uint8
                assert array.shape == (rows.get(name, 40), *size)
        assert frame.arrays["label"].tolist() == list(range(columns)) * (40 // columns)  # a column per class
    first = frames[0].arrays
    for picture, label in zip(first["data"], first["label"], strict=True):
        same = (test.x == torch.from_numpy(picture.copy())).flatten(1).all(1)
        assert label in test.y[same]  # held-out pictures, of their own class
    projected = latent().decode(latent().encode(torch.from_numpy(first["data"].copy())))
    assert np.array_equal(first["sample"], projected.numpy())  # t = 0 is the picture, as far as the coordinates hold it
    assert np.abs(first["pixel_noise"].astype(int) - first["data"][: 2 * columns]).max() <= 1
    assert np.array_equal(first["original"][0], first["data"][7])


@pytest.mark.parametrize("fields", KINDS, ids=str)
def test_a_found_state_shows_what_a_made_one_did(fields):
    frames, state = short(**fields)
    again, _ = collect(state, steps=12, **fields)
    assert b"".join(encode(again)) == b"".join(encode(frames))
    assert all(t.is_contiguous() and not t.requires_grad for t in state.values())
    assert len({t.data_ptr() for t in state.values()}) == len(state)


def test_the_same_seed_gives_the_same_frames_and_leaves_the_global_generator_alone():
    before = torch.get_rng_state()
    lines = [b"".join(encode(collect(steps=10, seed=seed)[0])) for seed in (3, 3, 4)]
    assert lines[0] == lines[1] != lines[2]
    assert torch.equal(before, torch.get_rng_state())


@pytest.mark.parametrize(
    ("query", "field", "code"),
    [
        ("data=drawn", "points", "points_too_few"),
        ("data=drawn&points=1,1;2,2", "points", "points_too_few"),
        ("data=drawn&points=1,1;2,2;201,0", "points", "points_bad"),
        ("points=<script>", "points", "points_bad"),
        ("data=drawn&points=" + ";".join(["1,1"] * 201), "points", "points_too_many"),
        ("steps=9", "steps", "greater_than_equal"),
        ("steps=5001", "steps", "less_than_equal"),
        ("data=spiral", "data", "literal_error"),
        ("data=digits&edit=inpaint", "mask", "painting_empty"),
        ("data=emoji&edit=sketch", "sketch", "painting_empty"),
        ("data=digits&edit=inpaint&mask=%3Cb%3E", "mask", "painting_bad"),
        (f"data=emoji&edit=inpaint&mask={stub(28)}", "mask", "painting_size"),
        ("data=digits&edit=sketch&sketch=" + "A" * 601, "sketch", "string_too_long"),
        ("rate=21", "rate", "less_than_equal"),
        ("examples=9&data=digits", "examples", "greater_than_equal"),
    ],
)
def test_what_is_refused(query, field, code):
    with pytest.raises(Refused) as error:
        Params.from_query(query)
    assert [(flaw.field, flaw.code) for flaw in error.value.flaws] == [(field, code)]


@pytest.mark.parametrize("fields", [*KINDS, *EDITS], ids=str)
def test_the_scene_names_what_frames_carry(fields):
    frames, _ = short(**fields)
    scene = load("diffusion").scene(Params(**fields))
    for name in dict.fromkeys(frame.phase for frame in frames):
        frame = phase(frames, name)[1]
        layers = [layer for layer in scene.layers if name in layer.phases or not layer.phases]
        charts = [chart for chart in scene.charts if name in chart.phases]
        assert {layer.array for layer in layers} <= set(frame.arrays)
        assert {layer.labels for layer in layers} <= set(frame.arrays) | {""}
        curves = [chart for chart in charts if chart.kind == "curves"]
        assert {s.metric for chart in curves for s in chart.series} | {chart.x for chart in curves} <= set(frame.metrics) | {"step"}
        densities = [chart for chart in charts if chart.kind == "histogram"]
        assert {s.metric for chart in densities for s in chart.series} | {chart.x for chart in densities} <= set(frame.arrays)
        assert {metric for chart in densities for metric in chart.metrics} <= set(frame.metrics)
        assert layers
        assert charts
        assert {layer.linked for layer in layers} <= set(frame.arrays) | {""}
        assert scene.headline[name] in frame.metrics


def test_presets_are_valid_and_say_only_what_differs():
    presets = load("diffusion").presets
    assert next(iter(presets)) == "default"
    assert presets["default"] == {}
    for fields in presets.values():
        params = Params(**fields)
        assert all(getattr(params, name) != Params.model_fields[name].default for name in fields)

import math
from functools import cache

import numpy as np
import pytest
import torch

from playground.concept import load
from playground.concepts.diffusion.model import Params, reverse, run, shown_steps, snapshot_steps, space_of, warm_and_decay
from playground.datasets import mnist
from playground.frame import Frame, encode, finite
from playground.metrics import digits, sw2
from playground.nets import pca
from playground.params import Refused
from playground.samplers import flow
from playground.state import State

DRAWING = "-100,-100;100,-100;0,120"


def collect(state: State | None = None, **fields) -> tuple[list[Frame], State]:
    frames, steps = [], run(Params(**fields), state)
    while True:
        try:
            frames.append(next(steps))
        except StopIteration as end:
            return frames, end.value


@cache
def short(**fields) -> tuple[list[Frame], State]:
    return collect(**({"steps": 12} | fields))


def phase(frames: list[Frame], name: str) -> list[Frame]:
    return [frame for frame in frames if frame.phase == name]


KINDS = [{}, {"objective": "ddpm"}, {"data": "drawn", "points": DRAWING}, {"data": "digits"}, {"data": "digits", "objective": "ddpm"}]


@pytest.mark.parametrize("fields", KINDS, ids=str)
def test_shape_of_a_run(fields):
    frames, _ = short(**fields)
    assert len(frames) == load("diffusion").frames(Params(steps=12, **fields)) <= 120
    assert list(dict.fromkeys(f.phase for f in frames)) == ["forward", "train", "reverse", "compare"]
    assert all(finite(f) for f in frames)
    assert b"".join(encode(frames))  # every kind of array has a letter on the wire
    for name, at_0, at_end in (("forward", 0, 1), ("reverse", 1, 0)):
        times = [f.metrics["t"] for f in phase(frames, name)]
        assert (times[0], times[-1]) == (at_0, at_end)
        assert [f.step for f in phase(frames, name)] == list(range(21))
    assert [f.step for f in phase(frames, "compare")] == list(space_of(Params(**fields)).steps_compared)
    assert (phase(frames, "train")[0].step, phase(frames, "train")[-1].step) == (0, 12)
    for name in ("forward", "train", "reverse", "compare"):
        metrics = [set(f.metrics) for f in phase(frames, name)]
        assert all(m == metrics[0] for m in metrics)
    judged = {"agreement", "diversity", "nearest", "fid", "fid_floor", "guidance"} if fields.get("data") == "digits" else set()
    assert {"loss", "sw2", "sw2_floor"} | judged == set(phase(frames, "train")[0].metrics)
    assert {"t", "signal", "noise", "sw2", "sw2_floor", "speed"} | judged <= set(phase(frames, "reverse")[0].metrics)


@pytest.mark.parametrize("fields", KINDS[:3], ids=str)
def test_arrays_on_the_plane(fields):
    for frame in short(**fields)[0]:
        expected = {"data": (1000, 2), "sample": (1000, 2)}
        if frame.phase == "reverse":
            expected |= {"denoised": (1000, 2), "field": (308, 4)}
        assert {k: a.shape for k, a in frame.arrays.items()} == expected
        assert {a.dtype for a in frame.arrays.values()} == {np.dtype("f2")}
        shown = sw2(torch.tensor(frame.arrays["sample"]).float(), torch.tensor(frame.arrays["data"]).float())
        assert frame.metrics["sw2"] == pytest.approx(shown, abs=2e-3)  # the number is about what is on the stage


def test_arrays_of_digits():
    frames, _ = short(data="digits")
    test, latent = mnist().test, pca.digits()
    for frame in frames:
        extra = {"forward": {"pixel_noise"}, "train": set(), "reverse": {"denoised"}, "compare": set()}[frame.phase]
        assert set(frame.arrays) == {"data", "sample", "label"} | extra
        assert all(a.dtype == np.uint8 for a in frame.arrays.values())
        assert all(a.shape == (40, 28, 28) for name, a in frame.arrays.items() if name != "label")
        assert frame.arrays["label"].tolist() == list(range(10)) * 4  # a column per class
    first = frames[0].arrays
    for picture, label in zip(first["data"], first["label"], strict=True):
        same = (test.x == torch.from_numpy(picture.copy())).all(2).all(1)
        assert label in test.y[same]  # held-out pictures, of their own class
    projected = latent.decode(latent.encode(torch.from_numpy(first["data"].copy())))
    assert np.array_equal(first["sample"], projected.numpy())  # t = 0 is the picture, as far as 64 coordinates hold it
    assert np.abs(first["pixel_noise"].astype(int) - first["data"]).max() <= 1


@pytest.mark.parametrize("fields", KINDS, ids=str)
def test_a_found_state_shows_what_a_made_one_did(fields):
    frames, state = short(**fields)
    again, _ = collect(state, steps=12, **fields)
    assert b"".join(encode(again)) == b"".join(encode(frames))
    assert all(t.is_contiguous() and not t.requires_grad for t in state.values())
    assert len({t.data_ptr() for t in state.values()}) == len(state)


def test_guidance_is_the_formula():
    """u + w (c − u): w = 0 does not know the class, 1 is the answer with it, beyond the line goes straight on."""
    space = space_of(Params(data="digits"))
    _, w = short(data="digits", steps=60)
    x, t = space.noise[:50], torch.full((50, 1), 0.7)
    u, c = (space.network(w, x, t, label) for label in (torch.full((50,), 10), torch.arange(50) % 10))
    for strength in (0.0, 0.5, 1.0, 2.0, 8.0):
        assert torch.allclose(space.guided(w, x, t, strength), u + strength * (c - u), atol=1e-2)
    assert (c - u).abs().max() > 0.1


def test_another_guidance_walks_elsewhere_and_never_trains_again():
    frames, state = short(data="digits")
    found, made = collect(state, steps=12, data="digits", guidance=5.0)[0], collect(steps=12, data="digits", guidance=5.0)[0]
    assert b"".join(encode(found)) == b"".join(encode(made))
    assert [f.metrics for f in phase(made, "train")] == [f.metrics for f in phase(frames, "train")]
    assert {f.metrics["guidance"] for f in phase(made, "reverse")} == {5}
    assert not np.array_equal(made[-1].arrays["sample"], frames[-1].arrays["sample"])


def test_digits_are_judged_by_a_thousand_of_which_forty_are_shown():
    frames, state = short(data="digits")
    space = space_of(Params(data="digits"))
    *_, (_, x, _) = reverse(flow(), space, state, "heun", 20, 2.0)
    made = space.latent.decode(x)
    assert len(made) == 1000
    last = phase(frames, "reverse")[-1]
    assert np.array_equal(made[:40].numpy(), last.arrays["sample"])
    told = digits()(made, torch.arange(1000) % 10)
    assert told == {name: last.metrics[name] for name in told}


def test_the_same_seed_gives_the_same_frames_and_leaves_the_global_generator_alone():
    before = torch.get_rng_state()
    lines = [b"".join(encode(collect(steps=10, seed=seed)[0])) for seed in (3, 3, 4)]
    assert lines[0] == lines[1] != lines[2]
    assert torch.equal(before, torch.get_rng_state())


@pytest.mark.parametrize("objective", ["flow", "ddpm"])
def test_forward_frames_are_the_closed_form(objective):
    frames = phase(short(objective=objective)[0], "forward")
    x_0, x_1 = (frames[i].arrays["sample"].astype(float) for i in (0, -1))
    assert np.array_equal(frames[0].arrays["sample"], frames[0].arrays["data"])
    eps = (x_1 - frames[-1].metrics["signal"] * x_0) / frames[-1].metrics["noise"]
    assert np.abs(eps.std(0) - 1).max() < 0.1
    for frame in frames:
        m = frame.metrics
        assert np.allclose(frame.arrays["sample"], m["signal"] * x_0 + m["noise"] * eps, atol=5e-3)
        if 0 < m["t"] < 0.99:
            assert m["log_snr"] == pytest.approx(2 * math.log(m["signal"] / m["noise"]), rel=1e-3)
        if objective == "flow":
            assert m["signal"] + m["noise"] == pytest.approx(1)
        else:
            assert m["signal"] ** 2 + m["noise"] ** 2 == pytest.approx(1)


@pytest.mark.parametrize("fields", KINDS, ids=str)
def test_the_walk_starts_at_the_forward_noise_and_ends_at_the_last_snapshot(fields):
    frames, _ = short(**fields)
    last, walk = phase(frames, "train")[-1], phase(frames, "reverse")
    assert np.array_equal(walk[-1].arrays["sample"], last.arrays["sample"])
    assert walk[-1].metrics["sw2"] == last.metrics["sw2"]
    gap = np.abs(phase(frames, "forward")[-1].arrays["sample"].astype(float) - walk[0].arrays["sample"])
    if fields.get("data") == "digits":  # a thousandth of the picture is left in ddpm's noise
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


@pytest.mark.parametrize("objective", ["flow", "ddpm"])
def test_training_brings_samples_near_the_data(objective):
    train = phase(short(objective=objective, steps=150)[0], "train")
    first, last = train[0].metrics, train[-1].metrics
    assert first["sw2"] > 2.5 * first["sw2_floor"]
    assert last["sw2"] < 2 * last["sw2_floor"]
    assert last["loss"] < first["loss"]


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
    ends = [collect(state, steps=12, objective="ddpm", sampler="ddim", eta=eta)[0][-1].arrays["sample"] for eta in (0.0, 0.5, 1.0)]
    assert not np.array_equal(ends[0], ends[1])
    assert not np.array_equal(ends[1], ends[2])


def test_another_schedule_is_another_training():
    states = [short(objective="ddpm", schedule=name)[1] for name in ("linear", "cosine")]
    assert any(not torch.equal(states[0][name], states[1][name]) for name in states[0])


@pytest.mark.parametrize(("steps", "count"), [(1, 40), (20, 40), (100, 40), (100, 20), (41, 40)])
def test_a_long_walk_is_shown_thinned(steps, count):
    shown = shown_steps(steps, count)
    assert (shown[0], shown[-1]) == (0, steps)
    assert len(shown) == len(set(shown)) <= count + 1


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
    ],
)
def test_what_is_refused(query, field, code):
    with pytest.raises(Refused) as error:
        Params.from_query(query)
    assert [(flaw.field, flaw.code) for flaw in error.value.flaws] == [(field, code)]


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


@pytest.mark.parametrize("fields", KINDS, ids=str)
def test_the_scene_names_what_frames_carry(fields):
    frames, _ = short(**fields)
    scene = load("diffusion").scene(Params(**fields))
    for name in ("forward", "train", "reverse", "compare"):
        frame = phase(frames, name)[1]
        layers = [layer for layer in scene.layers if name in layer.phases or not layer.phases]
        charts = [chart for chart in scene.charts if name in chart.phases]
        assert {layer.array for layer in layers} <= set(frame.arrays)
        assert {layer.labels for layer in layers} <= set(frame.arrays) | {""}
        assert {s.metric for chart in charts for s in chart.series} | {chart.x for chart in charts} <= set(frame.metrics) | {"step"}
        assert layers
        assert charts
        assert scene.headline[name] in frame.metrics


def test_presets_are_valid_and_say_only_what_differs():
    presets = load("diffusion").presets
    assert next(iter(presets)) == "default"
    assert presets["default"] == {}
    for fields in presets.values():
        params = Params(**fields)
        assert all(getattr(params, name) != Params.model_fields[name].default for name in fields)


def test_noise_is_further_from_digits_than_other_digits_are():
    metrics = [frame.metrics for frame in phase(short(data="digits")[0], "forward")]
    assert metrics[0]["sw2"] == 0
    assert metrics[-1]["sw2"] > 2.3 * metrics[-1]["sw2_floor"]

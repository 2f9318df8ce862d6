import math
from functools import cache

import numpy as np
import pytest
import torch
from scipy.spatial import KDTree, geometric_slerp

from playground.concept import load
from playground.concepts.diffusion.editing import between, inpaint, sketch, walked
from playground.concepts.diffusion.model import (
    Params,
    kind_of,
    process_of,
    reverse,
    run,
    shown_steps,
    snapshot_steps,
    space_of,
    warm_and_decay,
)
from playground.datasets import emoji, mnist
from playground.frame import Frame, encode, finite
from playground.metrics import digits, sw2
from playground.nets import pca
from playground.painting import written
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


PLANE = [{}, {"objective": "ddpm"}, {"data": "drawn", "points": DRAWING}]
PICTURES = [{"data": "digits"}, {"data": "emoji", "objective": "ddpm"}]
KINDS = [*PLANE, {"data": "class_gaussians"}, *PICTURES]


@cache
def stub(side: int) -> str:
    """A mask that covers the lower half."""
    return written((torch.arange(side) >= side // 2)[:, None].expand(side, side).long(), 2)


EDITS = [
    {"data": "digits", "edit": "inpaint", "mask": stub(28)},
    {"data": "emoji", "edit": "sketch", "sketch": written(torch.full((16, 16), 3), 16)},
    {"data": "digits", "edit": "between"},
]


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
EXTRA = {"forward": {"pixel_noise", *DENSITIES}, "train": {"copied"}, "reverse": {"denoised"} | ANSWERS}


@pytest.mark.parametrize(
    ("fields", "split", "latent"), [(PICTURES[0], mnist, pca.digits), (PICTURES[1], emoji, pca.emoji)], ids=["digits", "emoji"]
)
def test_arrays_of_pictures(fields, split, latent):
    frames, _ = short(**fields)
    test, size, columns = split().test, split().test.x.shape[1:], int(split().test.y.max()) + 1
    for frame in frames:
        assert set(frame.arrays) == {"data", "sample", "label", "original"} | EXTRA.get(frame.phase, set())
        for name, array in frame.arrays.items():
            if name not in {"label", *DENSITIES}:
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


@pytest.mark.parametrize("fields", PICTURES, ids=str)
def test_beside_each_picture_stands_its_nearest_training_picture(fields):
    last = phase(short(**fields)[0], "train")[-1].arrays
    train = {"digits": mnist, "emoji": emoji}[fields["data"]]().train.x.flatten(1).float()
    near, distance = (torch.from_numpy(last[name].reshape(40, -1).astype("f4")) for name in ("copied", "sample"))
    least = torch.tensor(KDTree(train).query(distance)[0]).float()
    assert torch.allclose((near - distance).norm(dim=1), least, rtol=1e-3)
    assert all((train == picture).all(1).any() for picture in near)


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
    ends = [
        phase(collect(state, steps=12, objective="ddpm", sampler="ddim", eta=eta)[0], "compare")[-1].arrays["sample"]
        for eta in (0.0, 0.5, 1.0)
    ]
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


def test_noise_is_further_from_digits_than_other_digits_are():
    metrics = [frame.metrics for frame in phase(short(data="digits")[0], "forward")]
    assert metrics[0]["sw2"] == 0
    assert metrics[-1]["sw2"] > 2.3 * metrics[-1]["sw2_floor"]


@pytest.mark.parametrize("objective", ["flow", "ddpm"])
def test_noise_in_one_step_and_step_by_step_agree_in_distribution(objective):
    """Mean and variance within four standard errors of the closed form, and the histograms of each other."""
    for frame in phase(short(objective=objective)[0], "forward"):
        m = frame.metrics
        variance = m["signal"] ** 2 * frame.arrays["data"].astype(float).var() + m["noise"] ** 2
        for name in ("", "_chain"):
            assert m[f"variance{name}"] == pytest.approx(variance, rel=4 * math.sqrt(2 / 2000) + 0.01)
            assert abs(m[f"mean{name}"]) < 4 * math.sqrt(variance / 2000) + 0.02
        at_once, chained = (frame.arrays[f"histogram{name}"].astype(float) * 0.125 for name in ("", "_chain"))
        assert at_once.sum() == pytest.approx(1, abs=0.005)
        assert np.abs(np.cumsum(at_once) - np.cumsum(chained)).max() < 1.95 * math.sqrt(2 / 2000), "Kolmogorov and Smirnov, 0.1 %"
    assert not np.array_equal(frame.arrays["chained"], frame.arrays["sample"])


def test_the_straight_line_does_not_preserve_variance_and_the_schedules_do():
    spread = {o: [f.metrics["variance"] for f in phase(short(objective=o)[0], "forward")] for o in ("flow", "ddpm")}
    assert spread["flow"][10] == pytest.approx(0.5, abs=0.05)
    assert all(spread["ddpm"][0] - 0.03 < v < 1.06 for v in spread["ddpm"])
    assert spread["ddpm"][-1] == pytest.approx(1, abs=0.06)


def test_the_curves_of_every_schedule_are_those_of_diffusers_where_it_has_them():
    from diffusers import DDPMScheduler

    abar = DDPMScheduler(num_train_timesteps=1000, beta_schedule="linear").alphas_cumprod
    for frame in phase(short()[0], "forward")[1:]:
        t = frame.metrics["t"]
        assert frame.metrics["abar_linear"] == pytest.approx(abar[round(1000 * t) - 1].item(), abs=5e-3)
        assert frame.metrics["abar_flow"] == pytest.approx((1 - t) ** 2, abs=1e-6)
        for name in ("linear", "cosine", "sigmoid", "unfinished"):
            assert frame.metrics[f"abar_{name}"] + frame.metrics[f"sigma_{name}"] ** 2 == pytest.approx(1, abs=1e-5)


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

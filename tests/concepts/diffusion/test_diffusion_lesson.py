"""What the lesson says happens on the stage, held against the baked runs that the page shows."""

from collections.abc import Mapping

import numpy as np
import pytest

from playground import lesson, metrics
from playground.concept import load
from playground.datasets import mnist
from playground.frame import Frame
from tests.playing import baked, phase

CONCEPT = load("diffusion")


def chapter(preset: str, name: str) -> list[Frame]:
    return phase(baked("diffusion", preset), name)


def floors(frame: Frame) -> float:
    return frame.metrics["sw2"] / frame.metrics["sw2_floor"]


PICTURES = [name for name, fields in CONCEPT.presets.items() if fields.get("data") in ("digits", "emoji")]
PLANE = [name for name in CONCEPT.presets if name not in PICTURES]
HEALTHY = [name for name in PLANE if name not in CONCEPT.cures and name != "class_gaussians"]


@pytest.mark.parametrize("preset", [name for name in PLANE if name != "unfinished"])
def test_at_the_end_of_forward_nothing_of_the_data_is_left(preset: str) -> None:
    first, *_, last = chapter(preset, "forward")
    assert np.array_equal(first.arrays["sample"], first.arrays["data"])
    cloud = last.arrays["sample"].astype(float)
    assert np.allclose(cloud.mean(0), 0, atol=0.15)
    assert np.allclose(np.cov(cloud.T), np.eye(2), atol=0.15), "a round cloud"
    if CONCEPT.params(**CONCEPT.presets[preset]).objective == "flow":
        assert abs(np.corrcoef(cloud[:, 0], last.arrays["data"][:, 0].astype(float))[0, 1]) < 0.1


@pytest.mark.parametrize("preset", [name for name in CONCEPT.presets if name != "unfinished"])
def test_every_point_keeps_its_noise(preset: str) -> None:
    """The noise that forward ends with is the noise that reverse starts from."""
    forward, reverse = chapter(preset, "forward")[-1], chapter(preset, "reverse")[0]
    assert np.abs(forward.arrays["sample"].astype(float) - reverse.arrays["sample"]).max() <= (3 if preset in PICTURES else 0.03)


@pytest.mark.parametrize("preset", [name for name in (*PLANE, "digits") if name not in ("ancestral", "too_few")])
def test_the_last_snapshot_is_where_the_reverse_walk_ends(preset: str) -> None:
    assert np.array_equal(chapter(preset, "train")[-1].arrays["sample"], chapter(preset, "reverse")[-1].arrays["sample"])


def test_the_loss_stands_still_while_the_samples_sharpen() -> None:
    late = [frame for frame in chapter("default", "train") if frame.step >= 100]
    assert late[-1].metrics["loss"] > 0.9 * late[0].metrics["loss"], "it hardly moves"
    assert late[-1].metrics["loss"] > 1, "it does not reach zero"
    assert blur(late[-1]) < 0.8 * blur(late[0])


def blur(frame: Frame) -> float:
    """Mean distance of a sample to the nearest data point."""
    sample, data = frame.arrays["sample"].astype(float), frame.arrays["data"].astype(float)
    return float(np.sqrt(((sample[:, None] - data) ** 2).sum(-1)).min(1).mean())


@pytest.mark.parametrize("preset", HEALTHY)
def test_samples_come_as_close_as_real_data(preset: str) -> None:
    assert floors(chapter(preset, "train")[-1]) < 1.3
    assert floors(chapter(preset, "train")[0]) > 2.5


def test_unfinished_noise_leaves_a_third_and_leads_astray_towards_the_middle() -> None:
    forward, made = chapter("unfinished", "forward")[-1], chapter("unfinished", "reverse")[-1]
    assert forward.metrics["signal"] ** 2 == pytest.approx(1 / 3, abs=0.05)
    assert floors(made) > 5
    data, sample = made.arrays["data"].astype(float).mean(0), made.arrays["sample"].astype(float).mean(0)
    assert np.linalg.norm(sample) < 0.95 * np.linalg.norm(data), "too near to the middle"


def test_stopped_too_early_is_blurred_and_fills_gaps() -> None:
    early, whole = chapter("too_short", "train")[-1], chapter("default", "train")[-1]
    assert floors(early) > 1.4
    assert blur(early) > 2 * blur(whole)


def end(preset: str) -> Mapping[str, float]:
    return chapter(preset, "reverse")[-1].metrics


def test_digits_are_right_of_many_kinds_and_new() -> None:
    assert end("digits")["agreement"] >= 0.99
    assert end("digits")["diversity"] >= 0.5
    assert 0.8 <= end("digits")["nearest"] <= 1.1
    assert end("digits")["fid"] < 4 * end("digits")["fid_floor"]


def by_weight(preset: str) -> dict[float, Mapping[str, float]]:
    return {frame.metrics["guidance"]: frame.metrics for frame in chapter(preset, "weigh")}


def test_without_the_class_one_in_ten_is_right_by_chance() -> None:
    assert by_weight("digits")[0]["agreement"] == pytest.approx(0.1, abs=0.04)


@pytest.mark.parametrize("preset", ["digits", "class_gaussians"])
def test_guidance_buys_agreement_with_diversity(preset: str) -> None:
    free, usual, strong = (by_weight(preset)[w] for w in (0, 2, 8))
    assert free["agreement"] < usual["agreement"] <= strong["agreement"] + 0.005
    assert min(free["diversity"], usual["diversity"]) > 1.3 * strong["diversity"]


@pytest.mark.parametrize("preset", ["digits", "emoji"])
def test_beyond_w_2_pictures_look_ever_more_foreign(preset: str) -> None:
    found = by_weight(preset)
    assert found[0]["agreement"] < found[1]["agreement"] < found[2]["agreement"] <= found[3]["agreement"] + 0.005
    assert found[2]["fid"] < found[3]["fid"] < found[5]["fid"] < found[8]["fid"]


def test_only_near_w_1_are_samples_those_of_the_data() -> None:
    found = by_weight("class_gaussians")
    assert min(found, key=lambda w: found[w]["sw2"]) in (0.5, 1.0)
    assert found[1]["sw2"] < 1.5 * found[1]["sw2_floor"] < found[2]["sw2"]
    assert found[1]["agreement"] == pytest.approx(found[1]["agreement_real"], abs=0.04), "the classes overlap for samples as for data"
    assert found[2]["agreement"] > found[2]["agreement_real"] + 0.04, "guidance exaggerates"


def test_points_of_a_class_crowd_together_away_from_the_others() -> None:
    def spread(frame: Frame) -> float:
        x, label = frame.arrays["sample"].astype(float), frame.arrays["label"]
        return float(np.mean([x[label == k].std(0).mean() for k in range(3)]))

    usual, strong = (next(f for f in chapter("class_gaussians", "weigh") if f.metrics["guidance"] == w) for w in (1, 3))
    assert spread(strong) < 0.75 * spread(usual)
    assert by_weight("class_gaussians")[8]["sw2"] > 5 * by_weight("class_gaussians")[2]["sw2_floor"], "driven off the data"


def test_emoji_are_named_as_well_as_real_ones_and_begin_to_be_learnt_by_heart() -> None:
    train = [frame.metrics for frame in chapter("emoji", "train")]
    assert end("emoji")["agreement"] >= end("emoji")["agreement_real"] + 0.1
    assert train[-1]["nearest"] < train[len(train) // 2]["nearest"] - 0.02, "it sinks"
    assert train[-1]["nearest"] < 0.95


@pytest.mark.parametrize("preset", list(CONCEPT.cures))
def test_every_failure_is_one_and_its_cure_is_a_run(preset: str) -> None:
    """Over ten seeds, and cured: `make proof`."""
    made, cure = end(preset), CONCEPT.cures[preset]
    assert made["nearest"] < 0.5 if preset == "memorised" else made["sw2"] > 1.4 * made["sw2_floor"]
    cured = CONCEPT.params(**CONCEPT.presets[preset] | cure)
    assert cured != CONCEPT.params(**CONCEPT.presets[preset])


def test_too_fast_the_network_says_nothing_ever_after() -> None:
    train = [frame.metrics for frame in chapter("too_fast", "train")]
    assert train[-1]["loss"] == pytest.approx(train[0]["loss"], rel=0.1), "the loss of answering 0"
    assert all(frame.metrics["speed"] < 0.1 for frame in chapter("too_fast", "reverse")), "the noise stays noise"


def test_plain_epsilon_guesses_far_off_near_t_1() -> None:
    far, near = (chapter(preset, "reverse")[0].arrays["denoised"].astype(float) for preset in ("plain_eps", "cosine"))
    assert np.abs(far).mean() > 4 * np.abs(near).mean()
    loss = [chapter(preset, "train")[-1].metrics["loss"] for preset in ("plain_eps", "cosine")]
    assert loss[0] < 1.15 * loss[1], "the loss does not notice"


def test_fifty_pictures_are_learnt_by_heart() -> None:
    assert end("memorised")["agreement"] > 0.99
    assert end("memorised")["nearest"] < 0.5 < end("digits")["nearest"]
    assert end("memorised")["diversity"] < 0.1


@pytest.mark.parametrize("preset", ["inpaint", "sketch", "between"])
def test_edits_end_at_pictures_of_the_class_asked_for(preset: str) -> None:
    first, *_, last = (frame.metrics for frame in chapter(preset, "edit"))
    assert last["agreement"] > first["agreement"] + 0.1
    if preset == "inpaint":
        assert last["away"] < 0.25 * first["away"], "the hole fits its surroundings ever better"


def test_the_two_ways_of_adding_noise_agree_and_only_ddpm_keeps_the_variance() -> None:
    for preset in ("default", "ddpm"):
        spread = [(frame.metrics["variance"], frame.metrics["variance_chain"]) for frame in chapter(preset, "forward")]
        assert all(a == pytest.approx(b, rel=0.12) for a, b in spread)
        assert min(spread)[0] < 0.55 if preset == "default" else min(spread)[0] > spread[0][0] - 0.03, "never dips"


def test_the_mesh_does_not_tear() -> None:
    """The walk is a smooth map: neighbours stay neighbours, and no cell is turned over by more than the network's own error."""
    mesh = chapter("default", "reverse")[-1].arrays["mesh"].astype(float)
    edges = np.diff(mesh, axis=0)[:, :-1], np.diff(mesh, axis=1)[:-1]
    area = edges[0][..., 0] * edges[1][..., 1] - edges[0][..., 1] * edges[1][..., 0]
    assert (area > -1e-3).mean() > 0.97


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_figures_in_every_number_are_those_of_the_judge(lang: str) -> None:
    """How often the classifier of emoji is right, and what diversity a second set of real digits has."""
    said = lesson.load("diffusion", lang).captions["metrics"]
    validation = mnist().validation
    right = metrics.emoji().right
    assert f"{right:.0%}".rstrip("%") in lesson.load("diffusion", lang).body, "how often the judge of emoji is right"
    real = metrics.digits()(validation.x, validation.y)["diversity"]
    assert f"{real:.0%}".rstrip("%") in said["diversity"]


@pytest.mark.parametrize("preset", ["default", "ddpm"])
def test_guesses_begin_in_the_middle_and_spread(preset: str) -> None:
    spread = [float(frame.arrays["denoised"].astype(float).std()) for frame in chapter(preset, "reverse")]
    assert spread[0] < 0.25 * spread[-1]
    assert np.argmax(spread) > len(spread) / 2


def by_steps(preset: str, name: str) -> dict[int, float]:
    return {frame.step: frame.metrics[f"sw2_{name}"] / frame.metrics["sw2_floor"] for frame in chapter(preset, "compare")}


@pytest.mark.parametrize(
    ("preset", "name"), [("default", "heun"), ("default", "euler"), ("ddpm", "dpm"), ("ddpm", "ddim"), ("ddpm", "ddpm")]
)
def test_one_step_lands_in_the_middle_and_many_steps_come_as_close_as_the_network_can(preset: str, name: str) -> None:
    ends = by_steps(preset, name)
    assert ends[1] > 5
    assert ends[100] < 1.5
    assert abs(ends[100] - ends[32]) < 0.4


def test_at_equal_cost_heun_ends_nearer_than_euler() -> None:
    heun, euler = by_steps("default", "heun"), by_steps("default", "euler")
    assert heun[4] < 0.8 * euler[8]


def test_eight_steps_of_dpm_solver_need_twice_as_many_of_ddim_and_more_of_ddpm() -> None:
    for preset in ("ddpm", "cosine"):
        dpm, ddim, ddpm = (by_steps(preset, name) for name in ("dpm", "ddim", "ddpm"))
        assert dpm[8] <= ddim[16] + 0.05, preset
        assert ddim[8] > 1.3 * dpm[8], preset
        assert ddpm[16] > ddim[16], preset


def test_digits_need_few_steps() -> None:
    ends = {frame.step: frame.metrics for frame in chapter("digits", "compare")}
    assert ends[1]["fid"] > 2 * ends[16]["fid"]
    assert ends[8]["fid"] < 1.2 * ends[16]["fid"]


def test_the_two_objectives_walk_differently_from_the_same_noise() -> None:
    flow, ddpm = chapter("default", "reverse"), chapter("ddpm", "reverse")
    assert np.abs(flow[0].arrays["sample"].astype(float) - ddpm[0].arrays["sample"]).max() < 0.03
    speeds = [[frame.metrics["speed"] for frame in walk] for walk in (flow, ddpm)]
    assert speeds[0][0] > 1 > 0.1 > speeds[1][0], "flow sets out at full speed, ddpm hardly moves at first"


def test_bridges_between_islands_remain_but_are_thin() -> None:
    sample = chapter("8gaussians", "train")[-1].arrays["sample"].astype(float)
    data = chapter("8gaussians", "train")[-1].arrays["data"].astype(float)
    angles = np.arange(8) * np.pi / 4
    radius = np.median(np.linalg.norm(data, axis=1))
    modes = radius * np.stack((np.cos(angles), np.sin(angles)), 1)
    if nearest(data, modes).max() > 0.6:  # the ring of islands is turned by half a step
        modes = radius * np.stack((np.cos(angles + np.pi / 8), np.sin(angles + np.pi / 8)), 1)
    outside = (nearest(sample, modes) > nearest(data, modes).max()).mean()
    assert 0.001 <= outside < 0.15


def nearest(points: np.ndarray, modes: np.ndarray) -> np.ndarray:
    return np.sqrt(((points[:, None] - modes) ** 2).sum(-1)).min(1)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_checks_have_an_answer_in_every_preset(lang: str) -> None:
    for check in lesson.load("diffusion", lang).checks:
        answers = set()
        for preset in CONCEPT.presets:
            params = CONCEPT.params(**CONCEPT.presets[preset]).model_dump()
            if any(params[name] not in values.split("|") for name, values in check.get("when", {}).items()):
                continue
            told = chapter(preset, check["phase"])[-1].metrics
            value = told[check["value"]] / (told[check["over"]] if "over" in check else 1)
            answers.add(next(i for i, option in enumerate(check["options"]) if value < option.get("below", np.inf)))
        assert answers
        assert len(answers) > 1 or "when" in check, "an answer that is always the same teaches nothing"


def test_both_languages_have_the_same_parts() -> None:
    english, chinese = lesson.load("diffusion", "en"), lesson.load("diffusion", "zh")
    for part in ("data-when", "<h2", "<h3", "<li", "math block", 'data-key="'):
        assert english.body.count(part) == chinese.body.count(part), part
    assert len(english.glossary) == len(chinese.glossary)
    assert [len(check["options"]) for check in english.checks] == [len(check["options"]) for check in chinese.checks]

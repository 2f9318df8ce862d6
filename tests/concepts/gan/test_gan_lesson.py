"""What the lesson says happens on the stage, held against the baked runs that the page shows."""

import gzip
import re
from functools import cache
from itertools import pairwise

import numpy as np
import pytest

from playground import lesson
from playground.concept import load
from playground.concepts.gan.params import Params
from playground.concepts.gan.slow import PARTS
from playground.frame import Frame, decode
from playground.runs.store import Store
from playground.settings import Settings

CONCEPT = load("gan")


@cache
def baked(preset: str) -> list[Frame]:
    settings = Settings()
    store = Store(settings.store, settings.store_bytes, settings.assets)
    body = store.baked("gan", CONCEPT.params(**CONCEPT.presets[preset]))
    assert body, f"{preset} is not baked: make bake"
    return list(decode(gzip.decompress(body).splitlines()))


def chapter(preset: str, phase: str = "train") -> list[Frame]:
    return [frame for frame in baked(preset) if frame.phase == phase]


def floors(frame: Frame) -> float:
    return frame.metrics["sw2"] / frame.metrics["sw2_floor"]


def test_the_ring_is_reached_and_d_can_hardly_tell() -> None:
    first, *_, last = chapter("default")
    assert floors(last) < 2 < 5 < floors(first)
    assert last.metrics["d_accuracy"] < 0.6
    assert last.metrics["d_loss"] == pytest.approx(last.metrics["d_equilibrium"], rel=0.05), "at rest, the losses stand at the dotted lines"
    assert last.metrics["g_loss"] == pytest.approx(last.metrics["g_equilibrium"], rel=0.1)


def test_the_losses_stand_at_their_lines_when_nothing_is_learnt_yet() -> None:
    """So they say nothing of the fakes' quality."""
    early = chapter("default")[1]
    assert floors(early) > 5
    assert early.metrics["d_loss"] == pytest.approx(early.metrics["d_equilibrium"], rel=0.25)


def test_eight_gaussians_are_all_found() -> None:
    last = chapter("8gaussians")[-1]
    assert last.metrics["modes"] == last.metrics["modes_total"] == 8
    assert last.metrics["near"] >= 0.8
    assert last.arrays["mode_share"].sum() == pytest.approx(last.metrics["near"], abs=1e-5)


def test_nine_seeds_have_a_band_and_nine_panels() -> None:
    last = chapter("seeds")[-1]
    assert last.arrays["fake_all"].shape[0] == 9
    assert last.metrics["sw2_low"] < last.metrics["sw2_median"] < last.metrics["sw2_high"]


def test_a_slow_g_loses_modes() -> None:
    assert chapter("modes_lost")[-1].metrics["modes"] <= 6


def test_the_gradient_vanishes_while_d_is_right_about_everything() -> None:
    first, *_, last = chapter("vanishing")
    assert last.metrics["grad_norm"] < 0.01 * first.metrics["grad_norm"]
    assert last.metrics["d_accuracy"] > 0.99
    moved = np.abs(last.arrays["fake"].astype(float).mean(0) - chapter("vanishing")[-5].arrays["fake"].astype(float).mean(0)).max()
    assert moved < 0.01, "the fakes stay where they are"


def test_the_fakes_run_from_one_island_to_the_other() -> None:
    shares = [frame.arrays["mode_share"] for frame in chapter("oscillation") if frame.step >= 1000]
    fullest = [int(share.argmax()) for share in shares if share.min() < 0.1]
    assert len(fullest) > len(shares) / 2, "nearly all are on one island, mostly"
    assert sum(a != b for a, b in pairwise(fullest)) >= 4
    assert max(floors(frame) for frame in chapter("oscillation")[-5:]) > 5


def test_gan_labs_settings_hit_ever_less_of_the_data() -> None:
    by_step = [(frame.step, frame.metrics["js"]) for frame in chapter("gan_lab")]
    early, late = (np.mean([js for step, js in by_step if low <= step <= high]) for low, high in ((700, 1500), (4000, 5000)))
    assert late > max(0.75, early)


def test_digits_are_taken_for_what_they_should_be() -> None:
    last = chapter("digits")[-1]
    assert last.metrics["agreement"] >= 0.9
    assert last.metrics["modes"] == 10


@pytest.mark.parametrize("preset", list(CONCEPT.cures))
def test_every_cure_is_another_run(preset: str) -> None:
    """That it cures, over ten seeds: `make proof`."""
    fields = CONCEPT.presets[preset]
    assert CONCEPT.params(**fields | CONCEPT.cures[preset]) != CONCEPT.params(**fields)
    assert set(CONCEPT.cures[preset]) <= set(fields), "it changes back what went wrong, and nothing else"


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_formula_of_every_loss_is_shown_for_it_alone(lang: str) -> None:
    body = lesson.load("gan", lang).body
    shown = re.findall(r'data-when="loss=([\w|]+)"', body)
    for loss in Params.choices("loss"):
        assert any(loss in names.split("|") for names in shown), loss


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_part_of_the_step_has_its_sentence_and_its_numbers(lang: str) -> None:
    told = lesson.load("gan", lang).captions["parts"]
    assert tuple(told) == PARTS
    names = {name for sentence in told.values() for name in re.findall(r"\{(\w+)", sentence)}
    assert names <= set(chapter("default", "slow")[-1].metrics)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_checks_have_an_answer_in_every_preset(lang: str) -> None:
    for check in lesson.load("gan", lang).checks:
        answers = set()
        for preset in CONCEPT.presets:
            params = CONCEPT.params(**CONCEPT.presets[preset]).model_dump()
            if any(str(params[name]) not in values.split("|") for name, values in check.get("when", {}).items()):
                continue
            told = chapter(preset, check["phase"])[-1].metrics
            value = told[check["value"]] / (told[check["over"]] if "over" in check else 1)
            answers.add(next(i for i, option in enumerate(check["options"]) if value < option.get("below", np.inf)))
        assert len(answers) > 1, "an answer that is always the same teaches nothing"


def test_both_languages_have_the_same_parts() -> None:
    english, chinese = lesson.load("gan", "en"), lesson.load("gan", "zh")
    for part in ("data-when", "<h2", "<h3", "<li", "math block", 'data-key="'):
        assert english.body.count(part) == chinese.body.count(part), part
    assert len(english.glossary) == len(chinese.glossary)
    assert [len(check["options"]) for check in english.checks] == [len(check["options"]) for check in chinese.checks]

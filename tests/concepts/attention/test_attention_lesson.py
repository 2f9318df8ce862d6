"""What the lesson says happens on the stage, held against the baked runs that the page shows."""

from collections.abc import Mapping

import pytest

from playground import lesson
from playground.concept import load
from playground.words import LANGUAGES
from tests.playing import baked, phase

CONCEPT = load("attention")
TRAINED = [name for name, fields in CONCEPT.presets.items() if fields.get("mode", "train") == "train"]


def end(preset: str, chapter: str = "train") -> Mapping[str, float]:
    return phase(baked("attention", preset), chapter)[-1].metrics


def test_it_comes_below_the_bigram_by_looking_back() -> None:
    assert end("default")["bits_per_char"] <= 3.2 < end("default")["bigram"]
    assert end("larger")["bits_per_char"] <= 2.85
    first = phase(baked("attention", "default"), "train")[0].metrics
    assert first["bits_per_char"] == pytest.approx(first["uniform"], abs=1e-3)
    assert end("default")["previous"] > 3 * first["previous"], "a head that looks one back has formed"


def test_repeated_letters_form_an_induction_head() -> None:
    first, last = phase(baked("attention", "repeat"), "train")[0].metrics, end("repeat")
    assert first["induction"] < 0.2
    assert last["induction"] > 0.5
    assert last["previous"] > 0.35
    assert last["bigram"] > 0.98 * last["uniform"], "counting pairs is of no use"
    assert last["bits_per_char"] < last["bigram"] / 3


def test_a_head_taken_out_costs_something_here() -> None:
    (look,) = phase(baked("attention", "head_off"), "look")
    assert look.metrics["loss"] > look.metrics["loss_before"]
    assert look.arrays["effect"][0, 0] == 0


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_head_that_looks_right_is_not_the_one_that_matters(lang: str) -> None:
    (look,) = baked("attention", "tired_off")
    said = f"{look.metrics['change']:.3f}", f"{look.metrics['most']:.3f}"
    assert said == ("0.003", "0.054")
    assert all(number in lesson.load("attention", lang).body for number in said)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_check_has_an_answer_in_every_training(lang: str) -> None:
    check = lesson.load("attention", lang).checks[0]
    for name in TRAINED:
        told = end(name, check["phase"])
        assert told[check["value"]] / told[check["over"]] > 0

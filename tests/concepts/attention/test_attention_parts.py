"""What the lesson says of the parts that are taken out, held against the baked runs that its links lead to."""

import re
from collections.abc import Mapping

import pytest

from playground import lesson
from playground.concept import load
from playground.words import LANGUAGES
from tests.contract.test_lesson_links import beside, tries
from tests.playing import baked, phase

CONCEPT = load("attention")
PARTS = ("one_head", "no_norm", "no_positions", "no_residual", "neither")


def end(preset: str, chapter: str = "train") -> Mapping[str, float]:
    return phase(baked("attention", preset), chapter)[-1].metrics


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_bits_in_the_lesson_are_those_of_the_runs(lang: str) -> None:
    """Each paragraph's numbers, in the order in which it tells them."""
    body = lesson.load("attention", lang).body
    parts = body[body.rindex("<h2>", 0, body.index('class="try"')) :]
    told = {part: f"{end(part)['bits_per_char']:.2f}" for part in ("default", *PARTS)}
    paragraphs = [re.findall(r"\d\.\d\d", text) for text in parts.split("<p><strong>")[1:]]
    heads, positions, norm, residual = paragraphs[:4]
    assert heads[:2] == [told["one_head"], told["default"]]
    assert positions[:2] == [told["no_positions"], f"{end('default')['bigram']:.2f}"]
    assert positions[2:4] == [f"{end(part)['previous']:.2f}" for part in ("no_positions", "default")]
    assert positions[4:6] == [f"{end(part, 'look')['order']:.2f}" for part in ("no_positions", "default")]
    assert norm[:2] == [told["no_norm"], told["default"]]
    assert residual[:2] == [told["no_residual"], told["neither"]]


def test_what_breaks_and_what_does_not() -> None:
    default, bigram = end("default")["bits_per_char"], end("default")["bigram"]
    bits = {part: end(part)["bits_per_char"] for part in PARTS}
    assert default < bits["one_head"] < default + 0.15
    assert abs(bits["no_norm"] - default) < 0.1
    assert bits["no_residual"] > default + 0.3
    assert abs(bits["no_positions"] - bigram) < 0.1
    assert abs(bits["neither"] - bigram) < 0.1
    assert end("no_positions")["previous"] < 0.2 < 0.45 < end("default")["previous"]
    assert 0.005 < end("no_positions", "look")["order"] < 0.1 < end("default", "look")["order"]


def test_the_links_answer_from_what_is_baked_and_stand_beside_the_default() -> None:
    queries = tries("attention", "en")
    whole = {CONCEPT.params(**CONCEPT.presets[part]) for part in PARTS}
    asked = {CONCEPT.params.from_query(query) for query in queries}
    assert whole <= asked
    for query in queries:
        if CONCEPT.params.from_query(query) in whole:
            assert beside(CONCEPT, query) == CONCEPT.params()

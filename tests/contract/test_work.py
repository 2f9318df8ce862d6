"""What a run is told to take, it takes at most, at the corners; `make proof` measures them all."""

import pytest

from playground.concept import load, slugs
from tests.proof.corners import CHEAP, corners, measured


@pytest.mark.parametrize("slug", CHEAP)
def test_a_corner_takes_no_more_than_is_told(slug: str) -> None:
    for told in measured(slug, *CHEAP[slug]):
        assert told["cpu_over"] <= 1, told
        assert told["mb_over"] <= 1, told


def test_every_concept_has_corners_within_the_limit() -> None:
    for slug in slugs():
        for fields in corners(slug):
            assert load(slug).params(**fields).megabytes() > 0


def test_an_edit_cannot_make_a_run_dearer_than_is_told() -> None:
    params = load("gan").params
    dear = params(g_steps=5, d_steps=5, steps=100).work()
    assert params(steps=100, edits="0:g_steps=5;0:d_steps=5").work() == pytest.approx(dear)

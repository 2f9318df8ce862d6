"""Edits: what may be changed while a run trains, when, and how that is written."""

import json
from typing import Any, Literal, Self

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from playground import params, words
from playground.edits import MOST, Edit, written
from playground.params import EDITS, Refused

LIVE = {"live": True}


class Toy(params.Params):
    steps: int = Field(50, ge=10, le=100)
    rate: float = Field(1.0, gt=0, le=20, json_schema_extra=LIVE)
    every: int = Field(1, ge=1, le=5, json_schema_extra=LIVE)
    loss: Literal["square", "absolute"] = Field("square", json_schema_extra=LIVE)
    clip: bool = Field(False, json_schema_extra=LIVE)
    width: int = Field(8, ge=1, le=64, json_schema_extra={"step": 8})
    edits: str = EDITS

    def work(self) -> float:
        return 1e6 if self.every == 4 else 1.0

    @model_validator(mode="after")
    def _gentle(self) -> Self:
        if self.every == 5 and self.rate > 10:
            raise PydanticCustomError("points_bad", "too wild", {"field": "rate", "limit": 10})
        return self


VALUES = {
    "rate": st.floats(0, 20, exclude_min=True),
    "every": st.integers(1, 3),
    "loss": st.sampled_from(["square", "absolute"]),
    "clip": st.booleans(),
}


@st.composite
def edited(draw: st.DrawFn) -> list[tuple[int, str, Any]]:
    """Edits in order of their steps, each field once a step, the fields of one step in any order."""
    places = draw(st.lists(st.tuples(st.integers(0, 50), st.sampled_from(sorted(VALUES))), unique=True, max_size=MOST))
    return [(step, field, draw(VALUES[field])) for step, field in sorted(places, key=lambda place: place[0])]


def text(edits: list[tuple[int, str, Any]]) -> str:
    return ";".join(f"{step}:{field}={value}" for step, field, value in edits)


def flaws(**values: Any) -> list[tuple[str, str]]:
    with pytest.raises(Refused) as refused:
        Toy.checked(values)
    return [(flaw.field, flaw.code) for flaw in refused.value.flaws]


@given(edited())
def test_in_force_is_what_was_last_set(edits: list[tuple[int, str, Any]]) -> None:
    toy = Toy.checked({"edits": text(edits)})
    values: dict[str, Any] = {name: getattr(Toy(), name) for name in VALUES}
    for step in range(51):
        values |= {field: value for at, field, value in edits if at == step}
        assert {name: getattr(toy.at(step), name) for name in VALUES} == values
        assert toy.at(step).width == toy.width


@given(edited())
def test_edits_survive_the_query_and_have_one_text(edits: list[tuple[int, str, Any]]) -> None:
    toy = Toy.checked({"edits": text(edits)})
    assert Toy.from_query(toy.to_query()) == toy
    assert Toy.checked({"edits": toy.edits}).edits == toy.edits
    assert Toy(**json.loads(toy.canonical())) == toy
    assert [(edit.step, edit.field, edit.value) for edit in toy.changes] == sorted(edits, key=lambda edit: edit[:2])
    assert toy.model_dump().keys() == Toy.model_fields.keys()


@pytest.mark.parametrize("same", ["5:clip=true;5:rate=2;9:every=3", "5:rate=2.0;5:clip=1;9:every=03", "05:rate=2e0;5:clip=True;9:every=3"])
def test_ways_to_write_the_same_edits_are_one(same: str) -> None:
    toy = Toy.from_query({"edits": same})
    assert toy.edits == "5:clip=true;5:rate=2;9:every=3"
    assert toy.changes == (Edit(5, "clip", True), Edit(5, "rate", 2.0), Edit(9, "every", 3))
    assert (toy, hash(toy)) == (Toy(edits=same), hash(Toy(edits=same)))


def test_without_edits_the_parameters_are_in_force_themselves() -> None:
    toy = Toy(rate=3)
    assert toy.changes == ()
    assert toy.at(20) is toy
    assert written(toy.changes) == ""


def test_an_edit_is_in_force_from_its_own_step_on() -> None:
    toy = Toy(edits="5:rate=2;50:rate=3")
    assert [toy.at(step).rate for step in (0, 4, 5, 49, 50)] == [1, 1, 2, 2, 3]


@pytest.mark.parametrize(
    ("edits", "found"),
    [
        *(
            (bad, [("edits", "edits_bad")])
            for bad in (
                "x",
                ";",
                "5",
                "5:rate",
                "5:rate=",
                "5:=2",
                ":rate=2",
                "-5:rate=2",
                "1.5:rate=2",
                "5:rate=2;",
                "٥:rate=2",
                "5: rate=2",
            )
        ),
        *(
            (bad, [("edits", "edits_bad")])
            for bad in ("5:rate=1=2", "9" * 400 + ":rate=2", "5:rate=\n;x", "\x00", "<script>alert(1)</script>")
        ),
        ("9:rate=2;5:rate=3", [("edits", "edits_order")]),
        ("5:rate=2;5:rate=2", [("edits", "edits_order")]),
        ("5:rate=2;5:every=2;5:rate=3", [("edits", "edits_order")]),
        (";".join(f"{step}:rate=2" for step in range(MOST + 1)), [("edits", "edits_too_many")]),
        ("5:width=8", [("edits", "edits_field")]),
        ("5:steps=20", [("edits", "edits_field")]),
        ("5:seed=3", [("edits", "edits_field")]),
        ("5:edits=", [("edits", "edits_bad")]),
        ("5:edits=1", [("edits", "edits_field")]),
        ("5:__class__=1", [("edits", "edits_field")]),
        ("51:rate=2", [("edits", "edits_late")]),
        ("5:rate=0", [("edits", "edit_refused"), ("rate", "greater_than")]),
        ("5:rate=21", [("edits", "edit_refused"), ("rate", "less_than_equal")]),
        ("5:rate=nan", [("edits", "edit_refused"), ("rate", "finite_number")]),
        ("5:rate=-inf", [("edits", "edit_refused"), ("rate", "finite_number")]),
        ("5:rate=1e999", [("edits", "edit_refused"), ("rate", "finite_number")]),
        ("5:rate=<b>", [("edits", "edit_refused"), ("rate", "float_parsing")]),
        ("5:every=1.5", [("edits", "edit_refused"), ("every", "int_parsing")]),
        ("5:loss=huber", [("edits", "edit_refused"), ("loss", "literal_error")]),
        ("5:rate=0;5:every=9", [("edits", "edit_refused"), ("rate", "greater_than"), ("every", "less_than_equal")]),
        ("5:every=4", [("edits", "edit_refused"), ("", "too_much_work")]),
        ("5:every=5;9:rate=11", [("edits", "edit_refused"), ("rate", "points_bad")]),
        ("9" * 1001, [("edits", "string_too_long")]),
    ],
)
def test_what_is_refused_and_why(edits: str, found: list[tuple[str, str]]) -> None:
    assert flaws(edits=edits) == found


def test_what_is_wrong_without_the_edits_is_not_laid_at_their_door() -> None:
    assert flaws(rate=11, every=5, edits="9:rate=2") == [("rate", "points_bad")]
    assert flaws(every=4, edits="9:every=2") == [("", "too_much_work")]


def test_changes_of_one_step_are_made_together() -> None:
    assert Toy(rate=11, edits="5:every=5;5:rate=2").at(5).every == 5


def test_the_sentences_say_when_and_how_far() -> None:
    with pytest.raises(Refused) as refused:
        Toy.checked({"edits": "5:rate=2;40:rate=21"})
    assert [words.sentence("en", flaw) for flaw in refused.value.flaws] == ["The change at step 40 can't be made.", "Use 20 or less."]
    with pytest.raises(Refused) as refused:
        Toy.checked({"edits": "5:width=2"})
    assert words.sentence("zh", refused.value.flaws[0]).endswith("rate、every、loss、clip。")


@given(
    st.text(st.characters(codec="utf-8"), max_size=1100)
    | st.from_regex(r"([0-9]{1,3}:(rate|every|loss)=[0-9a-z.;-]{0,6};){0,4}", fullmatch=True)
)
def test_whatever_comes_is_read_or_refused_in_words(edits: str) -> None:
    try:
        toy = Toy.checked({"edits": edits})
    except Refused as refused:
        for flaw in refused.flaws:
            assert words.sentence("en", flaw) != words.errors("en")["other"]
    else:
        assert Toy.from_query(toy.to_query()) == toy


def test_a_concept_that_does_not_open_the_field_takes_no_edits() -> None:
    with pytest.raises(Refused):
        params.Params.checked({"edits": "5:seed=2"})
    assert params.Params.live() == ()
    assert Toy.live() == ("rate", "every", "loss", "clip")

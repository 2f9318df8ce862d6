"""Parameters: bounds hold, and every set of them survives its own query string."""

import base64
import json
import math
import zlib
from contextlib import suppress
from typing import Any, Literal, get_args
from urllib.parse import parse_qsl, quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from playground import params
from playground.params import BUDGET_SECONDS, INFLATED_BYTES, PLAIN_BYTES, QUERY_BYTES, RESERVED, Refused

Kind = Literal["walk", "jump"]


class Toy(params.Params):
    steps: int = Field(5, ge=2, le=100_000)
    scale: float = Field(1.0, gt=0, lt=100)
    loud: bool = False
    kind: Kind = "walk"
    note: str = Field("", max_length=100_000)

    def work(self) -> float:
        return self.steps / 500


texts = st.text(st.characters(codec="utf-8"), max_size=400)
toys = st.builds(
    Toy,
    seed=st.integers(0, 2**31 - 1),
    steps=st.integers(2, int(BUDGET_SECONDS * 500)),
    scale=st.floats(0, 100, exclude_min=True, exclude_max=True),
    loud=st.booleans(),
    kind=st.sampled_from(get_args(Kind)),
    note=texts,
)


def flaws(query: str | dict[str, str]) -> list[tuple[str, str]]:
    with pytest.raises(Refused) as refused:
        Toy.from_query(query)
    return [(flaw.field, flaw.code) for flaw in refused.value.flaws]


@given(toys)
def test_a_query_reads_back(toy: Toy) -> None:
    query = toy.to_query()
    assert Toy.from_query(query) == toy
    assert Toy.from_query(dict(parse_qsl(query, keep_blank_values=True))) == toy
    assert Toy.from_query(query).canonical() == toy.canonical()


@given(toys, toys)
def test_one_canonical_text_for_one_set_of_parameters(a: Toy, b: Toy) -> None:
    assert (a.canonical() == b.canonical()) == (a == b)
    assert Toy(**json.loads(a.canonical())) == a


def test_defaults_are_left_out() -> None:
    assert Toy().to_query() == ""
    assert Toy(steps=9).to_query() == "steps=9"


def test_ways_to_write_the_same_thing_have_one_canonical_text() -> None:
    written = ["steps=10&scale=2", "scale=2.0&steps=010", "scale=2e0&steps=%31%30&seed=7", "v=abc&steps=10&lang=zh&scale=2"]
    assert len({Toy.from_query(query).canonical() for query in written}) == 1


def test_minus_zero_is_zero() -> None:
    class Centred(params.Params):
        shift: float = Field(1.0, ge=-1, le=1, json_schema_extra={"live": True})
        edits: str = params.EDITS

    assert Centred.from_query("shift=-0.0").canonical() == Centred.from_query("shift=0").canonical()
    assert Centred.from_query("shift=-0").to_query() == "shift=0.0"
    assert Centred.from_query("edits=1:shift=-0.0").canonical() == Centred.from_query("edits=1:shift=0").canonical()


@pytest.mark.parametrize("name", sorted(RESERVED))
def test_words_of_the_page_are_not_parameters(name: str) -> None:
    assert Toy.from_query(f"{name}=1&{name}=2") == Toy()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("steps=1", [("steps", "greater_than_equal")]),
        ("steps=100001", [("steps", "less_than_equal")]),
        ("steps=1.5", [("steps", "int_parsing")]),
        ("steps=", [("steps", "int_parsing")]),
        ("steps=" + "9" * 5000, [("steps", "int_parsing_size")]),
        ("scale=0", [("scale", "greater_than")]),
        ("scale=100", [("scale", "less_than")]),
        ("scale=nan", [("scale", "finite_number")]),
        ("scale=inf", [("scale", "finite_number")]),
        ("scale=1e999", [("scale", "finite_number")]),
        ("loud=perhaps", [("loud", "bool_parsing")]),
        ("kind=run", [("kind", "literal_error")]),
        ("seed=2147483648", [("seed", "less_than_equal")]),
        ("edits=1:steps=2", [("edits", "string_too_long")]),
        ("seeds=2", [("seeds", "less_than_equal")]),
        ("size=3", [("size", "extra_forbidden")]),
        ("steps=3&steps=3", [("steps", "repeated")]),
        ("steps=100000", [("", "too_much_work")]),
        ("steps=1&scale=0", [("steps", "greater_than_equal"), ("scale", "greater_than")]),
        ("note=" + "x" * QUERY_BYTES, [("", "query_too_long")]),
        ("&".join(f"x{i}=1" for i in range(101)), [("", "bad_request")]),
        ("note=~!!!", [("note", "packed_badly")]),
        ("note=~AAAA", [("note", "packed_badly")]),
    ],
)
def test_what_is_refused_and_why(query: str, found: list[tuple[str, str]]) -> None:
    assert flaws(query) == found


def packed(raw: bytes) -> str:
    return "~" + base64.urlsafe_b64encode(raw).decode().rstrip("=")


def test_long_texts_travel_packed() -> None:
    text = "1,2;" * 200
    query = Toy(note=text).to_query()
    assert len(query) < PLAIN_BYTES
    value = dict(parse_qsl(query))["note"]
    assert zlib.decompress(base64.urlsafe_b64decode(value[1:] + "==")).decode() == text


def test_a_deflate_bomb_is_not_inflated() -> None:
    bomb = zlib.compress(bytes(4_000_000), 9)  # the most that fits the query is 6 kB: 1,000 times that inflated
    assert len(quote(packed(bomb))) < QUERY_BYTES
    assert flaws({"note": packed(bomb)}) == [("note", "packed_too_long")]
    assert flaws({"note": packed(zlib.compress(bytes(INFLATED_BYTES + 1)))}) == [("note", "packed_too_long")]


def test_a_packed_text_that_was_cut_off_is_refused() -> None:
    whole = zlib.compress("点".encode() * 500, 9)
    assert flaws({"note": packed(whole[:-6])}) == [("note", "packed_badly")]
    assert flaws({"note": packed(zlib.compress(b"\xff\xfe\xfd"))}) == [("note", "packed_badly")]


@given(
    st.dictionaries(st.sampled_from([*Toy.model_fields, "x", "<script>"]), st.one_of(texts, st.floats().map(str), st.integers().map(str)))
)
def test_whatever_comes_is_read_or_refused(pairs: dict[str, Any]) -> None:
    toy = None
    with suppress(Refused):
        toy = Toy.from_query(urlencode(pairs))
    assert toy is None or (math.isfinite(toy.scale) and Toy.from_query(toy.to_query()) == toy)

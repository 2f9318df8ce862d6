"""The wire: what the standard library and plotly make of a frame's line."""

import base64
import json
from typing import Any

import numpy as np
import pytest
from _plotly_utils.utils import to_typed_array_spec
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from playground.frame import Frame, decode, encode, finite

KINDS = {"u1": np.uint8, "i2": np.int16, "f4": np.float32, "f2": np.float16}
arrays = st.sampled_from(list(KINDS.values())).flatmap(
    lambda kind: hnp.arrays(
        kind,
        hnp.array_shapes(min_dims=1, max_dims=3, min_side=0, max_side=5),
        elements=hnp.from_dtype(np.dtype(kind), allow_nan=False, allow_infinity=False),
    )
)


def line(frame: Frame) -> dict[str, Any]:
    (only,) = encode([frame])
    assert only.endswith(b"\n")
    assert only.count(b"\n") == 1
    return json.loads(only)


@given(arrays)
def test_an_array_arrives_as_it_was(array: np.ndarray) -> None:
    spec = line(Frame(0, {"a": array}, {}))["arrays"]["a"]
    raw = np.frombuffer(base64.b64decode(spec["bdata"]), "<" + spec["dtype"]).reshape(spec["shape"])
    assert raw.dtype == array.dtype
    np.testing.assert_array_equal(raw, array)


@pytest.mark.parametrize("kind", ["u1", "i2", "f4"])  # plotly's own form has no f2
def test_plotly_writes_the_same_form(kind: str) -> None:
    array = np.arange(24).reshape(4, 6).astype(KINDS[kind])
    theirs = to_typed_array_spec(array)
    ours = line(Frame(0, {"a": array}, {}))["arrays"]["a"]
    assert (ours["dtype"], ours["bdata"]) == (theirs["dtype"], theirs["bdata"])
    assert ours["shape"] == [int(n) for n in theirs["shape"].split(",")]


def test_memory_order_and_byte_order_do_not_matter() -> None:
    array = np.arange(12, dtype="f4").reshape(3, 4)
    plain = line(Frame(0, {"a": array.T.copy()}, {}))
    assert line(Frame(0, {"a": array.T}, {})) == plain
    assert line(Frame(0, {"a": array.T.astype(">f4")}, {})) == plain


def test_an_unchanged_array_is_sent_once() -> None:
    same, other = np.ones(3, "f4"), np.zeros(3, "f4")
    frames = [Frame(0, {"a": same, "b": same}, {}), Frame(1, {"a": same.copy(), "b": other}, {}), Frame(2, {"a": same, "b": same}, {})]
    lines = list(encode(frames))
    assert [sorted(json.loads(each)["arrays"]) for each in lines] == [["a", "b"], ["b"], ["b"]]
    for sent, came in zip(frames, decode(lines), strict=True):
        for name in ("a", "b"):
            np.testing.assert_array_equal(sent.arrays[name], came.arrays[name])


def test_same_numbers_of_another_shape_or_kind_are_sent() -> None:
    lines = encode(
        [Frame(0, {"a": np.zeros(4, "u1")}, {}), Frame(1, {"a": np.zeros((2, 2), "u1")}, {}), Frame(2, {"a": np.zeros(2, "i2")}, {})]
    )
    assert [bool(json.loads(each)["arrays"]) for each in lines] == [True, True, True]


def test_everything_but_arrays_arrives_too() -> None:
    frame = Frame(3, {}, {"loss": 0.1, "n": np.float32(2)}, {"tokens": ("<script>", "点\n")}, "train")
    (came,) = decode(encode([frame]))
    assert came == Frame(3, {}, {"loss": 0.1, "n": 2.0}, {"tokens": ("<script>", "点\n")}, "train")


def test_lines_that_are_no_frames_are_passed_over() -> None:
    lines = [b'{"concept":"toy"}\n', b'{"queued":1}\n', *encode([Frame(0, {}, {})]), b'{"end":true,"frames":1,"seconds":0}\n']
    assert [frame.step for frame in decode(lines)] == [0]


@pytest.mark.parametrize("kind", ["f8", "i4", "i8", "?", "U1", "O"])
def test_kinds_without_a_letter_are_refused(kind: str) -> None:
    with pytest.raises(ValueError, match="the wire carries"):
        list(encode([Frame(0, {"a": np.zeros(2, kind)}, {})]))


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_numbers_that_are_not_finite_are_refused(bad: float) -> None:
    array, metric = Frame(0, {"a": np.array([0, bad], "f4")}, {}), Frame(0, {}, {"loss": bad})
    for frame in (array, metric):
        assert not finite(frame)
        with pytest.raises(ValueError, match=r"not finite|not JSON compliant"):
            list(encode([frame]))
    assert finite(Frame(0, {"a": np.ones(2, "f2")}, {"loss": 1.0}))

"""What every concept owes, checked over the registry: a new folder under concepts/ is tested here without a line added.

Runs are short (`steps` at its minimum, few `episodes`). A text field that has a grammar names values worth running as `examples` in
its schema.
"""

import gzip
import json
import math
import subprocess
import sys
import zlib
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load, save

from playground import lesson, words
from playground.concept import Concept, slugs
from playground.concept import load as concept_of
from playground.frame import DTYPES, Frame, decode, encode
from playground.params import BUDGET_SECONDS, Params, Refused
from playground.runs.keys import training_key
from playground.state import phases
from tests.concepts import quick
from tests.playing import baked, body

MOST_FRAMES = 130
EPISODES = 30  # of a short run, where those are what training is counted in
MOST_BYTES, OPENING_BYTES = 4_000_000, 1_000_000
NETWORKS, NETWORK_BYTES = ("encoder", "decoder"), 1_000_000  # of a walker, each


def schema(concept: Concept, name: str) -> dict[str, Any]:
    return concept.params.model_json_schema()["properties"][name]


def fields(concept: Concept) -> list[str]:
    return list(concept.params.model_fields)


def inside(kind: dict[str, Any]) -> list[Any]:
    """The extreme values a field takes: every option, both ends, the longest text."""
    if "enum" in kind or "const" in kind:
        return kind.get("enum", [kind.get("const")])
    if kind["type"] == "boolean":
        return [False, True]
    if kind["type"] == "string":
        return [*kind.get("examples", []), "9" * kind["maxLength"]]
    span = (kind.get("maximum", kind.get("exclusiveMaximum")) or 1) * 1e-3
    ends = (kind.get("minimum"), kind.get("maximum"), kind.get("exclusiveMinimum"), kind.get("exclusiveMaximum"))
    low, high, above, below = ends
    return [v for v in (low, high, None if above is None else above + span, None if below is None else below - span) if v is not None]


def outside(kind: dict[str, Any]) -> list[Any]:
    """Values one step beyond each bound, and what is no value of that kind at all."""
    if "enum" in kind or "const" in kind:
        return ["no such option", "", "<script>alert(1)</script>"]
    if kind["type"] == "boolean":
        return ["no such option"]
    if kind["type"] == "string":
        return ["9" * (kind["maxLength"] + 1)]
    step = (lambda v, way: v + way) if kind["type"] == "integer" else (lambda v, way: math.nextafter(v, way * math.inf))
    beyond = [step(kind[end], way) for end, way in (("minimum", -1), ("maximum", 1)) if end in kind]
    beyond += [kind[end] for end in ("exclusiveMinimum", "exclusiveMaximum") if end in kind]
    return [*beyond, math.nan, math.inf, -math.inf, "NaN", "1e999", "no number"]


def short(concept: Concept, **values: Any) -> Params:
    """Parameters with little training. Raises Refused."""
    least = {"steps": schema(concept, "steps")["minimum"]} if "steps" in fields(concept) else {}
    least |= {"episodes": EPISODES} if "episodes" in fields(concept) else {}
    return concept.params.checked(least | values)


def allowed(concept: Concept, name: str, value: Any) -> Params:
    """The defaults with one value changed; where it means nothing alone, with the text fields' examples. Raises Refused."""
    try:
        return concept.params.checked({name: value})
    except Refused:
        texts = {field: schema(concept, field).get("examples", [None])[0] for field in fields(concept) if field != name}
        return concept.params.checked({field: text for field, text in texts.items() if text is not None} | {name: value})


def suits(when: dict[str, str], params: Params) -> bool:
    return all(str(getattr(params, name)) in values.split("|") for name, values in when.items())


def modes(concept: Concept) -> list[dict[str, Any]]:
    """What the presets differ in, but for the length of the training."""
    every = [{k: v for k, v in changes.items() if k not in ("seed", "steps", "episodes")} for changes in ({}, *concept.presets.values())]
    return [values for i, values in enumerate(every) if values not in every[:i]]


MODES = [(slug, values) for slug in slugs() for values in modes(concept_of(slug))]


def play(concept: Concept, params: Params, state: Any | None = None) -> tuple[list[Frame], Any]:
    """All frames, and what the generator returned: the training state."""
    run, frames = concept.run(params, state), []
    while True:
        try:
            frames.append(next(run))
        except StopIteration as end:
            return frames, end.value


def wire(frames: list[Frame]) -> list[bytes]:
    """Frames as bytes: equal when every bit is. Refuses numbers that are not finite."""
    return list(encode(frames))


@cache
def played(slug: str, params: Params) -> tuple[list[Frame], Any]:
    """As play, once for all tests here."""
    return play(concept_of(slug), params)


def counted(concept: Concept, params: Params, frames: list[Frame]) -> list[Frame]:
    """The frames whose size is bounded: the networks that a walker is sent have a bound of their own."""
    return [unladen(frame) for frame in frames] if concept.scene(params).walker else frames


def unladen(frame: Frame) -> Frame:
    assert all(frame.arrays[name].nbytes <= NETWORK_BYTES for name in NETWORKS if name in frame.arrays)
    return replace(frame, arrays={name: array for name, array in frame.arrays.items() if name not in NETWORKS})


def assert_in_order(concept: Concept, params: Params, frames: list[Frame]) -> None:
    """A regular run: not too many frames, steps that rise within each chapter, arrays the wire carries, a size a phone can take."""
    assert 0 < len(frames) <= concept.frames(params) <= MOST_FRAMES
    assert all(a.step < b.step for a, b in pairwise(frames) if a.phase == b.phase)
    phases = [frame.phase for frame in frames]
    assert sum(a != b for a, b in pairwise(phases)) == len(set(phases)) - 1, "a chapter comes back"
    assert {array.dtype.str.lstrip("<>|=") for frame in frames for array in frame.arrays.values()} <= set(DTYPES)
    body = b"".join(wire(counted(concept, params, frames)))
    assert any(len(zlib.compress(body, level)) <= MOST_BYTES for level in (1, 6))  # the quick way first


def assert_worded(refused: Refused) -> None:
    for flaw in refused.flaws:
        for language in words.LANGUAGES:
            assert flaw.code in words.errors(language)
            assert words.sentence(language, flaw).strip()


@pytest.fixture(autouse=True)
def _global_randomness_untouched() -> Iterator[None]:
    """Python's own `random` is left to a test of its own: beartype draws from it."""

    def states() -> tuple[Any, ...]:
        return torch.get_rng_state().tolist(), np.random.get_state(legacy=False)["state"]["key"].tolist()

    before = states()
    yield
    assert states() == before


@pytest.fixture(autouse=True, scope="session")
def _shortened() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for slug in slugs():
            if (shorten := getattr(quick(slug), "contract", None)) is not None:
                shorten(patch)
        yield


@pytest.fixture(params=slugs())
def concept(request: pytest.FixtureRequest) -> Concept:
    return concept_of(request.param)


def test_defaults_are_allowed_and_within_budget(concept: Concept) -> None:
    params = concept.params.checked({})
    assert 0 < params.work() <= BUDGET_SECONDS
    assert 0 < concept.frames(params) <= MOST_FRAMES
    assert params.to_query() == ""


def test_presets_are_allowed(concept: Concept) -> None:
    for name, changes in concept.presets.items():
        params = concept.params.checked(changes)
        assert concept.params.from_query(params.to_query()) == params, name


def test_same_parameters_give_the_same_frames(concept: Concept) -> None:
    frames, _ = played(concept.slug, short(concept))
    assert_in_order(concept, short(concept), frames)
    assert wire(play(concept, short(concept))[0]) == wire(frames)


@pytest.mark.parametrize(("slug", "values"), MODES)
def test_frames_come_through_the_wire_as_they_were(slug: str, values: dict[str, Any]) -> None:
    lines = wire(played(slug, short(concept_of(slug), **values))[0])
    again = wire(list(decode(lines)))
    assert [json.loads(line) for line in again] == [json.loads(line) for line in lines]


def test_a_stored_state_gives_the_same_frames(concept: Concept) -> None:
    frames, state = played(concept.slug, short(concept))
    assert bool(state) == bool(concept.trained_by), "a concept that trains names the fields that decide it and returns its state"
    if state:
        assert wire(play(concept, short(concept), load(save(state)))[0]) == wire(frames)


@pytest.mark.parametrize(("slug", "values"), MODES)
def test_another_seed_gives_other_frames(slug: str, values: dict[str, Any]) -> None:
    concept = concept_of(slug)
    one, other = short(concept, **values, seed=7), short(concept, **values, seed=8)
    lines = zip(encode(concept.run(one)), encode(concept.run(other)), strict=False)
    assert all(a == b for a, b in lines) == concept.deterministic(one), values


def test_pythons_own_randomness_is_untouched(concept: Concept) -> None:
    """In a process without beartype, which draws from it."""
    script = f"""
import random
from playground.concept import load
before = random.getstate()
params = load({concept.slug!r}).params.from_query({short(concept).to_query()!r})
assert list(load({concept.slug!r}).run(params))
assert random.getstate() == before
"""
    subprocess.run([sys.executable, "-c", script], check=True)


def test_everything_beyond_a_bound_is_refused(concept: Concept) -> None:
    for name in fields(concept):
        for value in outside(schema(concept, name)):
            with pytest.raises(Refused) as refusal:
                concept.params.checked({name: value})
            assert name in {flaw.field for flaw in refusal.value.flaws}, (name, value)
            assert_worded(refusal.value)


def test_unknown_fields_are_refused(concept: Concept) -> None:
    with pytest.raises(Refused) as refusal:
        concept.params.checked({"no_such_field": 1})
    assert [flaw.field for flaw in refusal.value.flaws] == ["no_such_field"]
    assert_worded(refusal.value)


@pytest.mark.parametrize(("slug", "name"), [(slug, name) for slug in slugs() for name in fields(concept_of(slug))])
def test_every_extreme_is_refused_in_words_or_runs(slug: str, name: str) -> None:
    concept = concept_of(slug)
    _, state = played(slug, short(concept))
    for value in inside(schema(concept, name)):
        try:
            asked = allowed(concept, name, value)
            params = short(concept, **asked.model_dump(exclude={"steps"} if name != "steps" else None, exclude_defaults=True))
        except Refused as refused:
            assert_worded(refused)
            continue
        assert asked.work() <= BUDGET_SECONDS
        assert concept.params.from_query(params.to_query()) == params
        if name in ("steps", "episodes") and params != short(concept):
            continue  # much training: its time is what work() answers for
        if not suits(schema(concept, name).get("when", {}), params):
            continue  # it means nothing here; where it does, the presets' runs below answer for it
        frames, _ = played(slug, params)
        assert_in_order(concept, params, frames)
        if state and name not in concept.trained_by:
            assert wire(play(concept, params, state)[0]) == wire(frames), f"{name} needs no new training"


@pytest.mark.parametrize(("slug", "name"), [(slug, name) for slug in slugs() for name in concept_of(slug).params.live()])
def test_an_edit_leaves_alone_what_came_before(slug: str, name: str) -> None:
    concept = concept_of(slug)
    plain = short(concept)
    frames, state = played(slug, plain)
    training = [i for i, frame in enumerate(frames) if frame.phase in phases(state)]
    last = training[len(training) // 2]  # the frame on the stage when it is changed
    now, other = getattr(plain, name), next(value for value in inside(schema(concept, name)) if value != getattr(plain, name))
    same, edited = (short(concept, edits=f"{frames[last].step}:{name}={value}") for value in (now, other))
    assert wire(played(slug, same)[0]) == wire(frames)
    after, _ = played(slug, edited)
    assert wire(after)[: last + 1] == wire(frames)[: last + 1]
    assert all(one.metrics != other.metrics for one, other in zip(frames[last + 1 : training[-1] + 1], after[last + 1 :], strict=False))
    assert len({training_key(concept, params) for params in (plain, same, edited)}) == 3
    assert_in_order(concept, edited, after)


def test_concepts_with_live_fields_take_edits(concept: Concept) -> None:
    assert bool(concept.params.live()) == (schema(concept, "edits")["maxLength"] > 0) == ("edits" in concept.trained_by)


@pytest.mark.parametrize(("slug", "values"), MODES)
def test_the_scene_draws_what_the_frames_hold(slug: str, values: dict[str, Any]) -> None:
    params = short(concept_of(slug), **values)
    scene, (frames, _) = concept_of(slug).scene(params), played(slug, params)
    for layer in scene.layers:
        shown = [frame for frame in frames if not layer.phases or frame.phase in layer.phases]
        assert any(layer.array in frame.arrays for frame in shown), f"layer {layer.key} never has {layer.array}"
        for name in filter(None, (layer.tokens,)):
            assert any(name in frame.texts for frame in shown), f"layer {layer.key} never has the tokens {name}"
    for text in scene.texts:
        assert any(text.key in frame.texts for frame in frames if not text.phases or frame.phase in text.phases), f"no text {text.key}"
    for chart in scene.charts:
        shown = [frame for frame in frames if frame.phase in chart.phases]
        axis = (chart.x,) if chart.kind == "histogram" else ()
        arrays = (*axis, *(series.metric for series in chart.series)) if chart.kind != "curves" else ()
        for name in filter(None, (chart.names,)):
            assert any(name in frame.texts for frame in shown), f"chart {chart.key} never has the names {name}"
        for name in arrays:
            assert any(name in frame.arrays for frame in shown), f"chart {chart.key} never has {name}"
        for name in (*chart.metrics, *(series.metric for series in chart.series if not arrays)):
            assert any(name in frame.metrics for frame in shown), f"chart {chart.key} never has {name}"


def test_what_is_painted_fits_the_concept(concept: Concept) -> None:
    """Each board stands under a value of a field, lies over an array that such a run has, and its colours have names."""
    for name in fields(concept):
        paint = schema(concept, name).get("paint", {"boards": {}})
        for value, board in paint["boards"].items():
            assert value in concept.params.choices(paint["by"])
            frames, _ = played(concept.slug, short(concept, **{paint["by"]: value}))
            arrays = {array for frame in frames for array in frame.arrays}
            assert not board["over"] or board["over"] in arrays, f"{name} lies over {board['over']!r}"
            assert {color for color, _ in board["palette"] or ()} <= words.words("en")["colors"].keys()
            size = board["size"] ** 2 * (len(board["palette"] or "ab") - 1).bit_length()
            assert schema(concept, name)["maxLength"] >= -(-size // 6), f"{name} has no room for a picture"


def test_the_opening_run_is_light(concept: Concept) -> None:
    params = concept.params.checked(concept.presets["default"])
    assert len(body(concept.slug, "default")) <= OPENING_BYTES or concept.scene(params).walker
    assert len(gzip.compress(b"".join(wire(counted(concept, params, baked(concept.slug, "default")))), mtime=0)) <= OPENING_BYTES


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_data_are_credited_where_their_licence_asks_for_it(concept: Concept, language: str) -> None:
    for fields in ({}, *concept.presets.values()):
        params = concept.params(**fields)
        credit = concept.scene(params).credit
        assert not credit or words.words(language)["credits"][credit]
        assert credit == "mnist" or "data/mnist10k.npz" not in concept.reads(params)


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_words_are_complete(concept: Concept, language: str) -> None:
    assert lesson.missing(concept.slug, language) == []

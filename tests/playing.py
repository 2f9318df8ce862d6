"""Runs as tests look at them: played to their end, or as they were baked."""

import gzip
from functools import cache

from playground.concept import load
from playground.frame import Frame, decode
from playground.runs.store import Store
from playground.settings import Settings
from playground.state import State


def collect(slug: str, state: State | None = None, **fields) -> tuple[list[Frame], State]:
    """All frames of a run, and the state that its training returned."""
    concept = load(slug)
    frames, steps = [], concept.run(concept.params(**fields), state)
    while True:
        try:
            frames.append(next(steps))
        except StopIteration as end:
            return frames, end.value


def phase(frames: list[Frame], name: str) -> list[Frame]:
    return [frame for frame in frames if frame.phase == name]


def body(slug: str, preset: str) -> bytes:
    """The run that the page of a preset shows, as it is sent."""
    settings, concept = Settings(), load(slug)
    found = Store(settings.store, settings.store_bytes, settings.assets).baked(slug, concept.params(**concept.presets[preset]))
    assert found, f"{preset} is not baked: make bake"
    return found


@cache
def baked(slug: str, preset: str) -> list[Frame]:
    return list(decode(gzip.decompress(body(slug, preset)).splitlines()))

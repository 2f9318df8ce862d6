"""What `Concept.reads` names is what runs open: with that alone they run, and without any of it they don't."""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from playground.concept import Concept, load, slugs
from playground.datasets import assets
from playground.params import Params
from playground.runs.warm import smallest


def kinds(concept: Concept) -> Iterator[tuple[str, Params]]:
    """One short run for each set of files that some option or preset reads."""
    schema = concept.params.model_json_schema()["properties"]
    options = [{name: value} for name, field in schema.items() for value in field.get("enum", [])]
    seen = set()
    for fields in ({}, *concept.presets.values(), *options):
        params = smallest(concept.params, fields | ({"episodes": 5} if "episodes" in schema else {}))
        if (files := concept.reads(params)) not in seen and not any(value == "minilm" for value in fields.values()):
            seen.add(files)
            yield concept.slug, params


CASES = [case for slug in slugs() for case in kinds(load(slug))]


@pytest.fixture
def stand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Puts files of ours, and nothing else, where runs look for them."""

    def put(names: tuple[str, ...]) -> None:
        shutil.rmtree(tmp_path)
        for name in names:
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).symlink_to(ours / name)
        forget()

    ours = assets()
    monkeypatch.setenv("PLAYGROUND_ASSETS", str(tmp_path))
    yield put
    forget()


def forget() -> None:
    """Empties what modules keep of the files they read."""
    for module in [module for name, module in sys.modules.items() if name.startswith("playground.")]:
        for kept in vars(module).values():
            if hasattr(kept, "cache_clear"):
                kept.cache_clear()


@pytest.mark.parametrize(("slug", "params"), CASES, ids=lambda value: value if isinstance(value, str) else value.to_query()[:40])
def test_a_run_opens_what_its_concept_says(slug: str, params: Params, stand: Any) -> None:
    concept = load(slug)
    files = concept.reads(params)
    stand(files)
    assert list(concept.run(params))
    for missing in files:
        stand(tuple(name for name in files if name != missing))
        with pytest.raises((OSError, ValueError, RuntimeError, AttributeError)):  # diffusers takes a Path that is no folder for a name
            list(concept.run(params))

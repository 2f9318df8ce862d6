"""Concept: what one folder under concepts/ offers, and the registry that finds them."""

import importlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from playground.frame import Frame
from playground.params import Params
from playground.scene import Scene

MOST_FRAMES = 120
FOLDER = Path(__file__).parent / "concepts"


class Run(Protocol):
    """Frames of the parameters. With a stored training state nothing trains, and the frames are the same.

    A generator that trained returns its state (a dict of tensors, as safetensors keeps it), so that the store can hold it.
    """

    def __call__(self, params: Any, state: Any | None = None) -> Iterator[Frame]: ...


@dataclass(frozen=True)
class Concept:
    """One page of the playground.

    presets: name -> the fields that differ from the defaults; all of them are baked. The first is the page's opening.
    cures: presets that show a failure -> the fields that put it right.
    trained_by: the fields that decide training, in a concept that trains.
    main: the fields shown open; the rest are folded.
    preload: modules too heavy for every worker; the concept's workers are forked where these are loaded.
    warmed_by: the fields of tiny runs that load all that its workers should find loaded.
    deterministic: says for which parameters the seed changes nothing.
    reads: the files and folders below assets that a run of these parameters opens; baked runs apart.
    packages: distributions, pinned, whose files such a run opens; their code, and what they say they need, stays unused.
    """

    slug: str
    params: type[Params]
    run: Run
    scene: Callable[[Any], Scene]
    presets: Mapping[str, Mapping[str, Any]] = field(default_factory=lambda: {"default": {}})
    cures: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    trained_by: tuple[str, ...] = ()
    main: tuple[str, ...] = ()
    preload: tuple[str, ...] = ()
    warmed_by: tuple[Mapping[str, Any], ...] = ({},)
    deterministic: Callable[[Any], bool] = lambda params: False
    reads: Callable[[Any], tuple[str, ...]] = lambda params: ()
    packages: Callable[[Any], tuple[str, ...]] = lambda params: ()

    def frames(self, params: Params) -> int:
        """An upper bound on the frames of a run."""
        return sum(chapter.frames for chapter in self.scene(params).chapters) or MOST_FRAMES


@cache
def slugs() -> tuple[str, ...]:
    """Every concept, by its folder's name."""
    return tuple(sorted(p.parent.name for p in FOLDER.glob("*/__init__.py")))


@cache
def load(slug: str) -> Concept:
    """The concept of that name. Raises KeyError for a name that is none, and whatever its code raises."""
    if slug not in slugs():
        raise KeyError(slug)
    concept = importlib.import_module(f"playground.concepts.{slug}").concept
    problems = [
        *(f"slug is {concept.slug!r}" for _ in range(concept.slug != slug or not re.fullmatch(r"[a-z][a-z0-9_]*", slug))),
        *(
            f"trained_by or main names {name!r}, which is no field"
            for name in (*concept.trained_by, *concept.main)
            if name not in concept.params.model_fields
        ),
    ]
    problems += [f"cures names {name!r}, which is no preset" for name in concept.cures if name not in concept.presets]
    if problems:
        raise TypeError(f"concepts/{slug}: " + "; ".join(problems))
    return concept

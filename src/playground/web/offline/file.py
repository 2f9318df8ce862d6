"""What a file holds, and what its page is told: of these runs alone, and of nothing that asks for others."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from playground import lesson as lessons
from playground.concept import Concept
from playground.params import Params
from playground.web.page import spec
from playground.words import words

SHUT = ("brush", "paint", "live")  # what of a field asks for a run that nobody has computed
LONGEST = 24  # characters of a text that names a run


@dataclass(frozen=True)
class Held:
    """A run in the file: its parameters and its lines in gzip. To one that is `hidden` only a link of the lesson leads."""

    params: Params
    body: bytes
    hidden: bool = False


@dataclass(frozen=True)
class File:
    """A concept's runs, on the first of which the page opens, with `second` beside it if that is named.

    live: where the live site is, "" where nobody knows. lang: the language it opens in, "" for the reader's own.
    """

    concept: Concept
    runs: Sequence[Held]
    second: Params | None = None
    live: str = ""
    lang: str = ""

    def live_page(self, lang: str) -> str:
        """Its address, or ""."""
        return f"{self.live}/{lang}/{self.concept.slug}" if self.live else ""

    def spec(self, lang: str) -> dict[str, Any]:
        """What page.js is told."""
        own, say, live = spec(self.concept, lang, "/static"), words(lang)["offline"], self.live_page(lang)
        lesson, presets = own["lesson"], self.presets(lang)
        labels = {name: label for name, (label, _) in presets.items()}
        return own | {
            "offline": {"live": live, "main": list(self.concept.main)},
            "words": {**own["words"], **say["player"], "absent": say["player"]["absent_live" if live else "absent"]},
            "share": {**own["share"], **say["share"]},
            "fields": [{of: value for of, value in field.items() if of not in SHUT} for field in own["fields"]],
            "opening": self._opening(),
            "presets": {name: fields for name, (_, fields) in presets.items()},
            "cures": {name: self._cure(name) for name in self.concept.cures if name in presets},
            "lesson": {**lesson, "labels": {**lesson["labels"], "presets": labels}},
        }

    def presets(self, lang: str) -> dict[str, tuple[str, Mapping[str, Any]]]:
        """The runs that have a chip: name, label, and what is not at the default. The concept's presets keep their names and come first."""
        lesson, concept = lessons.load(self.concept.slug, lang), self.concept
        known = {concept.params.checked(fields): name for name, fields in concept.presets.items()}
        there = {name: params for params, name in known.items() if self._holds(params)}
        own = {f"own-{i}": run.params for i, run in enumerate(self.runs) if not run.hidden and run.params not in known}
        changes = {name: _changes(params, concept.params()) for name, params in {**there, **own}.items()}
        return {name: (lesson.labels["presets"].get(name) or _called(fields, lesson, lang), fields) for name, fields in changes.items()}

    def _holds(self, params: Params) -> bool:
        return any(run.params == params for run in self.runs)

    def _opening(self) -> dict[str, Any]:
        """What the address of the first run would say."""
        first = self.runs[0].params
        told = _changes(first, self.concept.params())
        if self.second is not None:
            told["vs"] = ";".join(f"{name}:{_plain(value)}" for name, value in _changes(self.second, first).items())
        return told

    def _cure(self, name: str) -> Mapping[str, Any] | None:
        """What puts a failing preset right, if that run is in the file."""
        cured = self.concept.params.checked({**self.concept.presets[name], **self.concept.cures[name]})
        return self.concept.cures[name] if self._holds(cured) else None


def _changes(params: Params, since: Params) -> dict[str, Any]:
    return {name: value for name, value in params.model_dump().items() if value != getattr(since, name)}


def _called(fields: Mapping[str, Any], lesson: lessons.Lesson, lang: str) -> str:
    """A run's label: what is not at the default, in the reader's words."""
    return " · ".join(_said(name, value, lesson, lang) for name, value in fields.items()) or words(lang)["offline"]["defaults"]


def _said(name: str, value: Any, lesson: lessons.Lesson, lang: str) -> str:
    if option := lesson.labels["options"].get(name, {}).get(value):
        return option
    label = lesson.labels["fields"].get(name, words(lang)["player"]["edits"])
    if isinstance(value, bool):
        return f"{label}: {words(lang)['versus']['on' if value else 'off']}"
    text = _plain(value)
    return f"{label} {text[:LONGEST]}{'…' * (len(text) > LONGEST)}"


def _plain(value: Any) -> str:
    """A value as an address has it."""
    return value if isinstance(value, str) else json.dumps(value)

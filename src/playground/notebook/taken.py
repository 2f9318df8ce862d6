"""What a notebook and a script of a run have in common: its words, its parameters and files as Python, its data as text."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from playground import lesson as lessons
from playground.concept import Concept
from playground.datasets import assets
from playground.notebook.parcel import packages, packed
from playground.params import Params
from playground.runs.keys import sources
from playground.settings import Settings
from playground.words import words

LINE = 1_000  # characters of data in a line: editors are slow with longer ones, and with many of them


@dataclass(frozen=True)
class Taken:
    """A run in a language. `address` is its page's, with or without a host; `shown` are the final metrics the page showed, if known."""

    concept: Concept
    params: Params
    lang: str
    address: str
    shown: Mapping[str, float] | None = None

    @property
    def name(self) -> str:
        """Of its files and its folder."""
        return f"{self.concept.slug}-seed{self.params.seed}"

    @cached_property
    def lesson(self) -> lessons.Lesson:
        return lessons.load(self.concept.slug, self.lang)

    @property
    def words(self) -> Mapping[str, str]:
        return words(self.lang)["notebook"]

    @property
    def packages(self) -> tuple[str, ...]:
        """What the mathematics imports."""
        return packages(self.concept.slug)

    @property
    def carriers(self) -> tuple[str, ...]:
        """Packages whose files are all that is used of them."""
        return self.concept.packages(self.params)

    @cached_property
    def sources(self) -> dict[str, str]:
        """The files of the mathematics by their place in the package: model.py, the rest of its folder, then what concepts share."""
        texts = {name: path.read_text("utf-8") for name, path in sources(self.concept.slug).items()}
        return {name: texts[name] for name in sorted(texts, key=lambda name: not self.own(name))}

    def own(self, name: str) -> bool:
        """Whether a file is the concept's, and not one that concepts share."""
        return name.startswith(f"concepts/{self.concept.slug}/")

    @property
    def folders(self) -> list[str]:
        """Every package that the files lie in, the outer ones first. What the project has in their __init__.py is not needed."""
        above = {folder.as_posix() for name in self.sources for folder in Path("playground", name).parents}
        return sorted(above - {"."})

    @property
    def reads(self) -> tuple[str, ...]:
        return self.concept.reads(self.params)

    @property
    def data(self) -> str:
        """The files that the run opens, packed, in base64; empty where it opens none."""
        text = base64.b64encode(packed(self.reads, assets())).decode()
        return "\n".join(text[i : i + LINE] for i in range(0, len(text), LINE))

    @property
    def hosted(self) -> str:
        """The hub's model that the host lets this run ask for, if any."""
        model = getattr(self.params, "model", "")
        return model if model in Settings().hub_ids else ""

    @property
    def verdicts(self) -> dict[str, str]:
        """What a comparison may come to, as Python."""
        return {name: literal(self.words[name]) for name in ("same", "close", "differs")}

    @property
    def imports(self) -> str:
        """Where the run is, and its parameters."""
        home, kind = f"playground.concepts.{self.concept.slug}.model", self.concept.params.__module__
        if home == kind:
            return f"from {home} import Params, run"
        return f"from {home} import run\nfrom {kind} import Params"

    @property
    def about(self) -> list[str]:
        """What this is, and what is not in it."""
        say = self.words
        hub = [say["hub"].format(model=self.hosted)] if self.hosted else []
        return [say["about"], *hub, *(say["carrier"].format(package=name) for name in self.carriers)]

    @property
    def parameters(self) -> str:
        """A dictionary's lines, each with the name that the page has for the field. What is closed in this concept is left out."""
        fields, named = self.concept.params.model_fields, self.lesson.labels["fields"]
        told = {name: value for name, value in self.params.model_dump().items() if name in named or value != fields[name].default}
        return entries(told, named)

    @property
    def metrics(self) -> str:
        """Likewise the final metrics."""
        return entries(self.shown or {}, self.lesson.labels["metrics"])


def entries(values: Mapping[str, Any], labels: Mapping[str, str]) -> str:
    """Lines of a dictionary, each with what its key is called."""
    return "".join(
        f"    {literal(name)}: {literal(value)},{f'  # {labels[name]}' if name in labels else ''}\n" for name, value in values.items()
    )


def literal(value: Any) -> str:
    """A value as Python says it; what can't be seen in a text, or could be mistaken in it, is escaped."""
    plain = isinstance(value, str) and value.isprintable() and not {'"', "\\"} & set(value)
    return f'"{value}"' if plain else repr(value)


def quoted(text: str) -> str:
    """A file as a literal that reads as the file does."""
    return f"r'''{text}'''" if "'''" not in text and text.endswith("\n") else repr(text)

"""What is said of a concept's parameters outside its page: to whoever writes them on a command line or in a script."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from playground.concept import Concept
from playground.lesson import load as load_lesson
from playground.params import Flaw
from playground.words import sentence, words


@dataclass(frozen=True)
class Field:
    """One parameter: its JSON schema, and in the reader's language its name and what it means."""

    label: str
    caption: str
    schema: Mapping[str, Any]
    lang: str

    @property
    def limits(self) -> str:
        """What it may be, but for a choice's options."""
        signs = {"minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤", "exclusiveMaximum": "<"}
        ends = [f"{sign} {self.schema[end]:.10g}" for end, sign in signs.items() if end in self.schema]
        if most := self.schema.get("maxLength"):
            ends.append(sentence(self.lang, Flaw("", "string_too_long", {"max_length": most})))
        return ", ".join(ends)


def ends(schema: Mapping[str, Any]) -> tuple[float | None, float | None]:
    """The lowest and the highest value, or the bounds they must keep inside of."""
    return tuple(schema.get(end, schema.get("exclusive" + end.capitalize())) for end in ("minimum", "maximum"))  # type: ignore[return-value]


def fields(concept: Concept, lang: str) -> dict[str, Field]:
    """Every parameter by its name, in the order of the class."""
    lesson, properties = load_lesson(concept.slug, lang), concept.params.model_json_schema()["properties"]
    made = {}
    for name in concept.params.model_fields:
        label, caption = (told["fields"].get(name) for told in (lesson.labels, lesson.captions))
        made[name] = Field(label or name, caption or _common(concept, name, properties[name], lang), properties[name], lang)
    return made


def _common(concept: Concept, name: str, schema: Mapping[str, Any], lang: str) -> str:
    """What the fields that every concept has are, where the lesson says nothing of them."""
    low, high = ends(schema)
    closed = schema.get("maxLength") == 0 or (low is not None and low == high)
    say = words(lang)["fields"]
    return say[f"{name}_closed" if closed else name].format(live=words(lang)["errors"]["comma"].join(concept.params.live()))

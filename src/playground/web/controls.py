"""From Params to Gradio components: one control a field, chosen by the field's JSON schema alone."""

from typing import Any

import gradio as gr
from gradio.components import Component

from playground.concept import Concept
from playground.fields import ends
from playground.lesson import Lesson

WIDE = 10_000  # a range wider than this is typed, not slid


def open_fields(concept: Concept) -> dict[str, dict[str, Any]]:
    """JSON schema of each field that can take more than one value, in the order of the class."""
    properties = concept.params.model_json_schema()["properties"]
    fields = {name: properties[name] for name in concept.params.model_fields}
    return {name: schema for name, schema in fields.items() if schema.get("maxLength") != 0 and _room(schema) != 0}


def _room(schema: dict[str, Any]) -> float | None:
    low, high = ends(schema)
    return None if low is None or high is None else high - low


def by_hand(schema: dict[str, Any]) -> bool:
    """Whether the field is drawn or painted on the stage, or made by the page, rather than set by a control."""
    return bool({"brush", "paint", "cells"} & schema.keys())


def control(name: str, schema: dict[str, Any], lesson: Lesson, live: str = "") -> Component:
    """The Gradio component of one field, labelled by the lesson; `live` is the word for one that can be changed while a run trains."""
    label, info, value = lesson.labels["fields"][name], lesson.captions["fields"][name], schema["default"]
    label = f"{label} · {live}" if schema.get("live") else label
    common = {"label": label, "info": info, "value": value, "elem_id": f"field-{name}"}
    match schema:
        case _ if by_hand(schema):
            return gr.Textbox(**common, visible="hidden")
        case {"enum": options}:
            words = lesson.labels["options"][name]
            return gr.Radio([(words.get(option, option), option) for option in options], **common)
        case {"type": "boolean"}:
            return gr.Checkbox(**common)
        case {"type": "integer"} if (_room(schema) or WIDE) >= WIDE:
            return gr.Number(**common, precision=0, minimum=schema.get("minimum"), maximum=schema.get("maximum"))
        case {"type": "integer", "minimum": low, "maximum": high}:
            return gr.Slider(low, high, **common, step=schema.get("step", 1), precision=0, buttons=[])
        case {"type": "number"}:
            low, high = ends(schema)
            assert low is not None, f"field {name!r} has no lower bound"
            assert high is not None, f"field {name!r} has no upper bound"
            return gr.Slider(low, high, **common, step=schema.get("step", 0.01), buttons=[])
        case {"type": "string"}:
            # the page hears it, not Gradio; no max_length: a browser cuts what is too long without a word, the server says it
            return gr.Textbox(**common, interactive=True)
    raise TypeError(f"field {name!r}: no control for {schema}")

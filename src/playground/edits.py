"""Edits: parameters changed while a run trains, as text: `step:field=value`, joined by `;`."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Any

from pydantic import BaseModel, Field, ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

MOST = 20
ON_THE_WAY = (
    "on the way"  # the context in which parameters with one edit more are validated: what holds of all edits together is asked later
)
EDITS: str = Field("", max_length=1000)  # the field of a concept that can be changed while it trains: edits: str = EDITS
ONE = re.compile(r"([0-9]{1,9}):(\w{1,40})=([^;=]{1,100})")


@dataclass(frozen=True)
class Edit:
    """From the update that follows `step` updates on, the field has this value."""

    step: int
    field: str
    value: Any


def read(text: str) -> list[Edit]:
    """Edits with their values still text, ascending. Raises PydanticCustomError edits_bad, edits_too_many and edits_order."""
    parts = text.split(";") if text else []
    if len(parts) > MOST:
        raise PydanticCustomError("edits_too_many", "too many edits", {"field": "edits", "limit": MOST})
    found = [ONE.fullmatch(part) for part in parts]
    edits = [Edit(int(match[1]), match[2], match[3]) for match in found if match]
    if len(edits) < len(parts):
        raise PydanticCustomError("edits_bad", "edits can't be read", {"field": "edits"})
    places = {(edit.step, edit.field) for edit in edits}
    if len(places) < len(edits) or any(one.step > other.step for one, other in pairwise(edits)):
        raise PydanticCustomError("edits_order", "edits out of order", {"field": "edits"})
    return sorted(edits, key=lambda edit: (edit.step, edit.field))


def live(params: type[BaseModel]) -> tuple[str, ...]:
    """The fields marked json_schema_extra={"live": True}."""
    extras = {name: field.json_schema_extra for name, field in params.model_fields.items()}
    return tuple(name for name, extra in extras.items() if isinstance(extra, dict) and extra.get("live"))


def checked(params: BaseModel, text: str) -> tuple[Edit, ...]:
    """Edits of parameters, their values of their fields' kinds: each set of parameters on the way is validated whole.

    Raises as `read`, edits_field and edits_late, or ValidationError with what is wrong at a step.
    """
    found: list[Edit] = []
    now = params.model_validate(params.model_dump() | {"edits": ""}, context=ON_THE_WAY)  # what is wrong without edits is told as ever
    for step, edits in groupby(read(text), lambda edit: edit.step):
        values = {edit.field: edit.value for edit in edits}
        now = _changed(now, step, values)
        found += [Edit(step, name, getattr(now, name)) for name in values]
    return tuple(found)


def _changed(params: BaseModel, step: int, values: dict[str, str]) -> BaseModel:
    """The parameters with these values from a step on."""
    allowed, last = live(type(params)), getattr(params, "steps", step)
    if not values.keys() <= set(allowed):
        raise PydanticCustomError("edits_field", "not live", {"field": "edits", "allowed": repr(allowed)})
    if step > last:
        raise PydanticCustomError("edits_late", "after the last step", {"field": "edits", "steps": last})
    try:
        return params.model_validate(params.model_dump() | values, context=ON_THE_WAY)
    except ValidationError as error:
        kinds = [PydanticCustomError(e["type"], "an edit", {"field": _field(e), **e.get("ctx", {})}) for e in error.errors()]  # type: ignore[arg-type]
        raise refused(step, kinds) from None


def refused(step: int, kinds: list[PydanticCustomError]) -> ValidationError:
    """These errors, after one that says which edit they are of."""
    first = PydanticCustomError("edit_refused", "an edit", {"field": "edits", "step": step})
    return ValidationError.from_exception_data("edits", [InitErrorDetails(type=kind) for kind in (first, *kinds)])


def _field(error: Any) -> str:
    return str(next(iter(error["loc"]), ""))


def written(edits: Iterable[Edit]) -> str:
    """The one text of edits whose values have their fields' kinds."""
    return ";".join(f"{edit.step}:{edit.field}={_said(edit.value)}" for edit in edits)


def _said(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value).removesuffix(".0")

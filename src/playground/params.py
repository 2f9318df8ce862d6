"""Parameters of a run: the one place a bound, a default or a kind is written, and their way to and from a query string."""

import base64
import binascii
import json
import zlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as made
from functools import cached_property
from typing import Any, Literal, Self, get_args, get_origin
from urllib.parse import parse_qsl, urlencode

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from pydantic_core import PydanticCustomError

from playground import edits
from playground.edits import EDITS as EDITS
from playground.edits import Edit

RESERVED = frozenset(["v", "at", "vs", "view", "hide", "depth", "lang", "c", "fp"])  # words of the page, not of the run
QUERY_BYTES = 6_000
MOST_PAIRS = 100  # in a query: more than any concept has
PLAIN_BYTES = 200  # a longer text travels deflated
INFLATED_BYTES = 64_000
BUDGET_SECONDS = 120.0
PACKED = "~"  # marks deflate + base64url


@dataclass(frozen=True)
class Flaw:
    """One thing wrong with the parameters: the field ("" for the whole), a code, and what its sentence mentions."""

    field: str
    code: str
    context: Mapping[str, Any] = made(default_factory=dict)


class Refused(ValueError):
    """Parameters that can't be run. `flaws` says why, one for each field."""

    def __init__(self, *flaws: Flaw):
        super().__init__("; ".join(f"{flaw.field or 'query'}: {flaw.code}" for flaw in flaws))
        self.flaws = flaws


class Params(BaseModel):
    """What every run has. A concept's own Params adds fields; bounds stand on the fields and nowhere else.

    `seeds` and `edits` are closed here (one value each); a concept that trains several members at once, or can be
    changed while it runs, opens them by overriding the field: `edits: str = EDITS`, and json_schema_extra={"live": True}
    on each field that may be changed.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    seed: int = Field(7, ge=0, le=2**31 - 1)
    edits: str = Field("", max_length=0)
    seeds: int = Field(1, ge=1, le=1)

    def work(self) -> float:
        """CPU seconds the run is expected to take, on one thread of the free host."""
        return 1.0

    def megabytes(self) -> float:
        """Memory that the run's process holds of its own at its most, in MB: beyond the pages that it shares with the forkserver."""
        return 400.0

    @field_validator("*")
    @classmethod
    def _one_zero(cls, value: Any) -> Any:
        """Minus zero is zero: one number has one key."""
        return value + 0.0 if isinstance(value, float) else value

    @model_validator(mode="after")
    def _within_budget(self) -> Self:
        if self.work() > BUDGET_SECONDS:
            raise PydanticCustomError("too_much_work", "too much work", {"work": round(self.work()), "limit": round(BUDGET_SECONDS)})
        return self

    @model_validator(mode="after")
    def _edited(self) -> Self:
        object.__setattr__(self, "edits", edits.written(self.changes))
        return self

    @classmethod
    def live(cls) -> tuple[str, ...]:
        """The fields that may be changed while a run trains."""
        return edits.live(cls)

    @cached_property
    def changes(self) -> tuple[Edit, ...]:
        """The edits, ascending, their values of their fields' kinds."""
        return edits.checked(self, self.edits) if self.edits else ()

    def at(self, step: int) -> Self:
        """The parameters in force for the update that follows `step` updates."""
        values = {edit.field: edit.value for edit in self.changes if edit.step <= step}
        return self.model_copy(update=values) if values else self

    @classmethod
    def from_query(cls, query: str | Mapping[str, str]) -> Self:
        """Read a query string (or its decoded pairs). Reserved names are ignored. Raises Refused."""
        return cls.checked(_decoded(query))

    @classmethod
    def checked(cls, values: Mapping[str, Any]) -> Self:
        """Validate values by name. Raises Refused, which names every field at fault."""
        try:
            return cls.model_validate(dict(values))
        except ValidationError as error:
            raise Refused(*(_flaw(entry) for entry in error.errors(include_url=False, include_input=False))) from None

    def to_query(self) -> str:
        """The shortest query string that reads back as these parameters: defaults are left out."""
        defaults = type(self).model_fields
        pairs = {k: v for k, v in self.model_dump().items() if v != defaults[k].default}
        return urlencode({k: _packed(v) if isinstance(v, str) else json.dumps(v) for k, v in pairs.items()}, safe=PACKED)

    def canonical(self) -> str:
        """One text for one set of parameters, whatever way they were written: what keys are made from."""
        return json.dumps(self.model_dump(), sort_keys=True, separators=(",", ":"))

    @classmethod
    def choices(cls, name: str) -> tuple[Any, ...]:
        """The options of a field declared as a Literal, else ()."""
        kind = cls.model_fields[name].annotation
        return get_args(kind) if get_origin(kind) is Literal else ()


def _flaw(entry: Any) -> Flaw:
    context = {k: v for k, v in entry.get("ctx", {}).items() if isinstance(v, str | int | float)}
    name = str(entry["loc"][0])[:40] if entry["loc"] else str(context.get("field", ""))
    return Flaw(name, entry["type"], context)


def _decoded(query: str | Mapping[str, str]) -> dict[str, str]:
    if isinstance(query, str):
        if len(query) > QUERY_BYTES:
            raise Refused(Flaw("", "query_too_long", {"limit": QUERY_BYTES}))
        pairs = _pairs(query)
    else:
        pairs = list(query.items())
    names = Counter(name for name, _ in pairs if name not in RESERVED)
    for name, times in names.items():
        if times > 1:
            raise Refused(Flaw(name[:40], "repeated"))
    return {name: _unpacked(name, value) for name, value in pairs if name not in RESERVED}


def _pairs(query: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(query, keep_blank_values=True, max_num_fields=MOST_PAIRS)
    except ValueError:
        raise Refused(Flaw("", "bad_request")) from None


def _packed(text: str) -> str:
    """Short texts as they are, long ones deflated and marked, so that 200 drawn points fit a link."""
    if len(text.encode()) <= PLAIN_BYTES and not text.startswith(PACKED):
        return text
    return PACKED + base64.urlsafe_b64encode(zlib.compress(text.encode(), 9)).rstrip(b"=").decode()


def _unpacked(name: str, value: str) -> str:
    if not value.startswith(PACKED):
        return value
    try:
        raw = base64.urlsafe_b64decode(value[1:] + "=" * (-len(value[1:]) % 4))
        inflater = zlib.decompressobj()
        text = inflater.decompress(raw, INFLATED_BYTES)
        if not inflater.eof and len(text) == INFLATED_BYTES:
            raise Refused(Flaw(name[:40], "packed_too_long", {"limit": INFLATED_BYTES}))
        if not inflater.eof:
            raise zlib.error("cut off")
        return text.decode()
    except (binascii.Error, zlib.error, ValueError) as error:
        if isinstance(error, Refused):
            raise
        raise Refused(Flaw(name[:40], "packed_badly")) from None

"""What a run of attention is made of."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import Any, Literal, LiteralString, Self, cast

from pydantic import Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

import playground.params
from playground import hub
from playground.concepts.attention import minilm
from playground.concepts.attention.design import Design, Positions
from playground.params import Flaw

MOST_TOKENS = 128
LEAST_PASTED, MOST_PASTED = 240, 4096  # characters and bytes
PASSAGE, REPEATED = 48, 24  # characters that are looked at where no text is given, and of those that repeat
HEAD = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})")
SIZES = {"shakespeare": (4, 4), "tang": (4, 4), "minilm": (6, 12)}  # layers and heads of the models that are there already
MOST_SIZE = (48, 64)  # of a model of the hub
TRAINING = ("data", "pasted", "layers", "heads", "width", "context", "positions", "norm", "residual", "steps", "seed")
PASTED = "the cat sat on the mat, and the dog sat on the cat. " * 6
BATCH_CHARACTERS = 1024
HOSTED_SECONDS = 25.0  # that a model of the hub takes about
BEAM_TOKENS = 8  # how far a beam search looks ahead
Head = tuple[int, int]


def shown_text(text: str) -> str:
    """What of a text a model reads: composed characters (NFC); tabs are spaces, what has no glyph of its own is left out."""
    composed = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\t", " "))
    return "".join(c for c in composed if c == "\n" or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn"))


def heads_in(text: str) -> frozenset[Head]:
    """Heads written as layer.head, both from 0, joined by commas. Raises ValueError."""
    found = [HEAD.fullmatch(part.strip()) for part in text.split(",")] if text.strip() else []
    if not all(found):
        raise ValueError(text)
    return frozenset((int(match[1]), int(match[2])) for match in found if match)


def places_in(text: str) -> tuple[int, ...]:
    """Places of tokens, from 0, joined by commas. Raises ValueError."""
    parts = [part.strip() for part in text.split(",")] if text.strip() else []
    if not all(re.fullmatch(r"[0-9]{1,3}", part) for part in parts):
        raise ValueError(text)
    return tuple(sorted({int(part) for part in parts}))


def replaced_in(text: str) -> dict[int, str]:
    """Place and what stands there instead, as 3:a, joined by semicolons; a semicolon or colon may itself be put in. Raises ValueError."""
    found = re.findall(r"([0-9]{1,3}):([\s\S][^;]*)(?:;|$)", text)
    if ";".join(f"{place}:{token}" for place, token in found) != text or len({int(place) for place, _ in found}) < len(found):
        raise ValueError(text)
    return {int(place): token for place, token in found}


def mixed_in(text: str) -> tuple[tuple[int, tuple[int, ...]], ...]:
    """Groups of heads that mix, each as its layer and heads: 3.1+3.2 is one, commas are between groups. Raises ValueError."""
    groups = [sorted(heads_in(part.replace("+", ","))) for part in text.split(",")] if text.strip() else []
    named = [head for group in groups for head in group]
    if len(set(named)) < len(named) or any(len(group) < 2 or len({layer for layer, _ in group}) > 1 for group in groups):
        raise ValueError(text)
    return tuple((group[0][0], tuple(head for _, head in group)) for group in groups)


GRAMMARS: dict[str, tuple[Callable[[str], Any], LiteralString]] = {
    "ablate": (heads_in, "heads_bad"),
    "keep": (heads_in, "heads_bad"),
    "uniform": (heads_in, "heads_bad"),
    "mix": (mixed_in, "mix_bad"),
    "mask": (places_in, "places_bad"),
    "replace": (replaced_in, "replace_bad"),
}


CAUSAL = ("shakespeare", "tang", "trained")  # they guess the next token; the others only describe


def models() -> tuple[str, ...]:
    """The models a run may ask for."""
    here = (*CAUSAL, minilm.NAME) if minilm.offered() else CAUSAL
    return (*here, *(name for name in hub.allowed() if name not in here))


def _offered(schema: dict[str, Any]) -> None:
    schema |= {"enum": list(models()), "when": {"mode": "look"}}


DESCRIBES: dict[str, Any] = {"when": {"mode": "look", "model": minilm.NAME}}


class Params(playground.params.Params):
    mode: Literal["look", "train"] = "train"
    model: str = Field("shakespeare", max_length=96, json_schema_extra=_offered)
    text: str = Field("", max_length=512, json_schema_extra={"examples": ["To be, or not to be"]})
    second: str = Field("", max_length=512, json_schema_extra=DESCRIBES)
    against: str = Field("", max_length=512, json_schema_extra=DESCRIBES)
    word: str = Field("it", max_length=40, json_schema_extra=DESCRIBES)
    ablate: str = Field("", max_length=200, json_schema_extra={"examples": ["0.0"]})
    keep: str = Field("", max_length=200, json_schema_extra={"examples": ["0.0,1.1"]})
    uniform: str = Field("", max_length=200, json_schema_extra={"examples": ["1.0"]})
    mix: str = Field("", max_length=200, json_schema_extra={"examples": ["0.0+0.1"]})
    mask: str = Field("", max_length=200, json_schema_extra={"examples": ["1"]})
    replace: str = Field("", max_length=200, json_schema_extra={"examples": ["1:e"]})
    generate: int = Field(24, ge=0, le=48)
    temperature: float = Field(0.8, ge=0.05, le=2, json_schema_extra={"step": 0.05})
    top_k: int = Field(0, ge=0, le=100)
    top_p: float = Field(1.0, ge=0.05, le=1, json_schema_extra={"step": 0.05})
    beams: int = Field(3, ge=0, le=4)
    data: Literal["shakespeare", "tang", "repeat", "pasted"] = Field("shakespeare")
    pasted: str = Field("", max_length=MOST_PASTED, json_schema_extra={"when": {"data": "pasted"}, "examples": [PASTED]})
    layers: int = Field(2, ge=1, le=4)
    heads: int = Field(4, ge=1, le=8)
    width: int = Field(64, ge=16, le=128, multiple_of=16, json_schema_extra={"step": 16})
    context: int = Field(64, ge=48, le=128, multiple_of=16, json_schema_extra={"step": 16})
    positions: Positions = "rotary"
    norm: bool = True
    residual: bool = True
    steps: int = Field(160, ge=10, le=3000, json_schema_extra={"step": 10})

    def work(self) -> float:
        """The training by the size of what it multiplies, the looks at it, and the look inside."""
        return 3.0 + (self.training_work() if self.trains else 0.0) + HOSTED_SECONDS * self.hosted

    def megabytes(self) -> float:
        """transformers, its models, and what is kept of every head."""
        return 800.0

    def training_work(self) -> float:
        inner = self.layers * self.width * (12 * self.width + 2 * self.context)
        last = self.width * (2500 if self.data == "tang" else 80)
        return 2 + self.steps * (0.004 * self.layers + (inner + last) * self.batch * self.context * 1.5e-10)

    @property
    def batch(self) -> int:
        """Windows of a training step: about as many characters, however long the windows."""
        return BATCH_CHARACTERS // self.context

    @property
    def design(self) -> Design:
        """What the blocks of the model that is trained here are made of."""
        return Design(self.positions, self.norm, self.residual)

    @property
    def trains(self) -> bool:
        """Whether the model looked at is the one trained on this page."""
        return self.mode == "train" or self.model == "trained"

    @property
    def operates(self) -> bool:
        """Whether anything is done to the model or to its text."""
        return any(getattr(self, name).strip() for name in GRAMMARS)

    @property
    def compares(self) -> bool:
        """Whether two texts are read, to see which heads switch."""
        return not self.causal and bool(self.other("against"))

    def other(self, name: str) -> str:
        """The text of a field beside the passage, as a model reads it; empty where there is nothing to be seen."""
        return shown_text(getattr(self, name)).strip()

    @property
    def causal(self) -> bool:
        """Whether the model guesses what comes next."""
        return self.trains or self.model != minilm.NAME

    @property
    def hosted(self) -> bool:
        """Whether the model is one of the hub's, of which little is known before it is opened."""
        return not self.trains and self.model not in (*CAUSAL, minilm.NAME)

    @property
    def size(self) -> tuple[int, int]:
        """Layers and heads of the model that is looked at; of one of the hub, as many as it may have until it is opened."""
        return (self.layers, self.heads) if self.trains else SIZES.get(self.model, MOST_SIZE)

    @property
    def passage(self) -> str:
        """The text that is looked at; empty where the model's own passage is to be."""
        return shown_text(self.text)

    @property
    def taken_out(self) -> frozenset[Head]:
        """Heads whose work is thrown away: those named, and where some are to be kept, all others."""
        layers, heads = self.size
        every = {(layer, head) for layer in range(layers) for head in range(heads)}
        return heads_in(self.ablate) | (every - heads_in(self.keep) if self.keep.strip() else set())

    @field_validator("model")
    @classmethod
    def _there(cls, model: str) -> str:
        if model == minilm.NAME and model not in models():
            raise PydanticCustomError("minilm_missing", "not there")
        if model not in models():
            raise PydanticCustomError("literal_error", "no such model", {"expected": str(list(models()))})
        return model

    @model_validator(mode="after")
    def _readable(self) -> Self:
        for name, (read, code) in GRAMMARS.items():
            try:
                read(getattr(self, name))
            except ValueError:
                raise PydanticCustomError(code, "unreadable", {"field": name}) from None
        return self

    @model_validator(mode="after")
    def _headed(self) -> Self:
        if self.trains and self.width % (2 * self.heads):
            raise PydanticCustomError("heads_width", "can't be shared out", {"field": "heads", "width": self.width})
        for flaw in headless(self):
            raise PydanticCustomError(cast(LiteralString, flaw.code), "no such head", {"field": flaw.field, **flaw.context})
        return self

    @model_validator(mode="after")
    def _fitting(self) -> Self:
        """As far as can be told without the model's tokeniser: those that guess read characters."""
        if not self.causal:
            for name in ("text", "second", "against"):
                if any("\u2e80" <= c <= "\u9fff" for c in shown_text(getattr(self, name))):
                    raise PydanticCustomError("english_only", "other writing", {"field": name})
            return self
        if self.hosted:
            return self
        for flaw in misfits(self, len(self.passage) or (REPEATED if self.trains and self.data == "repeat" else PASSAGE)):
            raise PydanticCustomError(cast(LiteralString, flaw.code), "does not fit", {"field": flaw.field, **flaw.context})
        if any(len(token) > 1 for token in replaced_in(self.replace).values()):
            raise PydanticCustomError("replace_one", "more than one token", {"field": "replace"})
        return self

    @model_validator(mode="after")
    def _pasted(self) -> Self:
        if len(self.pasted.encode()) > MOST_PASTED:
            raise PydanticCustomError("pasted_too_long", "too long", {"field": "pasted", "limit": MOST_PASTED})
        if self.trains and self.data == "pasted" and len(shown_text(self.pasted)) < LEAST_PASTED:
            raise PydanticCustomError("pasted_too_short", "too short", {"field": "pasted", "least": LEAST_PASTED})
        return self


def headless(params: Params) -> Iterator[Flaw]:
    """What names a head that the model does not have."""
    layers, heads = params.size
    mixed = {(layer, head) for layer, group in mixed_in(params.mix) for head in group}
    for name, named in {**{name: heads_in(getattr(params, name)) for name in ("ablate", "keep", "uniform")}, "mix": mixed}.items():
        if any(layer >= layers or head >= heads for layer, head in named):
            yield Flaw(name, "heads_none", {"layers": layers - 1, "heads": heads - 1})


def misfits(params: Params, tokens: int, most: int = MOST_TOKENS) -> Iterator[Flaw]:
    """What is wrong with the text, or with what is to be done to it, if it has so many tokens."""
    if tokens > most:
        yield Flaw("text", "text_too_long", {"limit": most, "tokens": tokens})
    places = {"mask": places_in(params.mask), "replace": tuple(replaced_in(params.replace))}
    yield from (Flaw(name, "place_none", {"last": tokens - 1}) for name, named in places.items() if any(place >= tokens for place in named))

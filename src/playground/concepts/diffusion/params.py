"""What a run of diffusion is made of."""

from typing import Any, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

import playground.params
from playground import painting, toys
from playground.concepts.diffusion.pictures import SHOWN, Digits, Emoji
from playground.concepts.diffusion.plane import Classes, Plane
from playground.concepts.diffusion.spaces import GUIDANCE

USUAL_STEPS = 20  # of the walk that the last snapshot of training takes
EVERY_EXAMPLE = 8000
PICTURES = ("digits", "emoji")
LABELLED = (*PICTURES, "class_gaussians")
IF_NOISING: dict[str, Any] = {"objective": "ddpm"}
IF_PICTURES: dict[str, Any] = {"data": "|".join(PICTURES)}
IF_LABELLED: dict[str, Any] = {"data": "|".join(LABELLED)}
BOARDS = {
    "mask": {"digits": painting.Board(28, over="original"), "emoji": painting.Board(16, over="original")},
    "sketch": {"digits": painting.Board(28, painting.GREYS), "emoji": painting.Board(16, painting.EMOJI)},
}


def _something_on(board: painting.Board, name: str, text: str) -> None:
    """Refuses a picture of another size, of no size, or with nothing on it."""
    try:
        cells = painting.cells(text, board.size, len(board.palette or "01"))
    except PydanticCustomError as error:
        raise PydanticCustomError(error.type, "not a picture", (error.context or {}) | {"field": name}) from None  # pyright: ignore[reportArgumentType]
    if not cells.any():
        raise PydanticCustomError("painting_empty", "nothing painted", {"field": name})


def painted(name: str, edit: str) -> dict[str, Any]:
    return painting.paint("data", BOARDS[name]) | {"when": {"edit": edit}}


class Params(toys.Drawable):
    data: Literal["ring", "moons", "swiss_roll", "8gaussians", "checkerboard", "smiley", "class_gaussians", "drawn", "digits", "emoji"] = (
        "swiss_roll"
    )
    objective: Literal["flow", "ddpm"] = "flow"
    schedule: Literal["linear", "cosine", "sigmoid", "unfinished"] = Field("linear", json_schema_extra={"when": IF_NOISING})
    output: Literal["v", "eps"] = Field("v", json_schema_extra={"when": IF_NOISING})
    steps: int = Field(800, ge=10, le=5000)
    rate: float = Field(1.0, ge=0.05, le=20, json_schema_extra={"step": 0.05, "live": True})
    examples: int = Field(EVERY_EXAMPLE, ge=10, le=EVERY_EXAMPLE, json_schema_extra={"step": 10, "when": IF_PICTURES})
    solver: Literal["heun", "euler"] = Field("heun", json_schema_extra={"when": {"objective": "flow"}})
    sampler: Literal["dpm", "ddim", "ddpm"] = Field("dpm", json_schema_extra={"when": IF_NOISING})
    eta: float = Field(0.0, ge=0, le=1, json_schema_extra={"step": 0.05, "when": IF_NOISING | {"sampler": "ddim"}})
    sampling_steps: int = Field(USUAL_STEPS, ge=1, le=100)
    guidance: float = Field(GUIDANCE, ge=0, le=8, json_schema_extra={"step": 0.25, "when": IF_LABELLED})
    edit: Literal["none", "inpaint", "sketch", "between"] = Field("none", json_schema_extra={"when": IF_PICTURES})
    picture: int = Field(7, ge=0, le=SHOWN - 1, json_schema_extra={"when": IF_PICTURES | {"edit": "inpaint"}})
    mask: str = Field("", max_length=painting.LONGEST, json_schema_extra=painted("mask", "inpaint"))
    sketch: str = Field("", max_length=painting.LONGEST, json_schema_extra=painted("sketch", "sketch"))
    strength: float = Field(0.6, ge=0.05, le=1, json_schema_extra={"step": 0.05, "when": IF_PICTURES | {"edit": "sketch"}})
    edits: str = playground.params.EDITS

    def work(self) -> float:
        kind = kind_of(self)
        return kind.seconds + kind.seconds_a_step * self.steps

    @property
    def walk(self) -> str:
        """The sampler, by its name in Process.walks."""
        return self.solver if self.objective == "flow" else self.sampler

    @property
    def adds_noise(self) -> bool:
        """Whether the walk meets fresh noise on its way."""
        return self.walk == "ddpm" or (self.walk == "ddim" and self.eta > 0)

    @model_validator(mode="after")
    def _painted(self) -> Self:
        """What is painted is of the data's size; where the edit needs it, something is."""
        for name, edit in (("mask", "inpaint"), ("sketch", "sketch")):
            board = BOARDS[name].get(self.data)
            if board and self.edit == edit:
                _something_on(board, name, getattr(self, name))
        return self


def edits(params: Params) -> bool:
    """Whether the run ends with an edit instead of comparisons."""
    return params.data in PICTURES and params.edit != "none"


KINDS: dict[str, type[Digits | Emoji | Classes | Plane]] = {"digits": Digits, "emoji": Emoji, "class_gaussians": Classes}


def kind_of(params: Params) -> type[Digits | Emoji | Classes | Plane]:
    return KINDS.get(params.data, Plane)

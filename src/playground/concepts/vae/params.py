"""What an autoencoder's run is made of."""

from itertools import pairwise
from typing import Any, Literal

from pydantic import Field

import playground.params
from playground.concepts.vae.coder import Design, hidden

PICTURES = {"digits": (28, 28), "hanzi": (28, 28), "faces": (16, 16, 3), "emoji": (16, 16, 3)}
SHAPES: dict[str, tuple[int, ...]] = PICTURES | {"moons": (2,)}
WEIGHED: dict[str, Any] = {"model": "vae"}
LEARNED = "vae|ae|dae|vq"


class Params(playground.params.Params):
    data: Literal["digits", "hanzi", "faces", "emoji", "moons"] = "digits"
    model: Literal["vae", "ae", "dae", "pca", "vq"] = "vae"
    latent: int = Field(2, ge=2, le=32)
    beta: float = Field(1.0, ge=0, le=32, json_schema_extra={"live": True, "step": 0.1, "when": WEIGHED})
    steps: int = Field(800, ge=10, le=4000, json_schema_extra={"step": 10, "when": {"model": LEARNED}})
    likelihood: Literal["bernoulli", "gaussian"] = Field("bernoulli", json_schema_extra={"when": {"data": "|".join(PICTURES)}})
    sigma: float = Field(0.1, ge=0.02, le=1, json_schema_extra={"step": 0.01, "when": {"likelihood": "gaussian"}})
    free_bits: float = Field(0.0, ge=0, le=2, json_schema_extra={"live": True, "step": 0.05, "when": WEIGHED})
    warm_up: float = Field(0.0, ge=0, le=1, json_schema_extra={"step": 0.05, "when": WEIGHED})
    noise: float = Field(0.4, ge=0, le=1, json_schema_extra={"step": 0.05, "when": {"model": "dae"}})
    codes: int = Field(64, ge=2, le=256, json_schema_extra={"when": {"model": "vq"}})
    width: int = Field(400, ge=16, le=400, multiple_of=8, json_schema_extra={"step": 8, "when": {"model": LEARNED}})
    optimiser: Literal["adam", "rmsprop", "momentum"] = Field("adam", json_schema_extra={"when": {"model": LEARNED}})
    rate: float = Field(6e-3, gt=0, le=1, json_schema_extra={"step": 1e-4, "when": {"model": LEARNED}})
    edits: str = playground.params.EDITS

    def work(self) -> float:
        """A training step by the size of what it multiplies, and the looks."""
        if self.model == "pca":
            return 3.0
        weights = sum(a * b for widths in self.design.layers for a, b in pairwise(widths))
        assigned = 8e-6 * self.codes * self.latent if self.model == "vq" else 0.0  # each place's distance from each code
        return (12.0 if self.compresses else 6.0) + self.steps * (7e-3 + 6e-9 * weights + assigned)

    @property
    def shape(self) -> tuple[int, ...]:
        """Of one item of the data."""
        return SHAPES[self.data]

    @property
    def gaussian(self) -> bool:
        """Whether a number of the data is taken as a mean with a spread; points of the plane always are."""
        return self.likelihood == "gaussian" or self.data == "moons"

    @property
    def binary(self) -> bool:
        """Whether the model can be asked for a likelihood of ink or none."""
        return self.data == "digits" and self.model == "vae" and not self.gaussian

    @property
    def compresses(self) -> bool:
        """Whether its numbers are a code whose bits can be counted."""
        return self.model == "vae" and self.data in PICTURES

    @property
    def design(self) -> Design:
        """The networks' shape."""
        return Design(self.model, self.shape, self.latent, hidden(self.model, self.shape, self.latent, self.width), self.data != "moons")

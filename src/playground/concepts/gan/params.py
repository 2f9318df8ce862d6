"""What a GAN's run is made of."""

from typing import Any, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

import playground.params
from playground import toys

PICTURES = ("digits", "faces")
PLANE = ("line", "two_gaussians", "8gaussians", "25gaussians", "ring", "moons", "disjoint", "drawn")
MODES = ("two_gaussians", "8gaussians", "25gaussians", "disjoint")  # data that are several islands
ON_PLANE: dict[str, Any] = {"data": "|".join(PLANE)}
Activation = Literal["leaky_relu", "relu", "tanh", "silu"]
Optimiser = Literal["adam", "momentum", "sgd"]


def live(**extra: Any) -> dict[str, Any]:
    """Marks a field that may change while it trains."""
    return {"live": True} | extra


class Params(toys.Drawable):
    data: Literal["line", "two_gaussians", "8gaussians", "25gaussians", "ring", "moons", "disjoint", "drawn", "digits", "faces"] = "ring"
    conditional: bool = Field(True, json_schema_extra={"when": {"data": "digits"}})
    loss: Literal["minimax", "non_saturating", "least_squares", "hinge", "wgan", "wgan_gp"] = Field(
        "non_saturating", json_schema_extra=live()
    )
    steps: int = Field(2000, ge=10, le=5000)
    g_rate: float = Field(4e-3, ge=0, le=1, json_schema_extra=live(step=1e-4))
    d_rate: float = Field(8e-3, ge=0, le=1, json_schema_extra=live(step=1e-4))
    g_steps: int = Field(1, ge=0, le=5, json_schema_extra=live())
    d_steps: int = Field(1, ge=0, le=5, json_schema_extra=live())
    final_rate: float = Field(0.1, ge=0.01, le=1, json_schema_extra={"step": 0.01})
    ema: float = Field(0.98, ge=0, le=0.999, json_schema_extra={"step": 0.001})
    noise: Literal["gaussian", "uniform"] = "gaussian"
    noise_dimensions: int = Field(2, ge=1, le=2, json_schema_extra={"when": ON_PLANE})
    batch: int = Field(128, ge=8, le=512, json_schema_extra={"step": 8})
    g_layers: int = Field(3, ge=1, le=4, json_schema_extra={"when": ON_PLANE})
    d_layers: int = Field(2, ge=1, le=4, json_schema_extra={"when": ON_PLANE})
    g_width: int = Field(32, ge=2, le=128, json_schema_extra={"when": ON_PLANE})
    d_width: int = Field(32, ge=2, le=128, json_schema_extra={"when": ON_PLANE})
    g_activation: Activation = "leaky_relu"
    d_activation: Activation = "leaky_relu"
    g_optimiser: Optimiser = "adam"
    d_optimiser: Optimiser = "adam"
    label_smoothing: float = Field(
        0.0, ge=0, le=0.5, json_schema_extra=live(step=0.05, when={"loss": "minimax|non_saturating|least_squares"})
    )
    instance_noise: float = Field(0.0, ge=0, le=1, json_schema_extra=live(step=0.05))
    r1: float = Field(0.0, ge=0, le=10, json_schema_extra=live(step=0.1, when=ON_PLANE))
    picture_r1: float = Field(0.5, ge=0, le=10, json_schema_extra={"step": 0.1, "when": {"data": "|".join(PICTURES)}})
    spectral_norm: bool = False
    clip: float = Field(0.1, gt=0, le=1, json_schema_extra={"step": 0.01, "when": {"loss": "wgan"}})
    penalty: float = Field(10.0, ge=0, le=50, json_schema_extra={"step": 0.5, "when": {"loss": "wgan_gp"}})
    look_at: int = Field(200, ge=0, le=4999)
    seeds: int = Field(1, ge=1, le=16)
    edits: str = playground.params.EDITS

    def work(self) -> float:
        """The dearest of the parameters on the way, as if they were in force all the time."""
        return max(each._work() for each in (self, *(self.at(edit.step) for edit in self.changes)))

    def megabytes(self) -> float:
        """What autograd keeps of a batch of all members."""
        if self.data in PICTURES:
            return 220 + 8 * self.batch / 128 * self.seeds + 6 * self.seeds
        return 160 + self.batch / 128 * self.seeds * self._wide()

    def _wide(self) -> float:
        return (self.g_layers * self.g_width + self.d_layers * self.d_width) / 160

    def _work(self) -> float:
        """Both players' updates, by the size of what they multiply, and the snapshots. Penalties on D's slope go through autograd twice."""
        penalised = 1.5 * (self.loss == "wgan_gp") + 1.5 * (self.r1 > 0) + 0.5 * self.spectral_norm
        often, many = self.g_steps + self.d_steps * (1 + penalised), self.batch / 128 * self.seeds
        if self.data in PICTURES:
            return 2 + 0.8 * self.seeds + 0.003 * self.steps * often * (0.4 + 0.6 * many)
        return 1.5 + 0.3 * self.seeds + 0.0009 * self.steps * often * (0.5 + 0.5 * many * self._wide())

    @property
    def looked_at(self) -> int:
        """The step that slow motion shows, counted in updates before it; -1 for none, where many members train."""
        return min(self.look_at, self.steps - 1) if self.seeds == 1 else -1

    @model_validator(mode="after")
    def _someone_learns(self) -> Self:
        if self.g_steps + self.d_steps == 0:
            raise PydanticCustomError("nobody_learns", "no updates", {"field": "g_steps"})
        return self

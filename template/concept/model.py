"""A Gaussian learns where data lie, by gradient descent on their mean surprise. A pattern: put the concept's own maths in its place."""

import math
from collections.abc import Generator

import torch
from jaxtyping import Float
from pydantic import Field
from torch import Tensor

import playground.params
from playground.frame import Frame
from playground.state import State, learn

POINTS, FRAMES = 400, 60


class Params(playground.params.Params):
    spread: float = Field(0.5, ge=0.1, le=1, json_schema_extra={"step": 0.05})
    steps: int = Field(300, ge=10, le=2000)
    rate: float = Field(0.05, gt=0, le=5, json_schema_extra={"step": 0.05})

    def work(self) -> float:
        """Seconds of one CPU."""
        return 0.1 + self.steps * 2e-4


def surprise(x: Float[Tensor, "n 2"], mu: Float[Tensor, " 2"], log_sigma: Float[Tensor, ""]) -> Float[Tensor, ""]:
    """Mean of −log p(x) in nats under N(μ, σ² I)."""
    return ((x - mu) / log_sigma.exp()).square().sum(1).mean() / 2 + 2 * log_sigma + math.log(2 * math.pi)


def best(x: Float[Tensor, "n 2"]) -> float:
    """The least surprise there is: that of the data's own mean and standard deviation, in closed form."""
    return 1 + math.log(2 * math.pi) + (x - x.mean(0)).square().mean().log().item()


def data(params: Params) -> Float[Tensor, "n 2"]:
    """Points about a place off the middle."""
    g = torch.Generator().manual_seed(params.seed)
    return torch.tensor([0.7, -0.4]) + params.spread * torch.randn(POINTS, 2, generator=g)


def train(params: Params) -> Generator[Frame, None, State]:
    """Frames have data (n, 2), samples (n, 2) of the model by the same noise each time, and surprise in nats beside the best there is."""
    x, eps = data(params), torch.randn(POINTS, 2, generator=torch.Generator().manual_seed(params.seed + 1))
    mu, log_sigma = torch.zeros(2, requires_grad=True), torch.zeros((), requires_grad=True)
    shown = {round(step) for step in torch.linspace(0, params.steps, FRAMES).tolist()}
    for step in range(params.steps + 1):
        loss = surprise(x, mu, log_sigma)
        if not loss.isfinite():
            return {"mu": mu.detach().nan_to_num(), "log_sigma": log_sigma.detach().nan_to_num()}
        if step in shown:
            samples = (mu + log_sigma.exp() * eps).detach()
            arrays = {"data": x.numpy(), "samples": samples.clamp(-50, 50).numpy()}
            yield Frame(step, arrays, {"surprise": loss.item(), "best": best(x)}, phase="train")
        for w, slope in zip((mu, log_sigma), torch.autograd.grad(loss, (mu, log_sigma)), strict=True):
            w.data -= params.rate * slope
    return {"mu": mu.detach(), "log_sigma": log_sigma.detach()}


def run(params: Params, state: State | None = None) -> Generator[Frame, None, State]:
    """The training's frames, from its state where that is known."""
    return learn(train(params), state)

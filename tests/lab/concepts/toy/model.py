"""A random walk, which can dawdle, fail and die on request."""

import os
import signal
import time
from collections.abc import Generator
from pathlib import Path
from typing import Literal

import torch
from pydantic import Field

from playground import params as base
from playground.frame import Frame
from playground.state import State, learn


class Params(base.Params):
    steps: int = Field(5, ge=2, le=100_000)
    pause: float = Field(0.0, ge=0, le=10)  # seconds before every frame but the first
    fail_at: int = Field(-1, ge=-1)
    die_at: int = Field(-1, ge=-1)  # the process kills itself before this frame …
    deaths: str = Field("", max_length=200)  # … as long as this folder has a file to remove
    wide: int = Field(1, ge=1, le=1_000_000)  # rows of a frame's largest array
    scale: float = Field(1.0, gt=0, lt=100)
    loud: bool = False
    kind: Literal["walk", "jump"] = "walk"
    note: str = Field("", max_length=1_000)

    def work(self) -> float:
        return self.steps / 500


def train(params: Params) -> Generator[Frame, None, State]:
    g = torch.Generator().manual_seed(params.seed)
    x = torch.zeros(4, 2)
    for step in range(params.steps):
        _trouble(params, step)
        x = x + torch.randn(4, 2, generator=g) * params.scale
        yield Frame(
            step,
            {"walk": x.numpy(), "still": torch.ones(3).numpy(), "wide": torch.full((params.wide, 2), float(step)).numpy()},
            {"sum": x.sum().item()},
            phase="train",
        )
    return {"x": x}


def run(params: Params, state: State | None = None) -> Generator[Frame, None, State]:
    return learn(train(params), state)


def _trouble(params: Params, step: int) -> None:
    if step and params.pause:
        time.sleep(params.pause)
    if step == params.fail_at:
        raise ZeroDivisionError("on request")
    if step == params.die_at:
        for ticket in sorted(Path(params.deaths).iterdir())[:1]:
            ticket.unlink()
            os.kill(os.getpid(), signal.SIGKILL)

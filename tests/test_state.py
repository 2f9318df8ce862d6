"""Training states: a found one shows what a made one did, through the bytes it is kept in."""

from collections.abc import Generator, Iterator

import numpy as np
import pytest
import torch
from safetensors.torch import load, save

from playground.frame import Frame, encode
from playground.state import State, learn


def training(steps: int) -> Generator[Frame, None, State]:
    for step in range(steps):
        arrays = {"x": np.full((2, 3), step, "f4"), "flat": np.arange(step, dtype="u1"), "half": np.array(step, "f2")}
        yield Frame(step, arrays, {"loss": 1 / (1 + step)}, {"words": ("a", "点")}, "train")
    return {"w": torch.arange(6.0).reshape(2, 3)}


def spoilt() -> Generator[Frame, None, State]:
    raise AssertionError("trained although the state was there")
    yield


def drained(run: Generator[Frame, None, State]) -> tuple[list[bytes], State]:
    kept: list[State] = []

    def frames() -> Iterator[Frame]:
        kept.append((yield from run))

    return list(encode(frames())), kept[0]


@pytest.mark.parametrize("steps", [0, 1, 4])
def test_a_kept_state_replays_the_training(steps: int) -> None:
    made, state = drained(learn(training(steps), None))
    found, again = drained(learn(spoilt(), load(save(state))))
    assert len(made) == steps
    assert found == made
    assert torch.equal(again["w"], torch.arange(6.0).reshape(2, 3))


def test_frames_come_while_training_goes_on() -> None:
    run = learn(training(3), None)
    assert [next(run).step, next(run).step] == [0, 1]

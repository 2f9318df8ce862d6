"""Training states: tensors that also remember the frames of the training, so that a found state shows what a made one did."""

import json
from collections.abc import Generator, Iterable, Iterator

import numpy as np
import torch

from playground.frame import Frame

State = dict[str, torch.Tensor]
INDEX = "frames"  # JSON of every frame, in which an array stands as its tensor's name


def learn(training: Generator[Frame, None, State], state: State | None) -> Generator[Frame, None, State]:
    """Yield the training's frames and return its state; when a state is given, replay its frames and train nothing."""
    if state is not None:
        yield from _replay(state)
        return state
    frames: list[Frame] = []
    made = yield from _noted(training, frames)
    return made | _pack(frames)


def _noted(training: Generator[Frame, None, State], frames: list[Frame]) -> Generator[Frame, None, State]:
    while True:
        try:
            frame = next(training)
        except StopIteration as end:
            return end.value
        frames.append(frame)
        yield frame


def phases(state: State) -> set[str]:
    """The chapters that are the training's."""
    return {phase for _, phase, *_ in json.loads(state[INDEX].numpy().tobytes())} if INDEX in state else set()


def _pack(frames: Iterable[Frame]) -> State:
    tensors: State = {}
    index = []
    for i, frame in enumerate(frames):
        names = {name: f"{INDEX}.{i}.{name}" for name in frame.arrays}
        tensors |= {names[name]: torch.from_numpy(np.array(array)) for name, array in frame.arrays.items()}
        index.append([frame.step, frame.phase, dict(frame.metrics), {k: list(v) for k, v in frame.texts.items()}, names])
    return tensors | {INDEX: torch.frombuffer(bytearray(json.dumps(index).encode()), dtype=torch.uint8)}


def _replay(state: State) -> Iterator[Frame]:
    for step, phase, metrics, texts, names in json.loads(state[INDEX].numpy().tobytes()):
        arrays = {name: state[key].numpy() for name, key in names.items()}
        yield Frame(step, arrays, metrics, {k: tuple(v) for k, v in texts.items()}, phase)

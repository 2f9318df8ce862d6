"""The seam: what computes a run, and what every engine executes where it computes."""

import json
from collections.abc import AsyncGenerator, Generator, Iterator
from pathlib import Path
from typing import Protocol

import safetensors
import safetensors.torch

from playground.concept import Concept, load
from playground.device import device
from playground.frame import Frame, encode
from playground.params import Flaw, Params, Refused
from playground.placed import placed
from playground.runs import lines, ran
from playground.runs.keys import training_key
from playground.runs.ran import Watch
from playground.runs.store import Store
from playground.settings import Settings
from playground.state import State


class RunFailed(Exception):
    """A run that gave up. `code` names its sentence; `again` says whether another try may help; `why` is for the log."""

    def __init__(self, code: str, *, again: bool = False, why: str = ""):
        super().__init__(code)
        self.code, self.again, self.why = code, again, why


class Engine(Protocol):
    """Whatever computes runs."""

    def stream(self, slug: str, params: Params) -> AsyncGenerator[bytes, None]:
        """The run's frames, one line each, and perhaps a line `ran` after them. Closing the generator cancels the run. Raises RunFailed."""
        ...

    def ready(self) -> bool:
        """Whether a run could begin at once."""
        ...


def compute(slug: str, canonical: str, folder: str) -> Iterator[bytes]:
    """The lines of a run, in the process that computes it, and last what ran. `folder` is the store, where training states are kept.

    Raises what the concept raises.
    """
    concept = load(slug)
    params = concept.params.checked(json.loads(canonical))
    settings = Settings()
    if not all((settings.assets / name).exists() for name in concept.reads(params)):
        raise Refused(Flaw("", "assets_missing"))
    store = Store(Path(folder), settings.store_bytes, settings.assets, silent=True)
    watch = Watch(slug)
    with placed(device()):
        yield from encode(_trained(concept, params, store, watch) if concept.trained_by else watch.frames(concept.run(params)))
    yield lines.ran(watch.ran)


def _trained(concept: Concept, params: Params, store: Store, watch: Watch) -> Generator[Frame, None, None]:
    """The frames of a run that looks for its training state first and keeps the one it made."""
    name = training_key(concept, params)
    found = _state(store.get("state", name))
    made = yield from watch.frames(concept.run(params, found))
    if found is not None:
        watch.recall(found)
    elif made is not None:
        kept = watch.remembered(made)
        store.put("state", name, safetensors.torch.save({k: v.cpu().contiguous() for k, v in kept.items()}))


def _state(body: bytes | None) -> State | None:
    """A state that says what ran when it was trained; those from before that was noted don't count."""
    try:
        state = None if body is None else safetensors.torch.load(body)
    except safetensors.SafetensorError:
        return None
    return {name: tensor.to(device()) for name, tensor in state.items()} if state and ran.KEY in state else None

"""One run computed twice in a process of its own: on the CPU, and on the device that isn't there."""

import functools
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any
from unittest import mock

import numpy as np
import torch
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils._python_dispatch import TorchDispatchMode

from playground.concept import Concept, load
from playground.frame import Frame
from playground.params import Params
from playground.placed import placed
from playground.runs import engine
from tests import conftest, pretend

MULTIPLYING = [f"aten::{name}" for name in ("mm", "addmm", "bmm", "baddbmm", "convolution", "dot", "mv")]


@dataclass(frozen=True)
class Compared:
    """The metrics of every frame on both, and what was computed on each, by name."""

    cpu: list[Mapping[str, float]]
    there: list[Mapping[str, float]]
    computed_on_cpu: Counter[str]
    computed: Counter[str]

    @property
    def multiplied_on_cpu(self) -> int:
        return sum(self.computed_on_cpu[name] for name in MULTIPLYING)

    @property
    def multiplied(self) -> int:
        return sum(self.computed[name] for name in MULTIPLYING)


class Counting(TorchDispatchMode):
    """Counts what this thread computes."""

    def __init__(self) -> None:
        super().__init__()
        self.computed: Counter[str] = Counter()

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        self.computed[func._schema.name] += 1
        return func(*args, **kwargs or {})


def begin() -> None:
    """Before anything else in the process: torch counts its devices at the first gradient."""
    pretend.device()
    conftest.pytest_configure()
    sys.meta_path[:] = [finder for finder in sys.meta_path if "jaxtyping" not in type(finder).__module__]  # shapes: other tests' business


def compare(slug: str, fields: Mapping[str, Any], single: bool = True, otherwise: bool = False) -> Compared:
    """`single`: nothing is computed in half precision, on neither. `otherwise`: the device's sums are rounded differently."""
    concept = load(slug)
    params = short(concept, fields)
    with _single() if single else nullcontext():
        with sdpa_kernel(SDPBackend.MATH), Counting() as here:  # attention as the device computes it
            cpu = _metrics(concept.run(params))
        pretend.computed.clear()
        pretend.otherwise = otherwise
        with placed(pretend.device()):
            there = _metrics(concept.run(params))
        pretend.otherwise = False
    return Compared(cpu, there, here.computed, pretend.computed.copy())


def twice(slug: str, fields: Mapping[str, Any], folder: str) -> list[tuple[list[bytes], int]]:
    """A run on the device as a worker computes it, and again when its state is found: its lines, and Adam's steps."""
    canonical, runs = short(load(slug), fields).canonical(), []
    with mock.patch.object(engine, "device", pretend.device):
        for _ in range(2):
            pretend.computed.clear()
            runs.append((list(engine.compute(slug, canonical, folder)), pretend.computed["aten::_fused_adam_"]))
    return runs


def refused(what: str) -> str:
    """The beginning of what the device says of code that was not placed."""
    there = torch.ones(3, device=pretend.device())
    tries = {
        "meet": lambda: there + torch.ones(3),
        "draw": lambda: there.normal_(generator=torch.Generator()),
        "numpy": lambda: there.numpy(),
    }
    try:
        tries[what]()
    except RuntimeError as error:
        return str(error)
    return "nothing"


def shared() -> list[float]:
    """What is seen of an array before and after it was written to."""
    array = np.ones(1)
    with placed(pretend.device()):
        tensor, one = torch.from_numpy(array), torch.ones(1)
        before = (tensor * one).item()
        array[:] = 2
        return [before, (tensor * one).item()]


def short(concept: Concept, fields: Mapping[str, Any]) -> Params:
    """Parameters with little training. Raises Refused."""
    schema = concept.params.model_json_schema()["properties"]
    least = {"steps": schema["steps"]["minimum"]} if "steps" in schema else {}
    return concept.params.checked(least | dict(fields))


def _metrics(run: Iterator[Frame]) -> list[Mapping[str, float]]:
    """Nothing that an earlier run kept is used: its tensors may lie on the other device."""
    for name, module in list(sys.modules.items()):
        for kept in vars(module).values() if name.startswith("playground.") else ():
            if isinstance(kept, functools._lru_cache_wrapper):
                kept.cache_clear()
    return [frame.metrics for frame in run]


@contextmanager
def _single() -> Iterator[None]:
    """Autocast and Muon's orthogonalisation in single precision: eight bits would turn a last bit into another picture."""
    with ExitStack() as stack:
        stack.enter_context(mock.patch.object(torch, "autocast", return_value=nullcontext()))
        stack.enter_context(mock.patch.object(torch.Tensor, "bfloat16", torch.Tensor.float))
        yield

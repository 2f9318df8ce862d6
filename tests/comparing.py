"""One run computed twice in a process of its own: on the CPU, and on the device that isn't there."""

import functools
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any
from unittest import mock

import torch
from torch.nn.attention import SDPBackend, sdpa_kernel

from playground.concept import Concept, load
from playground.frame import Frame
from playground.params import Params
from playground.placed import placed
from tests import pretend


@dataclass(frozen=True)
class Compared:
    """The metrics of every frame on both, and what was computed on the device, by name."""

    cpu: list[Mapping[str, float]]
    there: list[Mapping[str, float]]
    computed: Counter[str]


def begin() -> None:
    """Before anything else in the process: torch counts its devices at the first gradient."""
    torch.set_num_threads(1)
    pretend.device()


def compare(slug: str, fields: Mapping[str, Any], single: bool = True, otherwise: bool = False) -> Compared:
    """`single`: nothing is computed in half precision, on neither. `otherwise`: the device's sums are rounded differently."""
    concept = load(slug)
    params = short(concept, fields)
    with _single() if single else nullcontext():
        with sdpa_kernel(SDPBackend.MATH):  # as the device computes it
            cpu = _metrics(concept.run(params))
        pretend.computed.clear()
        pretend.otherwise = otherwise
        with placed(pretend.device()):
            there = _metrics(concept.run(params))
        pretend.otherwise = False
    return Compared(cpu, there, pretend.computed.copy())


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

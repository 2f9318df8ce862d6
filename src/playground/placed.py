"""A run on another device than the CPU, though the maths says nothing of devices: a mode of torch's that places its tensors."""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from threading import Thread
from typing import Any

import torch
from torch import Generator, Tensor
from torch.overrides import TorchFunctionMode
from torch.utils import _device
from torch.utils.weak import WeakTensorKeyDictionary

from playground.device import reveal

Move = Callable[[Tensor], Tensor]
CPU = torch.device("cpu")
LEAVING = {Tensor.numpy, Tensor.__array__, Tensor.tolist}  # what leads out of torch
AS_THEY_LIE = {Tensor.backward, torch.autograd.backward, torch.autograd.grad}  # these mean the tensors themselves, never copies


def placed(device: torch.device) -> AbstractContextManager[None]:
    """The context in which a run's tensors are the device's; for the CPU it does nothing at all.

    What is made is made on the device. What is drawn from a CPU's generator is drawn on the CPU and moved, so that chance is the same
    everywhere. Where tensors of both meet, those of the CPU are moved; what meets none of the device is computed where it lies.
    It holds for the thread that enters it and those begun in it. What a cache keeps stays on the device: a process has one device.
    """
    return nullcontext() if device.type == "cpu" else _placed(device)


@contextmanager
def _placed(device: torch.device) -> Iterator[None]:
    if device.type == "cuda":
        _begin_cuda()
    mode, run = Placed(device), Thread.run

    def run_placed(self: Thread) -> None:
        with mode:
            run(self)

    Thread.run = run_placed  # a mode is one thread's, and a pipeline is called in another
    try:
        with mode:
            yield
    finally:
        Thread.run = run
        torch.set_autocast_enabled(device.type, False)


def _begin_cuda() -> None:
    """CUDA, the same numbers each time where it can, and single precision as such, not cut to TF32."""
    reveal()
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.use_deterministic_algorithms(True, warn_only=True)
    torch.backends.cudnn.allow_tf32 = False


class Placed(TorchFunctionMode):
    """Sees each call of torch's functions and of tensors' methods, but not what these call in turn."""

    def __init__(self, device: torch.device):
        super().__init__()
        self.device = device
        self.makers = _device._device_constructors()
        self.copies = WeakTensorKeyDictionary()  # of a CPU tensor: its version, and what it was then, on the device

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        if func in LEAVING:
            return func(*_each(args, Tensor.cpu), **kwargs)
        self._cast_like_the_cpu()
        if any(isinstance(value, Generator) and value.device == CPU for value in (*args, *kwargs.values())):
            return self._draw(func, args, kwargs)
        if func in self.makers and kwargs.get("device") is None and not _meant_otherwise(args):
            return func(*args, **kwargs | {"device": self.device})
        if self._mixed(args, kwargs) and func not in AS_THEY_LIE and func.__name__ != "__set__":
            written = _written(func, args, kwargs)
            move = Tensor.cpu if written is not None and written.is_cpu else self._there
            args, kwargs = _each(args, move), _each(kwargs, move)
        return func(*args, **kwargs)

    def _mixed(self, *given: Any) -> bool:
        return len({tensor.is_cpu for tensor in _tensors(given)}) == 2

    def _cast_like_the_cpu(self) -> None:
        """`torch.autocast("cpu", …)` of the maths is meant for wherever it runs."""
        if (casts := torch.is_autocast_enabled("cpu")) != torch.is_autocast_enabled(self.device.type):
            torch.set_autocast_enabled(self.device.type, casts)
            torch.set_autocast_dtype(self.device.type, torch.get_autocast_dtype("cpu"))

    def _draw(self, func: Any, args: Any, kwargs: Any) -> Any:
        """Chance comes from the CPU, whoever asks for it."""
        written, there = _written(func, args, kwargs), kwargs.get("device") or self.device
        kwargs = _each(kwargs, Tensor.cpu) | ({"device": CPU} if "device" in kwargs else {})
        drawn = func(*_each(args, Tensor.cpu), **kwargs)
        if written is None:
            return drawn.to(there)
        with torch.no_grad():
            return written.copy_(drawn)

    def _there(self, tensor: Tensor) -> Tensor:
        """The tensor on the device. What does not change is moved once; memory shared with NumPy may change unseen."""
        if not tensor.is_cpu:
            return tensor
        if tensor.requires_grad and torch.is_grad_enabled():
            return tensor.to(self.device)
        if not isinstance(tensor, torch.nn.Parameter) and not tensor.untyped_storage().resizable():
            return tensor.detach().to(self.device)
        found = self.copies.get(tensor)
        if found is None or found[0] != tensor._version:
            self.copies[tensor] = found = tensor._version, tensor.detach().to(self.device)
        return found[1]


def _meant_otherwise(args: Any) -> bool:
    """Inside torch.device(…), by which libraries choose for themselves; or torch.tensor([]), by which transformers asks
    whether there is a default device: it would then want accelerate.
    """
    return _device.CURRENT_DEVICE is not None or (len(args) == 1 and isinstance(args[0], list) and not args[0])


def _written(func: Any, args: Any, kwargs: Any) -> Tensor | None:
    """The (first) tensor that the call writes to."""
    name, into = func.__name__, kwargs.get("out")
    in_place = name == "__setitem__" or (name.endswith("_") and not name.endswith("__"))
    return next(_tensors(args), None) if in_place else into


def _tensors(values: Iterable[Any]) -> Iterator[Tensor]:
    for value in values:
        if isinstance(value, Tensor):
            yield value
        elif isinstance(value, list | tuple):
            yield from _tensors(value)
        elif isinstance(value, dict):
            yield from _tensors(value.values())


def _each(value: Any, move: Move) -> Any:
    """The same structure with every tensor moved."""
    if isinstance(value, Tensor):
        return move(value)
    if isinstance(value, list | tuple):
        moved = [_each(part, move) for part in value]
        return moved if isinstance(value, list) else tuple(moved)
    return {name: _each(part, move) for name, part in value.items()} if isinstance(value, dict) else value

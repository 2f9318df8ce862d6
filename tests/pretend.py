"""A device that isn't there: tensors which compute on the CPU and refuse whatever a CUDA tensor would refuse.

It is a backend of torch's own kind (PrivateUse1), so that dispatch, autograd, its threads and autocast take the ways they take on CUDA.
"""

from collections import Counter
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import return_and_correct_aliasing
from torch.utils._pytree import tree_leaves, tree_map
from torch.utils.backend_registration import _DummyBackendModule, _setup_privateuseone_for_python_backend

NAME = "pretend"
CASTS, CPU_CASTS = (torch._C.DispatchKeySet(getattr(torch._C.DispatchKey, f"Autocast{kind}")) for kind in ("PrivateUse1", "CPU"))
CAST = (
    "linear",
    "matmul",
    "mm",
    "addmm",
    "bmm",
    "baddbmm",
    "conv2d",
    "scaled_dot_product_attention",
)  # some that CUDA and the CPU both cast
SUMS = {f"aten::{name}" for name in ("mm", "addmm", "bmm", "baddbmm", "convolution", "sum", "mean", "var", "linalg_vector_norm", "softmax")}
MEET = {"aten::copy_", "aten::_copy_from", "aten::_to_copy"}  # where the two devices may meet
computed: Counter[str] = Counter()  # operations by name
otherwise = False  # sums of single precision come out a last bit different, as on every other machine
library: list[torch.library.Library] = []


class Pretend(Tensor):
    """Wraps the CPU tensor it pretends not to be."""

    held: Tensor

    @staticmethod
    def __new__(cls, held: Tensor) -> "Pretend":
        where = {"strides": held.stride(), "storage_offset": held.storage_offset()}
        return torch.Tensor._make_wrapper_subclass(cls, held.size(), **where, dtype=held.dtype, device=torch.device(NAME, 0))

    def __init__(self, held: Tensor):
        self.held = held

    def __format__(self, spec: str) -> str:
        return self.held.__format__(spec)  # what Tensor allows Tensor alone, not what is made of it

    __torch_function__ = torch._C._disabled_torch_function_impl

    @classmethod
    def __torch_dispatch__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        made = compute(func, args, kwargs)
        for leaf in tree_leaves((args, kwargs)) if func._schema.is_mutable else ():
            if isinstance(leaf, Pretend) and leaf.size() != leaf.held.size():
                leaf.data = Pretend(leaf.held)  # the operation chose its size
        return return_and_correct_aliasing(func, args, kwargs, made) if func is not torch.ops.aten._to_copy.default else made


def compute(func: Any, args: Any, kwargs: Any) -> Any:
    """The operation on what is held. Raises where CUDA would."""
    leaves = tree_leaves((args, kwargs))
    _refuse(func, leaves, kwargs)
    computed[func._schema.name] += 1
    computed["half"] += any(isinstance(leaf, Tensor) and leaf.dtype == torch.bfloat16 for leaf in leaves)
    asked = kwargs.get("device")
    args, kwargs = tree_map(lambda x: x.held if isinstance(x, Pretend) else x, (args, kwargs))
    if asked is not None:
        kwargs = kwargs | {"device": torch.device("cpu")}
    with torch._C._ExcludeDispatchKeyGuard(CPU_CASTS):  # "cpu" is not this device's autocast
        made = _summed(func, args, kwargs) if otherwise and _rounds(func, args) else func(*args, **kwargs)
    home = asked is not None and torch.device(asked).type == "cpu"
    return made if home else tree_map(lambda x: Pretend(x.resolve_conj()) if isinstance(x, Tensor) else x, made)


def _rounds(func: Any, args: Any) -> bool:
    single = isinstance(args[0], Tensor) and args[0].dtype == torch.float32
    return single and func._schema.name in SUMS and not func._schema.is_mutable


def _summed(func: Any, args: Any, kwargs: Any) -> Tensor:
    """The sum in double precision, rounded once."""
    exact = func(*tree_map(lambda x: x.double() if isinstance(x, Tensor) else x, args), **kwargs)
    return exact.to(torch.float32)


def _refuse(func: Any, leaves: list[Any], kwargs: Any) -> None:
    tensors = [leaf for leaf in leaves if isinstance(leaf, Tensor)]
    least = 1 if torch.Tag.pointwise in func.tags else 0  # a number of the CPU may meet a tensor of CUDA, but not in every operation
    apart = [tensor for tensor in tensors if not isinstance(tensor, Pretend) and tensor.dim() >= least]
    if apart and func._schema.name not in MEET:
        raise RuntimeError(f"{func}: Expected all tensors to be on the same device, but found {NAME} and cpu")
    if any(isinstance(leaf, torch.Generator) and leaf.device.type == "cpu" for leaf in leaves):
        raise RuntimeError(f"{func}: Expected a '{NAME}' device type for generator but found 'cpu'")


class Module(_DummyBackendModule):
    """What torch.pretend is."""

    def get_amp_supported_dtype(self) -> list[torch.dtype]:
        return [torch.bfloat16]


def device() -> torch.device:
    """The device, set up once in a process."""
    if not library:
        _setup_privateuseone_for_python_backend(NAME, backend_module=Module())
        every, aten = torch.library.Library("_", "IMPL"), torch.library.Library("aten", "IMPL")
        every.fallback(lambda func, *args, **kwargs: compute(func, args, kwargs), "PrivateUse1")
        every.fallback(torch.library.fallthrough_kernel, "AutocastPrivateUse1")
        to_copy = torch.ops.aten._to_copy.default  # torch.tensor asks for it where no fallback is found
        aten.impl("_to_copy", lambda *args, **kwargs: compute(to_copy, args, kwargs), "PrivateUse1")
        for name in CAST:
            aten.impl(name, _cast(getattr(torch.ops.aten, name).default), "AutocastPrivateUse1")
        library.extend((every, aten))
    return torch.device(NAME, 0)


def _cast(func: Any) -> Any:
    def cast(*args: Any, **kwargs: Any) -> Any:
        to = torch.get_autocast_dtype(NAME)
        with torch._C._ExcludeDispatchKeyGuard(CASTS):
            return func(*tree_map(lambda x: x.to(to) if isinstance(x, Tensor) and x.dtype == torch.float32 else x, args), **kwargs)

    return cast

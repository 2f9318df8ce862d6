"""A folder a concept: its tests, and in quick.py what is shortened for them and which runs shared tests take besides the defaults.

quick.py may say: `shorten()`, called before any test; `contract(patch)`, before those of the contract; PLACED, the fields of runs that
are computed on a device; HALVED, whether its training multiplies in half precision.
"""

import importlib
from importlib.util import find_spec
from types import ModuleType


def quick(slug: str) -> ModuleType | None:
    name = f"{__name__}.{slug}.quick"
    return importlib.import_module(name) if find_spec(f"{__name__}.{slug}") and find_spec(name) else None

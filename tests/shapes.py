"""The checker behind the shapes in signatures."""

from typing import Any, Self

from beartype import beartype


def checked(thing: Any) -> Any:
    """beartype, with the kinds it can't look at taken as Any: Self in a lone method, protocols not made for isinstance."""
    hints = getattr(thing, "__annotations__", {})
    for name in [name for name, hint in hints.items() if hint is Self or _only_static(hint)]:
        hints[name] = Any
    return beartype(thing)


def _only_static(hint: Any) -> bool:
    return getattr(hint, "_is_protocol", False) and not getattr(hint, "_is_runtime_protocol", False)

"""A frame: what a run shows at one step, and its line on the wire."""

import base64
import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

DTYPES = ("u1", "i2", "f4", "f2")


@dataclass(frozen=True)
class Frame:
    """What happened at one step. Arrays are u1, i2, f2 or f4; metrics are finite numbers; texts are shown as text only."""

    step: int
    arrays: Mapping[str, np.ndarray]
    metrics: Mapping[str, float]
    texts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    phase: str = ""


def finite(frame: Frame) -> bool:
    """Whether every number of the frame may go on the wire."""
    arrays = all(np.isfinite(a).all() for a in frame.arrays.values() if a.dtype.kind == "f")
    return arrays and all(math.isfinite(v) for v in frame.metrics.values())


def encode(frames: Iterable[Frame]) -> Iterator[bytes]:
    """One JSON line a frame. An array equal to the last one sent under its name is left off.

    Raises ValueError for a kind of array the wire has no letter for, and for numbers that are not finite.
    """
    sent: dict[str, bytes] = {}
    for frame in frames:
        arrays = {}
        for name, array in frame.arrays.items():
            spec = _spec(name, array)
            line = json.dumps(spec, separators=(",", ":")).encode()
            if sent.get(name) != line:
                sent[name], arrays[name] = line, spec
        body = {
            "step": frame.step,
            "phase": frame.phase,
            "metrics": {k: float(v) for k, v in frame.metrics.items()},
            "texts": {k: list(v) for k, v in frame.texts.items()},
            "arrays": arrays,
        }
        yield json.dumps(body, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode() + b"\n"


def decode(lines: Iterable[bytes]) -> Iterator[Frame]:
    """The inverse of encode: lines that are not frames (header, queue place, end) are passed over."""
    known: dict[str, np.ndarray] = {}
    for line in lines:
        body = json.loads(line)
        if "step" not in body:
            continue
        known |= {name: _array(spec) for name, spec in body["arrays"].items()}
        texts = {k: tuple(v) for k, v in body["texts"].items()}
        yield Frame(body["step"], dict(known), body["metrics"], texts, body["phase"])


def _spec(name: str, array: np.ndarray) -> dict[str, Any]:
    kind = array.dtype.str.lstrip("<>|=")
    if kind not in DTYPES:
        raise ValueError(f"array {name!r} is {array.dtype}; the wire carries {', '.join(DTYPES)}")
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise ValueError(f"array {name!r} holds numbers that are not finite")
    raw = np.ascontiguousarray(array, dtype="<" + kind if kind != "u1" else "u1").tobytes()
    return {"dtype": kind, "shape": list(array.shape), "bdata": base64.b64encode(raw).decode()}


def _array(spec: Mapping[str, Any]) -> np.ndarray:
    return np.frombuffer(base64.b64decode(spec["bdata"]), dtype="<" + spec["dtype"]).reshape(spec["shape"])

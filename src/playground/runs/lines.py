"""The lines of a run's stream that are not frames: header, place in the queue, what ran, end, error."""

import json
import zlib
from collections.abc import Iterable
from typing import Any

from playground.concept import Concept
from playground.params import Flaw, Params
from playground.runs.keys import code, key
from playground.runs.ran import Ran
from playground.words import LANGUAGES, sentence


def header(concept: Concept, params: Params) -> bytes:
    """What the run is; `frames` is an upper bound, `v` the hash of the code that computes it."""
    run = {"concept": concept.slug, "params": params.model_dump(), "key": key(concept, params)}
    return _line(run | {"frames": concept.frames(params), "v": code(concept.slug)})


def queued(place: int) -> bytes:
    return _line({"queued": place})


def ran(names: Ran) -> bytes:
    """A worker's word to the server, which becomes part of the end: which functions ran, by chapter and file."""
    return _line({"ran": names})


def told(line: bytes) -> Ran | None:
    """What ran, if this is such a line."""
    return json.loads(line)["ran"] if line.startswith(b'{"ran":') else None


def end(frames: int, seconds: float, ran: Ran | None = None) -> bytes:
    return _line({"end": True, "frames": frames, "seconds": round(seconds, 3)} | ({} if ran is None else {"ran": ran}))


def error(code: str) -> bytes:
    return _line({"error": {"code": code} | {lang: sentence(lang, Flaw("", code)) for lang in LANGUAGES}})


def measured(run: Iterable[bytes]) -> dict[str, float]:
    """Every metric of a run's lines, as it was last measured: not all chapters measure the same."""
    return {name: value for line in run for name, value in json.loads(line).get("metrics", {}).items()}


def head(body: bytes) -> dict[str, Any]:
    """The header of a compressed run, without inflating the rest."""
    inflater, start = zlib.decompressobj(wbits=31), b""
    while b"\n" not in start and not inflater.eof:
        piece = inflater.decompress(body, 4096)
        start, body = start + piece, inflater.unconsumed_tail
        if not piece:
            break
    return json.loads(start.split(b"\n")[0])


def _line(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"

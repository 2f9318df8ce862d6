"""A run as the server has it: finished, or being computed."""

import asyncio
import hashlib
import json
import time
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Self

from playground.concept import Concept
from playground.params import Params, Refused
from playground.runs import lines
from playground.runs.admission import Asker
from playground.runs.ran import Ran
from playground.runs.store import pack

INFLATED_BYTES = 500_000_000  # of a run: what is read from a disk may claim anything


@dataclass(frozen=True)
class Stored:
    """A finished run: its lines in gzip, their digest, and the code that computed it."""

    body: bytes
    digest: str
    code: str

    @classmethod
    def of(cls, body: bytes) -> Self:
        return cls(body, hashlib.sha256(body).hexdigest()[:32], lines.head(body)["v"])

    @classmethod
    def packed(cls, run: Iterable[bytes]) -> Self:
        return cls.of(pack(run))

    @classmethod
    def read(cls, body: bytes | None, concept: Concept, params: Params) -> Self | None:
        """These bytes, if they are a whole run of this concept with these parameters: whatever else is in a file of that name, is not."""
        try:
            first, *_, last = _inflated(body or b"").splitlines()
            head, end = json.loads(first), json.loads(last)
            ours = head["concept"] == concept.slug and concept.params.checked(head["params"]) == params
            return cls(body, hashlib.sha256(body).hexdigest()[:32], str(head["v"])) if body and ours and end["end"] else None
        except (ValueError, KeyError, TypeError, EOFError, zlib.error, Refused):
            return None


def _inflated(body: bytes) -> bytes:
    """The lines. Raises what zlib raises, and EOFError for a run without end."""
    inflater = zlib.decompressobj(wbits=31)
    said = inflater.decompress(body, INFLATED_BYTES)
    if not inflater.eof:
        raise EOFError
    return said


@dataclass(eq=False, kw_only=True)
class Live(Asker):
    """A run that is being computed, or waits. Viewers read `lines` from the start and await `news`; a slow one costs nothing."""

    concept: Concept
    params: Params
    key: str
    lines: list[bytes]
    frames: int = 0
    viewers: int = 0
    watched: bool = False  # by anybody, ever
    ran: Ran | None = None
    began: float = 0.0
    news: asyncio.Event = field(default_factory=asyncio.Event)
    task: asyncio.Task[None] | None = None

    def tell(self) -> None:
        self.news.set()
        self.news = asyncio.Event()

    def shown(self) -> bool:
        return self.frames > 0

    def add(self, line: bytes) -> None:
        self.lines.append(line)
        self.tell()

    def remaining(self) -> float:
        """Seconds to go at the pace so far."""
        done = self.concept.scene(self.params).done(self.frames, self.concept.frames(self.params))
        return (time.monotonic() - self.began) / done * (1 - done) if done else float("inf")

"""Immutable files of finished runs and training states: written whole or not at all, checked when read."""

import contextlib
import gzip
import hashlib
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from playground.params import Params
from playground.runs.keys import plain_key

Kind = Literal["run", "state"]
MAGIC = b"AIGC1\n"
DIGEST = hashlib.sha256().digest_size


class Store:
    """A folder of files named <key>.<kind>, and below `assets` the baked runs, which are only read.

    A run's bytes are its NDJSON in gzip, a state's are safetensors. Nothing that happens to the disk raises:
    what can't be read is missing, what can't be written is not kept.
    """

    def __init__(self, folder: Path, limit: int, assets: Path):
        self.folder, self.limit, self.assets = folder, limit, assets

    def has(self, kind: Kind, key: str) -> bool:
        return self._path(kind, key).is_file()

    def get(self, kind: Kind, key: str) -> bytes | None:
        """The bytes put under that name, or None. A file that is not what was written is removed."""
        path = self._path(kind, key)
        body = _read(path)
        with contextlib.suppress(OSError):
            if body is None:
                path.unlink()
            else:
                os.utime(path)
        return body

    def put(self, kind: Kind, key: str, body: bytes) -> bool:
        """Keep the bytes; says whether they were kept. The least recently used files make room."""
        if len(body) + len(MAGIC) + DIGEST > self.limit:
            return False
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            write(self._path(kind, key), body)
        except OSError:
            return False
        with contextlib.suppress(OSError):
            self._evict()
        return True

    def baked(self, slug: str, params: Params) -> bytes | None:
        """The run shipped for these parameters, whatever machine or code computed it."""
        return _read(self.baked_path(slug, params))

    def baked_path(self, slug: str, params: Params) -> Path:
        return self.assets / "runs" / slug / f"{plain_key(slug, params)}.run"

    def sweep(self) -> None:
        """Remove what killed writers left. A writer at work loses its file, which costs one recomputation."""
        for path in self.folder.glob("*.tmp"):
            with contextlib.suppress(OSError):
                path.unlink()

    def _path(self, kind: Kind, key: str) -> Path:
        return self.folder / f"{key}.{kind}"

    def _evict(self) -> None:
        files = sorted((e.stat().st_mtime, e.stat().st_size, e.path) for e in os.scandir(self.folder) if not e.name.endswith(".tmp"))
        excess = sum(size for _, size, _ in files) - self.limit
        for _, size, path in files:
            if excess <= 0:
                break
            os.unlink(path)
            excess -= size


def write(path: Path, body: bytes) -> None:
    """Put a checked file in place in one step. Raises OSError, and leaves nothing then."""
    handle, temporary = tempfile.mkstemp(".tmp", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(MAGIC + hashlib.sha256(body).digest() + body)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def pack(lines: Iterable[bytes]) -> bytes:
    """The lines of a run as they are stored and sent: the same lines give the same bytes."""
    return gzip.compress(b"".join(lines), 6, mtime=0)


def _read(path: Path) -> bytes | None:
    try:
        raw = path.read_bytes()
    except OSError:
        return None
    head, body = raw[: len(MAGIC) + DIGEST], raw[len(MAGIC) + DIGEST :]
    return body if head == MAGIC + hashlib.sha256(body).digest() else None

"""Immutable files of finished runs and training states: written whole or not at all, checked when read.

The folder may hold other things, and belong to several servers: what is not named as ours is never touched.
"""

import contextlib
import errno
import fcntl
import gzip
import hashlib
import logging
import os
import re
import stat
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from playground.params import Params
from playground.runs.keys import plain_key

Kind = Literal["run", "state"]
MAGIC = b"AIGC1\n"
DIGEST = hashlib.sha256().digest_size
OURS = re.compile(r"[0-9a-f]{40}\.(?:run|state)")
HALF = re.compile(r"[0-9a-f]{40}\.(?:run|state)\.\w{8}\.tmp")
log = logging.getLogger(__name__)


class Store:
    """A folder of files named <key>.<kind>, and below `assets` the baked runs, which are only read.

    A run's bytes are its NDJSON in gzip, a state's are safetensors. Nothing that happens to the disk raises:
    what can't be read is missing, what can't be written is not kept.
    """

    def __init__(self, folder: Path, limit: int, assets: Path, *, silent: bool = False):
        self.folder, self.limit, self.assets = folder, limit, assets
        self._newest = 0  # ns; files are used one after the other, whatever the clock says
        self._told = silent

    def has(self, kind: Kind, key: str) -> bool:
        return self._path(kind, key).is_file()

    def get(self, kind: Kind, key: str) -> bytes | None:
        """The bytes put under that name, or None. A file that was read and is not what was written is removed."""
        path = self._path(kind, key)
        try:
            body = _read(path, self.limit, os.O_NOFOLLOW)
        except OSError:
            return None  # it may be there, and good, but can't be opened now
        with contextlib.suppress(OSError):
            if body is None:
                path.unlink()
            else:
                self._touch(path)
        return body

    def put(self, kind: Kind, key: str, body: bytes) -> bool:
        """Keep the bytes; says whether they were kept. The least recently used files make room."""
        if len(body) + len(MAGIC) + DIGEST > self.limit:
            return False
        path = self._path(kind, key)
        try:
            self.folder.mkdir(0o700, parents=True, exist_ok=True)
            write(path, body)
            self._evict(path)
            self._touch(path)
        except OSError as error:
            self._tell(error)
        return path.is_file()

    def writable(self) -> bool:
        """Whether results are kept; or the host wants none to be."""
        try:
            self.folder.mkdir(0o700, parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(prefix="0" * 40 + ".run.", suffix=".tmp", dir=self.folder) as file:
                file.write(bytes(4096))
        except OSError:
            return not self.limit
        return True

    def baked(self, slug: str, params: Params) -> bytes | None:
        """The run shipped for these parameters, whatever machine or code computed it."""
        with contextlib.suppress(OSError):
            return _read(self.baked_path(slug, params))
        return None

    def baked_path(self, slug: str, params: Params) -> Path:
        return self.assets / "runs" / slug / f"{plain_key(slug, params)}.run"

    def sweep(self) -> None:
        """Remove what killed writers left. Those at work, here or in another server, hold a lock on theirs."""
        with contextlib.suppress(OSError):
            for entry in os.scandir(self.folder):
                if HALF.fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
                    _remove_if_dead(entry.path)

    def _path(self, kind: Kind, key: str) -> Path:
        return self.folder / f"{key}.{kind}"

    def _touch(self, path: Path) -> None:
        """It is the last one used, even where the clock was set back since the one before."""
        self._newest = max(time.time_ns(), self._newest + 1)
        os.utime(path, ns=(self._newest, self._newest))

    def _evict(self, kept: Path) -> None:
        files = []
        for entry in os.scandir(self.folder):
            if OURS.fullmatch(entry.name):
                with contextlib.suppress(OSError):  # another server was faster
                    told = entry.stat(follow_symlinks=False)
                    if stat.S_ISREG(told.st_mode):
                        files.append((told.st_mtime_ns, told.st_size, entry.path))
        excess = sum(size for _, size, _ in files) - self.limit
        self._newest = max(self._newest, *(age for age, _, path in files if path != str(kept)), 0)
        for _, size, path in sorted(files):
            if excess > 0 and path != str(kept):
                with contextlib.suppress(OSError):
                    os.unlink(path)
                    excess -= size

    def _tell(self, error: OSError) -> None:
        if not self._told:
            self._told = True
            log.warning("the store keeps nothing (%s): runs are computed, and computed again", errno.errorcode.get(error.errno or 0, "?"))


def write(path: Path, body: bytes) -> None:
    """Put a checked file in place in one step. Raises OSError, and leaves nothing then."""
    handle, temporary = tempfile.mkstemp(".tmp", f"{path.name}.", path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            with contextlib.suppress(OSError):  # a file system without locks
                fcntl.flock(file, fcntl.LOCK_EX)
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


def _read(path: Path, most: float = float("inf"), flags: int = 0) -> bytes | None:
    """The file's bytes; None where they are not what was written. Raises OSError where there is no such file, or none to be read."""
    with open(path, "rb", opener=lambda name, mode: os.open(name, mode | os.O_NONBLOCK | flags)) as file:  # a pipe would never end
        told = os.fstat(file.fileno())
        if not stat.S_ISREG(told.st_mode) or told.st_size > most:
            raise OSError(errno.EINVAL, "no file of ours")
        raw = file.read()
    head, body = raw[: len(MAGIC) + DIGEST], raw[len(MAGIC) + DIGEST :]
    return body if head == MAGIC + hashlib.sha256(body).digest() else None


def _remove_if_dead(path: str) -> None:
    with contextlib.suppress(OSError), open(path, "rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.unlink(path)

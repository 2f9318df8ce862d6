"""The store: whole files or none, whatever happens to the disk or to a writer."""

import gzip
import hashlib
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from playground.concept import load
from playground.runs.store import DIGEST, MAGIC, Store, pack, write

BODY = b"body " * 1000
K = "0123456789abcdef" * 2 + "01234567"  # a name as keys.py makes them


def make(folder: Path, limit: int = 10**9) -> Store:
    return Store(folder / "store", limit, folder / "assets")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return make(tmp_path)


def test_what_was_put_is_there_for_others_too(store: Store, tmp_path: Path) -> None:
    assert store.get("run", K) is None
    assert not store.has("run", K)
    assert store.put("run", K, BODY)
    other = make(tmp_path)
    assert other.has("run", K)
    assert other.get("run", K) == BODY
    assert other.get("state", K) is None


def test_runs_are_gzip_that_anyone_can_read() -> None:
    lines = [b'{"a":1}\n', b'{"b":2}\n']
    assert gzip.decompress(pack(lines)) == b"".join(lines)
    assert pack(lines) == pack(iter(lines))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda raw: b"",
        lambda raw: raw[: len(raw) // 2],
        lambda raw: raw[:-1],
        lambda raw: raw + b"x",
        lambda raw: raw[:3],
        lambda raw: raw[:500] + bytes([raw[500] ^ 1]) + raw[501:],
        lambda raw: bytes([raw[0] ^ 1]) + raw[1:],
        lambda raw: raw[:10] + bytes([raw[10] ^ 1]) + raw[11:],
        lambda raw: bytes(len(raw)),
    ],
)
def test_a_spoilt_file_is_missing_and_goes(store: Store, spoil: object) -> None:
    store.put("run", K, BODY)
    (path,) = store.folder.iterdir()
    path.write_bytes(spoil(path.read_bytes()))  # type: ignore[operator]
    assert store.get("run", K) is None
    assert not path.exists()
    assert store.put("run", K, BODY)
    assert store.get("run", K) == BODY


def test_the_least_recently_used_make_room(tmp_path: Path) -> None:
    size = len(MAGIC) + DIGEST + len(BODY)
    store = make(tmp_path, limit=3 * size)
    for age, name in enumerate("abc"):
        store.put("run", name * 40, BODY)
        os.utime(store.folder / f"{name * 40}.run", (1000 + age, 1000 + age))
    assert store.get("run", "a" * 40) == BODY  # used: now b is the oldest
    store.put("state", "d" * 40, BODY)
    assert {p.name[39:] for p in store.folder.iterdir()} == {"a.run", "c.run", "d.state"}


def test_what_is_larger_than_the_store_is_not_kept(tmp_path: Path) -> None:
    store = make(tmp_path, limit=len(BODY))
    store.put("run", "a" * 40, b"x")
    assert not store.put("run", K, BODY)
    assert store.get("run", "a" * 40) == b"x"


@contextmanager
def full_after(size: int) -> Iterator[None]:
    """No file may grow beyond `size`: writes fail halfway, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_keeps_nothing_and_breaks_nothing(store: Store) -> None:
    store.put("run", "b" * 40, b"x")
    with full_after(1000):
        assert not store.put("run", K, BODY)
    assert store.get("run", K) is None
    assert [p.name for p in store.folder.iterdir()] == ["b" * 40 + ".run"]


def test_a_folder_that_cannot_be_is_an_empty_store(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("a file is in the way")
    store = make(tmp_path)
    store.sweep()
    assert not store.put("run", K, BODY)
    assert store.get("run", K) is None
    assert not store.has("run", K)


WRITERS = """
import os, sys
from pathlib import Path
from playground.runs.store import Store
store = Store(Path(sys.argv[1]), 10**9, Path(sys.argv[1]))
for writer in range(4):
    if pid := os.fork():
        print(pid, flush=True)
        os.waitpid(pid, 0)
    while not pid:
        for n in range(256):
            store.put("run", str(n % 7) * 40, bytes([n]) * 2_000_000)
"""


def test_killed_writers_leave_no_spoilt_file(store: Store) -> None:
    with subprocess.Popen([sys.executable, "-c", WRITERS, str(store.folder)], stdout=subprocess.PIPE, text=True) as writers:
        assert writers.stdout
        for line, pause in zip(writers.stdout, (0.01, 0.03, 0.05, 0.07), strict=True):
            while not list(store.folder.glob("*.run")):
                time.sleep(0.001)
            time.sleep(pause)
            os.kill(int(line), signal.SIGKILL)
    raw = [path.read_bytes() for path in store.folder.glob("*.run")]
    assert raw
    for each in raw:
        head, body = each[: len(MAGIC)], each[len(MAGIC) + 32 :]
        assert (head, len(body), len(set(body))) == (MAGIC, 2_000_000, 1)
        assert each[len(MAGIC) : len(MAGIC) + 32] == hashlib.sha256(body).digest()


def test_orphans_are_swept_and_nothing_else(store: Store) -> None:
    store.put("run", K, BODY)
    (store.folder / f"{K}.run.abcdefgh.tmp").write_bytes(b"half")
    store.sweep()
    assert [p.name for p in store.folder.iterdir()] == [f"{K}.run"]


def test_baked_runs_are_read_and_never_removed(store: Store) -> None:
    params = load("toy").params()
    path = store.baked_path("toy", params)
    path.parent.mkdir(parents=True)
    assert store.baked("toy", params) is None
    write(path, BODY)
    assert store.baked("toy", params) == BODY
    assert store.baked("toy", load("toy").params(seed=8)) is None
    path.write_bytes(path.read_bytes()[:-1])
    assert store.baked("toy", params) is None
    assert path.exists()

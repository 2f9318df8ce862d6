"""The store: whole files or none, whatever happens to the disk or to a writer."""

import errno
import fcntl
import gzip
import hashlib
import os
import resource
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from playground.concept import load
from playground.runs.place import private
from playground.runs.store import DIGEST, MAGIC, Store, pack, write
from playground.settings import Settings

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


def test_what_others_keep_in_the_folder_stays(store: Store, tmp_path: Path) -> None:
    store = make(tmp_path, limit=2 * len(BODY))
    names = ["thesis.run", "notes.tmp", "photo.jpg", "tmpabcdefgh.tmp", f"{K}.run.bak", f"{K[:-1]}.run", f"{K}.RUN"]
    store.put("run", "a" * 40, BODY)
    for name in names:
        (store.folder / name).write_bytes(bytes(10 * len(BODY)))
        os.utime(store.folder / name, (1, 1))
    (store.folder / "subfolder").mkdir()
    (store.folder / ("c" * 40 + ".run")).mkdir()
    for name in "bdef":
        assert store.put("run", name * 40, BODY)
    store.sweep()
    found = {path.name for path in store.folder.iterdir()}
    assert found == {*names, "subfolder", "c" * 40 + ".run", "f" * 40 + ".run"}, "and room is made all the same"


@pytest.mark.parametrize("error", [errno.EMFILE, errno.EACCES, errno.EIO])
def test_what_cannot_be_opened_just_now_is_there_later(store: Store, monkeypatch: pytest.MonkeyPatch, error: int) -> None:
    store.put("run", K, BODY)

    def closed(*_: object) -> int:
        raise OSError(error, os.strerror(error))

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", closed)
        assert store.get("run", K) is None
    assert store.get("run", K) == BODY


def test_a_pipe_or_a_link_in_place_of_a_file_is_no_file(store: Store, tmp_path: Path) -> None:
    store.put("run", "a" * 40, BODY)
    os.mkfifo(store.folder / f"{K}.run")
    (tmp_path / "secret").write_bytes(b"not ours")
    (store.folder / f"{'b' * 40}.run").symlink_to(tmp_path / "secret")
    assert store.get("run", K) is None
    assert store.get("run", "b" * 40) is None
    assert store.put("run", "b" * 40, BODY)
    assert store.get("run", "b" * 40) == BODY
    assert (tmp_path / "secret").read_bytes() == b"not ours"


def test_two_servers_share_a_folder(tmp_path: Path) -> None:
    one, other = make(tmp_path, limit=3 * len(BODY)), make(tmp_path, limit=3 * len(BODY))
    for n in range(20):
        assert one.put("run", f"{n:040x}", BODY)
        assert other.get("run", f"{n:040x}") == BODY
        assert other.put("state", f"{n:040x}", BODY)
        other.sweep()
    assert len(list(one.folder.iterdir())) == 2
    handle, half = tempfile.mkstemp(".tmp", f"{K}.run.", one.folder)
    fcntl.flock(handle, fcntl.LOCK_EX)
    other.sweep()
    assert Path(half).exists(), "a writer at work keeps its file"
    os.close(handle)
    other.sweep()
    assert not Path(half).exists()


def test_a_clock_that_is_set_back_doesnt_make_the_new_old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = make(tmp_path, limit=3 * (len(BODY) + len(MAGIC) + DIGEST))
    for name in "abc":
        store.put("run", name * 40, BODY)
    monkeypatch.setattr(time, "time_ns", lambda: 10**9)  # 1970
    for name in "def":
        store.put("run", name * 40, BODY)
        assert store.get("run", name * 40) == BODY
    assert {p.name[39:] for p in store.folder.iterdir()} == {"d.run", "e.run", "f.run"}


def test_a_folder_that_cannot_be_written_is_told_once(
    store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    store.put("run", "a" * 40, BODY)
    assert store.writable()

    def read_only(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, "read-only")

    monkeypatch.setattr(tempfile, "mkstemp", read_only)
    monkeypatch.setattr(tempfile, "NamedTemporaryFile", read_only)
    for name in "bcd":
        assert not store.put("run", name * 40, BODY)
    assert [record.getMessage().count("EROFS") for record in caplog.records] == [1]
    assert store.get("run", "a" * 40) == BODY
    assert not store.writable()
    assert Store(store.folder, 0, store.assets).writable(), "nothing is to be kept"


def test_the_usual_place_is_ours_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.delenv("PLAYGROUND_STORE", raising=False)
    place = private(Settings()).store
    assert place == tmp_path / "aigc-playground"
    assert stat.S_IMODE(place.stat().st_mode) == 0o700
    place.chmod(0o777)  # as if someone else had made it for us
    other = private(Settings()).store
    assert other.name.startswith("aigc-playground-")
    assert stat.S_IMODE(other.stat().st_mode) == 0o700
    assert other != private(Settings()).store
    assert private(Settings(store=tmp_path / "told")).store == tmp_path / "told"

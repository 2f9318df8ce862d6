"""Workers that die, hang or outlive their server: real processes, killed for real."""

import asyncio
import dataclasses
import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import aclosing, contextmanager
from multiprocessing import forkserver
from pathlib import Path
from typing import Any

import anyio
import psutil
import pytest

from playground.concept import load
from playground.frame import encode
from playground.params import Flaw, Params, Refused
from playground.runs import local
from playground.runs.engine import RunFailed
from playground.runs.service import Live, Service
from playground.runs.store import Store
from playground.settings import Settings
from playground.words import LANGUAGES, sentence
from tests import lab
from tests.runs.test_service import steps, watch

pytestmark = pytest.mark.anyio
ROOT = Path(__file__).parents[2]


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Service]:
    async with started(tmp_path) as service:
        yield service


def started(folder: Path, **settings: Any) -> Service:
    chosen = Settings(store=folder / "store", linger_seconds=0.2, nearly_done_seconds=0, **settings)
    return Service(lab.Engine(chosen), Store(chosen.store, chosen.store_bytes, chosen.assets), chosen)


def toy(**fields: Any) -> Params:
    return load("toy").params(**fields)


def tickets(folder: Path, deaths: int) -> str:
    """A folder that lets a worker die that often."""
    (folder / "deaths").mkdir()
    for n in range(deaths):
        (folder / "deaths" / str(n)).touch()
    return str(folder / "deaths")


async def until(condition: Callable[[], bool], seconds: float = 60) -> None:
    with anyio.fail_after(seconds):
        while not condition():
            await asyncio.sleep(0.01)


def gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


async def test_a_worker_killed_on_the_way_leaves_no_gap(service: Service) -> None:
    params = toy(steps=12, pause=0.05)
    viewers = [asyncio.create_task(watch(service, params)) for _ in range(20)]
    run = await service.open("toy", params)
    assert isinstance(run, Live)
    await until(lambda: run.frames >= 3)
    os.kill(service.engine.workers[0], signal.SIGKILL)
    seen = await asyncio.gather(*viewers)
    assert set(seen) == {seen[0]}
    frames = seen[0].splitlines(keepends=True)[1:-1]
    assert frames == list(encode(load("toy").run(toy(steps=12))))
    assert b'"end"' in seen[0].splitlines()[-1]
    assert service.computations == 1


async def test_a_worker_that_dies_twice_is_one_sentence_and_the_next_run_works(service: Service, tmp_path: Path) -> None:
    params = toy(die_at=3, deaths=tickets(tmp_path, 2))
    seen = await watch(service, params)
    assert steps(seen) == [0, 1, 2]
    assert b'"worker_died"' in seen.splitlines()[-1]
    assert not service.stored("toy", params)
    assert steps(await watch(service, params)) == [0, 1, 2, 3, 4]
    assert steps(await watch(service, toy(seed=8))) == [0, 1, 2, 3, 4]


async def test_an_exception_is_one_sentence_and_one_try(service: Service, tmp_path: Path) -> None:
    params = toy(fail_at=2, die_at=0, deaths=tickets(tmp_path, 0))
    seen = await watch(service, params)
    assert steps(seen) == [0, 1]
    assert b'"run_failed"' in seen.splitlines()[-1]
    assert b"ZeroDivision" not in seen


async def test_a_training_state_is_kept_and_found(service: Service, tmp_path: Path) -> None:
    seen = await watch(service, toy(note="first"))
    (state,) = (tmp_path / "store").glob("*.state")
    again = await watch(service, toy(note="second", die_at=1, deaths=tickets(tmp_path, 9)))  # would die if it trained
    assert again.splitlines()[1:-1] == seen.splitlines()[1:-1]
    state.write_bytes(state.read_bytes()[:-1])
    retrained = await watch(service, toy(note="third"))
    assert retrained.splitlines()[1:-1] == seen.splitlines()[1:-1]


async def test_closing_the_stream_kills_the_worker(service: Service) -> None:
    stream = service.engine.stream("toy", toy(pause=10))
    async with aclosing(stream):
        await anext(stream)
        (pid,) = service.engine.workers
        assert not gone(pid)
    await until(lambda: gone(pid))


async def test_cancelling_while_the_worker_starts_leaves_none(service: Service) -> None:
    for _ in range(5):
        task = asyncio.ensure_future(anext(service.engine.stream("toy", toy(pause=10, steps=100))))
        await asyncio.sleep(0.005)
        task.cancel()
    await until(lambda: not service.engine._threads._work_queue.qsize() and not service.engine.workers)


async def test_the_last_viewer_frees_the_worker(service: Service) -> None:
    viewer = asyncio.create_task(watch(service, toy(pause=10)))
    await until(lambda: bool(service.engine.workers))
    (pid,) = service.engine.workers
    viewer.cancel()
    await until(lambda: gone(pid))


async def test_a_run_beyond_its_cpu_time_is_not_tried_again(tmp_path: Path) -> None:
    async with started(tmp_path, run_cpu_seconds=1) as service:
        with pytest.raises(RunFailed, match="run_too_long"):
            await service.result("toy", toy(steps=60_000))
        assert service.computations == 1


async def test_long_lines_come_whole(service: Service) -> None:
    *frames, ran = [line async for line in service.engine.stream("toy", toy(wide=500_000, steps=3))]
    assert [len(line) > 5_000_000 for line in frames] == [True] * 3
    assert frames == list(encode(load("toy").run(toy(wide=500_000, steps=3))))
    assert b'"step"' not in ran, "the last says what ran"


async def test_many_runs_at_once_all_end(service: Service) -> None:
    seen = await asyncio.gather(*(watch(service, toy(seed=seed, pause=0.01)) for seed in range(30)))
    assert [steps(each) for each in seen] == [[0, 1, 2, 3, 4]] * 30
    await until(lambda: not service.engine.workers)


async def test_the_forkserver_has_one_thread_and_a_worker_is_modest(service: Service) -> None:
    stream = service.engine.stream("toy", toy(pause=10))
    async with aclosing(stream):
        await anext(stream)
        parent = psutil.Process(forkserver._forkserver._forkserver_pid)
        worker = psutil.Process(service.engine.workers[0])
        assert parent.num_threads() == 1
        assert worker.ppid() == parent.pid
        assert worker.nice() == min(19, os.nice(0) + 10)
        assert worker.rlimit(psutil.RLIMIT_CORE) == (0, 0)
        assert worker.rlimit(psutil.RLIMIT_CPU)[0] == service.settings.run_cpu_seconds
        assert worker.rlimit(psutil.RLIMIT_DATA)[0] == service.settings.run_data_bytes


async def test_a_killed_forkserver_is_replaced(service: Service) -> None:
    params = toy(steps=6, pause=0.2)
    viewer = asyncio.create_task(watch(service, params))
    run = await service.open("toy", params)
    assert isinstance(run, Live)
    await until(lambda: run.frames >= 2)
    os.kill(forkserver._forkserver._forkserver_pid, signal.SIGKILL)
    assert steps(await viewer) == [0, 1, 2, 3, 4, 5]


async def test_a_forkserver_that_died_is_started_again_before_anyone_asks(service: Service) -> None:
    async with service.engine:
        await until(service.engine.ready, 150)
        dead = forkserver._forkserver._forkserver_pid
        os.kill(dead, signal.SIGKILL)
        await until(lambda: not service.engine.ready())
        await until(service.engine.ready, 150)
        assert forkserver._forkserver._forkserver_pid != dead


async def test_heavy_modules_have_a_forkserver_of_their_own(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its workers are forked where the modules are; it is replaced like the first one, and all others keep theirs."""
    heavy = dataclasses.replace(load("toy"), preload=("colorsys",))
    monkeypatch.setattr(local, "load", lambda slug: heavy)
    params = toy(steps=6, pause=0.2)
    viewer = asyncio.create_task(watch(service, params))
    run = await service.open("toy", params)
    assert isinstance(run, Live)
    await until(lambda: run.frames >= 2, 150)  # another forkserver loads torch meanwhile
    parent = psutil.Process(psutil.Process(service.engine.workers[0]).ppid())
    assert "colorsys" in parent.cmdline()[-1]
    assert parent.num_threads() == 1
    assert parent.pid != forkserver._forkserver._forkserver_pid
    parent.kill()
    assert steps(await viewer) == [0, 1, 2, 3, 4, 5]
    monkeypatch.undo()
    stream = service.engine.stream("toy", toy(pause=10, seed=9))
    async with aclosing(stream):
        await anext(stream)
        assert psutil.Process(service.engine.workers[0]).ppid() == forkserver._forkserver._forkserver_pid


SECRET = "what I typed, 只有我知道"


def spilling(slug: str, canonical: str, folder: str) -> Iterator[bytes]:
    yield b"{}\n"
    raise ValueError(f"can't read {canonical}\nERROR a forged line")


async def test_no_log_has_what_someone_typed(service: Service, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture) -> None:
    """On 762dd55 the worker logged every parameter and the error's message."""
    service.engine._compute = spilling
    *_, last = (await watch(service, toy(note=SECRET))).splitlines()
    assert json.loads(last)["error"]["code"] == "run_failed"
    logged = caplog.text + "".join(capfd.readouterr())
    assert "ValueError < test_workers.py" in logged, "what went wrong, and where"
    assert SECRET not in logged
    assert "forged" not in logged
    assert json.dumps(SECRET)[1:-1] not in logged


async def test_missing_assets_have_their_own_sentence(service: Service, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    service.engine._compute = needy
    *_, last = (await watch(service, toy())).splitlines()
    assert json.loads(last)["error"]["code"] == "assets_missing"


def needy(slug: str, canonical: str, folder: str) -> Iterator[bytes]:
    """The real computation, of a concept that reads a file which is not there."""
    from playground.runs import engine

    engine.load = lambda slug: dataclasses.replace(load(slug), reads=lambda params: ("data/nothing.npz",))
    return engine.compute(slug, canonical, folder)


def refusing(slug: str, canonical: str, folder: str) -> Iterator[bytes]:
    yield b"{}\n"
    raise Refused(Flaw("note", "hub_unreachable"))


async def test_what_a_run_finds_out_has_its_own_sentence(service: Service) -> None:
    service.engine._compute = refusing
    *_, last = (await watch(service, toy())).splitlines()
    assert json.loads(last)["error"] == {"code": "hub_unreachable"} | {
        lang: sentence(lang, Flaw("", "hub_unreachable")) for lang in LANGUAGES
    }


@contextmanager
def program(folder: Path) -> Iterator[tuple[psutil.Popen, str]]:
    """The site as a program, with an endless run in its worker."""
    command = [sys.executable, "-m", "tests.lab.serve", str(folder)]
    process = psutil.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        url = process.stdout.readline().split()[-1]
        yield process, url
    finally:
        for each in [*process.children(recursive=True), process] if process.is_running() else []:
            each.kill()
        process.wait()


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM])
async def test_nothing_outlives_the_server(tmp_path: Path, end: signal.Signals) -> None:
    with program(tmp_path / "store") as (process, url):
        kept = urllib.request.urlopen(f"{url}/runs/toy?seed=1").read()
        while not list((tmp_path / "store").glob("*.run")):
            await asyncio.sleep(0.01)
        with urllib.request.urlopen(f"{url}/runs/toy?steps=1000&pause=10") as answer:
            assert b'"concept"' in answer.readline()
            assert b'"step"' in answer.readline()
            family = process.children(recursive=True)
            assert len(family) >= 2  # the forkserver and the worker
            process.send_signal(end)
            psutil.wait_procs([process, *family], timeout=5)  # Docker kills after 10 seconds
            assert [each.pid for each in family if not gone(each.pid)] == []
    (tmp_path / "store" / f"{'0' * 40}.run.abcdefgh.tmp").write_bytes(b"half a file")
    async with started(tmp_path) as service:
        assert await watch(service, toy(seed=1)) == kept
        assert service.computations == 0
        assert not list((tmp_path / "store").glob("*.tmp"))

"""Single flight: one computation however many watch, no gap when a worker dies, nothing left when nobody watches."""

import asyncio
import gzip
import json
import secrets
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from pathlib import Path
from typing import Any

import anyio
import pytest

from playground.concept import load
from playground.params import Params
from playground.runs.engine import RunFailed
from playground.runs.service import Busy, Live, Service, Stored
from playground.runs.store import Store
from playground.settings import Settings

pytestmark = pytest.mark.anyio
Script = Callable[["Scripted", int, Params], AsyncIterator[bytes]]


class Scripted:
    """An engine that follows a script: which computation it is decides what happens. `gate` holds runs back until it is set."""

    def __init__(self, script: Script):
        self.script, self.streams, self.closed, self.gate = script, 0, 0, asyncio.Event()

    async def stream(self, slug: str, params: Params) -> AsyncGenerator[bytes, None]:
        self.streams += 1
        try:
            async for line in self.script(self, self.streams, params):
                yield line
        finally:
            self.closed += 1


def frame(step: int) -> bytes:
    return json.dumps({"step": step, "phase": "", "metrics": {"half": step / 2}, "texts": {}, "arrays": {}}).encode() + b"\n"


async def steady(engine: Scripted, stream: int, params: Any) -> AsyncIterator[bytes]:
    """A frame, then the gate, then the rest."""
    for step in range(params.steps):
        yield frame(step)
        await engine.gate.wait()


async def failing(engine: Scripted, stream: int, params: Any) -> AsyncIterator[bytes]:
    yield frame(0)
    raise RunFailed("run_failed")


def dying(*deaths: int) -> Script:
    """The n-th computation's worker dies after deaths[n] frames."""

    async def script(engine: Scripted, stream: int, params: Any) -> AsyncIterator[bytes]:
        for step in range(params.steps):
            if stream <= len(deaths) and step == deaths[stream - 1]:
                raise RunFailed("worker_died", again=True)
            yield frame(step)
            await asyncio.sleep(0)

    return script


def service(folder: Path, script: Script = steady, **settings: Any) -> Service:
    chosen = Settings(store=folder / "store", assets=folder / "assets", **({"linger_seconds": 0.05} | settings))
    return Service(Scripted(script), Store(chosen.store, chosen.store_bytes, chosen.assets), chosen)


def toy(**fields: Any) -> Params:
    return load("toy").params(**fields)


async def watch(service: Service, params: Params, tab: str = "") -> bytes:
    """Everything a viewer of the run sees, each on a page of its own unless told."""
    found = await service.open("toy", params, tab or secrets.token_hex(8))
    if isinstance(found, Stored):
        return gzip.decompress(found.body)
    async with aclosing(service.follow(found)) as chunks:
        return b"".join([chunk async for chunk in chunks])


def steps(seen: bytes) -> list[int]:
    return [line["step"] for line in map(json.loads, seen.splitlines()) if "step" in line]


async def until(condition: Callable[[], bool]) -> None:
    with anyio.fail_after(20):
        while not condition():
            await asyncio.sleep(0.005)


async def test_three_hundred_viewers_cost_one_computation(tmp_path: Path) -> None:
    async with service(tmp_path) as s:
        viewers = [asyncio.create_task(watch(s, toy())) for _ in range(300)]
        await until(lambda: s.engine.streams == 1)
        s.engine.gate.set()
        seen = await asyncio.gather(*viewers)
        late = await watch(s, toy())
        assert s.computations == s.engine.streams == 1
    assert {late, *seen} == {seen[0]}
    head, *_, last = map(json.loads, seen[0].splitlines())
    assert steps(seen[0]) == [0, 1, 2, 3, 4]
    assert (head["concept"], head["params"], head["frames"]) == ("toy", toy().model_dump(), 5)
    assert (last["end"], last["frames"]) == (True, 5)


async def test_who_joins_late_sees_the_same_bytes(tmp_path: Path) -> None:
    async with service(tmp_path) as s:
        early = asyncio.create_task(watch(s, toy()))
        run = await s.open("toy", toy())
        assert isinstance(run, Live)
        await until(lambda: run.frames == 1)
        late = asyncio.create_task(watch(s, toy()))
        await until(lambda: run.viewers == 2)
        s.engine.gate.set()
        assert await early == await late


async def test_a_finished_run_is_kept_for_the_next_server(tmp_path: Path) -> None:
    async with service(tmp_path) as s:
        s.engine.gate.set()
        seen = await watch(s, toy())
    async with service(tmp_path) as s:
        assert await watch(s, toy()) == seen
        assert s.computations == 0
        assert s.stored("toy", toy())
        assert not s.stored("toy", toy(seed=8))


async def test_a_spoilt_file_is_computed_again(tmp_path: Path) -> None:
    async with service(tmp_path) as s:
        s.engine.gate.set()
        seen = await watch(s, toy())
    (path,) = (tmp_path / "store").glob("*.run")
    path.write_bytes(path.read_bytes()[:-7])
    async with service(tmp_path) as s:
        s.engine.gate.set()
        assert steps(await watch(s, toy())) == steps(seen)
        assert s.computations == 1


def planted(*lines: bytes) -> bytes:
    from playground.runs.store import pack

    return pack(lines)


END = b'{"end":true,"frames":1,"seconds":0}\n'
HEAD = b'{"concept":"toy","params":%s,"key":"k","frames":1,"v":"x"}\n'
OTHERS = HEAD % json.dumps({"seed": 99}).encode()


@pytest.mark.parametrize("kind", ["kept", "baked"])
@pytest.mark.parametrize(
    "body",
    [
        b"not gzip at all",
        gzip.compress(b""),
        gzip.compress(b"\xff\xfe no lines"),
        planted(b"[]\n", END),
        planted(OTHERS, frame(0), END),  # of other parameters
        planted((HEAD % b"{}").replace(b"toy", b"gan"), frame(0), END),  # of another concept
        planted(HEAD % b"{}", frame(0)),  # without an end
        planted(HEAD % b"{}", frame(0), END)[:-9],
    ],
    ids=["plain", "empty", "no lines", "no head", "parameters", "concept", "endless", "cut"],  # gzip holds the time
)
async def test_a_good_digest_of_something_else_is_computed_again(tmp_path: Path, body: bytes, kind: str) -> None:
    """On 762dd55 this was an error for ever: the digest was right, and nobody looked further."""
    from playground.runs.keys import key
    from playground.runs.store import write

    async with service(tmp_path) as s:
        path = s.store.baked_path("toy", toy()) if kind == "baked" else s.store.folder / f"{key(load('toy'), toy())}.run"
        path.parent.mkdir(parents=True, exist_ok=True)
        write(path, body)
        s.engine.gate.set()
        assert steps(await watch(s, toy())) == [0, 1, 2, 3, 4]
        assert s.computations == 1


async def test_a_flipped_baked_run_is_computed_and_stays(tmp_path: Path) -> None:
    from playground.runs.store import write

    async with service(tmp_path) as s:
        path = s.store.baked_path("toy", toy())
        path.parent.mkdir(parents=True, exist_ok=True)
        write(path, planted(HEAD % b"{}", frame(0), END))
        raw = path.read_bytes()
        path.write_bytes(raw[:60] + bytes([raw[60] ^ 4]) + raw[61:])
        s.engine.gate.set()
        assert steps(await watch(s, toy())) == [0, 1, 2, 3, 4]
        assert path.exists()


async def test_without_a_disk_runs_are_served(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("a file is in the way")
    async with service(tmp_path) as s:
        s.engine.gate.set()
        assert steps(await watch(s, toy())) == [0, 1, 2, 3, 4]
        assert steps(await watch(s, toy(seed=8))) == [0, 1, 2, 3, 4]


async def test_different_parameters_are_different_runs(tmp_path: Path) -> None:
    async with service(tmp_path) as s:
        s.engine.gate.set()
        await asyncio.gather(*(watch(s, toy(seed=seed % 3)) for seed in range(9)))
        assert s.computations == 3


async def test_a_baked_run_is_answered_without_computing(tmp_path: Path) -> None:
    from playground.runs.store import pack, write

    async with service(tmp_path) as s:
        path = s.store.baked_path("toy", toy())
        path.parent.mkdir(parents=True)
        header = b'{"concept":"toy","params":{},"key":"of another machine","frames":1,"v":"old"}\n'
        write(path, pack([header, frame(0), b'{"end":true}\n']))
        assert s.stored("toy", toy())
        assert await watch(s, toy()) == header + frame(0) + b'{"end":true}\n'
        assert s.computations == 0


@pytest.mark.parametrize("after", [0, 1, 3, 4])
async def test_a_dead_worker_leaves_no_gap(tmp_path: Path, after: int) -> None:
    async with service(tmp_path, dying(after)) as s:
        seen = await asyncio.gather(*(watch(s, toy()) for _ in range(10)))
        assert [steps(each) for each in seen] == [[0, 1, 2, 3, 4]] * 10
        assert b'"end"' in seen[0]
        assert (s.computations, s.engine.streams) == (1, 2)


async def test_two_deaths_are_one_sentence_and_nothing_is_kept(tmp_path: Path) -> None:
    async with service(tmp_path, dying(3, 1)) as s:
        seen = await asyncio.gather(*(watch(s, toy()) for _ in range(10)))
        assert set(seen) == {seen[0]}
        assert steps(seen[0]) == [0, 1, 2]
        error = json.loads(seen[0].splitlines()[-1])["error"]
        assert error["code"] == "worker_died"
        assert "Press Run" in error["en"]
        assert "运行" in error["zh"]
        assert not s.stored("toy", toy())
        assert steps(await watch(s, toy())) == [0, 1, 2, 3, 4]
        await until(lambda: s.stored("toy", toy()))


async def test_an_error_of_the_concept_is_not_tried_again(tmp_path: Path) -> None:
    async with service(tmp_path, failing) as s:
        seen = await watch(s, toy())
        assert json.loads(seen.splitlines()[-1])["error"]["code"] == "run_failed"
        assert (s.computations, s.engine.streams) == (1, 1)
        with pytest.raises(RunFailed):
            await s.result("toy", toy())


async def test_the_last_viewer_ends_the_run(tmp_path: Path) -> None:
    async with service(tmp_path, nearly_done_seconds=0) as s:
        viewers = [asyncio.create_task(watch(s, toy())) for _ in range(3)]
        await until(lambda: s.engine.streams == 1)
        viewers[0].cancel()
        viewers[1].cancel()
        await asyncio.sleep(3 * s.settings.linger_seconds)
        assert s.engine.closed == 0
        viewers[2].cancel()
        await until(lambda: s.engine.closed == 1)
        assert not s.stored("toy", toy())
        s.engine.gate.set()
        assert steps(await watch(s, toy())) == [0, 1, 2, 3, 4]
        assert s.computations == 2


async def test_a_run_that_nobody_comes_to_watch_ends_too(tmp_path: Path) -> None:
    async with service(tmp_path, nearly_done_seconds=0) as s:
        await s.open("toy", toy())
        await until(lambda: s.engine.closed == 1)


async def test_a_viewer_who_comes_back_in_time_finds_the_run(tmp_path: Path) -> None:
    async with service(tmp_path, linger_seconds=0.3, nearly_done_seconds=0) as s:
        first = asyncio.create_task(watch(s, toy()))
        await until(lambda: s.engine.streams == 1)
        first.cancel()
        again = asyncio.create_task(watch(s, toy()))
        await asyncio.sleep(0.6)
        s.engine.gate.set()
        assert steps(await again) == [0, 1, 2, 3, 4]
        assert s.computations == 1


async def test_a_run_that_is_nearly_done_is_finished(tmp_path: Path) -> None:
    async with service(tmp_path, nearly_done_seconds=1e6) as s:
        viewer = asyncio.create_task(watch(s, toy()))
        await until(lambda: s.engine.streams == 1)
        await asyncio.sleep(0)
        viewer.cancel()
        await asyncio.sleep(3 * s.settings.linger_seconds)
        assert s.engine.closed == 0
        s.engine.gate.set()
        await until(lambda: s.stored("toy", toy()))


async def test_runs_beyond_the_places_wait_and_are_told_where(tmp_path: Path) -> None:
    async with service(tmp_path, runs_per_core=1) as s:
        places = s.settings.places
        tasks = [asyncio.create_task(watch(s, toy(seed=seed))) for seed in range(places + 2)]
        await until(lambda: s.computations == places + 2)
        await until(lambda: s.engine.streams == places)
        s.engine.gate.set()
        seen = await asyncio.gather(*tasks)
        assert [steps(each) for each in seen] == [[0, 1, 2, 3, 4]] * (places + 2)
        queued = [[line["queued"] for line in map(json.loads, each.splitlines()) if "queued" in line] for each in seen]
        assert queued[:places] == [[]] * places
        assert queued[places] == [1]
        assert queued[places + 1] in ([2], [2, 1])
        assert b"queued" not in await watch(s, toy(seed=places + 1))


async def test_who_leaves_the_queue_makes_room(tmp_path: Path) -> None:
    async with service(tmp_path, runs_per_core=1, nearly_done_seconds=0) as s:
        tasks = [asyncio.create_task(watch(s, toy(seed=seed))) for seed in range(s.settings.places + 2)]
        await until(lambda: s.computations == len(tasks))
        second = await s.open("toy", toy(seed=s.settings.places + 1))
        assert isinstance(second, Live)
        assert second.place == 2
        tasks[-2].cancel()
        await until(lambda: second.place == 1)
        s.engine.gate.set()
        assert steps(await tasks[-1]) == [0, 1, 2, 3, 4]
        assert s.engine.streams == s.settings.places + 1


async def test_too_many_waiting_runs_are_turned_away_and_stored_ones_are_not(tmp_path: Path) -> None:
    async with service(tmp_path, runs_per_core=1, waiting=1) as s:
        s.engine.gate.set()
        await watch(s, toy(seed=99))
        await until(lambda: not s._live)
        s.engine.gate.clear()
        for seed in range(s.settings.places + 1):
            await s.open("toy", toy(seed=seed), f"page{seed}")
        with pytest.raises(Busy):
            await s.open("toy", toy(seed=50), "page50")
        assert isinstance(await s.open("toy", toy(seed=99)), Stored)
        assert isinstance(await s.open("toy", toy(seed=0)), Live)


async def test_a_slow_viewer_holds_nobody_up(tmp_path: Path) -> None:
    async with service(tmp_path) as s:
        run = await s.open("toy", toy())
        assert isinstance(run, Live)
        async with aclosing(s.follow(run)) as slow:
            head = await anext(slow)
            s.engine.gate.set()
            fast = await watch(s, toy())
            rest = [chunk async for chunk in slow]
        assert head + b"".join(rest) == fast


async def test_memory_holds_a_bounded_number_of_runs(tmp_path: Path) -> None:
    async with service(tmp_path, memory_bytes=1000) as s:
        s.engine.gate.set()
        for seed in range(10):
            await watch(s, toy(seed=seed))
        await until(lambda: not s._live)
        assert 0 < sum(len(each.body) for each in s._bodies.values()) <= 1000
        assert steps(await watch(s, toy(seed=0))) == [0, 1, 2, 3, 4]
        assert s.computations == 10


async def test_the_result_is_the_last_frames_metrics(tmp_path: Path) -> None:
    async with service(tmp_path) as s:
        s.engine.gate.set()
        fresh = await s.result("toy", toy(seed=3))
        await until(lambda: s.stored("toy", toy(seed=3)) and not s._live)
        assert fresh == await s.result("toy", toy(seed=3))
        assert fresh["metrics"] == {"half": 2.0}
        assert (fresh["frames"], fresh["url"]) == (5, "/runs/toy?seed=3")


async def test_stopping_tells_the_viewers(tmp_path: Path) -> None:
    async with service(tmp_path) as s:
        viewer = asyncio.create_task(watch(s, toy()))
        await until(lambda: s.engine.streams == 1)
    assert json.loads((await viewer).splitlines()[-1])["error"]["code"] == "stopping"
    assert s.engine.closed == 1


async def test_a_concept_that_is_none(tmp_path: Path) -> None:
    async with service(tmp_path) as s:
        with pytest.raises(KeyError):
            await s.open("nothing", toy())

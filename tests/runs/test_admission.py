"""Who computes, and when: whoever asks for much waits behind himself, and the newest sees something soon."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from playground.runs import admission, memory
from playground.runs.admission import SHARED, Admission, Asker, Busy
from playground.runs.live import Live
from tests.runs.test_service import Scripted, frame, service, steps, toy, until, watch

pytestmark = pytest.mark.anyio


class Crowd:
    """An admission, and what began in it."""

    def __init__(self, places: int, **rest: Any):
        self.admission = Admission(places, **rest)
        self.began: list[Asker] = []
        self.rested: list[Asker] = []

    def ask(self, tab: str = SHARED, megabytes: float = 0.0) -> Asker:
        new = Asker(begin=lambda: self.began.append(new), rest=lambda: self.rested.append(new), tab=tab, megabytes=megabytes)
        self.admission.ask(new)
        return new


async def test_a_tab_has_four_unfinished_runs_at_most() -> None:
    crowd = Crowd(100)
    first, *_ = [crowd.ask("page") for _ in range(4)]
    with pytest.raises(Busy) as busy:
        crowd.ask("page")
    assert (busy.value.flaw.code, busy.value.flaw.context) == ("tab_full", {"limit": 4})
    crowd.ask("other")
    crowd.admission.leave(first)
    crowd.ask("page")


async def test_those_without_a_tab_share_a_quarter_of_the_places_and_of_the_queue() -> None:
    crowd = Crowd(32, waiting=20)
    for _ in range(8 + 5):
        crowd.ask()
    assert len(crowd.began) == 8
    with pytest.raises(Busy):
        crowd.ask()
    assert crowd.ask("page") in crowd.began
    crowd.admission.leave(crowd.began[0])
    assert len(crowd.began) == 10, "the shared tab's next"


async def test_tabs_are_taken_in_turn() -> None:
    crowd = Crowd(1)
    crowd.ask("greedy")
    waiting = [crowd.ask("greedy"), crowd.ask("greedy"), crowd.ask("a"), crowd.ask("b"), crowd.ask("a")]
    assert [each.place for each in waiting] == [4, 5, 1, 2, 3]
    for _ in range(6):
        crowd.admission.leave(crowd.began[-1])
    assert [each.tab for each in crowd.began] == ["greedy", "a", "b", "greedy", "a", "greedy"]


async def test_memory_bounds_the_places_and_the_large_are_not_passed_for_ever() -> None:
    crowd = Crowd(10, megabytes=1000)
    first = crowd.ask("a", 600)
    large, small = crowd.ask("b", 700), crowd.ask("c", 100)
    assert crowd.began == [first]
    crowd.admission.leave(first)
    assert crowd.began == [first, large, small]
    assert Crowd(10, megabytes=1).ask("a", 600).place == 0, "what is alone may always begin"


async def test_a_full_queue_says_when_to_come_back() -> None:
    crowd = Crowd(1, waiting=2)
    for n in range(3):
        crowd.ask(f"page{n}")
    with pytest.raises(Busy) as busy:
        crowd.ask("late")
    assert (busy.value.flaw.code, busy.value.after) == ("too_busy", 10)
    assert len(crowd.admission.waiting) == 2


async def test_under_many_names_the_newest_still_has_a_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundred invented tabs hold every place and a queue; whoever comes then doesn't wait for them."""
    monkeypatch.setattr(admission, "LOOK_SECONDS", 0.05)
    crowd = Crowd(8, looks=1)
    for n in range(100):
        crowd.ask(f"invented{n}")
    assert len(crowd.began) == 8
    page = crowd.ask("page")
    await until(lambda: page in crowd.began)
    assert crowd.began.index(page) == 8, "before every other that waited"
    await until(lambda: page in crowd.rested)
    assert page.place > 0
    assert crowd.admission.waiting.count(page) == 1, "and it keeps its place in the queue"


async def test_a_look_that_nobody_else_wants_goes_on() -> None:
    crowd = Crowd(8, looks=1)
    for n in range(8):
        crowd.ask(f"page{n}")
    last = crowd.began[-1]
    crowd.admission.leave(crowd.began[0])
    assert crowd.began.count(last) == 1
    assert crowd.rested == []
    assert crowd.admission.waiting == []


async def test_a_run_that_looked_goes_on_where_it_stood(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admission, "LOOK_SECONDS", 0.05)

    async def script(engine: Scripted, stream: int, params: Any) -> Any:
        for step in range(params.steps):
            yield frame(step)
            await engine.gate.wait()

    async with service(tmp_path, script) as s:
        s.admission = Admission(2, looks=1)
        viewers = [asyncio.create_task(watch(s, toy(seed=seed))) for seed in range(4)]
        await until(lambda: s.engine.streams == 4 and sum(run.frames for run in s._live.values()) == 4)
        s.engine.gate.set()
        seen = await asyncio.gather(*viewers)
        assert [steps(each) for each in seen] == [[0, 1, 2, 3, 4]] * 4
        assert s.computations == 4
        await until(lambda: not s.admission.begun)


async def test_who_joins_what_others_wait_for_brings_it_forward(tmp_path: Path) -> None:
    async with service(tmp_path, runs_per_core=1) as s:
        runs = [await s.open("toy", toy(seed=seed)) for seed in range(12)]
        run = runs[-1]
        assert isinstance(run, Live)
        assert run.place > 5
        assert await s.open("toy", toy(seed=11), "page-of-a-student") is run
        assert run.place == 0 or s.admission.order()[0] is run
        assert s.computations == 12


async def test_a_page_that_asks_for_another_run_gives_up_one_it_has_left(tmp_path: Path) -> None:
    async with service(tmp_path, linger_seconds=60, nearly_done_seconds=0) as s:
        viewers = [asyncio.create_task(watch(s, toy(seed=seed), "one-page")) for seed in range(4)]
        await until(lambda: s.engine.streams == 4)
        with pytest.raises(Busy):
            await s.open("toy", toy(seed=9), "one-page")
        viewers[0].cancel()
        await until(lambda: not next(iter(s._live.values())).viewers)
        assert isinstance(await s.open("toy", toy(seed=9), "one-page"), Live)


async def test_no_place_is_lost_to_a_run_that_ends_before_it_began(tmp_path: Path) -> None:
    async with service(tmp_path) as s:
        for seed in range(3):
            run = await s.open("toy", toy(seed=seed))
            assert isinstance(run, Live)
            s._cancel(run, "stopping")
        await until(lambda: not s.admission.begun)


async def test_files_are_made_two_at_a_time() -> None:
    files, at_once, most = Admission(2, waiting=40), 0, 0

    async def make(tab: str) -> None:
        nonlocal at_once, most
        async with files.turn(tab):
            at_once += 1
            most = max(most, at_once)
            await asyncio.sleep(0.001)
            at_once -= 1

    await asyncio.gather(*(make(f"page{n}") for n in range(20)))
    assert most == 2
    assert not files.begun


async def test_few_start_at_a_time() -> None:
    """The next begins when one has shown something, or is slow."""
    crowd = Crowd(8, starts=2)
    shown: set[Asker] = set()
    new: list[Asker] = []
    for n in range(5):
        each = Asker(begin=lambda n=n: crowd.began.append(new[n]), tab=f"page{n}")
        each.shown = lambda each=each: each in shown  # type: ignore[method-assign]
        new.append(each)
        crowd.admission.ask(each)
    assert crowd.began == new[:2]
    shown.add(new[0])
    crowd.admission.seen()
    assert crowd.began == new[:3]
    new[1].since -= admission.START_SECONDS
    crowd.admission.seen()
    assert crowd.began == new[:4]


def test_a_containers_memory_counts(tmp_path: Path) -> None:
    limit = tmp_path / "memory.max"
    limit.write_text("512000000\n")
    assert memory.there((str(limit),)) == 512
    limit.write_text("max\n")
    assert memory.there((str(limit),)) > 512

"""Who computes, and when: places by cores and memory, a few unfinished runs a tab, and tabs in turn where runs wait."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from math import inf

from playground.params import Flaw

SHARED = ""  # the tab of all who name none: programs, and whoever calls the API
QUARTER = 4  # what the shared tab gets of the places, and of the queue
LOOKS = 8  # one place of so many is for looks
STARTS = 16  # for so many places one run may be on its way to its first frame, and one that looks
START_SECONDS = 2.0  # after which it is a slow one, and the next may start
LOOK_SECONDS = 0.6  # and until there was something to see, but no longer than MOST
MOST_SECONDS = 6.0


class Busy(Exception):
    """No more now. `flaw` says why, `after` is in how many seconds another try makes sense."""

    def __init__(self, flaw: Flaw, after: int):
        super().__init__(flaw.code)
        self.flaw, self.after = flaw, after


@dataclass(eq=False, kw_only=True)
class Asker:
    """What wants to begin: `begin` is called once it may. `rest` takes that back after a look, and `begin` is called again later."""

    begin: Callable[[], None]
    rest: Callable[[], None] = lambda: None
    tab: str = SHARED
    megabytes: float = 0.0
    place: int = 0  # in the queue; 0 while it may compute
    done: bool = False  # it counts for its tab no more, while its process may still be ending
    since: float = 0.0  # when it began
    looked: bool = False

    def tell(self) -> None:
        """Its place has changed."""

    def shown(self) -> bool:
        """Whether there was something to see."""
        return True


class Admission:
    """Nobody waits while there is a place. Where all are taken, a tab's n-th run waits for every other tab's (n-1)-th.

    So whoever asks for much waits behind himself. Requests without a tab share one, which gets a quarter of everything. Names can be
    invented, so that those who come first, under many, could hold all places for minutes: of those who wait, the newest has a look
    meanwhile, for as long as it takes to see the first frames. Who looks has a place in the queue too; each run looks once. And few start
    at a time, since of many that do none would have its first frame soon.
    """

    def __init__(self, places: int, *, megabytes: float = inf, a_tab: int = 4, waiting: int = 200, looks: int = 0, starts: float = inf):
        self.places, self.megabytes, self.a_tab, self.limit, self.looks = places - looks, megabytes, a_tab, waiting, looks
        self.starts = starts
        self.begun: list[Asker] = []
        self.waiting: list[Asker] = []  # as they came
        self.looking: list[Asker] = []  # some of those who wait
        self._timer: asyncio.TimerHandle | None = None
        self._turns: dict[str, int] = {}  # when the tabs here had their last, counted

    def held(self, tab: str) -> int:
        """What this tab has begun or waits for."""
        return sum(each.tab == tab and not each.done for each in (*self.begun, *self.waiting))

    def full(self, tab: str) -> bool:
        """Whether the tab has as many as it may. The shared one is bounded by its part of the queue."""
        return tab != SHARED and self.held(tab) >= self.a_tab

    def ask(self, new: Asker) -> None:
        """Let it begin, or wait its turn. Raises Busy."""
        if self.full(new.tab):
            raise Busy(Flaw("", "tab_full", {"limit": self.a_tab}), 2)
        self.waiting.append(new)
        self._fill()
        if new in self.waiting and (self._over(None, self.places, self.limit) or self._over(SHARED, self._quarter, self.limit // QUARTER)):
            self.leave(new)
            raise Busy(Flaw("", "too_busy"), 10)

    def _over(self, tab: str | None, places: int, limit: int) -> bool:
        """Whether more wait, of that tab or of all, than may, and than have a place to start in."""
        begun, waiting = (sum(tab in (None, each.tab) for each in those) for those in (self.begun, self.waiting))
        return waiting > limit + max(0, places - begun)

    @property
    def _quarter(self) -> int:
        return max(1, self.places // QUARTER)

    def join(self, each: Asker, tab: str) -> None:
        """Another tab wants what waits already: it becomes that tab's, where its turn comes sooner so."""
        sooner = self.held(tab) + 1 < self.held(each.tab) or each.tab == SHARED != tab
        if each in self.waiting and sooner and not self.full(tab):
            each.tab = tab
            self._fill()

    def seen(self) -> None:
        """One of them has shown its first frame: the next may start."""
        self._fill()

    def leave(self, each: Asker) -> None:
        """It has ended, or doesn't want to begin any more."""
        for those in (self.begun, self.waiting, self.looking):
            if each in those:
                those.remove(each)
        if not self.held(each.tab):
            self._turns.pop(each.tab, None)
        self._fill()

    @asynccontextmanager
    async def turn(self, tab: str) -> AsyncIterator[None]:
        """Something short that is done where it is asked for. Raises Busy."""
        begun = asyncio.Event()
        self.ask(asker := Asker(begin=begun.set, tab=tab))
        try:
            await begun.wait()
            yield
        finally:
            self.leave(asker)

    def close(self) -> None:
        """Nothing begins any more."""
        self.places = self.looks = self.limit = 0

    def order(self) -> list[Asker]:
        """All that wait, as they will begin: first those of tabs that have nothing; among these, whose last turn is longest ago."""
        held = Counter(each.tab for each in self.begun)
        turns: list[tuple[int, int, Asker]] = []
        for each in self.waiting:
            turns.append((held[each.tab], self._turns.get(each.tab, 0), each))
            held[each.tab] += 1
        return [each for *_, each in sorted(turns, key=lambda turn: turn[:2])]

    def _fill(self) -> None:
        while (each := self._next()) is not None:
            self.waiting.remove(each)
            self.begun.append(each)
            self._turns[each.tab] = max(self._turns.values(), default=0) + 1
            if each in self.looking:
                self.looking.remove(each)
            else:
                self._begin(each)
        self._look()
        for place, each in enumerate(self.order(), 1):
            if each not in self.looking and each.place != place:
                each.place = place
                each.tell()

    def _begin(self, each: Asker) -> None:
        each.place, each.since = 0, _now()
        each.begin()

    def _next(self) -> Asker | None:
        """Whose turn it is, if there is room. Who needs much memory is not overtaken for ever by those who need little."""
        if len(self.begun) >= self.places or _starting(self.begun) >= self.starts:
            return None
        shared = sum(each.tab == SHARED for each in self.begun) < self._quarter
        each = next((each for each in self.order() if each.tab != SHARED or shared), None)
        return each if each and (each in self.looking or self._fits(each)) else None

    def _look(self) -> None:
        """Let the newest look, in place of those who have seen enough."""
        busy = {SHARED} | {each.tab for each in (*self.begun, *self.looking)}
        for each in [each for each in reversed(self.waiting) if not each.looked]:
            if _starting(self.looking) >= self.starts:
                break
            if each.tab in busy or (len(self.looking) >= self.looks and not self._send_back()) or not self._fits(each):
                continue
            busy.add(each.tab)
            each.looked = True
            self.looking.append(each)
            self._begin(each)
        if self.waiting and self.looks and not self._timer:
            self._timer = asyncio.get_running_loop().call_later(LOOK_SECONDS / 4, self._in_time)

    def _in_time(self) -> None:
        self._timer = None
        self._fill()

    def _send_back(self) -> bool:
        """Whether one who has looked long enough has gone back to wait."""
        for each in self.looking:
            if _now() - each.since >= (LOOK_SECONDS if each.shown() else MOST_SECONDS):
                self.looking.remove(each)
                each.rest()
                return True
        return False

    def _fits(self, each: Asker) -> bool:
        computing = (*self.begun, *self.looking)
        return not computing or sum(other.megabytes for other in computing) + each.megabytes <= self.megabytes


def _starting(those: list[Asker]) -> int:
    """How many are on the way to their first frame, and get the processor before the others."""
    return sum(not each.shown() and _now() - each.since < START_SECONDS for each in those)


def _now() -> float:
    return asyncio.get_running_loop().time()

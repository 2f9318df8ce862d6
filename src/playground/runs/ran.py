"""Which functions really ran, noted while a run computes, chapter by chapter: the page marks them in the source it shows.

Names, not lines: another comment moves a line, while the stored run stays as good as new (see keys.py).
"""

import dis
import inspect
import json
import re
import sys
from collections import defaultdict
from collections.abc import Generator, Iterable, Iterator
from types import CodeType, FrameType
from typing import Any

import torch

from playground.frame import Frame
from playground.runs.keys import sources
from playground.state import State, phases

Ran = dict[str, dict[str, list[str]]]  # chapter -> file -> names as Python qualifies them: "train", "Plane.batches"
KEY = "ran"  # of a training state: JSON of what ran in its chapters
START = bytes((dis.opmap["RESUME"], 0))  # where a generator begins: what follows a yield resumes with another number
LAMBDA = re.compile(r"(^|\.<locals>\.)<lambda>.*")


class Watch:
    """Watches a run. Python calls `_note` for each call of a function and follows none of them further, which costs next to nothing."""

    def __init__(self, slug: str):
        self._files = {str(path): name for name, path in sources(slug).items()}
        self._called: dict[int, CodeType] = {}
        self._noted: defaultdict[str, dict[int, CodeType]] = defaultdict(dict)
        self._recalled: Ran = {}

    def frames(self, run: Iterator[Frame]) -> Generator[Frame, None, Any]:
        """The run's frames and what it returns. What was called on the way to a frame belongs to that frame's chapter."""
        while True:
            before = sys.gettrace()
            sys.settrace(self._note)
            try:
                frame = next(run)
            except StopIteration as end:
                return end.value
            finally:
                sys.settrace(before)
            self._noted[frame.phase] |= self._called | {id(code): code for code in _yielding(run)}
            self._called = {}
            yield frame

    @property
    def ran(self) -> Ran:
        """What ran, as far as it has names and stands in the concept's files."""
        return {phase: self._named(codes.values()) for phase, codes in self._noted.items()} | self._recalled

    def recall(self, state: State) -> None:
        """What ran when this state was trained, in place of its replay."""
        self._recalled = json.loads(state[KEY].numpy().tobytes())

    def remembered(self, state: State) -> State:
        """The state, which also holds what ran in its training's chapters."""
        training = {phase: names for phase, names in self.ran.items() if phase in phases(state)}
        return state | {KEY: torch.frombuffer(bytearray(json.dumps(training).encode()), dtype=torch.uint8)}

    def _note(self, frame: FrameType, event: str, argument: Any) -> None:
        """A function is called. A generator that goes on or is closed was called before, and what it still does is another chapter's."""
        code = frame.f_code
        if not code.co_flags & inspect.CO_GENERATOR or code.co_code[frame.f_lasti : frame.f_lasti + 2] == START:
            self._called[id(code)] = code

    def _named(self, codes: Iterable[CodeType]) -> dict[str, list[str]]:
        names: defaultdict[str, set[str]] = defaultdict(set)
        for code in codes:
            file, name = self._files.get(code.co_filename), _name(code)
            if file and name:
                names[file].add(name)
        return {file: sorted(found) for file, found in sorted(names.items())}


def _name(code: CodeType) -> str:
    """A lambda counts as the function it was made in; a comprehension is part of one that was called already."""
    return "" if code.co_name.startswith("<") and code.co_name != "<lambda>" else LAMBDA.sub("", code.co_qualname)


def _yielding(run: Any) -> Iterator[CodeType]:
    """The generators that hand on this frame, from the outermost: where they yield, they are at work."""
    while inspect.isgenerator(run):
        yield run.gi_code
        run = run.gi_yieldfrom

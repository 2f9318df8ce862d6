"""A laboratory for the house's tests: a concept that counts, registered for tests only, and an engine that knows it.

The folder of concepts is swapped for the one beside this file, in the test's process and in the forkserver's.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import playground.concepts
from playground import concept as registry
from playground.runs import keys
from playground.runs.local import LocalEngine
from playground.settings import Settings

CONCEPTS = Path(os.environ.get("LAB_CONCEPTS", Path(__file__).parent / "concepts"))
STUDIO = Path(__file__).parent / "studio"  # other concepts, with lessons: for tests that need pages
PRELOAD = "tests.lab.warm"
ROOT = Path(__file__).parents[2]
os.environ["PYTHONPATH"] = os.pathsep.join((str(ROOT / "src"), str(ROOT)))  # where the forkserver and other programs find us and PRELOAD


class Engine(LocalEngine):
    """The real engine with the laboratory's concepts. It leaves the forkserver to the next test: warming one takes seconds."""

    def __init__(self, settings: Settings):
        super().__init__(settings, preload=PRELOAD)
        self.start()  # while the laboratory is installed

    async def __aexit__(self, *_: object) -> None:
        if self._keeping:
            self._keeping.cancel()

    @property
    def workers(self) -> list[int]:
        return [process.pid for process in list(self._processes) if process.pid]


def install(folder: Path = CONCEPTS) -> None:
    """From here on, this process knows the concepts of that folder instead of the real ones."""
    registry.FOLDER = folder
    playground.concepts.__path__ = [str(folder)]
    for cached in (registry.slugs, registry.load, keys.code, keys.sources):
        cached.cache_clear()


@contextmanager
def installed(folder: Path = CONCEPTS) -> Iterator[None]:
    real = registry.FOLDER
    install(folder)
    try:
        yield
    finally:
        install(real)

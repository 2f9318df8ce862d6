"""The forkserver's preload in tests: the laboratory's concepts, warmed up like real ones."""

from tests import lab

lab.install()

import playground.runs.warm  # noqa: E402, F401

"""The laboratory's pages, served for as long as they are looked at."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests import lab


@contextmanager
def studio(store: Path) -> Iterator[str]:
    """The address of a server with the concepts of lab/studio."""
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.lab.serve", str(store)],
        cwd=lab.ROOT,
        env={**os.environ, "LAB_CONCEPTS": str(lab.STUDIO)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert server.stdout is not None
    try:
        yield next(found[1] for line in server.stdout if (found := re.search(r"ready at (http://\S+)", line)))
    finally:
        server.terminate()
        server.wait(20)

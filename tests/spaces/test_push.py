"""Pushing, against a stand-in of the hub: what arrives is the folder, and what can't be is said in a sentence."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.spaces.hub import Hub, running

pytestmark = pytest.mark.xdist_group("spaces")  # which share the folder build
ROOT = Path(__file__).parents[2]


@pytest.fixture
def hub() -> Iterator[Hub]:
    with running() as hub:
        yield hub


def push(hub: Hub | str, *arguments: str, token: str = "writer") -> subprocess.CompletedProcess[str]:
    where = hub if isinstance(hub, str) else hub.url
    told = {
        "HF_ENDPOINT": where,
        "HF_TOKEN": token,
        "PYTHONPATH": "src",
        "HF_HOME": "/nonexistent",
        "HF_HUB_OFFLINE": "0",
        "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    }
    program = [sys.executable, "spaces/push.py", *arguments]
    return subprocess.run(program, cwd=ROOT, env=os.environ | told, capture_output=True, text=True, timeout=120)


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_space_arrives_whole_and_what_is_gone_goes(hub: Hub) -> None:
    done = push(hub, "space", "gridworld", "teacher/cells")
    assert (done.returncode, done.stdout.strip()) == (0, f"{hub.url}/spaces/teacher/cells"), done.stderr
    assert hub.made[0]["sdk"] == "gradio"
    assert hub.repos["spaces/teacher/cells"] == files(ROOT / "build" / "spaces" / "gridworld")
    hub.repos["spaces/teacher/cells"]["old.txt"] = b"of last year"
    assert push(hub, "space", "gridworld", "teacher/cells").returncode == 0
    assert hub.repos["spaces/teacher/cells"] == files(ROOT / "build" / "spaces" / "gridworld")


def test_a_model_and_a_data_set_arrive_with_their_cards(hub: Hub) -> None:
    assert push(hub, "model", "digits_classifier", "teacher/digits").returncode == 0
    assert hub.repos["models/teacher/digits"] == files(ROOT / "assets" / "weights" / "digits_classifier")
    assert push(hub, "data", "hanzi28", "teacher/hanzi").returncode == 0
    arrived = hub.repos["datasets/teacher/hanzi"]
    assert arrived["hanzi28.npz"] == (ROOT / "assets" / "data" / "hanzi28.npz").read_bytes()
    assert arrived["README.md"] == (ROOT / "assets" / "data" / "cards" / "hanzi28.md").read_bytes()
    assert any(name.startswith("licenses/") for name in arrived)


@pytest.mark.parametrize(
    ("arguments", "token", "says"),
    [
        (("space", "gridworld", "teacher/cells"), "", "No token"),
        (("space", "gridworld", "teacher/cells"), "stolen", "doesn't know this token"),
        (("space", "gridworld", "teacher/cells"), "reader", "may not write to teacher/cells"),
        (("space", "gridworld", "someone/cells"), "writer", "may not write to someone/cells"),
        (("space", "gridworld", "no name!"), "writer", "is no name on the hub"),
        (("space", "nonsense", "teacher/cells"), "writer", "There is no concept 'nonsense'"),
        (("model", "nonsense", "teacher/cells"), "writer", "There is no nonsense; there are digits_classifier"),
        (("data", "../../../etc/passwd", "teacher/cells"), "writer", "There is no passwd; there are hanzi28"),
    ],
)
def test_what_cannot_be_pushed_is_a_sentence(hub: Hub, arguments: tuple[str, ...], token: str, says: str) -> None:
    done = push(hub, *arguments, token=token)
    assert done.returncode == 1
    assert says in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1, "a sentence, no traceback"
    assert not any(hub.repos.values())


def test_without_a_network(tmp_path: Path) -> None:
    done = push("http://127.0.0.1:9", "data", "hanzi28", "teacher/hanzi")
    assert done.returncode == 1
    assert "can't be reached" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1

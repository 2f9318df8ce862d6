"""What CONTRIBUTING promises: a new concept is one command, and gallery, page, link, API and Space follow."""

import json
import os
import re
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from gradio_client import Client

from playground.datasets import assets

ROOT = Path(__file__).parents[2]
LEFT_OUT = shutil.ignore_patterns(".git", ".venv", "node_modules", "build", "assets", "*.egg-info", "__pycache__", ".*_cache")


def python(checkout: Path, *arguments: str) -> str:
    told = {"PYTHONPATH": "src", "OMP_NUM_THREADS": "1", "PLAYGROUND_STORE": str(checkout / "store")}
    done = subprocess.run([sys.executable, *arguments], cwd=checkout, env=os.environ | told, capture_output=True, text=True, timeout=170)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout to which `make concept NAME=bayes` has been said."""
    folder = tmp_path_factory.mktemp("checkout")
    shutil.copytree(ROOT, folder, ignore=LEFT_OUT, dirs_exist_ok=True)
    (folder / "assets").mkdir()
    for part in assets().iterdir():
        if part.name != "runs":
            (folder / "assets" / part.name).symlink_to(part)
    shutil.copytree(assets() / "runs" / "gridworld", folder / "assets" / "runs" / "gridworld")
    subprocess.run(["make", "concept", "NAME=bayes"], cwd=folder, check=True, capture_output=True, timeout=60)
    return folder


@pytest.fixture(scope="module")
def site(checkout: Path) -> Iterator[str]:
    """The site of that checkout."""
    told = {"PLAYGROUND_HOST": "127.0.0.1", "GRADIO_SERVER_PORT": "0", "PLAYGROUND_STORE": str(checkout / "store"), "PYTHONPATH": ""}
    server = subprocess.Popen([sys.executable, "app.py"], cwd=checkout, env=os.environ | told, stdout=subprocess.PIPE, text=True)
    assert server.stdout
    yield next(found[1] for line in server.stdout if (found := re.search(r"ready at (http://\S+)", line)))
    server.terminate()
    server.wait(20)


def test_it_comes_with_tests_that_pass(checkout: Path) -> None:
    python(checkout, "-m", "playground.bake", "bayes")
    python(
        checkout,
        "-m",
        "pytest",
        "-q",
        "tests/concepts/bayes",
        "tests/contract",
        "tests/test_lesson.py",
        "tests/test_placed.py",
        "-k",
        "bayes",
    )


def test_every_shared_test_can_be_collected(checkout: Path) -> None:
    """None of them needs a line for a new concept."""
    told = python(checkout, "-m", "pytest", "-q", "--collect-only", "tests")
    assert "tests/concepts/bayes" in told
    assert "error" not in told.lower().splitlines()[-1]


def test_it_is_in_the_gallery_on_a_page_and_behind_a_link(site: str) -> None:
    for lang, says in (("en", "Bayes: a Gaussian finds its data"), ("zh", "Bayes：高斯分布找到数据")):
        with urllib.request.urlopen(f"{site}/{lang}/") as gallery:
            assert f"/{lang}/bayes" in gallery.read().decode()
        with urllib.request.urlopen(f"{site}/{lang}/bayes") as page:
            assert says in page.read().decode()
    with urllib.request.urlopen(f"{site}/runs/bayes?steps=20") as run:
        assert json.loads(run.read().splitlines()[-1])["end"] is True


def test_it_has_an_endpoint(site: str) -> None:
    answer = Client(f"{site}/en/", verbose=False).predict(steps=20, api_name="/bayes")
    assert answer["metrics"]["surprise"] > answer["metrics"]["best"]


def test_its_space_can_be_built(checkout: Path) -> None:
    python(checkout, "spaces/build.py", "bayes")
    built = checkout / "build" / "spaces" / "bayes"
    assert (built / "src/playground/concepts/bayes/model.py").is_file()
    assert not (built / "src/playground/concepts/gan").exists()
    assert "torch" in (built / "requirements.txt").read_text()
    assert "transformers" not in (built / "requirements.txt").read_text()


@pytest.mark.parametrize(("name", "says"), [("bayes", "There is a concept"), ("Bayes!", "small letters"), ("", "small letters")])
def test_a_name_that_cannot_be_is_a_sentence(checkout: Path, name: str, says: str) -> None:
    done = subprocess.run([sys.executable, "template/new.py", name], cwd=checkout, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert says in done.stderr
    assert len(done.stderr.splitlines()) == 1

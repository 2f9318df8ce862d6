"""The Dockerfile, as far as it can be tested without Docker: what it copies, sets and starts, carried out by hand.

What only a build can show (the base image, pip's downloads) is not tested here.
"""

import fnmatch
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from playground.settings import Settings

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "Dockerfile").read_text()
STEPS = re.findall(r"^([A-Z]+) (.+)$", re.sub(r"\\\n", " ", re.sub(r"^#.*\n", "", TEXT, flags=re.M)), re.M)
IGNORED = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]


def told(instruction: str) -> list[str]:
    return [rest.strip() for name, rest in STEPS if name == instruction]


def environment() -> dict[str, str]:
    return dict(pair.split("=", 1) for line in told("ENV") for pair in line.split())


def in_context(path: str) -> bool:
    """Whether Docker would send it: the last pattern that fits the path or a folder above it decides."""
    inside = True
    for pattern in IGNORED:
        plain = pattern.removeprefix("!").removeprefix("**/")
        parents = [path, *(str(parent) for parent in Path(path).parents if str(parent) != ".")]
        names = [Path(each).name for each in parents] if "**/" in pattern else parents
        if any(fnmatch.fnmatch(name, plain) for name in names):
            inside = pattern.startswith("!")
    return inside


@pytest.fixture(scope="module")
def image() -> Iterator[Path]:
    """A folder in place of the image's root, with what every COPY puts there."""
    root = Path(tempfile.mkdtemp(prefix="image"))
    for line in told("COPY"):
        *sources, target = line.split()
        for source in sources:
            assert (ROOT / source).exists(), line
            files = [ROOT / source] if (ROOT / source).is_file() else [p for p in (ROOT / source).rglob("*") if p.is_file()]
            sent = [path for path in files if in_context(str(path.relative_to(ROOT)))]
            assert sent, f"{source} is kept from Docker by .dockerignore"
            for path in sent:
                below = Path(source).name if path == ROOT / source else path.relative_to(ROOT / source)
                place = root / target.lstrip("/") / below
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, place)
    yield root
    shutil.rmtree(root)


def test_the_base_is_a_python_that_the_package_allows() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    (base,) = told("FROM")
    version = re.fullmatch(r"python:(\d+)\.(\d+)-slim", base)
    least = re.fullmatch(r">=(\d+)\.(\d+)", project["requires-python"])
    assert version
    assert least
    assert tuple(map(int, version.groups())) >= tuple(map(int, least.groups()))


def test_what_is_installed_is_pinned() -> None:
    pins = [line for line in (ROOT / "requirements.txt").read_text().splitlines() if line and not line.startswith("#")]
    assert [line for line in pins if not re.fullmatch(r"[\w.-]+==[\w.]+", line)] == []
    (minilm,) = re.findall(r"^MINILM := (\S+)", (ROOT / "Makefile").read_text(), re.M)
    installed = re.findall(r"pip install (?:-\S+ )*(\S+)", " ".join(told("RUN")))
    assert installed == ["/app/requirements.txt", minilm]


def test_no_address_is_written_into_it() -> None:
    """Whose mirror is used is the builder's affair: told by arguments, never by the file."""
    assert re.findall(r"https?://(?!127\.0\.0\.1)", TEXT) == []
    assert {"PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL"} <= set(told("ARG"))


def test_it_runs_as_somebody_on_the_port_it_names() -> None:
    (user,) = told("USER")
    assert user not in ("root", "0")
    assert f"useradd --create-home --uid 1000 {user}" in " ".join(told("RUN"))
    assert told("EXPOSE") == [str(Settings.model_fields["port"].default)]
    order = [name for name, _ in STEPS]
    assert order.index("USER") < order.index("ENTRYPOINT")


def test_nothing_of_a_developers_goes_into_it(image: Path) -> None:
    names = {str(path.relative_to(image / "app")) for path in image.rglob("*") if path.is_file()}
    assert {name.split("/")[0] for name in names} == {"requirements.txt", "LICENSE", "NOTICE", "assets", "src"}
    assert [name for name in names if "__pycache__" in name or name.startswith("assets/images") or "egg-info" in name] == []
    assert len([name for name in names if name.endswith(".run")]) > 20


def test_its_command_serves_and_its_health_check_passes(image: Path, tmp_path: Path) -> None:
    """ENTRYPOINT, CMD and HEALTHCHECK as written, on another port, with the copied files alone and this environment's packages."""
    settings = {name: value.replace("/app", str(image / "app")).replace("/store", str(tmp_path)) for name, value in environment().items()}
    settings |= {"GRADIO_SERVER_PORT": "0", "PLAYGROUND_HOST": "127.0.0.1", "HOME": str(tmp_path), "PATH": os.environ["PATH"]}
    command = [sys.executable, *json.loads(told("ENTRYPOINT")[0])[1:], *json.loads(told("CMD")[0])]
    with subprocess.Popen(command, cwd=tmp_path, env=settings, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        assert server.stdout is not None
        first = server.stdout.readline()
        found = re.fullmatch(r"ready at (http://127\.0\.0\.1:\d+)\n", first)
        assert found, first
        python, *check = json.loads(told("HEALTHCHECK")[0].partition("CMD ")[2])
        assert python == "python"
        assert "http://127.0.0.1:7860/healthz" in check[-1]
        health = [sys.executable, *check[:-1], check[-1].replace("http://127.0.0.1:7860", found[1])]
        for _ in range(100):  # Docker asks again as well: at first the workers are cold
            if not (unwell := subprocess.run(health, stderr=subprocess.DEVNULL).returncode):
                break
            time.sleep(0.5)
        assert not unwell
        with urllib.request.urlopen(f"{found[1]}/runs/gridworld?episodes=5&seed=99", timeout=120) as answer:
            assert json.loads(answer.read().splitlines()[-1])["end"]
        for _ in range(100):  # the store is written after the last line has been sent
            if kept := list(tmp_path.glob("*.run")):
                break
            time.sleep(0.1)
        server.terminate()
        assert kept

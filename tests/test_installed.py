"""The package as `pip install .` makes it: used outside the checkout, by its command."""

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import time
import urllib.request
import venv
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LEFT_OUT = shutil.ignore_patterns(".git", ".venv", "node_modules", "tests", "build", "*.egg-info", "__pycache__", ".cache")


@pytest.fixture(scope="module")
def command(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`playground`, from a wheel in a fresh environment. What the wheel depends on is shared with ours; the checkout is not."""
    folder = tmp_path_factory.mktemp("elsewhere")
    shutil.copytree(ROOT, folder / "source", ignore=LEFT_OUT)  # building writes beside what it builds
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", "-q", "--no-deps", "--no-build-isolation"]
    subprocess.run([*pip, "-w", folder, folder / "source"], check=True, env=elsewhere())
    shutil.rmtree(folder / "source")
    venv.create(folder / "env", with_pip=False, symlinks=True)
    python = folder / "env" / "bin" / "python"
    packages = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], check=True, capture_output=True, text=True
    ).stdout.strip()
    Path(packages, "shared.pth").write_text(sysconfig.get_path("purelib"))  # its own .pth files, our editable one among them, don't count
    (wheel,) = folder.glob("playground-*.whl")
    pip = [python, "-m", "pip", "--disable-pip-version-check", "install", "-q", "--no-deps", "--no-index", "--ignore-installed"]
    subprocess.run([*pip, wheel], check=True, env=elsewhere())
    wheel.unlink()
    return folder / "env" / "bin" / "playground"


def elsewhere(**settings: str) -> dict[str, str]:
    """The environment without what would lead back into the checkout."""
    return {k: v for k, v in os.environ.items() if k != "PYTHONPATH" and not k.startswith("PLAYGROUND_")} | settings


@pytest.fixture
def served(command: Path, tmp_path: Path) -> Iterator[str]:
    settings = elsewhere(PLAYGROUND_STORE=str(tmp_path / "store"))
    program = [command, "serve", "--host", "127.0.0.1", "--port", "0", "--concept", "gan"]
    with subprocess.Popen(program, cwd=tmp_path, env=settings, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        assert server.stdout is not None
        first = server.stdout.readline()
        found = re.fullmatch(r"ready at (http://127\.0\.0\.1:\d+)\n", first)
        assert found, first
        yield found[1]
        server.terminate()


def get(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=60) as answer:
        return answer.read()


def test_everything_that_a_checkout_has_beside_its_code_is_in_the_package(command: Path) -> None:
    (package,) = command.parents[1].glob("lib/python*/site-packages/playground")
    ours = [p.relative_to(ROOT / "src" / "playground") for p in (ROOT / "src" / "playground").rglob("*") if p.is_file()]
    wanted = [path for path in ours if "__pycache__" not in path.parts and path.suffixes[-2:] != [".d", ".ts"]]  # .d.ts: for tsc
    assets = [
        path.relative_to(ROOT) for kind in ("data", "runs", "weights") for path in (ROOT / "assets" / kind).rglob("*") if path.is_file()
    ]
    assert len(assets) > 50
    where = [command.with_name("python"), "-c", "import playground; print(playground.__file__)"]
    assert subprocess.run(where, cwd="/", env=elsewhere(), capture_output=True, text=True).stdout.strip() == str(package / "__init__.py")
    assert [str(path) for path in (*wanted, *assets) if not (package / path).is_file()] == []


def test_a_run_from_the_command(command: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [command, "run", "gan", "--steps", "20"], cwd=tmp_path, env=elsewhere(), capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout)["sw2"] > 0


def test_shipped_weights_are_found(command: Path, tmp_path: Path) -> None:
    """faces: data of datasets.py; attention's GPTs: weights; both lie in assets."""
    for words in (["gan", "--data", "faces", "--steps", "10"], ["attention", "--mode", "look", "--generate", "2", "--beams", "0"]):
        subprocess.run([command, "run", *words], cwd=tmp_path, env=elsewhere(), capture_output=True, text=True, check=True)


def healthy(address: str) -> bool:
    try:
        return json.loads(get(f"{address}/healthz"))["ok"]
    except OSError:
        return False


def test_the_site_from_the_command(served: str) -> None:
    while not healthy(served):
        time.sleep(0.1)
    assert b"<html" in get(f"{served}/en/gan")
    assert get(f"{served}/").count(b"gan"), "opens on the concept it was asked to"
    *_, last = get(f"{served}/runs/gan").splitlines()
    assert json.loads(last)["end"]
    assert json.loads(get(f"{served}/healthz"))["computations"] == 0, "the baked run was found"


def test_workers_of_the_command_compute(served: str) -> None:
    header, *_, last = get(f"{served}/runs/gan?steps=20&seed=11").splitlines()
    assert json.loads(header)["params"]["seed"] == 11
    assert json.loads(last)["end"]
    assert json.loads(get(f"{served}/healthz"))["computations"] == 1

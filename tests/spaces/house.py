"""A Space as Hugging Face would run it: its folder, an environment with what its requirements.txt brings alone, a read-only home."""

import os
import re
import runpy
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement

from playground.concept import slugs

ROOT = Path(__file__).parents[2]
PORT = 7860  # a Space's
ID, HOST = "teacher/playground", "teacher-playground.hf.space"
ORDINARY = ["setpriv", "--bounding-set=-dac_override,-fowner"] if os.getuid() == 0 else []  # root may write anywhere


def build(name: str) -> Path:
    """The folder that would be pushed."""
    program = [sys.executable, "spaces/build.py", name]
    subprocess.run(program, cwd=ROOT, env=os.environ | {"PYTHONPATH": "src"}, check=True, capture_output=True, timeout=60)
    return ROOT / "build" / "spaces" / name


def card(name: str) -> str:
    """The README.md of that folder."""
    made = runpy.run_path(str(ROOT / "spaces" / "card.py"))["card"]
    return made(list(slugs())) if name == "all" else made([name])


def needed(requirements: Path) -> set[str]:
    """Every distribution that a requirements.txt brings, those that are needed by others included."""
    found: set[str] = set()
    waiting = [Requirement(line) for line in requirements.read_text().splitlines() if line and not line.startswith("#")]
    while waiting:
        asked = waiting.pop()
        if asked.marker and not asked.marker.evaluate({"extra": ""}):
            continue
        try:
            there = distribution(asked.name)
        except PackageNotFoundError:
            continue  # optional on this platform
        if asked.name.lower() not in found:
            found.add(asked.name.lower())
            waiting += [Requirement(line) for line in there.requires or []]
    return found


def environment(requirements: Path, folder: Path) -> Path:
    """The Python of an environment that has those distributions, linked from the one that runs this, and nothing else."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    (place,) = folder.glob("lib/python3*/site-packages")
    for name in needed(requirements):
        there = distribution(name)
        tops = {path.parts[0] for path in there.files or [] if path.parts[0] not in ("..", "__pycache__")}
        for top in tops:
            if not (place / top).exists():
                (place / top).symlink_to(Path(str(there.locate_file(top))))
    return folder / "bin" / "python"


@contextmanager
def running(name: str) -> Iterator[str]:
    """The Space, served; its address."""
    folder = Path(tempfile.mkdtemp(prefix="space-"))
    app, home, temporary = (folder / part for part in ("app", "home", "tmp"))
    try:
        shutil.copytree(build(name), app)
        python = environment(app / "requirements.txt", folder / "env")
        home.mkdir(0o555)
        app.chmod(0o555)
        temporary.mkdir()
        told = {"HOME": home, "TMPDIR": temporary, "SYSTEM": "spaces", "SPACE_ID": ID, "SPACE_HOST": HOST, "PLAYGROUND_HOST": "127.0.0.1"}
        kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        assert subprocess.run([*ORDINARY, "touch", home / "x"], capture_output=True).returncode, "the home can be written to"
        server = subprocess.Popen(
            [*ORDINARY, python, "app.py"], cwd=app, env=kept | told, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        try:
            yield _ready(server)
        finally:
            server.terminate()
            server.wait(20)
    finally:
        app.chmod(0o755)
        shutil.rmtree(folder)


def _ready(server: subprocess.Popen[str]) -> str:
    assert server.stdout is not None
    said = []
    for line in server.stdout:
        if found := re.search(r"ready at (http://\S+)", line):
            return found[1]
        said.append(line)
    raise RuntimeError("the Space ended before it was ready:\n" + "".join(said))

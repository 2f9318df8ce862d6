"""The real site as a program with no way out of the machine, whose log and whose attempts to leave are kept."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
import pytest

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Site:
    url: str
    client: httpx.Client
    process: psutil.Popen
    log: Path
    left: Path  # who tried to leave the machine

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("doors")
    told = {"PLAYGROUND_HOST": "127.0.0.1", "GRADIO_SERVER_PORT": "0", "PLAYGROUND_STORE": str(folder / "store")}
    told |= {"GUARD_NOTES": str(folder / "left"), "PYTHONPATH": str(ROOT / "tests/doors/guard"), "GRADIO_TEMP_DIR": str(folder / "gradio")}
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("HF_", "GRADIO_"))}
    with open(folder / "log", "w") as log:
        process = psutil.Popen(
            [sys.executable, "app.py", "--no-room"], cwd=ROOT, env=kept | told, stdout=subprocess.PIPE, stderr=log, text=True
        )
        url = ""
        while not url:
            line = process.stdout.readline()
            assert line, (folder / "log").read_text()
            url = line.split()[-1] if "ready at" in line else ""
        (folder / "left").touch()
        with httpx.Client(base_url=url, timeout=60) as client:
            yield Site(url, client, process, folder / "log", folder / "left")
        family = [process, *process.children(recursive=True)]
        process.terminate()
        for straggler in psutil.wait_procs(family, timeout=20)[1]:
            straggler.kill()
    assert (folder / "left").read_text() == "", "something tried to leave the machine"

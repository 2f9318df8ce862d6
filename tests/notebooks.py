"""Runs a script or a notebook as somebody at home would: in an empty folder, with the packages it installs and nothing of ours."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

KEPT = ("PATH", "HOME", "LANG", "TMPDIR", "OPENBLAS_")  # the last as a machine may choose how numpy multiplies
PIP = re.compile(r"^%pip install -q (.*)$", re.MULTILINE)
CHILD = """
import contextlib, io, json, sys
from pathlib import Path

cells, shelves = json.loads(Path(sys.argv[1]).read_text("utf-8"))["cells"], json.loads(Path(sys.argv[2]).read_text("utf-8"))
names, figures, said = {"__name__": "__main__"}, [], []
for cell in cells:
    if cell["cell_type"] != "code":
        continue
    source = "".join(cell["source"])
    if source.startswith("%%writefile "):
        head, _, body = source.partition("\\n")
        Path(head.split()[1]).write_text(body + "\\n", "utf-8")  # its folder is there already
        continue
    lines = source.splitlines(keepends=True)
    for line in lines:
        if line.startswith("%pip"):
            sys.path.append(shelves[line.strip()])
    if "import plotly" in source:
        import plotly.basedatatypes
        plotly.basedatatypes.BaseFigure.show = lambda figure: figures.append(figure.to_dict())
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec("".join(line for line in lines if not line.startswith("%pip")), names)
    said.append(out.getvalue())
titles = [figure["layout"]["title"]["text"] for figure in figures]
points = [[len(curve["x"]) for curve in figure["data"]] for figure in figures]
print(json.dumps({"said": said, "titles": titles, "points": points, "playground": sys.modules["playground"].__file__}))
"""


def run_script(text: str, pins: Iterable[str], folder: Path) -> tuple[dict[str, float], str]:
    """The metrics it prints, and what it says beside them."""
    (folder / "run.py").write_text(text, "utf-8")
    done = _python("run.py", folder=folder, path=shelf(pins, folder / "shelf"))
    return json.loads(done.stdout), done.stderr


def run_notebook(text: str, folder: Path) -> dict[str, Any]:
    """What its cells print (`said`), and the charts it draws: their titles, and how many points each curve has."""
    (folder / "run.ipynb").write_text(text, "utf-8")
    (folder / "child.py").write_text(CHILD, "utf-8")
    code = "\n".join("".join(cell["source"]) for cell in json.loads(text)["cells"] if cell["cell_type"] == "code")
    shelves = {
        found[0]: str(
            shelf([name for name in found[1].split() if name != "--no-deps"], folder / f"shelf{i}", deps="--no-deps" not in found[1])
        )
        for i, found in enumerate(PIP.finditer(code))
    }
    (folder / "shelves.json").write_text(json.dumps(shelves))
    return json.loads(_python("child.py", "run.ipynb", "shelves.json", folder=folder).stdout)


def shelf(pins: Iterable[str], folder: Path, *, deps: bool = True) -> Path:
    """A folder with these distributions and what they say they need, and no other."""
    folder.mkdir()
    for name in sorted(closure(pins) if deps else {Requirement(pin).name for pin in pins}):
        found = distribution(name)
        for top in {file.parts[0] for file in found.files or () if file.parts[0] not in ("..", "__pycache__")}:
            if not (folder / top).exists():
                (folder / top).symlink_to(Path(str(found.locate_file(top))))
    return folder


def closure(pins: Iterable[str]) -> set[str]:
    """The names of the distributions that pip would install. A pin must be of the version that is here."""
    found: set[str] = set()
    waiting = [Requirement(pin) for pin in pins]
    while waiting:
        asked = waiting.pop()
        name = re.sub(r"[-_.]+", "-", asked.name).lower()
        try:
            here = distribution(name)
        except PackageNotFoundError:
            continue  # pip resolved without it when this environment was made
        assert asked.specifier.contains(here.version, prereleases=True), (asked, here.version)
        if name not in found:
            found.add(name)
            needed = [Requirement(line) for line in here.requires or ()]
            waiting += [each for each in needed if each.marker is None or each.marker.evaluate({"extra": ""})]
    return found


def _python(*arguments: str, folder: Path, path: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Without site-packages: -S reads no .pth either, so that the checkout can't be found."""
    kept = {name: value for name, value in os.environ.items() if name.startswith(KEPT)}
    environment = kept | {"HF_HUB_OFFLINE": "1", "PYTHONUTF8": "1"} | ({"PYTHONPATH": str(path)} if path else {})
    done = subprocess.run(
        [sys.executable, "-S", *arguments], cwd=folder, env=environment, capture_output=True, text=True, encoding="utf-8", timeout=170
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return done

"""A run as a Jupyter notebook (nbformat 4.5), to be read and run from top to bottom."""

import ast
import json
import re
from collections.abc import Iterator
from typing import Any

from playground.notebook.curves import curves
from playground.notebook.snippets import COMPARE, HUB, SETUP, UNPACK
from playground.notebook.taken import Taken, literal

Cell = dict[str, Any]
FOLDED = {"jupyter": {"source_hidden": True}}
COMPUTE = """\
import json

import torch

torch.set_num_threads(1)  # {why}
for name in [name for name in sys.modules if name.split(".")[0] == "playground"]:
    del sys.modules[name]  # {again}
{imports}

frames, metrics = [], {{}}
for frame in run(Params(**parameters)):
    frames.append(frame)
    metrics |= {{name: float(value) for name, value in frame.metrics.items()}}
    print(f"\\r{{frame.phase}} {{frame.step}}", end="      ")
print("\\r" + json.dumps(metrics, indent=2))
"""


def notebook(run: Taken) -> str:
    """The file. Its first cell installs what the mathematics imports."""
    cells = [cell | {"id": f"cell-{i}"} for i, cell in enumerate(_cells(run))]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}, "title": run.lesson.title}
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": cells}, ensure_ascii=False, indent=1) + "\n"


def _cells(run: Taken) -> Iterator[Cell]:
    say = run.words
    yield _code("\n".join([f"%pip install -q {' '.join(run.packages)}", *(f"%pip install -q --no-deps {name}" for name in run.carriers)]))
    yield _text(f"# {plain(run.lesson.title)}", plain(run.lesson.tagline), *run.about, _address(run), say["restart"])
    yield _text(f"## {say['parameters']}", say["parameters_what"], *([say["data_only"]] if run.reads else []))
    yield _code(f"parameters = {{\n{run.parameters}}}")
    yield _text(f"## {say['maths']}", say["maths_what"].format(folder=run.name))
    yield _code(_setup(run))
    for name in (name for name in run.sources if run.own(name)):
        yield _text(f"### {name.removeprefix(f'concepts/{run.concept.slug}/')}")
        yield _file(run, name)
    yield _text(f"## {say['shared']}", say["shared_what"])
    for name in (name for name in run.sources if not run.own(name)):
        yield _text(f"### {name}", plain(_said(run.sources[name])))
        yield _file(run, name, FOLDED)
    if run.reads:
        yield _text(f"## {say['data']}", say["data_what"].format(files=", ".join(f"`{name}`" for name in run.reads)))
        yield _code(f"%%writefile {run.name}/assets.b64\n{run.data}", FOLDED)
        unpack = UNPACK.substitute(data='(folder / "assets.b64").read_bytes()')
        yield _code(f"import base64\nimport io\nimport tarfile\n\n{unpack}")
    yield _text(f"## {say['run']}", say["run_what"])
    yield _code(COMPUTE.format(imports=run.imports, why=say["why"], again=say["again"]))
    yield _text(_meanings(run))
    if drawing := curves(run):
        yield _text(f"## {say['curves']}", say["curves_what"])
        yield from map(_code, drawing)
    if run.shown:
        yield _text(f"## {say['compare']}", say["compare_what"])
        yield _code(f"import math\n\nshown = {{\n{run.metrics}}}\n{COMPARE.substitute(run.verdicts, to='')}")


def _setup(run: Taken) -> str:
    """Folders for the files, and where Python finds them."""
    hub = HUB.format(literal(run.hosted)) if run.hosted else ""
    folders = "".join(f"    {literal(folder)},\n" for folder in run.folders)
    return (
        f"import os\nimport sys\nfrom pathlib import Path\n\nfolder = Path({literal(run.name)}).resolve()\nfor name in [\n{folders}]:\n"
        f'    (folder / name).mkdir(parents=True, exist_ok=True)\n    (folder / name / "__init__.py").touch()\n{SETUP}{hub}'
    )


def _file(run: Taken, name: str, metadata: Cell | None = None) -> Cell:
    return _code(f"%%writefile {run.name}/playground/{name}\n{run.sources[name]}", metadata)


def _said(source: str) -> str:
    """What a file says of itself first."""
    return (ast.get_docstring(ast.parse(source)) or "").split("\n\n")[0].replace("\n", " ")


def _address(run: Taken) -> str:
    return f"<{run.address}>" if "://" in run.address else f"`{run.address}`"


def _meanings(run: Taken) -> str:
    """A table of what the final metrics mean, or all metrics where it is not known which are the last."""
    meanings, labels = run.lesson.captions["metrics"], run.lesson.labels["metrics"]
    rows = [f"| `{name}` | {plain(labels[name])} | {plain(meanings[name])} |" for name in run.shown or meanings if name in meanings]
    return "\n".join([f"| | {run.words['number']} | {run.words['meaning']} |", "|---|---|---|", *rows])


def plain(text: str) -> str:
    """Text that Markdown shows as it stands."""
    return re.sub(r"([\\`*_{}\[\]<>|$#~&])", r"\\\1", text)


def _text(*paragraphs: str) -> Cell:
    return {"cell_type": "markdown", "metadata": {}, "source": _lines("\n\n".join(filter(None, paragraphs)))}


def _code(source: str, metadata: Cell | None = None) -> Cell:
    return {"cell_type": "code", "execution_count": None, "metadata": metadata or {}, "outputs": [], "source": _lines(source)}


def _lines(text: str) -> list[str]:
    """A line each, as Jupyter itself writes them."""
    return text.strip("\n").splitlines(keepends=True)

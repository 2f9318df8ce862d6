"""A run as one Python file, which pip or uv can supply with what it imports."""

from string import Template
from textwrap import indent

from playground.notebook.snippets import COMPARE, HUB, SETUP, UNPACK
from playground.notebook.taken import Taken, literal, quoted

SCRIPT = Template('''\
# /// script
# requires-python = ">=3.11"
# dependencies = [
$dependencies# ]
# ///
# SPDX-License-Identifier: Apache-2.0
"""$title

$about
    $address

    uv run $name.py

    pip install $packages
$carriers    python $name.py
"""

$modules
from pathlib import Path

parameters = {
$parameters}
$shown

def main() -> None:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        place(Path(name))
        metrics = compute()
    print(json.dumps(metrics, indent=2))
$compare

def place(folder: Path) -> None:
    """Put the files where they are imported from, and the data where they are looked for."""
    for name, text in files.items():
        path = folder / "playground" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    (folder / "playground" / "__init__.py").touch()
$setup

def compute() -> dict[str, float]:
    """Every metric as it was last measured."""
    import torch

$imports

    torch.set_num_threads(1)  # more would change the last digits
    metrics = {}
    for frame in run(Params(**parameters)):
        metrics |= {name: float(value) for name, value in frame.metrics.items()}
        print(f"\\r{frame.phase} {frame.step}", end="      ", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return metrics


files = {}
$files
$data
if __name__ == "__main__":
    main()
''')


def script(run: Taken) -> str:
    """The whole file: parameters and what is done with them first, then the mathematics, the data last."""
    data, shown = bool(run.reads), bool(run.shown)
    setup = SETUP + HUB.format(literal(run.hosted)) * bool(run.hosted) + UNPACK.substitute(data="data") * data
    modules = ["json", "os", "sys", "tempfile", *["base64", "io", "tarfile"] * data, *["math"] * shown]
    compare = COMPARE.substitute(run.verdicts, to=", file=sys.stderr") * shown
    return SCRIPT.substitute(
        title=run.lesson.title,
        about="\n".join(run.about),
        address=run.address,
        name=run.name,
        dependencies="".join(f'#     "{name}",\n' for name in run.packages),
        packages=" ".join(run.packages),
        carriers="".join(f"    pip install --no-deps {name}\n" for name in run.carriers),
        modules="\n".join(f"import {name}" for name in sorted(modules)),
        parameters=run.parameters,
        shown=f"shown = {{\n{run.metrics}}}\n" * shown,
        compare=indent(compare, "    "),
        setup=indent(setup, "    "),
        imports=indent(run.imports, "    "),
        files="\n".join(f"files[{literal(name)}] = {quoted(text)}\n" for name, text in run.sources.items()),
        data=f'data = """\n{run.data}\n"""\n' * data,
    )

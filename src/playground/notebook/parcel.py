"""What a run needs to be computed elsewhere, beside the files of its maths: packages, and the data and weights it opens."""

import ast
import io
import tarfile
import zipfile
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from importlib.metadata import packages_distributions, version
from pathlib import Path
from sys import stdlib_module_names

from playground.runs.keys import sources

NOTICES = ("data/PROVENANCE.md", "data/licenses")  # travel with whatever they speak of


@cache
def packages(slug: str) -> tuple[str, ...]:
    """The distributions that the concept's maths imports, also inside functions, at the versions that compute here: torch==2.13.0, …"""
    trees = [ast.parse(path.read_text("utf-8")) for path in sources(slug).values()]
    names = {name for tree in trees for name in imported(tree)} - stdlib_module_names - {"playground"}
    found = packages_distributions()
    return tuple(sorted(pin(found[name][0]) for name in names))


def pin(distribution: str) -> str:
    """As pip is told of it. A local version (2.13.0+cpu) says how it was built, and is on no index."""
    return f"{distribution}=={version(distribution).partition('+')[0]}"


def imported(tree: ast.Module) -> Iterator[str]:
    """Every top-level package named in an import, inside functions too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]


@lru_cache(8)
def packed(names: tuple[str, ...], assets: Path) -> bytes:
    """These files and folders below `assets`, and the notices on them, as a tar.bz2; nothing for no names. Seconds the first time.

    Arrays are packed bare: what npz has deflated can't be made smaller any more, though bzip2 does better.
    """
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:bz2") as tar:
        notices = [name for name in NOTICES if names and (assets / name).exists()]
        for path in sorted({*_files(assets, (*names, *notices))}):
            body = _bare(path) if path.suffix == ".npz" else path.read_bytes()
            entry = tarfile.TarInfo(path.relative_to(assets).as_posix())
            entry.size = len(body)
            tar.addfile(entry, io.BytesIO(body))
    return archive.getvalue() if names else b""


def _files(assets: Path, names: Iterable[str]) -> Iterator[Path]:
    for name in names:
        path = assets / name
        yield from (below for below in path.rglob("*") if below.is_file()) if path.is_dir() else (path,)


def _bare(path: Path) -> bytes:
    """The same arrays, uncompressed."""
    made = io.BytesIO()
    with zipfile.ZipFile(path) as file, zipfile.ZipFile(made, "w") as bare:
        for entry in file.infolist():
            bare.writestr(zipfile.ZipInfo(entry.filename), file.read(entry))
    return made.getvalue()

"""Names of runs and training states: hashes of everything that decides their numbers."""

import ast
import hashlib
import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path, PurePosixPath

from playground import concept as registry
from playground.concept import Concept
from playground.device import device
from playground.params import Params

PACKAGE = Path(registry.__file__).parent
HOST = "playground.settings"  # where runs are computed, and what a host allows: never a number


@cache
def code(slug: str) -> str:
    """Hash of the concept's maths: the syntax trees, without docstrings, of its files."""
    return _hash(sorted((module, ast.unparse(_plain(tree))) for module, (_, tree) in _modules(slug).items() if module != HOST))[:16]


@cache
def sources(slug: str) -> Mapping[str, Path]:
    """The files of the concept's maths, by their place in the package: its model.py, and what that imports from here."""
    return {f"{PurePosixPath(*m.split('.')[1:])}{'/__init__' * (p.stem == '__init__')}.py": p for m, (p, _) in _modules(slug).items()}


def _modules(slug: str) -> dict[str, tuple[Path, ast.Module]]:
    found: dict[str, tuple[Path, ast.Module]] = {}
    waiting = [f"playground.concepts.{slug}.model"]
    while waiting:
        name = waiting.pop(0)
        path = _path(name)
        if name in found or path is None:
            continue
        tree = ast.parse(path.read_text("utf-8"))
        waiting += _imports(tree, name if path.name == "__init__.py" else name.rpartition(".")[0])
        found[name] = path, tree
    return found


def key(concept: Concept, params: Params) -> str:
    """The run's name in the store: concept, parameters, torch, device and code."""
    return _hash([concept.slug, params.canonical(), *_machine(), code(concept.slug)])


def training_key(concept: Concept, params: Params) -> str:
    """The name of the state that these parameters train: only the fields that decide training count."""
    fields = {name: getattr(params, name) for name in sorted(concept.trained_by)}
    return _hash([concept.slug, "state", fields, *_machine(), code(concept.slug)])


def plain_key(slug: str, params: Params) -> str:
    """The name of a baked run, which is found whatever the machine or the code."""
    return _hash([slug, params.canonical()])


def _hash(parts: object) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:40]


@cache
def _machine() -> tuple[str, str]:
    return version("torch"), device().type


def _path(module: str) -> Path | None:
    """The file of a module of this project, wherever the registry's concepts live."""
    _, *parts = module.split(".")
    stem = registry.FOLDER.joinpath(*parts[1:]) if parts[:1] == ["concepts"] else PACKAGE.joinpath(*parts)
    return next((path for path in (stem.with_suffix(".py"), stem / "__init__.py") if path.is_file()), None)


def _imports(tree: ast.Module, package: str) -> Iterator[str]:
    """Modules of this project named anywhere in the tree. `from a import b` means a.b where that is a module, else a."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if _ours(alias.name))
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            base = ".".join([*above, *filter(None, [node.module])])
            names = [f"{base}.{alias.name}" for alias in node.names]
            yield from (name if _path(name) else base for name in names if _ours(name))


def _ours(module: str) -> bool:
    return module.split(".")[0] == "playground"


def _plain(tree: ast.Module) -> ast.Module:
    """The tree without docstrings. Comments and spacing never enter it."""
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
            and ast.get_docstring(node, clean=False) is not None
        ):
            node.body = node.body[1:] or [ast.Pass()]
    return tree

"""Names: they change with whatever changes the numbers, and with nothing else."""

import shutil
from pathlib import Path

import pytest

from playground import concept as registry
from playground.concept import load
from playground.runs import keys

MODEL = '''"""Maths."""
from playground import near
from .side import f
import playground.deep.far

def run():
    """Run."""
    return f(1)  # one
'''


@pytest.fixture
def sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the project's sources with a concept whose modules we may edit."""
    package = tmp_path / "playground"
    shutil.copytree(keys.PACKAGE, package, ignore=shutil.ignore_patterns("concepts", "web", "__pycache__"))
    files = {
        "concepts/__init__.py": "",
        "concepts/odd/__init__.py": "from playground.concepts.odd.model import run",
        "concepts/odd/model.py": MODEL,
        "concepts/odd/side.py": "def f(x):\n    from playground.nets import hidden\n    return x\n",
        "concepts/odd/scene.py": "layers = 1\n",
        "near.py": "a = 1\n",
        "deep/__init__.py": "",
        "deep/far.py": "b = 2\n",
        "nets/hidden.py": "c = 3\n",
        "apart.py": "d = 4\n",
    }
    for name, text in files.items():
        (package / name).parent.mkdir(parents=True, exist_ok=True)
        (package / name).write_text(text)
    monkeypatch.setattr(keys, "PACKAGE", package)
    monkeypatch.setattr(registry, "FOLDER", package / "concepts")
    return package


def code() -> str:
    keys.code.cache_clear()
    try:
        return keys.code("odd")
    finally:
        keys.code.cache_clear()


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("concepts/odd/model.py", "f(1)", "f(2)"),
        ("concepts/odd/side.py", "return x", "return -x"),
        ("near.py", "1", "2"),
        ("deep/far.py", "b = 2", "b = 2.0"),
        ("nets/hidden.py", "c", "e"),
    ],
)
def test_what_the_maths_imports_changes_the_code(sources: Path, file: str, old: str, new: str) -> None:
    before = code()
    edit(sources / file, old, new)
    assert code() != before


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("concepts/odd/model.py", '"""Maths."""', '"""The same maths,\nsaid better."""'),
        ("concepts/odd/model.py", '    """Run."""\n', ""),
        ("concepts/odd/model.py", "  # one", "  # the first"),
        ("concepts/odd/model.py", "return f(1)", "return f(\n        1,\n    )"),
        ("concepts/odd/scene.py", "1", "2"),
        ("concepts/odd/__init__.py", "run", "run as go"),
        ("apart.py", "4", "5"),
    ],
)
def test_words_and_what_is_not_imported_do_not(sources: Path, file: str, old: str, new: str) -> None:
    before = code()
    edit(sources / file, old, new)
    assert code() == before


def test_the_files_of_the_maths_are_named_by_their_place(sources: Path) -> None:
    keys.sources.cache_clear()
    found = keys.sources("odd")
    keys.sources.cache_clear()
    assert list(found) == ["concepts/odd/model.py", "near.py", "concepts/odd/side.py", "deep/far.py", "nets/hidden.py"]
    assert all(path == sources / name for name, path in found.items())


def test_hashing_executes_nothing(sources: Path) -> None:
    (sources / "near.py").write_text("raise SystemExit('executed')")
    assert code()


def test_keys_of_runs_tell_apart_what_differs(monkeypatch: pytest.MonkeyPatch) -> None:
    toy = load("toy")
    names = {keys.key(toy, toy.params.from_query(query)) for query in ("", "seed=8", "scale=2", "note=x")}
    assert len(names) == 4
    assert keys.key(toy, toy.params.from_query("scale=2.0&seed=7")) in names
    monkeypatch.setattr(keys, "_machine", lambda: ("3.0.0", "cpu"))
    assert keys.key(toy, toy.params()) not in names


def test_only_what_decides_training_names_a_state() -> None:
    toy = load("toy")
    name = keys.training_key(toy, toy.params())
    assert keys.training_key(toy, toy.params(note="x", scale=2)) == name
    assert keys.training_key(toy, toy.params(steps=6)) != name
    assert keys.training_key(toy, toy.params(seed=8)) != name


def test_baked_runs_are_found_on_any_machine_and_by_any_code(monkeypatch: pytest.MonkeyPatch) -> None:
    toy = load("toy")
    name = keys.plain_key("toy", toy.params())
    monkeypatch.setattr(keys, "_machine", lambda: ("3.0.0", "cuda"))
    monkeypatch.setattr(keys, "code", lambda slug: "other")
    assert keys.plain_key("toy", toy.params()) == name
    assert keys.plain_key("toy", toy.params(seed=8)) != name

"""Build what a Space would be: python spaces/build.py gan (or all), into build/spaces/gan.

A concept's Space has that concept alone, the data and weights its runs open, and its baked runs, in the order of the presets, as
long as the folder stays below LIMIT; what is not baked is computed when it is asked for. `all` has everything.
"""

import ast
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

from card import card
from playground.concept import Concept, load, slugs
from playground.notebook.parcel import imported
from playground.runs.store import Store
from playground.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
BUILT = ROOT / "build" / "spaces"
LIMIT = 25_000_000  # bytes
ALL = "all"
ALWAYS = ("app.py", "requirements.txt", "LICENSE", "NOTICE", "assets/data/PROVENANCE.md", "assets/data/licenses")
CONCEPTS = Path("src/playground/concepts")
LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.pyc", "*.egg-info")


def build(name: str, target: Path) -> list[str]:
    """Make the folder `target` anew; the presets that are left to be computed. Raises LookupError for a name that no concept has."""
    if name not in (*slugs(), ALL):
        raise LookupError(f"There is no concept {name!r}, so no Space of it. There are {', '.join([*slugs(), ALL])}.")
    chosen = [load(slug) for slug in slugs() if name in (slug, ALL)]
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as made:  # a folder half built is never pushed
        folder = Path(made) / name
        folder.mkdir()
        (folder / "README.md").write_text(card([concept.slug for concept in chosen]), "utf-8")
        for path in (*ALWAYS, *_code(chosen), *sorted({file for concept in chosen for file in reads(concept)})):
            _copy(path, folder)
        (folder / "requirements.txt").write_text("".join(_requirements(chosen)))
        without = _bake(chosen, folder, LIMIT if name != ALL else sys.maxsize)
        shutil.rmtree(target, ignore_errors=True)
        folder.rename(target)
    return without


def reads(concept: Concept) -> set[str]:
    """What of assets any run of the concept opens: of each option, and of the presets."""
    options = [{name: value} for name, field in concept.params.model_json_schema()["properties"].items() for value in field.get("enum", [])]
    runs = (concept.params.model_construct(**fields) for fields in (*options, *concept.presets.values()))
    return {f"assets/{file}" for params in runs for file in concept.reads(params)}


def _code(chosen: list[Concept]) -> Iterator[str]:
    """The package, less the concepts that are not chosen."""
    package = CONCEPTS.parent
    yield from (str(path.relative_to(ROOT)) for path in sorted((ROOT / package).iterdir()) if path.name not in ("concepts", "__pycache__"))
    yield str(CONCEPTS / "__init__.py")
    yield from (str(CONCEPTS / concept.slug) for concept in chosen)


def _requirements(chosen: list[Concept]) -> Iterator[str]:
    """The pins, less those that only concepts which are not chosen import."""
    distributions = packages_distributions()
    others = set(slugs()) - {concept.slug for concept in chosen}
    theirs = _imports(path for slug in others for path in (ROOT / CONCEPTS / slug).rglob("*.py"))
    kept = [path for path in (ROOT / "src").rglob("*.py") if not any(path.is_relative_to(ROOT / CONCEPTS / slug) for slug in others)]
    only = {name.lower() for top in theirs - _imports(kept) for name in distributions.get(top, [])}
    return (line for line in _copyable("requirements.txt").read_text().splitlines(True) if line.split("==")[0].lower() not in only)


def _imports(paths: Iterable[Path]) -> set[str]:
    return {name for path in paths for name in imported(ast.parse(path.read_text("utf-8")))}


def _bake(chosen: list[Concept], target: Path, limit: int) -> list[str]:
    """Copy baked runs while there is room, everybody's first preset before anybody's second; those there was no room for."""
    store, left = Store(Path(), 0, Settings().assets), limit - size(target)
    ranked = sorted((rank, concept.slug, name) for concept in chosen for rank, name in enumerate(concept.presets))
    without = []
    for _, slug, name in ranked:
        path = store.baked_path(slug, load(slug).params.checked(load(slug).presets[name]))
        if not path.is_file() or path.stat().st_size > left:
            without.append(f"{slug} {name}")
            continue
        left -= path.stat().st_size
        _copy(f"assets/runs/{slug}/{path.name}", target)
    return without


def _copy(path: str, target: Path) -> None:
    (target / path).parent.mkdir(parents=True, exist_ok=True)
    if (source := _copyable(path)).is_dir():
        shutil.copytree(source, target / path, ignore=LEFT_OUT)
    else:
        shutil.copy(source, target / path)


def _copyable(path: str) -> Path:
    return Settings().assets / Path(path).relative_to("assets") if path.startswith("assets/") else ROOT / path


def size(folder: Path) -> int:
    """Bytes of all files below."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def main(names: list[str]) -> int:
    for name in names:
        try:
            without = build(name, BUILT / name)
        except LookupError as error:
            print(error.args[0], file=sys.stderr)
            return 2
        print(
            f"{BUILT / name}: {size(BUILT / name) / 1e6:.1f} MB",
            *([f"computed when asked for: {', '.join(without)}"] if without else []),
            sep="; ",
        )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or [ALL]))

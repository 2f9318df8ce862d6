"""Begin a concept that runs, to be made into another: python template/new.py bayes"""

import re
import sys
from pathlib import Path

HERE, ROOT = Path(__file__).parent, Path(__file__).resolve().parents[1]
NEXT = """{made}
Next: the maths in model.py, what is seen in scene.py, the words in lesson/, its truth in {test}.
make bake (the page opens on baked runs), make test, make run. In the map: give its entry in src/playground/words/*.toml the slug."""


def begin(slug: str) -> list[Path]:
    """Write the concept and its test. Raises ValueError for a name that is none, or is taken."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", slug):
        raise ValueError("A concept's name is small letters, digits and _, and begins with a letter: make concept NAME=bayes")
    folder = ROOT / "src" / "playground" / "concepts" / slug
    if folder.exists():
        raise ValueError(f"There is a concept of that name: {folder.relative_to(ROOT)}")
    places = {path: folder / path.relative_to(HERE / "concept") for path in sorted((HERE / "concept").rglob("*")) if path.is_file()}
    tests = ROOT / "tests" / "concepts" / slug
    places |= {HERE / "tests" / name: tests / name.replace("concept", slug) for name in ("__init__.py", "test_concept.py")}
    for source, target in places.items():
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(_filled(source.read_text("utf-8"), slug), "utf-8")
    return list(places.values())


def _filled(text: str, slug: str) -> str:
    return text.replace("SLUG", slug).replace("NAME", slug.replace("_", " ").capitalize())


def main(names: list[str]) -> int:
    try:
        made = begin(*names[:1] or [""])
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    print(NEXT.format(made="\n".join(str(path.relative_to(ROOT)) for path in made), test=made[-1].relative_to(ROOT)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Links in the documents lead somewhere, and commands that are named exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCUMENTS = [path for place in ("*.md", "docs/*.md", "spaces/*/README.md", "assets/**/*.md") for path in sorted(ROOT.glob(place))]
LINK = re.compile(r"\]\(([^)\s]+)\)")


def anchors(text: str) -> set[str]:
    """Headings as GitHub links to them."""
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in re.findall(r"^#+ (.+)$", text, re.M)}


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(path: Path) -> None:
    text = path.read_text("utf-8")
    for link in LINK.findall(re.sub(r"```.*?```", "", text, flags=re.S)):
        if re.match(r"https?://|\?|data:", link):
            continue
        file, _, anchor = link.partition("#")
        target = (path.parent / file).resolve() if file else path
        assert target.exists(), link
        assert not anchor or anchor in anchors(target.read_text("utf-8")), link


def test_what_make_is_said_to_do_it_does() -> None:
    targets = set(re.findall(r"^([a-z][\w-]*):", (ROOT / "Makefile").read_text(), re.M))
    said = {name for path in DOCUMENTS for name in re.findall(r"(?:`|^    )make ([a-z][\w-]*)", path.read_text("utf-8"), re.M)}
    assert {"run", "test"} <= said
    assert said <= targets


def test_the_tree_in_the_readme_is_there() -> None:
    tree = re.search(r"## The tree\n\n(.*?)\n## ", (ROOT / "README.md").read_text("utf-8"), re.S)
    assert tree
    for name in re.findall(r"[\w/.]+\.(?:py|md|toml|txt)\b", tree[1]):
        assert (ROOT / name).exists() or any(list((ROOT / place).rglob(Path(name).name)) for place in ("src", "spaces", "docs")), name

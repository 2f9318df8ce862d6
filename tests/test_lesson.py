"""A concept's words: said once per key, by the site where the concept leaves them out, the same keys in both languages."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import yaml

from playground import lesson
from playground.concept import FOLDER, slugs
from playground.words import LANGUAGES


def keys(said: Any, below: str = "") -> Iterator[str]:
    """Where something is said. A glossary's terms are words themselves; a Space's emoji and tags stand in one language."""
    if isinstance(said, Mapping):
        for key, each in said.items():
            yield from (below + key,) if key in ("glossary", "space") else keys(each, f"{below}{key}.")
    else:
        yield below


@pytest.mark.parametrize("slug", slugs())
def test_both_languages_say_the_same_keys(slug: str) -> None:
    en, zh = (set(keys(yaml.safe_load((FOLDER / slug / "lesson" / f"words.{lang}.yaml").read_text("utf-8")))) for lang in LANGUAGES)
    assert en == zh
    assert set(keys(lesson.shared("en"))) == set(keys(lesson.shared("zh")))


def test_what_a_concept_leaves_out_is_said_by_the_site() -> None:
    site = {"fields": {"seed": {"label": "Seed", "caption": "where chance starts"}}}
    said = {"name": "X", "fields": {"seed": None, "rate": {"label": "Rate", "caption": "how far"}}, "presets": {"default": "Plain"}}
    labels, captions = lesson._tables(lesson._whole(said, site))
    assert labels == {"name": "X", "fields": {"seed": "Seed", "rate": "Rate"}, "presets": {"default": "Plain"}}
    assert captions == {"fields": {"seed": "where chance starts", "rate": "how far"}}
    own = lesson._whole(said | {"fields": {"seed": {"caption": "of its own"}}}, site)
    assert own["fields"]["seed"] == {"label": "Seed", "caption": "of its own"}


@pytest.mark.parametrize(
    "said",
    [{"fields": {"nothing_shared": None}}, {"phases": {"train": {"label": "Train", "boing": "x"}}}, {"phrases": {"a": {"label": "b"}}}],
)
def test_what_is_unknown_is_no_word(said: dict[str, Any]) -> None:
    with pytest.raises(KeyError):
        lesson._tables(lesson._whole({"name": "X"} | said, lesson.shared("en")))

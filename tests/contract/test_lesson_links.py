"""Links of the lessons that are runs of their pages: each can be run, as can the one beside it, and both languages offer the same."""

import html
import re
from urllib.parse import parse_qsl

import pytest

from playground import lesson
from playground.concept import Concept, load, slugs
from playground.params import RESERVED, Params
from playground.words import LANGUAGES

TRY = re.compile(r'<a href="(\?[^"]*)" class="try">')


def tries(slug: str, lang: str) -> list[str]:
    """Queries of a lesson's runs."""
    return [html.unescape(href)[1:] for href in TRY.findall(lesson.load(slug, lang).body)]


def said(query: str) -> dict[str, str]:
    return dict(parse_qsl(query, strict_parsing=True))


def beside(concept: Concept, query: str) -> Params:
    """The second run that a query names, as static/pair.js reads it."""
    changes = dict(part.split(":", 1) for part in re.split(r";(?=[A-Za-z_]\w*:)", said(query)["vs"]))
    own = {name: value for name, value in said(query).items() if name not in RESERVED}
    return concept.params.from_query(own | changes)


@pytest.mark.parametrize("slug", slugs())
def test_what_a_lesson_offers_to_try_can_be_run(slug: str) -> None:
    concept = load(slug)
    for query in {query for lang in LANGUAGES for query in tries(slug, lang)}:
        params, told = concept.params.from_query(query), said(query)
        assert set(told) <= {*concept.params.model_fields, "vs", "view", "at"}
        assert "vs" not in told or beside(concept, query) != params
        scene = concept.scene(params)
        parts = [part.split(":") for part in told.get("view", "").split(";") if part]
        layers = [name.removeprefix("-") for kind, value in parts if kind == "l" for name in value.split(",")]
        assert set(layers) <= {layer.key for layer in scene.layers}
        assert int(told.get("at", 0)) < concept.frames(params)


@pytest.mark.parametrize("slug", slugs())
def test_all_languages_offer_the_same(slug: str) -> None:
    assert len({tuple(tries(slug, lang)) for lang in LANGUAGES}) == 1


def test_a_query_becomes_a_link_to_try_and_nothing_else_does() -> None:
    found = lesson.render('[a](?seed=3&vs=seed:4) [b](#stage) [c](https://example.org) [d](??x="onclick=1)')
    assert TRY.findall(found)[0] == "?seed=3&amp;vs=seed:4"
    assert found.count("<a ") == found.count("</a>") == 3
    assert 'class="symbol" data-key="stage"' in found
    assert '<a href="https://example.org">' in found
    assert '"onclick' not in found

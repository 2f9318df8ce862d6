"""Runs that a lesson offers to try: by mouse, by keys, by finger; what is on the stage then is what the link says."""

from collections.abc import Callable
from urllib.parse import parse_qs, urlparse

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.test_accessibility import findings
from tests.browser.test_concept_page import query, ready

Visit = Callable[..., Page]
PHONE = {"width": 390, "height": 844, "has_touch": True, "is_mobile": True}


def tried(page: Page, search: str) -> Locator:
    return page.locator(f"a.try[href='{search}']")


def in_sight(page: Page) -> None:
    """The stage has the keyboard, and its picture is in the window."""
    page.wait_for_function("document.activeElement.id === 'stage'")
    page.wait_for_function(
        """() => {
            const { top, bottom } = document.querySelector('#stage canvas').getBoundingClientRect();
            return top >= -1 && top < innerHeight / 2 && bottom > 100;
        }"""
    )


def beside(page: Page) -> None:
    """The run without positions is on the stage, the default beside it."""
    ready(page)
    expect(page.locator("#stage canvas")).to_have_count(2)
    page.wait_for_url(lambda url: parse_qs(urlparse(url).query).get("vs") == ["positions:rotary"])
    assert query(page)["positions"] == "none"


def test_by_mouse_there_and_back(visit: Visit) -> None:
    page = ready(visit("/en/attention?seed=7&at=2"))
    tried(page, "?positions=none&vs=positions:rotary").click()
    in_sight(page)
    beside(page)
    expect(page.locator(".versus-bar .difference")).to_have_text("Positions: none | rotary")
    page.go_back()
    ready(page)
    expect(page.locator("#stage canvas")).to_have_count(1)
    assert query(page)["at"] == "2"


def test_by_keys_and_from_any_settings_to_what_the_link_says(visit: Visit) -> None:
    """A link says everything: what it does not name is as it is by default, a second run it does not name is not there."""
    page = ready(visit("/en/attention?heads=1&vs=heads:4&at=0"))
    expect(page.locator("#stage canvas")).to_have_count(2)
    link = tried(page, "?positions=none&vs=positions:rotary")
    link.focus()
    page.keyboard.press("Enter")
    in_sight(page)
    beside(page)
    assert query(page)["heads"] == "4"
    page.keyboard.press("Escape")
    other = tried(page, "?positions=learned&view=l:-heads,alike&at=7")
    other.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#stage canvas")).to_have_count(1)
    ready(page)
    expect(page.locator(".legend [data-key=alike]")).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".legend [data-key=heads]")).to_have_attribute("aria-pressed", "false")
    assert query(page)["at"] == "7"
    page.locator(".legend [data-key=codes]").click()
    expect(page.locator(".legend [data-key=alike]")).to_have_attribute("aria-pressed", "false")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_by_finger_on_a_phone(visit: Visit, lang: str) -> None:
    page = ready(visit(f"/{lang}/attention?mode=look&at=0", **PHONE))
    for link in page.locator("a.try").all():
        box = link.bounding_box()
        assert box is not None
        assert box["height"] >= 44
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
    tried(page, "?positions=none&vs=positions:rotary").tap()
    in_sight(page)
    beside(page)


def test_another_tab_is_the_browsers_own_affair(visit: Visit) -> None:
    page = ready(visit("/en/attention?at=0"))
    with page.context.expect_page() as opened:
        tried(page, "?heads=1&vs=heads:4").click(modifiers=["Control"])
    other = opened.value
    other.wait_for_url("**/en/attention?*")
    ready(other)
    assert query(other)["heads"] == "1"
    assert query(page)["heads"] == "4"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_stands_in_a_readers_way(visit: Visit, scheme: str) -> None:
    page = ready(visit("/en/attention?at=0", color_scheme=scheme, reduced_motion="reduce"))
    expect(page.locator("a.try").first).to_be_visible()
    assert findings(page) == []

"""axe-core over every page: nothing serious, in light and dark, in both languages, on a desk and in a hand."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_concept_page import choose, ready

Visit = Callable[..., Page]
AXE = Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js"
GRAVE = ("serious", "critical")
DESK = {"width": 1280, "height": 800}
HAND = {"width": 390, "height": 844}


def findings(page: Page) -> list[str]:
    """What stands in a reader's way, a line each: rule, where, how to put it right."""
    page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    assert len(found["passes"]) > 20, "axe looked at the page"
    return [
        f"{rule['id']} at {' '.join(map(str, node['target']))}: {rule['help']} ({node['failureSummary']})"
        for rule in found["violations"]
        if rule["impact"] in GRAVE
        for node in rule["nodes"]
    ]


@pytest.mark.parametrize(("lang", "scheme", "size"), [("en", "light", DESK), ("zh", "dark", HAND)])
def test_the_gallery(visit: Visit, lang: str, scheme: str, size: dict[str, int]) -> None:
    page = visit(f"/{lang}/", color_scheme=scheme, reduced_motion="reduce", **size)
    page.locator("input[type=search]").fill("gan")
    expect(page.locator(".hits")).not_to_be_empty()
    assert findings(page) == []


@pytest.mark.parametrize(
    ("lang", "scheme", "size"), [("en", "light", DESK), ("zh", "dark", DESK), ("zh", "light", HAND), ("en", "dark", HAND)]
)
def test_the_concept_page(visit: Visit, lang: str, scheme: str, size: dict[str, int]) -> None:
    """With a message, an answered check and the chapter that has most layers."""
    page = ready(visit(f"/{lang}/diffusion?at=60", color_scheme=scheme, reduced_motion="reduce", **size))
    page.locator("label.opt").first.click()
    expect(page.locator(".verdict")).not_to_be_empty()
    page.wait_for_function("document.querySelectorAll('.chart .main-svg').length > 0")
    assert findings(page) == []
    page.get_by_role("tab").nth(1).click()
    expect(page.locator("table.meanings").first).to_be_visible()
    assert findings(page) == []


def test_while_a_run_is_computed_and_when_one_is_refused(visit: Visit) -> None:
    page = visit("/en/diffusion?steps=2000&seed=4711", allow="422")
    expect(page.locator("#run button")).to_have_text("Stop")
    page.locator(".chapters button:enabled").nth(1).wait_for()
    page.wait_for_selector(".shell", state="detached")
    assert findings(page) == []
    page.locator("#run button").click()
    choose(page, "data", "drawn")
    page.locator("#run button").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert findings(page) == []


@pytest.mark.parametrize(("lang", "scheme", "size"), [("en", "dark", DESK), ("zh", "light", HAND)])
def test_the_dialog(visit: Visit, lang: str, scheme: str, size: dict[str, int]) -> None:
    page = ready(visit(f"/{lang}/diffusion?at=60", color_scheme=scheme, reduced_motion="reduce", **size))
    page.locator("header .share").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert findings(page) == []

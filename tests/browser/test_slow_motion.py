"""One step in slow motion: the drawing, the sub-steps by number, the formula of this run's loss, and this step's numbers."""

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from playground.concept import load
from playground.lesson import load as lesson
from tests.browser.test_accessibility import findings
from tests.browser.test_concept_page import at, ready

Visit = Callable[..., Page]
FIRST = load("gan").scene(load("gan").params()).chapters[0].frames  # of the slow chapter


def frames(page: Page, query: str) -> list[dict]:
    """The run's frames, as anyone can fetch them."""
    lines = page.request.get(page.evaluate("location.origin") + f"/runs/gan?{query}").text().splitlines()
    return [json.loads(line) for line in lines if '"arrays"' in line]


def test_each_part_has_its_drawing_formula_and_numbers(visit: Visit) -> None:
    page = ready(visit(f"/en/gan?at={FIRST}", reduced_motion="reduce"))
    told = [frame["metrics"] for frame in frames(page, "") if frame["phase"] == "slow"]
    assert len(told) == 10
    expect(page.locator(".flow")).to_be_visible()
    buttons = page.locator(".turn button")
    expect(buttons).to_have_count(10)
    drawings = set()
    for i in range(10):
        buttons.nth(i).click()
        assert at(page) == FIRST + i
        expect(buttons.nth(i)).to_have_attribute("aria-current", "step")
        drawings.add(
            page.locator(".flow svg").evaluate("svg => [...svg.querySelectorAll('.edge, .node')].map(e => e.classList.value).join()")
        )
        assert page.locator(".flow .formula math").count() > 0
    assert len(drawings) > 6, "what flows where changes from part to part"
    buttons.nth(2).click()
    expect(page.locator(".flow .said")).to_contain_text(f"{told[2]['d_loss']:.3f}")
    page.locator(".chapters button").first.click()
    expect(page.locator(".flow")).to_be_hidden()


@pytest.mark.parametrize("loss", ["non_saturating", "wgan_gp"])
def test_the_formula_is_of_the_loss_that_this_run_minimises(visit: Visit, loss: str) -> None:
    page = ready(visit(f"/en/gan?loss={loss}&steps=20&look_at=10"))
    page.locator(".chapters button").nth(1).click()
    formulas = lesson("gan", "en").captions["formulas"]
    page.locator(".turn button").nth(2).click()
    shown = page.locator(".flow .formula").text_content() or ""
    expected = [f"d_loss_{loss}", *(["gradient_penalty"] if loss == "wgan_gp" else [])]
    plain = [re.sub(r"&#x(\w+);", lambda m: chr(int(m[1], 16)), re.sub(r"<[^>]+>", "", formulas[key])) for key in expected]
    assert re.sub(r"\s", "", shown) == re.sub(r"\s", "", "".join(plain))


def test_a_player_that_stands_still_has_no_turn(visit: Visit) -> None:
    page = ready(visit("/en/gan?d_steps=0&steps=20&look_at=10"))
    page.locator(".chapters button").nth(1).click()
    expect(page.locator(".turn")).to_have_count(1)
    expect(page.locator(".turn button")).to_have_count(5)


@pytest.mark.parametrize(("lang", "scheme"), [("en", "light"), ("zh", "dark")])
def test_on_a_phone(visit: Visit, lang: str, scheme: str) -> None:
    page = ready(visit(f"/{lang}/gan?at={FIRST + 8}", width=390, height=844, color_scheme=scheme, reduced_motion="reduce"))
    expect(page.locator(".flow")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    for button in page.locator(".turn button").all():
        box = button.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 44
    assert findings(page) == []
    page.locator("#stage").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".turn button[aria-current]")).to_contain_text("5")

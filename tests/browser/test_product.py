"""On the attention page: how a weight comes about, every number down to the stage, and what can be left out of the view."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from playground.concept import load
from playground.concepts.attention import minilm
from playground.words import words
from tests.browser.test_accessibility import findings
from tests.browser.test_concept_page import picture
from tests.browser.test_heads import HAND, SETTLED, STILL, kept, said, view

Visit = Callable[..., Page]
TEXT = "To be, or not to be"
LOOK = f"/en/attention?mode=look&generate=0&beams=0&text={TEXT}"
HEAD, QUERY, KEY = (1, 2), 16, 14
TWO = "mode=look&model=minilm&text=It was tired.&second=The street was wide."


def shown(page: Page) -> Page:
    """Wait until the run is there, of one frame or of many, and nothing moves on the page."""
    page.wait_for_function(
        "performance.getEntriesByName('run:complete').length > 0", timeout=150_000
    )  # the first run waits until transformers is loaded
    page.wait_for_selector(".shell", state="detached")
    expect(page.locator(".heads-bar")).to_be_visible()
    page.wait_for_function(SETTLED)
    return page


def truth(**given: Any) -> dict[str, np.ndarray]:
    concept = load("attention")
    return dict(next(iter(concept.run(concept.params(mode="look", generate=0, beams=0, text=TEXT, **given)))).arrays)


def steps(page: Page) -> list[float]:
    """The last number of each step that is told."""
    told = page.locator(".product li").all_inner_texts()
    return [
        float(re.findall(r"[−-]?\d+\.\d+|−∞", line.split(", the same")[0])[-1].replace("−", "-").replace("∞", "inf"))
        for line in told
        if "ask" not in line
    ]


def numbers(cells: Locator) -> list[float]:
    return [float(text.replace("−∞", "-inf").replace("−", "-")) for text in cells.all_inner_texts()]


def test_every_number_down_to_the_stage(visit: Visit) -> None:
    page = shown(visit(f"{LOOK}&view=h:product,1,2,{QUERY},{KEY}", **STILL))
    own = truth()
    q, k = own["query"][HEAD].astype(float)[QUERY], own["key"][HEAD].astype(float)
    products, scores = q * k[KEY], k @ q / np.sqrt(len(q))
    powers = np.where(np.arange(len(k)) <= QUERY, np.exp(scores - scores[: QUERY + 1].max()), 0)
    best = int(np.abs(products).argmax())
    dimension = page.locator(".product .dimension")
    expect(dimension).to_have_text(re.compile(f"^Dimension {best + 1} of {len(q)}: "))
    parts = [float(number.replace("−", "-")) for number in re.findall(r"−?\d+\.\d\d", dimension.inner_text())]
    assert parts == pytest.approx([q[best], k[KEY][best], products[best]], abs=0.006)
    drawn = own["attention"][(*HEAD, QUERY, KEY)] / 255
    weight = powers[KEY] / powers.sum()
    assert steps(page) == pytest.approx([products.sum(), scores[KEY], weight, drawn], abs=0.006)
    assert abs(weight - drawn) < 1 / 255
    rows = page.locator(".product .row-of .cells")
    assert numbers(rows.locator("span:last-child")) == pytest.approx(powers / powers.sum(), abs=6e-4)
    assert numbers(rows.locator("span:nth-of-type(1)"))[: QUERY + 1] == pytest.approx(scores[: QUERY + 1], abs=0.006)
    assert set(rows.locator("span:nth-of-type(1)").all_inner_texts()[QUERY + 1 :]) == {"−∞"}, "what comes later is barred"


def test_by_mouse_and_by_keys_alone(visit: Visit) -> None:
    page = shown(visit(f"{LOOK}&view=h:product,1,2,{QUERY},{KEY}", **STILL))
    dimension, slider = page.locator(".product .dimension"), page.get_by_label("Dimension, with its query")
    box = slider.bounding_box()
    assert box is not None
    for i in (0, 17, 31):
        page.mouse.click(box["x"] + (i + 0.5) / 32 * box["width"], box["y"] + 20)
        expect(dimension).to_have_text(re.compile(f"^Dimension {i + 1} of 32"))
    clock = page.locator("#scrub").input_value()
    slider.press("ArrowLeft")
    expect(dimension).to_have_text(re.compile("^Dimension 31 "))
    assert slider.get_attribute("aria-valuetext") == dimension.inner_text()
    page.get_by_role("radiogroup", name="The row").get_by_role("radio").nth(KEY).focus()
    page.keyboard.press("ArrowDown")
    kept(page, f"h:product,1,2,{QUERY},{KEY + 1}")
    assert said(page).startswith(f"“␣” → “{TEXT[KEY + 1]}”")
    assert page.locator("#scrub").input_value() == clock, "arrows here are not the clock's"
    page.locator("#stage").focus()
    page.keyboard.press("ArrowUp")
    kept(page, f"h:product,1,2,{QUERY - 1}")
    expect(page.locator(".product h2")).to_have_text(re.compile(r"^Head 1\.2: "))
    view(page, "matrix").click()
    expect(page.locator(".product")).to_be_hidden()


def test_an_operation_is_owned_up_to(visit: Visit) -> None:
    page = shown(visit(f"{LOOK}&uniform=1.2&view=h:product,1,2,{QUERY},{KEY}", **STILL))
    expect(page.locator(".product li").last).to_have_text("On the stage: 0.059. An operation put another weight in the place of this one.")
    page.get_by_role("button", name="Next head").click()
    expect(page.locator(".product li").last).to_contain_text("the same")


def test_a_picture_without_queries_and_keys_says_so(visit: Visit) -> None:
    page = shown(visit(f"/en/attention?mode=look&generate=1&text={TEXT}&view=h:product,1,2&at=6", **STILL))
    expect(page.locator(".product")).to_contain_text("No queries and keys came with this picture")
    page.locator("#scrub").fill("2")
    expect(page.locator(".product li").last).to_contain_text("the same")  # read off each layer, the text is the one that was looked at


@pytest.mark.skipif(not minilm.packaged(), reason="MiniLM is not here")
@pytest.mark.parametrize(("lang", "scheme", "size"), [("zh", "dark", HAND), ("en", "light", HAND), ("en", "dark", {})])
def test_marks_and_links_between_sentences(visit: Visit, lang: str, scheme: str, size: dict[str, Any]) -> None:
    """By finger, in both languages: nothing too small, nothing in a reader's way."""
    page = shown(visit(f"/{lang}/attention?{TWO}&view=h:product,3,1,2", color_scheme=scheme, **STILL, **size))
    own = words(lang)["player"]
    press: Callable[[Locator], None] = (lambda one: one.tap()) if size else (lambda one: one.click())
    every = picture(page)
    tokens = page.locator(".product .row-of .cells").count()
    press(page.get_by_role("button", name=own["heads_bare"]))
    assert picture(page) != every
    expect(page.locator(".product .row-of .cells")).to_have_count(tokens)  # the row's sum needs the marks all the same
    kept(page, "h:product,3,1,2;s:bare")
    some = picture(page)
    page.get_by_label(own["heads_across"]).select_option("first")
    kept(page, "h:product,3,1,2;s:bare,first")
    assert picture(page) not in (every, some)
    again = page.url
    page.reload()
    shown(page)
    assert page.url == again
    expect(page.get_by_role("button", name=own["heads_bare"])).to_have_attribute("aria-pressed", "true")
    press(view(page, "lines", lang))
    press(page.get_by_role("button", name=own["heads_bare"]))
    kept(page, "h:lines,3,1,2;s:first")
    press(view(page, "product", lang))
    if size:
        for target in page.locator(
            ".heads-bar label, .heads-bar button, .heads-bar select, .product label, .product input[type=range]"
        ).all():
            box = target.bounding_box()
            assert box is not None
            assert min(box["width"], box["height"]) >= 44
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        expect(page.locator(".aid")).to_be_visible()
    assert findings(page) == []

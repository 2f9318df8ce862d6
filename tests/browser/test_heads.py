"""Attention on the stage, on a page of the laboratory: three views, by mouse, by finger and by keys; bars and texts beside it."""

import re
from collections.abc import Callable, Iterator
from urllib.parse import parse_qs, urlparse

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from playground.concept import load
from playground.words import words
from tests import lab
from tests.browser.studio import studio
from tests.browser.test_accessibility import findings
from tests.browser.test_concept_page import picture, ready

Visit = Callable[..., Page]
HAND = {"width": 390, "height": 844, "has_touch": True, "is_mobile": True}
STILL = {"reduced_motion": "reduce"}
TOKENS = ["The", "animal", "did", "n't", "cross", "the", "street", ",", "because", "it", "was", "too", "tired", "."]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The laboratory's pages."""
    with studio(tmp_path_factory.mktemp("store")) as served:
        yield served


SETTLED = """() => {
    const own = [...document.querySelectorAll('#stage canvas')].map((canvas) => JSON.stringify(canvas.getBoundingClientRect())).join();
    const count = (window.settled ?? ['', 0])[0] === own ? window.settled[1] + 1 : 0;
    window.settled = [own, count];
    return count > 8;
}"""


def shown(page: Page) -> Page:
    """Wait until attention is drawn, its controls are there, and nothing moves on the page."""
    ready(page)
    expect(page.locator(".heads-bar")).to_be_visible()
    page.wait_for_function(SETTLED)
    return page


def kept(page: Page, view: str) -> None:
    """Wait until the link keeps this look."""
    page.wait_for_url(lambda url: parse_qs(urlparse(url).query).get("view") == [view])


def said(page: Page) -> str:
    """What the controls say of the link, without the signs that keep directions apart."""
    return re.sub("[\u2068\u2069]", "", page.locator(".heads-bar .link").inner_text())


def twin(page: Page) -> str:
    return re.sub("[\u2068\u2069]", "", page.locator("p.twin").inner_text())


def view(page: Page, name: str, lang: str = "en") -> Locator:
    return page.locator(".views label", has_text=words(lang)["player"][f"heads_{name}"])


def place(page: Page, where: str, *numbers: int, stage: int = 0) -> tuple[float, float]:
    """Where the page's own layout has something, in the window: the tokens stand there, not the colours."""
    box = page.locator("#stage canvas").nth(stage).bounding_box()
    assert box is not None
    x, y = page.evaluate(
        """async ([where, numbers, width, height, widest]) => {
            const url = document.querySelector('#stage').dataset.static + '/heads-layout.js';
            const layout = await import(url);
            const box = { x: 0, y: 0, w: width, h: height };
            const [t, a, b] = numbers;
            const plan = layout[where](box, { layers: 4, heads: 4, t, rows: t, query: t - 1 }, widest);
            if (where === 'all') return [plan.x + b * plan.across + plan.cell / 2, plan.y + a * plan.down + plan.cell / 2];
            if (where === 'matrix') return [plan.x + (b + 0.5) * plan.cell, plan.y + (a + 0.5) * plan.cell];
            return [b ? plan.right + 20 : plan.left - 20, plan.at[a]];
        }""",
        [where, list(numbers), box["width"], box["height"], widest(page)],
    )
    return box["x"] + x, box["y"] + y


def widest(page: Page) -> float:
    """Of the tokens, at size 1."""
    return page.evaluate(
        """async (tokens) => {
            const { face } = await import(document.querySelector('#stage').dataset.static + '/heads.js');
            const pen = document.createElement('canvas').getContext('2d');
            pen.font = face(100);
            return Math.max(...tokens.map((token) => pen.measureText(token).width)) / 100;
        }""",
        TOKENS,
    )


def truth(step: int = 11, **params: int | str) -> np.ndarray:
    """The weights of a frame, computed here."""
    with lab.installed(lab.STUDIO):
        concept = load("gaze")
        return list(concept.run(concept.params(**params)))[step].arrays["attention"] / 255


def test_a_head_is_opened_and_a_cell_says_its_weight(visit: Visit) -> None:
    page = shown(visit("/en/gaze?at=11", **STILL))
    weights = truth()
    every = picture(page)
    page.mouse.click(*place(page, "all", 14, 1, 2))
    expect(view(page, "matrix").locator("input")).to_be_checked()
    expect(page.locator(".stepper.head b")).to_have_text("1.2")
    assert picture(page) != every
    page.mouse.move(*place(page, "matrix", 14, 9, 1))
    expect(page.locator(".heads-bar .link")).to_contain_text("it")
    assert said(page) == f"“it” → “animal”: {weights[1, 2, 9, 1]:.2f}"
    page.mouse.click(*place(page, "matrix", 14, 9, 1))
    page.mouse.move(5, 5)
    assert said(page) == f"“it” → “animal”: {weights[1, 2, 9, 1]:.2f}", "what was clicked stays"
    kept(page, "h:matrix,1,2,9,1")
    best = int(weights[1, 2, 9].argmax())
    assert twin(page) == f"Step 11: in head 1.2, “it” looks most at “{TOKENS[best]}” ({weights[1, 2, 9, best]:.2f})."


def test_views_are_linked_and_the_link_keeps_them(visit: Visit) -> None:
    page = shown(visit("/en/gaze?at=11&view=h:matrix,1,2,9", **STILL))
    view(page, "lines").click()
    weights = truth()
    best = int(weights[1, 2, 9].argmax())
    assert said(page) == f"“it” → “{TOKENS[best]}”: {weights[1, 2, 9, best]:.2f}"
    alone = picture(page)
    page.mouse.move(*place(page, "lines", 14, 12, 0))
    assert said(page).startswith("“tired” →")
    hovered = picture(page)
    assert hovered != alone
    page.mouse.move(5, 5)
    assert picture(page) == alone
    page.mouse.click(*place(page, "lines", 14, 12, 0))
    page.mouse.move(5, 5)
    assert picture(page) == hovered, "chosen, it looks as it did under the pointer"
    kept(page, "h:lines,1,2,12")
    again = shown(visit(page.url.replace(page.evaluate("location.origin"), ""), **STILL))
    assert picture(again) == hovered
    page.mouse.click(*place(page, "lines", 14, 12, 0))
    page.mouse.move(5, 5)
    assert picture(page) not in (hovered, alone), "the same token again: all lines"


def test_keys_alone(visit: Visit) -> None:
    page = shown(visit("/en/gaze?at=11", **STILL))
    expect(page.locator("#stage .heads-bar")).to_have_attribute("aria-label", re.compile("brackets"))
    page.locator("#stage").focus()
    for key, head in (("]", "0.0"), ("]", "0.1"), ("[", "0.0"), ("[", "3.3")):
        page.keyboard.press(key)
        expect(page.locator(".stepper.head b")).to_have_text(head)
    page.keyboard.press("Enter")
    expect(view(page, "matrix").locator("input")).to_be_checked()
    for _ in range(4):
        page.keyboard.press("ArrowUp")
    assert said(page).startswith("“it” →")
    page.keyboard.press("ArrowDown")
    assert said(page).startswith("“was” →")
    kept(page, "h:matrix,3,3,10")
    page.keyboard.press("ArrowLeft")
    assert twin(page).startswith("Step 10: in head 3.3, “was”"), "left and right are the clock's"
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(view(page, "all").locator("input")).to_be_checked()
    view(page, "all").locator("input").focus()
    page.keyboard.press("ArrowRight")
    expect(view(page, "matrix").locator("input")).to_be_checked()
    assert twin(page).startswith("Step 10:"), "arrows in the control change the view, not the clock"
    page.get_by_role("button", name="Next head").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".stepper.head b")).to_have_text("0.0")


@pytest.mark.parametrize(("lang", "text", "scheme"), [("zh", "zh", "dark"), ("en", "en", "light")])
def test_by_finger(visit: Visit, lang: str, text: str, scheme: str) -> None:
    page = shown(visit(f"/{lang}/gaze?at=11&text={text}", color_scheme=scheme, **STILL, **HAND))
    for target in page.locator(".heads-bar label, .heads-bar button").all():
        box = target.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 44
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    view(page, "lines", lang).tap()
    before = said(page)
    page.get_by_role("button", name=words(lang)["player"]["token_back"]).tap()
    assert said(page) != before
    if text == "en":
        page.touchscreen.tap(*place(page, "lines", 14, 2, 0))
        assert said(page).startswith("“did”")
        kept(page, "h:lines,3,3,2")
    assert findings(page) == []


@pytest.mark.parametrize("size", [{"width": 1280, "height": 800}, HAND])
def test_hostile_tokens_are_only_text(visit: Visit, size: dict[str, int]) -> None:
    page = visit("/zh/gaze?at=13&text=odd&length=128", **STILL, **size)
    page.on("dialog", lambda dialog: pytest.fail("a script ran"))
    shown(page)
    page.wait_for_function("document.querySelectorAll('.chart.bars .main-svg').length > 0")
    assert page.locator("img[src=x], .chart.bars a, .texts b").count() == 0
    names = page.locator(".chart.bars .ytick text").all_text_contents()
    assert names[0] == "<img src=x on…"
    assert names[1] == "‹202E›"
    for name in ("all", "matrix", "lines"):
        view(page, name, "zh").click()
        assert not re.search("[\u202a-\u202e\u0007]", twin(page) + said(page))
    page.locator("#scrub").fill("11")
    written = page.locator(".written")
    assert written.evaluate("one => one.textContent").startswith("First line  with spaces,\n\tand <b>no markup</b>‹202E›.\n床前")
    assert written.evaluate("one => getComputedStyle(one).whiteSpace") == "pre-wrap"
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    assert findings(page) == []


def test_bars_follow_the_clock(visit: Visit) -> None:
    page = shown(visit("/en/gaze?at=12", **STILL))
    page.wait_for_function("document.querySelectorAll('.chart.bars .main-svg').length > 0")
    heights = "card => card.querySelector('.js-plotly-plot').data.map(({x}) => x)"
    card = page.locator(".chart.bars")
    first = card.evaluate(heights)
    assert [len(series) for series in first] == [8, 8]
    assert sum(first[0]) == pytest.approx(1, abs=1e-5)
    axis = card.locator(".xtick text").all_text_contents()
    page.locator("#scrub").fill("14")
    assert card.evaluate(heights) != first
    assert card.locator(".xtick text").all_text_contents() == axis, "the axis keeps still"
    expect(card.locator("[role=img]")).to_have_attribute("aria-label", re.compile(r"The next token: The 0\.\d+, animal"))
    assert card.locator(".ytick text").all_text_contents()[:2] == ["The", "animal"]


def test_side_by_side(visit: Visit) -> None:
    page = shown(visit("/en/gaze?at=11&vs=seed:8&view=h:matrix,1,2,9", **STILL))
    expect(page.locator(".versus-bar .parted")).not_to_be_empty(timeout=60_000)
    page.wait_for_function(SETTLED)
    pictures = "[...document.querySelectorAll('#stage canvas')].map(canvas => canvas.toDataURL())"
    one, other = page.evaluate(pictures)
    assert one != other
    assert len(re.findall("in head 1.2, “it” looks most", twin(page))) == 2
    page.mouse.move(*place(page, "matrix", 14, 12, 5, stage=1))
    expect(page.locator(".heads-bar .link")).to_contain_text("tired")
    page.mouse.click(*place(page, "matrix", 14, 12, 5, stage=1))
    kept(page, "h:matrix,1,2,12,5")  # a click on either stage is for both
    assert len(re.findall("in head 1.2, “tired” looks most", twin(page))) == 2
    expect(page.locator(".written")).to_have_count(2)
    after = page.evaluate(pictures)
    assert after[0] != one
    assert after[1] != other


@pytest.mark.parametrize("asked", ["h:matrix,99,99,999,999", "h:<script>alert(1)</script>", "h:lines,-1"])
def test_a_hostile_view_does_no_harm(visit: Visit, asked: str) -> None:
    page = shown(visit(f"/en/gaze?at=11&view={asked}", **STILL))
    assert re.fullmatch(r"“\S+” → “\S+”: [01]\.\d\d", said(page))
    expect(page.get_by_role("alert")).to_be_hidden()

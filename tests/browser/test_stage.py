"""What the stage can draw and how points are picked, on a made-up run that has every kind of layer."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser import synthetic
from tests.browser.test_concept_page import picture, query, ready

Visit = Callable[..., Page]
INK = """() => {
    const canvas = document.querySelector('.chart.histogram canvas');
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    return data.filter((_, i) => i % 4 === 3).reduce((sum, alpha) => sum + alpha, 0);
}"""


@pytest.fixture
def made_up(visit: Visit) -> Callable[..., Page]:
    def open_page(query: str, lang: str = "en", **options: int | bool) -> Page:
        page = visit("/healthz", **options)
        synthetic.instead(page, lang)
        page.goto(page.url.replace("/healthz", f"/{lang}/diffusion?{query}"))
        return ready(page)

    return open_page


def click(page: Page, index: int, at: int = 30) -> None:
    """Click where the synthetic run has the point in this frame."""
    x, y = list(synthetic.frames())[at].arrays["walk"][index].astype(float)
    box = page.locator("#stage canvas").bounding_box()
    assert box is not None
    scale = box["height"] / (2 * synthetic.SCENE.view)
    page.mouse.click(box["x"] + box["width"] / 2 + x * scale, box["y"] + box["height"] / 2 - y * scale)


def test_every_layer_changes_the_picture(made_up: Callable[..., Page]) -> None:
    page = made_up("at=30")
    for key in ("field", "contours", "trails", "sample", "denoised"):
        before, chip = picture(page), page.locator(f".chip[data-key={key}]")
        was = chip.get_attribute("aria-pressed")
        chip.click()
        expect(chip).to_have_attribute("aria-pressed", "false" if was == "true" else "true")
        page.wait_for_function("before => document.querySelector('#stage canvas').toDataURL() !== before", arg=before)


def test_the_link_shows_the_layers_that_the_reader_chose(made_up: Callable[..., Page]) -> None:
    page = made_up("at=30&view=p:3")
    for key in ("field", "contours"):
        page.locator(f".chip[data-key={key}]").click()
    assert query(page)["view"] == "p:3;l:-field,contours"
    chosen = picture(page)
    again = made_up("at=30&view=p:3;l:-field,contours")
    assert picture(again) == chosen
    again.locator(".chip[data-key=field]").click()
    again.locator(".chip[data-key=contours]").click()
    assert query(again)["view"] == "p:3", "as the stage is by itself, the link says nothing"


def test_a_histogram_moves_with_the_stage_on_axes_that_stay(made_up: Callable[..., Page]) -> None:
    page = made_up("at=22")
    page.wait_for_function("document.querySelectorAll('.chart.histogram .main-svg').length > 0")
    axes = page.locator(".chart.histogram .xtick, .chart.histogram .ytick").all_text_contents()
    seen = {page.evaluate(INK)}
    for frame in (26, 30, 35):
        page.locator("#scrub").fill(str(frame))
        seen.add(page.evaluate(INK))
        assert page.locator(".chart.histogram .xtick, .chart.histogram .ytick").all_text_contents() == axes
    assert len(seen) == 4
    assert min(seen) > 0
    expect(page.locator(".chart.histogram [role=img]")).to_have_attribute("aria-label", re.compile("."))
    expect(page.locator(".chart.histogram .values")).to_contain_text("step by step")


@pytest.mark.parametrize(("lang", "size"), [("en", (1280, 800)), ("zh", (390, 844))])
def test_many_seeds_stand_side_by_side(visit: Visit, lang: str, size: tuple[int, int]) -> None:
    page = visit("/healthz", width=size[0], height=size[1], reduced_motion="reduce")
    synthetic.instead(page, lang, made=synthetic.many)
    page.goto(page.url.replace("/healthz", f"/{lang}/diffusion?at=30&seed=7"))
    one = picture(ready(page))
    chip = page.locator(".chip.members")
    expect(chip).to_have_attribute("aria-pressed", "false")
    chip.click()
    expect(chip).to_have_attribute("aria-pressed", "true")
    every = picture(page)
    assert every != one
    page.locator(".chip[data-key=sample]").click()
    assert picture(page) != every, "the layers' chips are for all of them"
    page.locator(".chip[data-key=sample]").click()
    chip.click()
    assert picture(page) == one
    page.wait_for_function("document.querySelectorAll('.chart:not([hidden]) .js-plotly-plot').length > 1")
    fills = page.locator(".chart[data-key=speed]").evaluate(
        "card => card.querySelector('.js-plotly-plot').data.filter(({x}) => x.length).map(({fill}) => fill ?? '')"
    )
    assert fills == ["", "tonexty", "", ""], "lowest, highest with the band, the first seed's own, the median"
    said = page.locator(".chart[data-key=speed] .values").inner_text()
    assert [number in said for number in ("0.526", "0.576", "1.37", "0.971")] == [True] * 4, "the first seed's, lowest, highest, median"
    page.locator("#scrub").fill("3")
    expect(chip).to_have_count(0)  # a chapter whose layers have one member


def test_a_click_picks_a_point_and_its_link_shows_it_again(made_up: Callable[..., Page]) -> None:
    page = made_up("at=30")
    expect(page.locator(".picks")).to_have_text("Click a point: its way")
    bare = picture(page)
    outermost = int(list(synthetic.frames())[30].arrays["walk"][:, 0].argmin())
    click(page, outermost)
    expect(page.locator(".picks")).to_contain_text(f"Point {outermost}: from (")
    page.wait_for_url(re.compile("view="))
    assert query(page)["view"] == f"p:{outermost}"
    picked = picture(page)
    assert picked != bare
    again = made_up(f"at=30&view=p:{outermost}")
    assert picture(again) == picked
    click(page, outermost)
    assert picture(page) == bare, "the same point again lets it go"
    assert "view" not in query(page)


def test_points_are_picked_with_the_keyboard_alone(made_up: Callable[..., Page]) -> None:
    page = made_up("at=30")
    bare = picture(page)
    page.locator("#stage").focus()
    for _ in range(7):
        page.keyboard.press("p")
    page.wait_for_url(re.compile("48"))
    assert query(page)["view"] == "p:16,24,32,40,48", "five at most, the oldest make room"
    expect(page.locator(".picks")).to_contain_text("Point 48")
    page.keyboard.press("Escape")
    assert picture(page) == bare
    expect(page.locator(".picks")).to_have_text("Click a point: its way")


@pytest.mark.parametrize("view", ["p:99999", "p:<script>alert(1)</script>"])
def test_a_hostile_view_is_passed_over(made_up: Callable[..., Page], view: str) -> None:
    page = made_up(f"at=30&view={view}")
    expect(page.locator(".picks")).to_have_text("Click a point: its way")
    expect(page.get_by_role("alert")).to_be_hidden()


def test_dragging_over_the_stage_picks_nothing(made_up: Callable[..., Page]) -> None:
    page = made_up("at=30")
    box = page.locator("#stage canvas").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 200, box["y"] + 200)
    page.mouse.down()
    page.mouse.move(box["x"] + 300, box["y"] + 260, steps=5)
    page.mouse.up()
    expect(page.locator(".picks")).to_have_text("Click a point: its way")

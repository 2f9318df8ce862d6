"""Painting a mask or a picture on the stage, on a page of the laboratory: by mouse, by finger and by keys."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from playground import painting
from playground.words import words
from tests.browser.studio import studio
from tests.browser.test_accessibility import findings
from tests.browser.test_concept_page import picture, query, ready

Visit = Callable[..., Page]
HAND = {"width": 390, "height": 844, "has_touch": True, "is_mobile": True}


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The laboratory's pages."""
    with studio(tmp_path_factory.mktemp("store")) as served:
        yield served


def spot(page: Page, column: float, row: float, size: int) -> tuple[float, float]:
    """The place of a cell in the window. The board is as large as fits into the canvas, 8 pixels from its rim, in whole pixels a cell."""
    box = page.locator("#stage canvas").bounding_box()
    assert box is not None
    cell = (min(box["width"], box["height"]) - 16) // size
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    return middle[0] + (column + 0.5 - size / 2) * cell, middle[1] + (row + 0.5 - size / 2) * cell


def test_a_mask_by_mouse_becomes_a_run_and_a_link(visit: Visit) -> None:
    page = ready(visit("/en/easel"))
    shown = picture(page)
    page.locator("[data-field=mask]").click()
    expect(page.locator(".player")).to_be_hidden()
    page.get_by_role("button", name="Fine brush").click()
    page.mouse.move(*spot(page, 3, 5, 28))
    page.mouse.down()
    page.mouse.move(*spot(page, 9, 5, 28), steps=3)
    page.mouse.up()
    expect(page.locator(".paint .num")).to_have_text("7 of 784 cells")
    page.get_by_role("button", name="Close").click()
    assert picture(page) == shown, "the run is back"
    expect(page.locator("[data-field=mask]")).to_be_focused()
    page.locator("#run button").click()
    page.wait_for_url(re.compile("mask="))
    ready(page)
    covered = painting.mask(query(page)["mask"], 28)
    assert covered.nonzero().tolist() == [[5, column] for column in range(3, 10)]
    again = ready(visit(page.url.replace(page.evaluate("location.origin"), "")))
    expect(again.locator(".paint .num")).to_have_text("7 of 784 cells")


def test_a_picture_by_finger(visit: Visit) -> None:
    page = ready(visit("/zh/easel?data=emoji&start=drawing", color_scheme="dark", reduced_motion="reduce", **HAND))
    say, colors = words("zh")["player"], words("zh")["colors"]
    page.locator("[data-field=drawing]").tap()
    for tool in page.locator(".paint button").all():
        box = tool.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 44
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("button", name=say["paint_fine"]).tap()
    for name, row in (("red", 2), ("green", 4)):
        page.get_by_role("button", name=colors[name], exact=True).tap()
        page.touchscreen.tap(*spot(page, 8, row, 16))
    page.get_by_role("button", name=say["eraser"]).tap()
    page.touchscreen.tap(*spot(page, 8, 2, 16))
    page.get_by_role("button", name=say["undo"]).tap()
    assert findings(page) == []
    page.get_by_role("button", name=say["close"], exact=True).tap()
    page.locator(".run.small").tap()
    page.wait_for_url(re.compile("drawing="))
    ready(page)
    drawn = painting.cells(query(page)["drawing"], 16, 16)
    assert {(row, column): list(painting.EMOJI)[drawn[row, column]] for row, column in drawn.nonzero().tolist()} == {
        (2, 8): "red",
        (4, 8): "green",
    }


def test_keys_alone(visit: Visit) -> None:
    page = ready(visit("/en/easel?start=drawing"))
    page.locator("[data-field=drawing]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#stage")).to_be_focused()
    expect(page.locator("#stage")).to_have_attribute("aria-label", re.compile("28 by 28"))
    page.get_by_role("button", name="Fine brush").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="full strength").focus()
    page.keyboard.press(" ")
    for key in ("ArrowUp", "ArrowLeft", " "):
        page.keyboard.press(key)
    expect(page.locator(".paint .aloud")).to_have_text("Row 15, column 14: full strength")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.locator(".paint .num")).to_have_text("2 of 784 cells")
    page.keyboard.press("Delete")
    expect(page.locator(".paint .num")).to_have_text("1 of 784 cells")
    page.keyboard.press("Escape")
    expect(page.locator(".player")).to_be_visible()
    expect(page.locator("[data-field=drawing]")).to_be_focused()


def test_another_board_begins_empty(visit: Visit) -> None:
    page = ready(visit("/en/easel"))
    page.locator("[data-field=mask]").click()
    page.mouse.click(*spot(page, 10, 10, 28))
    page.locator("#field-data label", has_text="emoji").click()
    expect(page.locator(".paint .num")).to_have_text("0 of 256 cells")
    page.locator("#field-data label", has_text="neither").click()
    expect(page.locator(".paint")).to_be_hidden()
    expect(page.locator(".player")).to_be_visible()
    expect(page.get_by_role("alert")).to_be_hidden()

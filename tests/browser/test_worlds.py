"""Worlds of cells on the stage: painted, walked by hand in fog, looked into; by mouse, by finger and by keys."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from playground.words import words
from tests.browser.studio import studio
from tests.browser.test_accessibility import findings
from tests.browser.test_concept_page import picture, query, ready

Visit = Callable[..., Page]
HAND = {"width": 390, "height": 844, "has_touch": True, "is_mobile": True}
STILL = {"reduced_motion": "reduce"}
ROWS, COLUMNS = 4, 5
WORLD = "SFFFW/FWWFF/FIFHF/RF1FG"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The laboratory's pages."""
    with studio(tmp_path_factory.mktemp("store")) as served:
        yield served


def shown(page: Page) -> Page:
    ready(page)
    expect(page.locator(".cells-bar")).to_be_visible()
    return page


def spot(page: Page, row: int, column: int) -> tuple[float, float]:
    """The middle of a cell in the window: the world is as large as fits into the canvas, 10 pixels from its rim, in whole pixels a cell."""
    box = page.locator("#stage canvas").first.bounding_box()
    assert box is not None
    cell = min((box["width"] - 20) // COLUMNS, (box["height"] - 20) // ROWS)
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    return middle[0] + (column + 0.5 - COLUMNS / 2) * cell, middle[1] + (row + 0.5 - ROWS / 2) * cell


def test_a_world_painted_by_mouse_becomes_a_run_and_a_link(visit: Visit) -> None:
    page = shown(visit("/en/maze", **STILL))
    page.locator("[data-mode=paint]").click()
    expect(page.locator(".player")).to_be_hidden()
    page.mouse.move(*spot(page, 2, 0))
    page.mouse.down()
    page.mouse.move(*spot(page, 2, 2), steps=3)
    page.mouse.up()
    page.locator("[data-letter=reward]").click()
    page.locator("input.reward").fill("-2")
    page.mouse.click(*spot(page, 0, 3))
    page.locator("[data-letter=G]").click()
    page.mouse.click(*spot(page, 0, 4))
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("button", name="Close").click()
    page.locator("#run button").click()
    page.wait_for_url(re.compile("world="))
    ready(page)
    assert query(page)["world"] == "SFFFW/FWWFF/WWWHF/RF1FG"
    assert query(page)["rewards"] == "0,3=-2"


def test_keys_alone_paint_and_look(visit: Visit) -> None:
    page = shown(visit("/en/maze", **STILL))
    page.locator("[data-mode=paint]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#stage")).to_be_focused()
    for key in ("ArrowRight", "ArrowRight", "h"):
        page.keyboard.press(key)
    expect(page.locator(".cells-bar .aloud")).to_have_text("Row 1, column 3: Pit")
    page.keyboard.press("Delete")
    expect(page.locator(".cells-bar .aloud")).to_have_text("Row 1, column 3: Floor")
    page.keyboard.press("Escape")
    expect(page.locator("[data-mode=paint]")).to_be_focused()
    page.locator("#stage").focus()
    before = picture(page)
    page.keyboard.press("Shift+ArrowDown")
    expect(page.locator(".readout .where")).to_have_text("Row 3, column 3")
    assert picture(page) != before
    page.keyboard.press("Shift+ArrowUp")
    expect(page.locator(".readout .where")).to_have_text("Row 2, column 3")
    page.keyboard.press("Escape")
    assert picture(page) == before


def test_by_hand_in_fog_by_finger(visit: Visit) -> None:
    page = shown(visit("/zh/maze?at=20", color_scheme="dark", **STILL, **HAND))
    say = words("zh")["player"]
    page.locator("[data-mode=play]").tap()
    hidden = picture(page)
    for name in ("right", "right", "right", "down", "right", "down", "down"):
        button = page.locator(f".move.{name}")
        box = button.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 44
        button.tap()
    expect(page.locator(".cells-bar .said")).to_have_text(say["cells_over"].format(steps=7, total="0.531"))  # 0.9 ** 6
    assert picture(page) != hidden
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert findings(page) == []
    page.get_by_role("button", name=say["close"], exact=True).tap()
    expect(page.locator(".chart[data-key=return] .values")).to_contain_text(f"{say['cells_yours']} 0.531")
    expect(page.locator(".chart[data-key=steps] .values")).to_contain_text(f"{say['cells_yours']} 7")


def test_an_update_and_its_numbers(visit: Visit) -> None:
    page = shown(visit("/en/maze?at=44", **STILL))
    equation = page.locator(".equation")
    expect(equation).to_be_visible()
    lines = [[part.inner_text() for part in row.locator("span").all()] for row in equation.locator("dd").all()]
    signs = str.maketrans("−×", "-*")
    for line in lines:
        left, right = "".join(line[:-2]).translate(signs), line[-1].translate(signs)
        assert abs(eval(left) - float(right)) < 2e-3, "three digits are shown"
    before = picture(page)
    equation.locator("dd [data-key=best_next]").focus()
    assert picture(page) != before, "the cell it comes from stands out"

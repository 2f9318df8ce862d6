"""A world that is looked at, changed while it is learned, and walked by hand: by pointer, by finger, by keys; the link brings it back."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from playground.words import words
from tests.browser.test_concept_page import COMPLETE, picture, query, ready

Visit = Callable[..., Page]
HAND = {"width": 390, "height": 844, "has_touch": True, "is_mobile": True}
STILL = {"reduced_motion": "reduce"}
ROWS, COLUMNS = 3, 4
RUN = "world=SFFF/FWFF/FFFG&episodes=60&look_at=5&agent=q_learning"
HERE = "&at=6"  # a frame within the training
CELL = (1, 2)


def shown(page: Page) -> Page:
    ready(page)
    expect(page.locator(".cells-bar")).to_be_visible()
    expect(page.locator(".status")).to_contain_text(COMPLETE, timeout=60_000)
    return page


def spot(page: Page, row: int, column: int) -> tuple[float, float]:
    """The middle of a cell in the window."""
    box = page.locator("#stage canvas").first.bounding_box()
    assert box is not None
    cell = min((box["width"] - 20) // COLUMNS, (box["height"] - 20) // ROWS)
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    return middle[0] + (column + 0.5 - COLUMNS / 2) * cell, middle[1] + (row + 0.5 - ROWS / 2) * cell


def choose(page: Page, how: str) -> None:
    if how == "touch":
        page.touchscreen.tap(*spot(page, *CELL))
    elif how == "mouse":
        page.mouse.click(*spot(page, *CELL))
    else:
        page.locator("#stage").focus()
        page.keyboard.press("Shift+ArrowDown")  # the middle of the world
    expect(page.locator(".readout .where")).to_have_text(re.compile("Row 2, column 3|第 2 行，第 3 列"))


def change(page: Page, how: str, letter: str = "H") -> None:
    """Another letter in the chosen cell, and the branch that is offered; wait until it is there."""
    select = page.locator(".change select")
    if how == "keys":
        select.focus()
        page.keyboard.press("P")  # the option by its first letter
    else:
        select.select_option(letter)
    offer = page.locator("button.branch:visible").first
    expect(offer).to_be_visible()
    if how == "touch":
        offer.tap()
    elif how == "mouse":
        page.locator(".branch-here").click()
    else:
        offer.press("Enter")
    page.wait_for_url(re.compile("edits="))
    expect(page.locator(".status")).to_contain_text(COMPLETE, timeout=60_000)


@pytest.mark.parametrize(("how", "lang", "options"), [("mouse", "en", {}), ("touch", "zh", HAND), ("keys", "en", {})])
def test_a_cell_is_changed_while_it_learns_and_the_link_replays_it(visit: Visit, how: str, lang: str, options: dict[str, object]) -> None:
    page = shown(visit(f"/{lang}/gridworld?{RUN}{HERE}", **STILL, **options))
    expect(page.locator(".change")).to_be_hidden()
    choose(page, how)
    change(page, how)
    step, made = query(page)["edits"].split(":")
    assert int(step) > 0
    assert made == f"cell={CELL[0]},{CELL[1]},H"
    assert query(page)["world"] == "SFFF/FWFF/FFFG", "what it began with"
    page.locator("#scrub").fill("0")
    before = picture(page)
    page.locator("#scrub").fill("12")
    after = picture(page)
    assert before != after
    page.wait_for_url(re.compile("at=12"))
    other = shown(visit("/" + page.url.split("/", 3)[3], **STILL, **options))
    assert picture(other) == after


def test_the_link_keeps_what_is_seen_of_a_world(visit: Visit) -> None:
    page = shown(visit(f"/en/gridworld?{RUN}{HERE}", **STILL))
    plain = picture(page)
    page.get_by_role("button", name=words("en")["player"]["cells_numbers"]).click()
    choose(page, "keys")
    looked = picture(page)
    assert looked != plain
    page.wait_for_url(re.compile("view="))
    assert query(page)["view"] == "c:numbers,1,2"
    page.locator("header .share").first.click()
    link = page.locator("dialog.share input").first.input_value()
    other = shown(visit("/" + link.split("/", 3)[3], **STILL))
    expect(other.locator(".readout .where")).to_have_text("Row 2, column 3")
    assert picture(other) == looked
    other.locator("#stage").focus()
    other.keyboard.press("Escape")
    other.get_by_role("button", name=words("en")["player"]["cells_numbers"]).click()
    other.wait_for_url(lambda url: "view=" not in url)


def test_a_painted_world_can_be_walked_at_once_and_its_line_stays_with_it(visit: Visit) -> None:
    page = shown(visit(f"/en/gridworld?{RUN}", **STILL))
    page.locator("[data-mode=paint]").click()
    page.locator("[data-letter=G]").click()
    page.mouse.click(*spot(page, 0, 1))
    page.get_by_role("button", name="Close").click()
    page.locator("[data-mode=play]").click()
    page.wait_for_url(re.compile("view=c%3Aplay"))
    expect(page.locator(".moves")).to_be_visible()
    expect(page.locator("#stage")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".cells-bar .said")).to_contain_text("1 ")
    page.keyboard.press("Escape")
    expect(page.locator("[data-mode=play]")).to_be_focused()
    yours = words("en")["player"]["cells_yours"]
    expect(page.locator(".chart[data-key=returns] .values")).to_contain_text(f"{yours} 1")
    page.locator(".presets button", has_text="Empty room").click()
    page.wait_for_url(re.compile("world=SFFFFFFF"))
    expect(page.locator(".chart[data-key=returns] .values")).not_to_contain_text(yours)


def test_on_a_phone_stage_player_and_run_come_before_all_else(visit: Visit) -> None:
    for lang in ("en", "zh"):
        page = shown(visit(f"/{lang}/gridworld", **STILL, **HAND))
        page.evaluate("scrollTo(0, 0)")
        for name in ("#stage canvas", ".icon.play", ".run.small", ".headline", "[data-mode=paint]", "[data-mode=play]"):
            box = page.locator(name).first.bounding_box()
            assert box is not None
            assert box["y"] + box["height"] <= 844, name
            if "canvas" not in name and "headline" not in name:
                assert min(box["width"], box["height"]) >= 44, name
        page.locator("[data-mode=paint]").tap()
        expect(page.locator(".palette")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390

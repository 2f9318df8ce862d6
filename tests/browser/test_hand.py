"""Who draws: the primary button of one pointer. Two fingers scroll and zoom and leave nothing behind; by real touches, buttons and pens."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import CDPSession, Page, expect

from playground.concepts.diffusion import LOWER_HALF
from tests.browser.test_concept_page import at, choose, ready

Visit = Callable[..., Page]
PHONE = {"width": 390, "height": 844, "has_touch": True, "is_mobile": True, "reduced_motion": "reduce"}
DESK = {"reduced_motion": "reduce"}
CANVAS = "#stage .picture canvas"
ANOTHER = 60  # pixels between two fingers


def points(page: Page) -> str:
    choose(page, "data", "drawn")
    expect(page.locator(".brush")).to_be_visible()
    return CANVAS


def mask(page: Page) -> str:
    page.locator("[data-field=mask]").click()
    return CANVAS


def cells(page: Page) -> str:
    page.locator("[data-mode=paint]").click()
    return CANVAS


def walk(page: Page) -> str:
    expect(page.locator(".walk")).to_be_visible()
    return CANVAS


def pad(page: Page) -> str:
    expect(page.locator("canvas.walk-pad").first).to_be_visible()
    return "canvas.walk-pad"


BOARDS: dict[str, tuple[str, Callable[[Page], str]]] = {
    "points": ("/en/diffusion", points),
    "mask": (f"/en/diffusion?data=digits&edit=inpaint&mask={LOWER_HALF}", mask),
    "cells": ("/en/gridworld", cells),
    "map": ("/en/vae?at=999&view=w:move", walk),
    "pad": ("/en/vae?at=999&view=w:encode,2,0", pad),
}


def board(visit: Visit, name: str, **options: Any) -> tuple[Page, str]:
    """A page with something to draw on, and where that is."""
    path, opens = BOARDS[name]
    page = ready(visit(path, **options))
    canvas = opens(page)
    page.wait_for_timeout(300)  # a board that opens has drawn itself
    return page, canvas


def state(page: Page, canvas: str) -> list[str]:
    """What a stroke would change: the pictures, and what is said of them."""
    pictures = page.locator(".walk-out canvas, canvas.walk-pad").evaluate_all("all => all.map((one) => one.toDataURL())")
    return [
        page.locator(canvas).first.evaluate("one => one.toDataURL()"),
        *page.locator(".brush .num, .paint .num").all_inner_texts(),
        *pictures,
    ]


def middle(page: Page, canvas: str) -> tuple[float, float]:
    page.locator(canvas).first.evaluate("one => one.scrollIntoView({block: 'center'})")
    box = page.locator(canvas).first.bounding_box()
    assert box is not None
    return box["x"] + 0.45 * box["width"], box["y"] + 0.45 * box["height"]


def touch(session: CDPSession, kind: str, *fingers: tuple[float, float]) -> None:
    spots = [{"x": x, "y": y, "id": i} for i, (x, y) in enumerate(fingers)]
    session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": spots})


@pytest.mark.parametrize("name", BOARDS)
def test_two_fingers_scroll_and_one_draws(visit: Visit, name: str) -> None:
    page, canvas = board(visit, name, **PHONE)
    session = page.context.new_cdp_session(page)
    x, y = middle(page, canvas)
    before, top = state(page, canvas), page.evaluate("scrollY")
    touch(session, "touchStart", (x, y))
    touch(session, "touchStart", (x, y), (x + ANOTHER, y))
    for i in range(1, 16):
        touch(session, "touchMove", (x, y - 8 * i), (x + ANOTHER, y - 8 * i))
    touch(session, "touchEnd")
    page.wait_for_function("top => scrollY > top + 20", arg=top)
    assert state(page, canvas) == before, "the fingers scrolled"

    x, y = middle(page, canvas)
    touch(session, "touchStart", (x, y))
    touch(session, "touchMove", (x + 20, y))
    touch(session, "touchCancel")
    page.wait_for_timeout(300)  # what it would change is drawn with the next pictures
    assert state(page, canvas) == before, "a cancelled stroke is none"

    top = page.evaluate("scrollY")
    touch(session, "touchStart", (x, y))
    for i in range(1, 8):
        touch(session, "touchMove", (x + 6 * i, y + 6 * i))
    touch(session, "touchEnd")
    assert state(page, canvas) != before, "one finger draws"
    assert page.evaluate("scrollY") == top


@pytest.mark.parametrize("name", BOARDS)
def test_the_primary_button_alone_draws(visit: Visit, name: str) -> None:
    page, canvas = board(visit, name, **DESK)
    x, y = middle(page, canvas)
    page.mouse.move(x, y)
    before = state(page, canvas)
    for button in ("right", "middle"):
        page.mouse.down(button=button)
        page.mouse.move(x + 40, y + 20, steps=3)
        page.mouse.up(button=button)
        page.mouse.move(x, y)
        assert state(page, canvas) == before, button
    page.mouse.down()
    page.mouse.move(x + 40, y + 20, steps=3)
    page.mouse.up()
    page.mouse.move(x, y)
    assert state(page, canvas) != before


def test_a_long_stroke_is_kept_when_a_palm_comes_down(visit: Visit) -> None:
    page, canvas = board(visit, "points", **PHONE)
    session = page.context.new_cdp_session(page)
    x, y = middle(page, canvas)
    touch(session, "touchStart", (x, y))
    for i in range(1, 12):
        touch(session, "touchMove", (x, y + 8 * i))
        page.wait_for_timeout(40)
    drawn = page.locator(".brush .num").inner_text()
    touch(session, "touchStart", (x, y + 88), (x + ANOTHER, y))
    touch(session, "touchMove", (x, y + 120), (x + ANOTHER, y + 40))
    touch(session, "touchEnd")
    expect(page.locator(".brush .num")).to_have_text(drawn)
    assert not drawn.startswith("0 ")


@pytest.mark.parametrize(("button", "buttons"), [("right", 2), ("middle", 4)])
def test_a_pens_other_buttons_draw_nothing(visit: Visit, button: str, buttons: int) -> None:
    page, canvas = board(visit, "points", **DESK)
    session = page.context.new_cdp_session(page)
    x, y = middle(page, canvas)
    pen = {"pointerType": "pen", "button": button, "clickCount": 1}
    session.send("Input.dispatchMouseEvent", {"type": "mousePressed", "x": x, "y": y, "buttons": buttons, **pen})
    session.send("Input.dispatchMouseEvent", {"type": "mouseMoved", "x": x + 40, "y": y, "buttons": buttons, **pen})
    session.send("Input.dispatchMouseEvent", {"type": "mouseReleased", "x": x + 40, "y": y, "buttons": 0, **pen})
    expect(page.locator(".brush .num")).to_contain_text("0 of")


def test_a_finger_that_scrolls_over_a_chart_moves_no_clock(visit: Visit) -> None:
    page = ready(visit("/en/diffusion?at=9", **PHONE))
    area = ".chart.curves:not([hidden]) .area"
    page.wait_for_selector(f"{area} .main-svg")
    session = page.context.new_cdp_session(page)
    x, y = middle(page, area)
    frame, top = at(page), page.evaluate("scrollY")
    touch(session, "touchStart", (x, y))
    for i in range(1, 16):
        touch(session, "touchMove", (x + i / 4, y - 8 * i))
    touch(session, "touchEnd")
    page.wait_for_function("top => scrollY > top + 20", arg=top)
    assert at(page) == frame
    x, y = middle(page, area)
    touch(session, "touchStart", (x, y))
    for i in range(1, 8):
        touch(session, "touchMove", (x + 8 * i, y))
    touch(session, "touchEnd")
    assert at(page) != frame, "a finger that goes sideways drags the clock"


def test_a_right_click_on_a_chart_moves_no_clock(visit: Visit) -> None:
    page = ready(visit("/en/diffusion?at=9", **DESK))
    area = ".chart.curves:not([hidden]) .area"
    page.wait_for_selector(f"{area} .main-svg")
    x, y = middle(page, area)
    for button in ("right", "middle"):
        page.mouse.click(x, y, button=button)
        assert at(page) == 9
    page.mouse.click(x, y)
    assert at(page) != 9


def test_a_thumb_that_scrolls_over_sliders_moves_none(visit: Visit) -> None:
    page = ready(visit("/en/diffusion?at=9", **PHONE))
    session = page.context.new_cdp_session(page)
    for slider in ("#scrub", "#field-steps input[type=range]"):
        x, y = middle(page, slider)
        value, top = page.locator(slider).input_value(), page.evaluate("scrollY")
        touch(session, "touchStart", (x, y))
        for i in range(1, 16):
            touch(session, "touchMove", (x + i / 4, y - 8 * i))
        touch(session, "touchEnd")
        page.wait_for_function("top => scrollY > top + 20", arg=top)
        assert page.locator(slider).input_value() == value, slider

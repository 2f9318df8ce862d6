"""Whatever the window, whichever way it is turned, enlarged, in high contrast and on paper: nothing is out of reach or cut off."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from playground.concept import slugs
from tests.browser.test_concept_page import ready

Visit = Callable[..., Page]
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 800}
LOW = [(740, 360), (667, 375), (640, 512), (683, 620), (844, 390), (568, 320), (427, 320), (390, 500), (320, 256)]
ROOMY = [(390, 844), (375, 560), (800, 700), (1010, 600)]  # 761 to 834 lost half the header
ENLARGED = [(390, 844), (740, 360)]
TABLETS = [(820, 1180), (768, 1024), (1024, 768)]
PATHS = {"gan": "?at=60", "attention": "?at=2", "latent_diffusion": "?at=2"}

# What can be used and is seen, brought into view as the Tab key does it: is it what a finger meets in its middle?
COVERED = """() => {
  const copy = "[aria-hidden=true], .visually-hidden"; // Gradio measures its tabs by a copy
  const shown = (e) => e.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true });
  const seen = (e) => shown(e) && e.getClientRects().length && !e.closest(copy);
  const all = [...document.querySelectorAll("a[href], button:enabled, input:enabled, select, textarea, summary")].filter(seen);
  const at = (e) => {
    const label = e.matches("input") && getComputedStyle(e).opacity === "0" && e.closest("label"); // the label is what is seen of it
    const box = (label || e).getClientRects()[0];
    const x = (Math.max(0, box.left) + Math.min(innerWidth, box.right)) / 2;
    const y = (Math.max(0, box.top) + Math.min(innerHeight, box.bottom)) / 2;
    const hit = document.elementFromPoint(x, y);
    return [hit && (e.contains(hit) || (label && label.contains(hit))), hit, box];
  };
  const wrong = all.flatMap((e) => {
    e.scrollIntoView({ block: "nearest", inline: "nearest", behavior: "instant" });
    const [met, hit, box] = at(e);
    const words = (n) => (n.getAttribute("aria-label") ?? n.textContent).trim().slice(0, 30);
    const name = (n) => n && `${n.localName}.${n.className?.baseVal ?? n.className} "${words(n)}"`;
    return met ? [] : [`${name(e)} is under ${name(hit)} at ${box.left | 0},${box.top | 0} ${box.width | 0}x${box.height | 0}`];
  });
  const page = document.documentElement;
  if (page.scrollWidth > innerWidth) wrong.push(`the page is ${page.scrollWidth} wide`);
  scrollTo({ top: 0, behavior: "instant" });
  return [all.length, wrong];
}"""
# As in-app browsers enlarge text, whatever unit it was written in
LARGER = """() => {
  const sizes = (e) => [getComputedStyle(e).fontSize, getComputedStyle(e).lineHeight];
  const all = [...document.body.querySelectorAll("*")].map((e) => [e, ...sizes(e)]);
  for (const [e, size, line] of all) {
    e.style.fontSize = `${1.6 * parseFloat(size)}px`;
    if (line.endsWith("px")) e.style.lineHeight = `${1.6 * parseFloat(line)}px`;
  }
}"""


def opened(visit: Visit, path: str, **options: Any) -> Page:
    page = ready(visit(path, reduced_motion="reduce", **options))
    page.wait_for_selector(".shell", state="detached")
    return page


def covered(page: Page, size: tuple[int, int]) -> list[str]:
    """What can't be reached in a window of that size."""
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.wait_for_timeout(250)  # what is placed by script has moved
    n, wrong = page.evaluate(COVERED)
    assert n > 5
    return [f"{size[0]}x{size[1]}: {one}" for one in wrong]


@pytest.mark.parametrize("slug", slugs())
def test_every_control_can_be_reached(visit: Visit, slug: str) -> None:
    lang = ("en", "zh")[len(slug) % 2]
    page = opened(visit, f"/{lang}/{slug}{PATHS.get(slug, '')}", **PHONE)
    page.locator(".settings .label-wrap").first.click()
    wrong = [one for size in [*LOW, *ROOMY] for one in covered(page, size)]
    page.evaluate(LARGER)
    assert wrong + [f"larger text: {one}" for size in ENLARGED for one in covered(page, size)] == []


@pytest.mark.parametrize("slug", slugs())
def test_a_tablet_has_room_for_fingers_and_for_the_picture(visit: Visit, slug: str) -> None:
    page = opened(visit, f"/zh/{slug}", has_touch=True, is_mobile=True, **PHONE)
    page.locator(".chapters button").last.click()
    assert [one for size in TABLETS for one in covered(page, size)] == []
    for size in TABLETS:
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.wait_for_timeout(250)
        picture = page.locator("#stage .picture").first.bounding_box()
        assert picture
        assert picture["width"] >= 0.25 * size[0]


@pytest.mark.parametrize(
    ("path", "press"),
    [
        ("/en/diffusion?data=digits&vs=examples:50&at=10", ""),
        ("/zh/gridworld", "[data-mode=paint]"),
        ("/en/gridworld", "[data-mode=play]"),
        ("/en/diffusion?data=drawn", ""),
        ("/zh/diffusion", "header .share"),
        ("/zh/", ""),
    ],
)
def test_nor_is_anything_lost_while_comparing_painting_and_sharing(visit: Visit, path: str, press: str) -> None:
    page = visit(path, reduced_motion="reduce", allow="422", **PHONE)
    page.wait_for_load_state("networkidle")
    expect(page.locator(".shell")).to_have_count(0)
    if press:
        page.locator(press).first.click()
    if press == "header .share":  # a dialog is all that can be used
        page.evaluate("document.querySelectorAll('header.site, main').forEach((e) => (e.style.visibility = 'hidden'))")
    assert [one for size in [*LOW, *ROOMY] for one in covered(page, size)] == []


def test_turning_the_device_lays_the_page_out_anew(visit: Visit) -> None:
    """As it would have been laid out had it been opened that way."""

    def places(page: Page) -> list[Any]:
        page.wait_for_timeout(300)
        return page.evaluate(
            "() => [document.getElementById('stage').offsetHeight, document.querySelector('.legend').parentElement.className,"
            " ...['.readout', '.equation', '.kept'].map((name) => document.querySelector(name).parentElement.className)]"
        )

    upright = opened(visit, "/en/gridworld", **PHONE)
    desk = opened(visit, "/en/gridworld", **DESK)
    turned = opened(visit, "/en/gridworld", width=844, height=390)
    expect(turned.locator("#stage")).to_have_class("card stage pinned pictures")
    for page, size in ((upright, PHONE), (desk, DESK)):
        turned.set_viewport_size(size)  # type: ignore[arg-type]
        assert places(turned) == places(page)


def test_the_stage_stays_only_where_something_can_be_read_below_it(visit: Visit) -> None:
    page = opened(visit, "/en/diffusion?at=60", **PHONE)
    stays = page.locator("#stage.pinned")
    expect(stays).to_have_count(1)
    field = page.locator("#field-steps input[type=number]")
    page.set_viewport_size({"width": 390, "height": 500})  # a keyboard comes up
    expect(stays).to_have_count(0)
    field.focus()
    expect(field).to_be_in_viewport(ratio=1)
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    expect(stays).to_have_count(1)
    box, stage = field.bounding_box(), page.locator("#stage").bounding_box()
    assert box is not None
    assert stage is not None
    assert box["y"] >= stage["y"] + stage["height"], "what has the focus is never behind the stage"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_high_contrast_tells_what_is_chosen(visit: Visit, scheme: str) -> None:
    page = opened(visit, "/en/gan?at=60", forced_colors="active", color_scheme=scheme, **DESK)

    def look(name: str, *what: str, pseudo: str | None = None) -> list[str]:
        return page.locator(name).first.evaluate("(e, [what, pseudo]) => what.map((of) => getComputedStyle(e, pseudo)[of])", [what, pseudo])

    paper = look("body", "backgroundColor")[0]
    for on, off in [
        (".presets .pill[aria-pressed=true]", ".presets .pill[aria-pressed=false]"),
        (".settings fieldset label.selected", ".settings fieldset label:not(.selected)"),
        (".turn button[aria-current]", ".turn button:not([aria-current])"),
    ]:
        assert look(on, "backgroundColor") != look(off, "backgroundColor"), on
        assert look(on, "backgroundColor")[0] != paper, on
    for edged in (".run", ".icon.play"):
        width, color = look(edged, "borderTopWidth", "borderTopColor")
        assert width == "2px"
        assert color not in (paper, look(edged, "backgroundColor")[0]), edged
    shades = {
        chip.evaluate("(e) => getComputedStyle(e).backgroundColor") for chip in page.locator(".legend .chip[aria-pressed=true] i").all()
    }
    assert len(shades) > 2, "the legend says which colour is what"
    assert look("#scrub", "forcedColorAdjust") == ["none"], "the track keeps what has passed and what is there"
    page.locator(".icon.play").focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    style, width, color = look(".icon.play", "outlineStyle", "outlineWidth", "outlineColor")
    assert (style, width) == ("solid", "3px")
    assert color != paper


@pytest.mark.parametrize("path", ["/en/gan?at=60", "/zh/vae?at=5", "/en/gridworld"])
def test_paper_shows_the_stage_the_charts_and_the_whole_lesson(visit: Visit, path: str) -> None:
    page = opened(visit, path, color_scheme="dark", **DESK)
    page.wait_for_function("document.querySelectorAll('.chart .main-svg').length > 0")
    page.evaluate("addEventListener('beforeprint', () => (window.printed = document.body.className))")
    assert page.pdf().startswith(b"%PDF")
    assert "dark" not in page.evaluate("window.printed"), "a printer is told so, not only a test"
    expect(page.locator("body.dark")).to_have_count(1)
    dark = page.evaluate("document.querySelector('#stage canvas').getContext('2d').getImageData(2, 2, 1, 1).data[0]")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 718, "height": 1000})  # A4 between its margins
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.wait_for_timeout(300)
    light = page.evaluate("document.querySelector('#stage canvas').getContext('2d').getImageData(2, 2, 1, 1).data[0]")
    assert dark < 128 < light, "ink on white, also on the canvas"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("getComputedStyle(document.querySelector('.place-stage')).position") == "static"
    useless = page.locator(".player, .settings, .pill, .run, select, input[type=range], [role=tab]").filter(visible=True)
    assert useless.count() == 0, "what only a hand can use"
    for kept in (".title h1", "#stage canvas", ".twin", ".chart:not([hidden]) .main-svg", ".lesson"):
        expect(page.locator(kept).first).to_be_visible()
    cut = """(all) => all.filter((e) => e.checkVisibility() && getComputedStyle(e).overflowX !== "visible"
      && e.scrollWidth > e.clientWidth + 1).map((e) => e.className)"""
    assert page.locator(".legend, .lesson, .math.block, .lesson pre, .chart, .flow, .equation").evaluate_all(cut) == []
    assert page.locator(".chart:not([hidden]) .main-svg").evaluate_all("(all) => all.every((e) => e.getBoundingClientRect().right <= 718)")
    assert page.evaluate("document.documentElement.scrollWidth") <= 718
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(page.locator("body.dark")).to_have_count(1)


def test_the_picture_is_as_fine_as_the_screen(visit: Visit) -> None:
    """Another screen, or the browser's own enlarging, without another size of the window."""
    page = opened(visit, "/en/diffusion?at=60", **DESK)
    ratio = "(() => { const c = document.querySelector('#stage canvas'); return c.width / c.clientWidth; })()"
    assert page.evaluate(ratio) == pytest.approx(1, abs=0.01)
    screen = page.context.new_cdp_session(page)
    for scale in (2, 1.5, 3):
        screen.send("Emulation.setDeviceMetricsOverride", {**DESK, "deviceScaleFactor": scale, "mobile": False})
        page.emulate_media(
            contrast="more" if scale != 1.5 else "no-preference"
        )  # a real screen tells the page; a pretended one when media change
        page.wait_for_function(f"Math.abs({ratio} - {scale}) < 0.01")
    drawn = page.evaluate("new Set(document.querySelector('#stage canvas').getContext('2d').getImageData(0, 0, 900, 600).data).size")
    assert drawn > 20, "and is drawn, not blank"

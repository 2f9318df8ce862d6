"""A page as it is lived with: reloaded, shared, gone back from, opened twice, cut off from the network, used without a mouse."""

import re
from collections.abc import Callable
from itertools import count

import pytest
from playwright.sync_api import Page, expect

from playground.words import LANGUAGES, words
from tests.browser.test_concept_page import at, choose, picture, query, ready

Visit = Callable[..., Page]
SEEDS = count(52_001)  # of runs that nobody has computed yet
CHARTED = "document.querySelectorAll('.chart:not([hidden]) .main-svg').length > 0"
PARTS = [".language", ".theme", "#stage", ".icon.play", "#scrub", ".speed", ".run.small", "#run button", "[role=tab]", ".symbol"]
FOCUS = """parts => {
  const element = document.activeElement;
  const label = element.closest("label");
  const outlined = [element, label].some((each) => {
    const style = each && getComputedStyle(each);
    return style && style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  });
  const box = (element.type === "radio" ? label : element).getBoundingClientRect();
  const what = parts.find((part) => element.matches(part)) ?? element.dataset.preset ?? element.closest("[id^=field]")?.id;
  return { what: what || element.name || element.className, outlined, sized: box.width > 0 && box.height > 0 };
}"""


def moved_to(page: Page, frame: int) -> None:
    """Scrub, and wait until the address says so."""
    page.locator("#scrub").fill(str(frame))
    page.wait_for_url(re.compile(rf"[?&]at={frame}(&|$)"))


def computations(page: Page) -> int:
    return page.request.get(page.evaluate("location.origin") + "/healthz").json()["computations"]


def walk(page: Page, until: Callable[[str], bool]) -> list[str]:
    """Press Tab until the focus is there. Every stop on the way can be seen."""
    stops = []
    for _ in range(150):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUS, PARTS)
        assert stop["outlined"], f"the focus can't be seen on {stop['what']}"
        assert stop["sized"], f"the focus is on nothing: {stop['what']}"
        stops.append(stop["what"])
        if until(stop["what"]):
            return stops
    raise AssertionError(f"never reached: {stops}")


def test_the_whole_page_by_keyboard(visit: Visit) -> None:
    page = ready(visit("/en/diffusion?at=10"))
    stops = walk(page, lambda what: what == "[role=tab]")
    wanted = {
        ".language",
        ".theme",
        "#stage",
        ".icon.play",
        "#scrub",
        ".speed",
        ".run.small",
        "too_short",
        "field-data",
        "check",
        "#run button",
    }
    assert wanted <= set(stops)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("table.meanings").first).to_be_visible()
    page.locator(".language").focus()
    walk(page, lambda what: what == "too_short")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"steps=20"))
    ready(page)
    walk(page, lambda what: what == "check")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".verdict")).not_to_be_empty()


def test_enter_on_run_computes_and_stops(visit: Visit) -> None:
    page = ready(visit("/en/diffusion?steps=20&at=3"))
    page.locator("#field-steps input[type=number]").fill("3000")
    page.locator("#field-steps input[type=number]").press("Tab")
    expect(page.locator("#run button")).to_contain_text("about")
    page.locator("#run button").press("Enter")
    expect(page.locator("#run button")).to_have_text("Stop")
    expect(page.locator(".status")).to_contain_text("of 3,000")
    page.locator("#run button").press("Enter")
    expect(page.locator(".status")).to_contain_text("Stopped")
    expect(page.locator("#run button")).to_contain_text("Run")
    assert query(page)["steps"] == "3000"


def test_what_a_link_set_stays_when_a_hand_changes_something_else(visit: Visit) -> None:
    page = visit("/en/diffusion?steps=20&seed=6&at=3")
    page.wait_for_selector(".shell", state="detached")
    choose(page, "data", "moons")  # at once: Gradio has just come up with its own defaults
    ready(page)
    expect(page.locator("#field-steps input[type=number]")).to_have_value("20")
    page.locator(".label-wrap").click()
    page.locator("#dice").click()
    expect(page.locator("#field-seed input")).not_to_have_value(re.compile("^[67]?$"))
    seed = page.locator("#field-seed input").input_value()
    page.locator("#run button").click()
    page.wait_for_url(re.compile("data=moons"))
    ready(page)
    assert query(page).items() >= {"steps": "20", "seed": seed}.items()


def test_drawing_a_line_by_touch(visit: Visit) -> None:
    page = ready(visit("/zh/diffusion?steps=10", width=390, height=844, has_touch=True, is_mobile=True))
    choose(page, "data", "drawn")
    expect(page.locator(".brush")).to_be_visible()
    page.evaluate("scrollTo(0, 0)")
    box = page.locator("#stage canvas").bounding_box()
    assert box is not None
    session = page.context.new_cdp_session(page)

    def touch(kind: str, part: float) -> None:
        points = [{"x": box["x"] + part * box["width"], "y": box["y"] + part * box["height"]}] if kind != "touchEnd" else []
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", 0.3)
    for i in range(1, 21):
        touch("touchMove", 0.3 + i * 0.02)
    touch("touchEnd", 0.7)
    expect(page.locator(".brush .num")).not_to_contain_text(re.compile(r"^[0-9] "))  # ten points or more
    assert page.evaluate("scrollY") == 0, "the finger draws and does not scroll"
    drawn = page.locator(".brush .num").inner_text()
    page.get_by_role("button", name=words("zh")["player"]["undo"]).click()
    expect(page.locator(".brush .num")).to_contain_text(re.compile("^0 "))
    touch("touchStart", 0.3)
    for i in range(1, 21):
        touch("touchMove", 0.3 + i * 0.02)
    touch("touchEnd", 0.7)
    expect(page.locator(".brush .num")).to_have_text(drawn)
    page.locator(".run.small").click()
    page.wait_for_url(re.compile("data=drawn"))
    ready(page)
    page.reload()
    expect(ready(page).locator(".brush .num")).to_have_text(drawn)


def test_the_language_switch_keeps_parameters_frame_and_theme(visit: Visit) -> None:
    page = ready(visit("/en/diffusion?data=smiley&steps=20&seed=3", color_scheme="light"))
    page.locator(".theme").click()
    moved_to(page, 31)
    shown = picture(page)
    page.locator(".language").click()
    page.wait_for_url(re.compile("/zh/diffusion"))
    ready(page)
    expect(page.locator("body")).to_have_class(re.compile("dark"))
    assert at(page) == 31
    assert query(page).items() >= {"data": "smiley", "steps": "20", "seed": "3", "at": "31"}.items()
    expect(page.locator("#field-data input:checked")).to_have_value("smiley")
    expect(page.locator("#field-steps input[type=number]")).to_have_value("20")
    assert picture(page) == shown
    page.locator(".language").click()
    page.wait_for_url(re.compile("/en/diffusion"))
    ready(page)
    assert at(page) == 31


def test_back_and_forward_restore_run_and_frame(visit: Visit) -> None:
    page = ready(visit("/en/diffusion?data=ring&steps=20&at=0"))
    moved_to(page, 12)
    ring = picture(page)
    page.locator("[data-preset=too_short]").click()
    page.wait_for_url(re.compile("data=swiss_roll"))
    ready(page)
    moved_to(page, 7)
    roll = picture(page)
    choose(page, "data", "moons")
    page.locator("#run button").click()
    page.wait_for_url(re.compile("data=moons"))
    ready(page)
    for go, data, frame, shown in (
        (page.go_back, "swiss_roll", 7, roll),
        (page.go_back, "ring", 12, ring),
        (page.go_forward, "swiss_roll", 7, roll),
    ):
        go()
        expect(page.locator(f"#field-data input[value={data}]")).to_be_checked()
        ready(page)
        expect(page.locator("#scrub")).to_have_value(str(frame))
        assert query(page).items() >= {"data": data, "at": str(frame)}.items()
        assert picture(page) == shown


def test_a_reload_on_the_way_comes_to_the_same_end(visit: Visit) -> None:
    page = visit(f"/en/diffusion?steps=300&seed={next(SEEDS)}")
    page.locator(".chapters button:enabled").nth(1).wait_for()
    before = {name: value for name, value in query(page).items() if name != "at"}
    page.reload()
    ready(page)
    assert {name: value for name, value in query(page).items() if name != "at"} == before
    expect(page.locator(".chapters button:disabled")).to_have_count(0)
    page.locator("#scrub").press("End")
    expect(page.locator(".chapters button").last).to_have_attribute("aria-current", "true")


def test_two_tabs_on_one_run_are_one_computation(visit: Visit) -> None:
    path = f"/en/diffusion?steps=300&seed={next(SEEDS)}"
    one = visit(path)
    before = computations(one)
    two = visit(path)
    for page in (one, two):
        ready(page).locator("#scrub").press("End")
    expect(two.locator("p.twin")).to_have_text(one.locator("p.twin").inner_text())
    assert computations(one) <= before + 1
    assert picture(one) == picture(two)


def test_two_tabs_on_two_runs_do_not_meet(visit: Visit) -> None:
    seed = next(SEEDS)
    one = visit(f"/en/diffusion?data=ring&steps=100&seed={seed}")
    two = visit(f"/zh/diffusion?data=moons&steps=100&seed={seed}")
    for page, data in ((one, "ring"), (two, "moons")):
        ready(page).locator("#scrub").press("End")
        assert query(page)["data"] == data
        expect(page.locator(f"#field-data input[value={data}]")).to_be_checked()
    assert picture(one) != picture(two)
    alone = ready(visit(f"/en/diffusion?data=ring&steps=100&seed={seed}"))
    alone.locator("#scrub").press("End")
    assert picture(alone) == picture(one)


def test_without_a_network_everything_but_run_goes_on(visit: Visit) -> None:
    page = ready(visit("/en/diffusion?steps=20&at=5", allow="ERR_INTERNET_DISCONNECTED"))
    page.wait_for_function(CHARTED)
    page.context.set_offline(True)
    page.locator(".icon.play").click()
    page.wait_for_function("Number(document.querySelector('#scrub').value) > 8")
    page.locator(".icon.play").click()
    shown = picture(page)
    page.locator(".chip").first.click()
    assert picture(page) != shown, "layers switch off"
    page.locator(".chart.curves:visible .area").first.click(position={"x": 300, "y": 60})
    assert at(page) > 16, "a chart is a way through the chapter"
    page.locator("label.opt").first.click()
    expect(page.locator(".verdict")).not_to_be_empty()
    choose(page, "data", "ring")
    expect(page.get_by_role("alert")).to_have_text(words("en")["player"]["lost"])
    page.locator("#run button").click()
    expect(page.locator(".status")).to_have_text(words("en")["player"]["lost"])
    assert query(page)["data"] == "swiss_roll", "the link tells of the run that is shown"
    page.context.set_offline(False)
    page.wait_for_url(re.compile("data=ring"))  # by itself
    ready(page)
    expect(page.get_by_role("alert")).to_be_hidden()


def test_reduced_motion_plays_when_asked_only(visit: Visit) -> None:
    page = ready(visit("/en/diffusion", reduced_motion="reduce"))
    last = at(page)
    assert last == int(page.locator("#scrub").get_attribute("max") or 0), "it opens on the result"
    page.locator(".icon.play").click()
    page.wait_for_function("Number(document.querySelector('#scrub').value) > 2")
    assert at(page) < last


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_phone_never_scrolls_sideways(visit: Visit, lang: str) -> None:
    page = visit(f"/{lang}/", width=390, height=844)
    page.locator("li.coming").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page = ready(visit(f"/{lang}/diffusion?data=digits", width=390, height=844))
    page.wait_for_function(CHARTED)
    for tab in range(3):
        page.get_by_role("tab").nth(tab).click()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, tab


@pytest.mark.parametrize(("asked", "shown"), [("at=99999", None), ("at=<b>&v=old", 0)])
def test_a_place_that_is_none_is_the_nearest_there_is(visit: Visit, asked: str, shown: int | None) -> None:
    page = ready(visit(f"/en/diffusion?steps=20&{asked}"))
    last = page.locator("#scrub").get_attribute("max")
    expect(page.locator("#scrub")).to_have_value(last if shown is None else str(shown))


@pytest.mark.parametrize(("asked", "shown"), [("data=moons&data=ring", "moons"), ("%ff=%00", "swiss_roll")])
def test_what_can_be_made_of_a_link_is_run(visit: Visit, asked: str, shown: str) -> None:
    page = ready(visit(f"/zh/diffusion?{asked}"))
    assert query(page)["data"] == shown
    expect(page.get_by_role("alert")).to_be_hidden()


def test_a_bad_link_is_a_sentence_and_a_page_that_lives(visit: Visit) -> None:
    page = ready(visit("/zh/diffusion?points=~AAAA&data=drawn", allow="422"))
    expect(page.get_by_role("alert")).to_contain_text(words("zh")["player"]["opened_default"])
    expect(page.get_by_role("alert")).not_to_contain_text(words("zh")["player"]["opened_rest"])
    assert query(page)["data"] == "swiss_roll"
    page.locator("[data-preset=too_short]").click()
    page.wait_for_url(re.compile("steps=20"))
    expect(page.get_by_role("alert")).to_be_hidden()


def test_an_address_that_is_none_leads_home(visit: Visit) -> None:
    page = visit("/nothing/here", allow="404")
    expect(page.locator("p[lang=zh]")).to_be_visible()
    page.get_by_role("link").first.click()
    page.wait_for_url(re.compile("/en/$"))


def test_a_link_beyond_all_bounds_is_a_sentence_and_a_page_that_lives(visit: Visit) -> None:
    page = ready(visit(f"/en/diffusion?points={'9' * 7000}"))
    expect(page.get_by_role("alert")).to_contain_text("too long for a link")
    expect(page.get_by_role("alert")).to_contain_text("the run this page opens on")

"""A concept's page, used as a student uses it."""

import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlparse

from playwright.sync_api import Page, expect

Visit = Callable[..., Page]
COMPLETE = re.compile("All|到齐")


def query(page: Page) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlparse(page.url).query).items()}


def ready(page: Page) -> Page:
    """Wait until the run on the stage is complete and Gradio's controls are there."""
    page.wait_for_selector(".shell", state="detached")
    expect(page.locator(".status")).to_contain_text(COMPLETE, timeout=60_000)
    return page


def choose(page: Page, field: str, value: str) -> None:
    """Click an option of a setting, where a hand would."""
    page.locator(f"#field-{field} label:has(input[value={value}])").click()
    expect(page.locator(f"#field-{field} input[value={value}]")).to_be_checked()


def at(page: Page) -> int:
    return int(page.locator("#scrub").input_value())


def picture(page: Page) -> str:
    """What the canvas shows, as data."""
    return page.evaluate("document.querySelector('#stage canvas').toDataURL()")


def test_opens_alive_on_the_baked_run(visit: Visit) -> None:
    page = visit("/en/diffusion")
    page.wait_for_function("performance.getEntriesByName('stage:first-picture').length > 0")
    first = picture(page)
    page.wait_for_timeout(500)
    assert picture(page) != first, "it plays by itself"
    ready(page)
    assert page.evaluate("document.documentElement.lang") == "en"


def test_scrubbing_asks_the_server_nothing(visit: Visit) -> None:
    page = ready(visit("/en/diffusion"))
    page.wait_for_function("document.querySelectorAll('.chart .main-svg').length > 0")
    page.wait_for_function("performance.getEntriesByName('share:ready').length > 0")  # fetched ahead, once
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    seen = set()
    for i in range(50):
        page.locator("#scrub").fill(str(i))
        seen.add(page.locator("p.twin").inner_text())
    assert asked == []
    assert len(seen) > 40, "each frame says its own numbers"


def test_the_link_restores_run_and_frame(visit: Visit) -> None:
    page = ready(visit("/en/diffusion?data=moons"))
    page.locator("#scrub").fill("30")
    page.wait_for_url(re.compile("at=30"))
    shown, words = picture(page), page.locator("p.twin").inner_text()
    assert query(page)["data"] == "moons"
    again = ready(visit(page.url.replace(page.evaluate("location.origin"), "")))
    assert at(again) == 30
    assert again.locator("p.twin").inner_text() == words
    assert picture(again) == shown
    assert again.locator("#field-data input:checked").get_attribute("value") == "moons"


def test_run_then_back(visit: Visit) -> None:
    page = ready(visit("/en/diffusion?steps=20&data=ring"))
    choose(page, "data", "moons")
    expect(page.locator("#run button")).to_contain_text("about")
    page.locator("#run button").click()
    ready(page)
    page.wait_for_url(re.compile("data=moons"))
    page.go_back()
    page.wait_for_url(re.compile("data=ring"))
    ready(page)
    expect(page.locator("#field-data input:checked")).to_have_value("ring")


def test_scrubbing_back_while_frames_arrive(visit: Visit) -> None:
    page = visit("/en/diffusion?steps=900&seed=11")
    page.locator(".chapters button:enabled").nth(1).wait_for()  # the second chapter has begun
    expect(page.locator("#run button")).to_have_text("Stop")
    page.locator("#scrub").fill("5")
    expect(page.locator("p.twin")).to_contain_text("Forward")
    words = page.locator("p.twin").inner_text()
    page.wait_for_timeout(400)
    assert at(page) == 5
    assert page.locator("p.twin").inner_text() == words, "arriving frames do not move the reader"
    page.locator("#run button").click()
    expect(page.locator(".status")).to_contain_text("Stopped")
    page.locator("#scrub").fill("8")
    assert at(page) == 8, "the frames so far are kept"


def test_keyboard_alone(visit: Visit) -> None:
    page = ready(visit("/en/diffusion?at=10"))
    page.locator("#stage").focus()
    page.keyboard.press("ArrowRight")
    assert at(page) == 11
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    assert at(page) == 9
    page.keyboard.press("+")
    assert page.locator(".speed").input_value() == "2"
    page.keyboard.press(" ")
    page.wait_for_timeout(400)
    page.keyboard.press(" ")
    assert at(page) > 9
    stopped = at(page)
    page.wait_for_timeout(300)
    assert at(page) == stopped
    page.keyboard.press("End")
    page.keyboard.press("Home")
    assert at(page) == 0


def test_layers_switch_off(visit: Visit) -> None:
    page = ready(visit("/en/diffusion?at=5"))
    before = picture(page)
    chip = page.locator(".chip[data-key=data]")
    chip.click()
    expect(chip).to_have_attribute("aria-pressed", "false")
    assert picture(page) != before
    chip.click()
    assert picture(page) == before


def test_symbols_light_their_part(visit: Visit) -> None:
    page = ready(visit("/en/diffusion?at=5"))
    before = picture(page)
    page.locator(".lesson .symbol[data-key=data]:visible").first.hover()
    expect(page.locator(".chip[data-key=data]")).to_have_class(re.compile("lit"))
    assert picture(page) != before
    page.locator(".lesson .symbol[data-key=clock]:visible").first.focus()
    expect(page.locator(".track")).to_have_class(re.compile("lit"))


def test_formula_is_the_one_this_run_minimises(visit: Visit) -> None:
    page = ready(visit("/en/diffusion"))
    expect(page.get_by_text("which way is the noise?")).to_be_visible()
    expect(page.get_by_text("which noise was mixed in?")).to_be_hidden()
    page.locator("[data-preset=ddpm]").click()
    expect(page.get_by_text("which noise was mixed in?")).to_be_visible()
    expect(page.get_by_text("which way is the noise?")).to_be_hidden()


def test_drawing_by_touch_undo_clear_and_run(visit: Visit) -> None:
    page = ready(visit("/en/diffusion?steps=10", width=390, height=844, has_touch=True, is_mobile=True))
    page.locator("#field-data label", has_text="draw your own").click()
    expect(page.locator(".brush")).to_be_visible()
    box = page.locator("#stage canvas").bounding_box()
    assert box is not None
    for dx in (0.35, 0.5, 0.65):
        page.touchscreen.tap(box["x"] + box["width"] * dx, box["y"] + box["height"] * 0.4)
    expect(page.locator(".brush .num")).to_contain_text("3 of 200")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".brush .num")).to_contain_text("2 of 200")
    page.touchscreen.tap(box["x"] + box["width"] * 0.6, box["y"] + box["height"] * 0.7)
    page.locator(".run.small").click()
    ready(page)
    assert query(page)["data"] == "drawn"
    assert query(page)["points"].count(";") == 2
    again = ready(visit(page.url.replace(page.evaluate("location.origin"), "")))
    expect(again.locator(".brush .num")).to_contain_text("3 of 200")
    page.get_by_role("button", name="Clear").click()
    expect(page.locator(".brush .num")).to_contain_text("0 of 200")


def test_drawing_nothing_is_said_in_one_sentence(visit: Visit) -> None:
    page = ready(visit("/en/diffusion", allow="422"))
    choose(page, "data", "drawn")
    expect(page.locator(".brush")).to_be_visible()
    page.locator("#run button").click()
    expect(page.get_by_role("alert")).to_contain_text("draw at least 3")
    choose(page, "data", "ring")
    expect(page.get_by_role("alert")).to_be_hidden()


def test_check_is_graded_by_the_run(visit: Visit) -> None:
    page = ready(visit("/en/diffusion"))
    page.locator("[data-preset=too_short]").click()
    ready(page)
    page.get_by_text("Hardly farther than real data").click()
    expect(page.locator(".verdict")).to_contain_text("It went differently.")
    expect(page.locator(".verdict")).to_contain_text(re.compile(r"\d+\.\d times"))
    assert page.locator(".opt.right").count() == 1


def test_language_switch_keeps_run_and_frame(visit: Visit) -> None:
    page = ready(visit("/en/diffusion?data=ring&at=12"))
    page.locator(".language").click()
    page.wait_for_url(re.compile("/zh/diffusion"))
    ready(page)
    assert query(page)["data"] == "ring"
    assert at(page) == 12
    assert page.evaluate("document.documentElement.lang").startswith("zh")
    expect(page.locator("h1")).to_contain_text("扩散模型")


def test_hostile_link_gives_a_sentence_and_a_page(visit: Visit) -> None:
    markup = "%3Cscript%3Ealert(1)%3C/script%3E%3Cimg%20src=x%20onerror=alert(1)%3E${alert(1)}"
    for query in (f"points={markup}", f"data={markup}", f"steps=NaN&seed={markup}", f"{markup}=1", f"edits={markup}&at={markup}"):
        page = visit(f"/en/diffusion?{query}", allow="422")
        page.evaluate("() => { window.alert = () => (window.executed = true); }")
        expect(page.get_by_role("alert")).to_contain_text("Shown instead")
        ready(page)
        assert page.evaluate("window.executed") is None
        assert page.locator("img[src=x]").count() == 0
        assert "alert(1)" not in page.locator("body").inner_text()


def test_offline_after_load_still_plays(visit: Visit) -> None:
    page = ready(visit("/en/diffusion", allow="ERR_INTERNET_DISCONNECTED"))
    page.wait_for_function("document.querySelectorAll('.chart .main-svg').length > 0")
    page.context.set_offline(True)
    page.locator("#scrub").fill("20")
    assert at(page) == 20
    choose(page, "data", "moons")
    page.locator("#run button").click()
    expect(page.get_by_role("alert")).to_contain_text("connection broke")
    page.locator("#scrub").fill("25")
    assert at(page) == 25


def test_reduced_motion_rests(visit: Visit) -> None:
    page = ready(visit("/en/diffusion", reduced_motion="reduce"))
    still = picture(page)
    page.wait_for_timeout(500)
    assert picture(page) == still


def test_a_phone_keeps_the_stage_in_view(visit: Visit) -> None:
    page = ready(visit("/zh/diffusion", width=390, height=844))
    page.mouse.wheel(0, 700)
    page.wait_for_timeout(300)
    box = page.locator("#stage").bounding_box()
    assert box is not None
    assert -10 <= box["y"] <= 60, "the stage stays in view"
    expect(page.locator(".run.small")).to_be_in_viewport()

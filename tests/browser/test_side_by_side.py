"""Two runs on one clock: opened by link and by hand, moved together, told apart, and left."""

import re
from collections.abc import Callable
from itertools import count
from urllib.parse import quote

import pytest
from playwright.sync_api import Locator, Page, expect

from playground.words import words
from tests.browser.test_accessibility import DESK, HAND, findings
from tests.browser.test_concept_page import at, query, ready

Visit = Callable[..., Page]
SEEDS = count(83_001)  # of runs that nobody has computed yet
SAY = words("en")["versus"]
RUN = "/en/diffusion?at=30"  # like most runs here, baked


def pictures(page: Page) -> list[str]:
    return page.evaluate("[...document.querySelectorAll('#stage canvas')].map(canvas => canvas.toDataURL())")


def both(page: Page) -> Page:
    """Wait until both runs are complete, and the page says whether they part."""
    ready(page)
    expect(page.locator("#stage canvas")).to_have_count(2)
    expect(page.locator(".versus-bar .parted")).not_to_be_empty(timeout=60_000)
    expect(page.locator("#run button")).not_to_have_text("Stop", timeout=60_000)
    return page


def moments(page: Page) -> list[str]:
    return page.locator("figcaption .num").all_inner_texts()


def form(page: Page) -> Locator:
    page.get_by_role("button", name=SAY["compare"]).click()
    return page.locator("form.rival")


def test_a_link_opens_both_and_names_what_differs(visit: Visit) -> None:
    page = both(visit("/en/diffusion?vs=objective:ddpm&at=40"))
    expect(page.locator(".versus-bar .difference")).to_have_text("What the network learns: velocity (flow matching) | noise (DDPM)")
    expect(page.locator("figcaption .named")).to_have_text(["velocity (flow matching)", "noise (DDPM)"])
    twin = page.locator("p.twin").inner_text()
    assert re.match(r"velocity \(flow matching\): After \d+ training steps .*\nnoise \(DDPM\): After \d+ training steps", twin)
    one, other = pictures(page)
    assert one != other
    alone = ready(visit("/en/diffusion?objective=ddpm&at=40"))
    assert alone.locator("p.twin").inner_text() == twin.partition("noise (DDPM): ")[2]
    assert query(page)["vs"] == "objective:ddpm"
    assert query(page)["objective"] == "flow"


def test_several_fields_may_differ(visit: Visit) -> None:
    page = both(visit(f"{RUN}&vs=objective:ddpm;schedule:cosine"))
    said = "What the network learns: velocity (flow matching) | noise (DDPM)Noise schedule: linear | cosine"
    expect(page.locator(".versus-bar .difference")).to_have_text(said)


def test_one_clock_moves_both_and_asks_the_server_nothing(visit: Visit) -> None:
    page = both(visit("/en/diffusion?vs=objective:ddpm&at=10"))
    page.wait_for_function("document.querySelectorAll('.chart .main-svg').length > 0")
    page.wait_for_function("performance.getEntriesByName('share:ready').length > 0")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    seen = set()
    for i in range(21, 42):  # the chapter Train
        page.locator("#scrub").fill(str(i))
        seen.add(pictures(page)[1])
        here, there = moments(page)
        assert here == there, "both trained in as many steps"
    assert len(seen) == 21
    page.locator("#stage").focus()
    before = pictures(page)
    page.keyboard.press("ArrowLeft")
    assert all(new != old for new, old in zip(pictures(page), before, strict=True))
    page.locator(".chapters button").nth(2).click()
    assert moments(page) == ["t = 1.00", "t = 1.00"]
    page.locator(".chart.curves:visible .area").first.click(position={"x": 200, "y": 60})
    here, there = (float(moment.removeprefix("t = ")) for moment in moments(page))
    assert 0 < here < 1
    assert abs(here - there) < 0.06, "the nearest t of another grid"
    page.locator("#stage").focus()
    page.keyboard.press("Home")
    page.keyboard.press(" ")
    page.wait_for_function("Number(document.querySelector('#scrub').value) > 5")
    page.keyboard.press(" ")
    here, there = moments(page)
    assert here == there
    assert asked == []


def test_legend_and_theme_are_for_both(visit: Visit) -> None:
    page = both(visit(f"{RUN}&vs=objective:ddpm", reduced_motion="reduce"))
    before = pictures(page)
    page.locator(".chip[data-key=data]").click()
    without = pictures(page)
    assert all(new != old for new, old in zip(without, before, strict=True))
    page.locator(".chip[data-key=data]").click()
    assert pictures(page) == before
    page.locator(".theme").click()
    page.wait_for_function("document.body.classList.contains('dark')")
    page.wait_for_timeout(100)
    assert all(new != old for new, old in zip(pictures(page), before, strict=True))


def test_charts_hold_the_curves_of_both(visit: Visit) -> None:
    page = both(visit("/en/diffusion?vs=objective:ddpm&at=500"))  # the last frame, in the chapter that compares samplers
    page.wait_for_function("document.querySelectorAll('.chart:not([hidden]) .main-svg').length > 0")
    chart = page.locator(".chart[data-key=steps]")
    rows = chart.locator(".values .of")
    expect(rows).to_have_count(2)
    expect(rows.nth(0)).to_contain_text("velocity (flow matching)")
    expect(rows.nth(0)).to_contain_text("Euler")
    expect(rows.nth(0)).not_to_contain_text("DDIM")
    expect(rows.nth(1)).to_contain_text("noise (DDPM)")
    expect(rows.nth(1)).to_contain_text("DDIM")
    expect(rows.nth(1)).not_to_contain_text("Euler")
    curves = chart.evaluate(
        "card => card.querySelector('.js-plotly-plot').data.map(({x, line}) => [x.length, line.dash])"  # as plotly was given them
    )
    drawn = sorted(dash for length, dash in curves if length)
    assert drawn == sorted(["solid"] * 2 + ["dot"] + ["7px 4px"] * 3 + ["2px 5px"]), "two samplers, three samplers, two floors"


def test_the_mark_leads_to_where_they_part(visit: Visit) -> None:
    page = both(visit("/en/diffusion?data=class_gaussians&steps=10&vs=guidance:0&at=3"))
    said = page.locator(".versus-bar .parted").inner_text()
    assert said == "They part in Reverse, at t = 1.00.", "guidance is of the walk alone: training is the same"
    mark = page.get_by_role("button", name=said)
    expect(mark).to_contain_text(SAY["part"])
    mark.focus()
    page.keyboard.press("Enter")
    assert moments(page) == ["t = 1.00", "t = 1.00"]
    expect(page.locator(".chapters button[aria-current]")).to_contain_text("Reverse")
    page.locator("#stage").focus()
    page.keyboard.press("ArrowLeft")
    one, other = pictures(page)
    assert one == other, "before it they are the same"
    page.locator(".chapters button").nth(3).click()  # how few steps are enough
    one, other = pictures(page)
    assert one != other


def test_runs_that_never_part(visit: Visit) -> None:
    page = both(visit("/en/diffusion?steps=21&seed=8&vs=schedule:cosine"))  # a flow has no such schedule; both are computed here
    expect(page.locator(".versus-bar .parted")).to_have_text(SAY["equal"])
    expect(page.locator(".part")).to_be_hidden()


def test_what_is_not_there_yet_is_said(visit: Visit) -> None:
    page = visit(f"/en/diffusion?at=45&vs=seed:{next(SEEDS)}")
    caption = page.locator("figcaption .num").nth(1)
    expect(caption).to_contain_text(SAY["not_yet"])
    expect(page.locator("p.twin")).to_contain_text(SAY["not_yet"])
    expect(page.locator("#run button")).to_have_text("Stop")
    expect(page.locator(".status")).to_contain_text(re.compile(r"Seed [\d,]+: Training"))
    page.locator("#run button").click()
    expect(caption).to_contain_text(SAY["stopped"])
    expect(page.locator(".status")).to_contain_text("Stopped")
    expect(page.locator("#run button")).to_contain_text("Run")
    page.locator("#scrub").fill("5")
    assert len(set(moments(page))) == 1, "what has come is kept"


def test_by_hand_and_away_again(visit: Visit) -> None:
    page = ready(visit("/en/diffusion?data=class_gaussians&steps=10&at=30"))
    asks = form(page)
    asks.get_by_label(SAY["what"]).select_option("guidance")
    asks.get_by_label(SAY["value"]).fill("0")
    asks.get_by_role("button", name=SAY["go"]).click()
    both(page)
    assert query(page)["vs"] == "guidance:0"
    assert at(page) == 30, "the first run stays as it was"
    page.reload()
    both(page)
    assert at(page) == 30
    page.locator("#field-guidance input[type=number]").fill("6")
    page.locator("#field-guidance input[type=number]").press("Tab")
    page.locator("#run button").click()
    page.wait_for_url(re.compile("guidance=6"))
    both(page)
    assert query(page)["vs"] == "guidance:0", "both run again"
    expect(page.locator(".versus-bar .difference")).to_have_text("Guidance w: 6 | 0")
    page.go_back()
    page.wait_for_url(re.compile("guidance=2"))
    both(page)
    page.get_by_role("button", name=SAY["stop"]).click()
    expect(page.locator("#stage canvas")).to_have_count(1)
    expect(page.locator("#stage")).to_be_focused()
    assert "vs" not in query(page)
    expect(page.locator("p.twin")).not_to_contain_text("Guidance w 0")
    expect(page.locator(".chart:visible .values .of")).to_have_count(0)
    page.go_back()
    both(page)
    assert query(page)["vs"] == "guidance:0"


def test_by_keyboard_alone_with_a_number_and_with_a_preset(visit: Visit) -> None:
    page = ready(visit("/en/diffusion?at=30"))
    page.get_by_role("button", name=SAY["compare"]).focus()
    page.keyboard.press("Enter")
    expect(page.locator("form.rival")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.type("Training")
    page.keyboard.press("Tab")
    page.keyboard.type("20")
    page.keyboard.press("Enter")
    both(page)
    assert query(page)["vs"] == "steps:20"
    expect(page.locator(".versus-bar .difference")).to_have_text("Training steps: 800 | 20")
    asks = form(page)
    asks.get_by_label(SAY["what"]).select_option(label="Cosine schedule")
    asks.get_by_role("button", name=SAY["go"]).click()
    page.wait_for_url(re.compile("vs=objective%3Addpm%3Bschedule%3Acosine"))
    both(page)


def test_only_settings_that_mean_something_are_offered(visit: Visit) -> None:
    page = ready(visit("/en/diffusion"))
    settings = form(page).locator("optgroup").first
    expect(settings.locator("option").first).to_be_attached()
    assert settings.locator("option").evaluate_all("options => options.map(option => option.value)") == [
        "data",
        "objective",
        "steps",
        "rate",
        "solver",
        "sampling_steps",
        "seed",
    ]
    offered = page.locator(".value-of option").evaluate_all("options => options.map(option => option.value)")
    assert "swiss_roll" not in offered, "what the first run has"
    assert "drawn" not in offered, "nobody has drawn anything"


def test_sharing_keeps_both(visit: Visit) -> None:
    page = both(visit(f"{RUN}&vs=objective:ddpm"))
    page.locator("header.site .share").click()
    url = page.get_by_role("dialog").get_by_label("Link", exact=True).input_value()
    again = both(visit(url.replace(page.evaluate("location.origin"), "")))
    assert at(again) == 30
    assert again.locator("p.twin").inner_text() == page.locator("p.twin").inner_text()
    expect(again.locator(".kept")).to_have_text("Same as shared, to the last digit.")
    again.locator(".language").click()
    again.wait_for_url(re.compile("/zh/diffusion"))
    ready(again)
    expect(again.locator(".versus-bar .difference")).to_have_text("网络学什么： 速度（流匹配） | 噪声（DDPM）")


MARKUP = "<img src=x onerror=window.executed=1>"


@pytest.mark.parametrize(
    ("vs", "said"),
    [
        ("at:3", SAY["unknown"]),
        (MARKUP, SAY["unreadable"]),
        (f"data:{MARKUP}", "Data: Choose one of"),
        ("data:drawn", "Drawn points: That is too few points"),
        (f"points:{'9' * 5000}", "Drawn points"),
        ("data:swiss_roll", SAY["same"]),
    ],
)
def test_a_bad_second_run_is_one_sentence(visit: Visit, vs: str, said: str) -> None:
    page = ready(visit(f"{RUN}&vs={quote(vs)}"))
    expect(page.get_by_role("alert")).to_contain_text(said)
    expect(page.locator("#stage canvas")).to_have_count(1)
    assert at(page) == 30
    assert "vs" not in query(page)
    assert page.evaluate("window.executed") is None
    assert page.locator("img[src=x]").count() == 0
    assert "onerror" not in page.locator("body").inner_text()


def test_without_a_network_the_first_plays_on(visit: Visit) -> None:
    page = both(visit(f"{RUN}&vs=objective:ddpm", allow="ERR_INTERNET_DISCONNECTED"))
    page.context.set_offline(True)
    asks = form(page)
    asks.get_by_label(SAY["what"]).select_option("steps")
    asks.get_by_label(SAY["value"]).fill("20")
    asks.get_by_role("button", name=SAY["go"]).click()
    expect(page.locator("#stage")).to_contain_text("The connection is lost; trying again.")
    page.locator("#scrub").fill("12")
    assert at(page) == 12
    page.context.set_offline(False)
    both(page)  # by itself


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_on_a_phone(visit: Visit, lang: str) -> None:
    path = f"/{lang}/diffusion?data=digits&vs=examples:50&at=10"
    page = both(visit(path, width=390, height=844, has_touch=True, is_mobile=True))
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.mouse.wheel(0, 900)
    page.wait_for_timeout(300)
    for canvas in page.locator("#stage canvas").all():
        expect(canvas).to_be_in_viewport(ratio=1)
        box = canvas.bounding_box()
        assert box is not None
        assert box["width"] >= 160
    expect(page.locator(".icon.play")).to_be_in_viewport(ratio=1)
    stage = page.locator("#stage").bounding_box()
    assert stage is not None
    assert stage["height"] < 600, "there is room to read below"
    for target in (page.locator(".part"), page.locator(".versus-bar button"), page.locator(".compare")):
        box = target.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 44
    page.locator(".part").tap()
    here, there = moments(page)
    assert here == there
    assert page.locator(".chapters button[aria-current]").get_attribute("data-phase") == "train"
    page.locator(".compare").tap()
    for target in page.locator("form.rival :is(select, input, button)").all():
        box = target.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 44


def test_a_page_with_one_run_fetches_nothing_for_two(visit: Visit) -> None:
    page = ready(visit("/en/diffusion"))
    page.wait_for_function("performance.getEntriesByName('share:ready').length > 0")
    fetched = page.evaluate("performance.getEntriesByType('resource').map(entry => entry.name)")
    assert any(name.endswith("/player.js") for name in fetched)
    assert [name for name in fetched if re.search("versus|second|rival|parted", name)] == []


@pytest.mark.parametrize(("lang", "scheme", "size"), [("en", "light", DESK), ("zh", "dark", HAND)])
def test_accessibility(visit: Visit, lang: str, scheme: str, size: dict[str, int]) -> None:
    page = visit(f"/{lang}/diffusion?at=60&vs=objective:ddpm", color_scheme=scheme, reduced_motion="reduce", **size)
    ready(page)
    expect(page.locator(".versus-bar .parted")).not_to_be_empty(timeout=60_000)
    page.wait_for_function("document.querySelectorAll('.chart .main-svg').length > 0")
    page.locator(".compare").click()
    expect(page.locator("form.rival")).to_be_visible()
    assert findings(page) == []

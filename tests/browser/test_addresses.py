"""The address: what others do to a link, and what a browser refuses, never loses a run or stops the clock."""

from collections.abc import Callable
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_concept_page import at, query
from tests.browser.test_typing import field, paste, ready

Visit = Callable[..., Page]
TANG = "床前明月光，疑是地上霜。举头望明月，低头思故乡。"
COUNT = """() => {
    window.written = [];
    for (const name of ["pushState", "replaceState"]) {
        const write = history[name].bind(history);
        history[name] = (state, title, url) => { window.written.push([name, String(url), location.href]); write(state, title, url); };
    }
}"""
REFUSE = """() => {
    for (const name of ["pushState", "replaceState"]) history[name] = () => { throw new DOMException("too often", "SecurityError"); };
}"""


@pytest.mark.parametrize(
    "search",
    [
        "data=moons&fbclid=IwAR0x&utm_source=mail&gclid=x&from=singlemessage&isappinstalled=0",
        "data=moons&amp;at=3&amp;steps=1000",
        "data%3Dmoons%26at%3D3",
        "?data=moons",
        "data=moons&data=ring",
        "data=moons%E3%80%82",
        "%ff%fe=%00&data=moons",
    ],
)
def test_a_link_keeps_its_run(visit: Visit, search: str) -> None:
    page = ready(visit(f"/en/diffusion?{search}"))
    said = query(page)
    assert said["data"] == "moons"
    assert not {"fbclid", "utm_source", "from"} & said.keys()
    expect(page.locator(".message")).to_be_hidden()


def test_of_an_old_link_what_still_is_a_setting_is_run(visit: Visit) -> None:
    """What has gone is left out without a word; what is refused today is told, and costs nothing else."""
    page = ready(visit("/en/diffusion?data=moons&gone=3&steps=99999", allow="422"))
    assert query(page)["data"] == "moons"
    expect(page.locator(".message")).to_contain_text("without that setting")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_pasted_chinese_runs_up_to_the_limit_and_stays_in_the_link(visit: Visit, lang: str) -> None:
    page = ready(
        visit(f"/{lang}/attention?data=pasted&steps=10&pasted={quote(TANG * 11)}", permissions=["clipboard-read", "clipboard-write"])
    )
    text = (TANG * 60)[:1365]  # 4,095 bytes of 4,096
    field(page, "pasted").click()
    page.keyboard.press("Control+A")
    paste(page, text)
    with page.expect_request(lambda request: "/runs/" in request.url) as run:
        page.locator("#run button").click()
    answer = run.value.response()
    assert answer
    assert answer.status == 200
    page.wait_for_function("performance.getEntriesByName('run:complete').length > 1")
    assert query(page)["pasted"].startswith("~")
    again = ready(visit(page.url.replace(page.evaluate("location.origin"), "")))
    expect(field(again, "pasted")).to_have_value(text)


def test_a_text_that_is_too_long_is_told_and_kept(visit: Visit) -> None:
    page = ready(visit("/en/attention?data=repeat&mode=look", permissions=["clipboard-read", "clipboard-write"], allow="status of 4"))
    field(page, "text").click()
    for text, sentence in (
        ("a" * 600, "at most 512"),
        ("".join(chr(0x4E00 + 7919 * i % 20000) for i in range(9000)), "too long for a link"),
    ):
        page.keyboard.press("Control+A")
        paste(page, text)
        expect(page.locator(".message")).to_contain_text(sentence)
        expect(field(page, "text")).to_have_value(text)
        assert page.locator(".message").inner_text().count(".") >= 1


def test_pointing_at_heads_writes_no_history(visit: Visit) -> None:
    page = ready(visit("/en/attention"))
    page.locator(".heads-bar").wait_for()
    page.locator("#scrub").fill("20")
    page.wait_for_url(lambda url: "at=20" in url)
    page.evaluate(COUNT)
    box = page.locator("#stage canvas").bounding_box()
    assert box
    for i in range(60):
        page.mouse.move(box["x"] + box["width"] * (0.1 + 0.8 * (i % 12) / 12), box["y"] + box["height"] * (0.15 + 0.7 * i / 60))
    page.wait_for_timeout(600)
    assert page.evaluate("window.written") == []


def test_nothing_writes_the_address_that_stands_there(visit: Visit) -> None:
    """Also keys that are held down in a world of cells are one writing, not one each."""
    page = ready(visit("/en/gridworld?at=3"))
    page.evaluate(COUNT)
    page.locator("#stage").focus()
    for _ in range(30):
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowDown")
    page.wait_for_timeout(600)
    written = page.evaluate("window.written")
    assert len(written) < 10
    assert all(url not in before for _, url, before in written)


def test_a_history_that_refuses_stops_no_clock(visit: Visit) -> None:
    page = ready(visit("/en/diffusion?at=3"))
    page.evaluate(REFUSE)
    page.locator("#stage").focus()
    page.keyboard.press("ArrowRight")
    assert at(page) == 4
    page.keyboard.press(" ")
    page.wait_for_timeout(2500)  # the address would have been written twice
    page.keyboard.press(" ")
    passed = at(page)
    assert passed > 4
    page.keyboard.press("ArrowRight")
    assert at(page) == passed + 1


def test_keys_act_on_the_stage_only_while_it_is_used(visit: Visit) -> None:
    page = ready(visit("/en/diffusion?at=10"))
    page.locator("#stage").focus()
    page.keyboard.press("ArrowRight")
    assert at(page) == 11
    page.mouse.move(640, 400)
    page.mouse.wheel(0, 2500)  # down to the lesson, the stage still has the focus
    page.wait_for_function("document.getElementById('stage').getBoundingClientRect().bottom < 0")
    for key in ("Space", "Shift+Space", "Home", "End", "+", "-", "="):
        page.keyboard.press(key)
    assert (at(page), page.locator(".speed").input_value()) == (11, "1")
    page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    page.keyboard.press("End")
    page.wait_for_function("scrollY > 500")  # it scrolls, as on any page
    page.evaluate("scrollTo(0, 0)")
    for key in ("+", "=", "-", "ArrowLeft"):
        page.keyboard.press(key)
    assert (at(page), page.locator(".speed").input_value()) == (11, "1")

"""What the page says while the machine works: fed by hand, line by line, so that every moment can be looked at."""

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urljoin

import pytest
from playwright.sync_api import Page, expect

from playground.concept import load
from playground.runs import lines
from playground.words import words
from tests.browser.test_concept_page import at, choose, query, ready

Visit = Callable[..., Page]
SAY = words("en")["player"]
CONCEPT = load("diffusion")
PARAMS = CONCEPT.params(data="ring", steps=20, seed=60)  # of another seed than the page asks for: its own run is to be new
BY_HAND = """() => {
  const real = window.fetch;
  window.fetch = (url, options) => {
    if (!String(url).includes("/runs/")) return real(url, options);
    return Promise.resolve(new Response(new ReadableStream({ start(stream) { window.stream = stream; } })));
  };
}"""


class Hand:
    """The run that the page asks for, in the test's hand."""

    def __init__(self, page: Page):
        self.page = page
        self.chapters = len(CONCEPT.scene(PARAMS).chapters)
        run = page.request.get(urljoin(page.url, f"/runs/diffusion?{PARAMS.to_query()}")).text()
        self.header, *self.frames, self.end = run.splitlines(keepends=True)
        page.evaluate(BY_HAND)

    def __call__(self, *sent: str) -> None:
        self.page.wait_for_function("window.stream")
        self.page.evaluate("text => window.stream.enqueue(new TextEncoder().encode(text))", "".join(sent))

    def until(self, phase: str, step: int) -> list[str]:
        """The frames not yet sent, up to that one."""
        moments = [(frame["phase"], frame["step"]) for frame in map(json.loads, self.frames)]
        n = next(i for i, (p, s) in enumerate(moments) if p == phase and s >= step) + 1
        sent, self.frames = self.frames[:n], self.frames[n:]
        return sent


@pytest.fixture
def page(visit: Visit) -> Page:
    return ready(visit("/en/diffusion?steps=20&seed=6&at=9"))


@pytest.fixture
def hand(page: Page) -> Hand:
    """Ring is chosen, Run is pressed, and not a line has come."""
    hand = Hand(page)
    choose(page, "data", "ring")
    expect(page.locator("#run button")).to_contain_text("about")
    page.locator("#run button").click()
    expect(page.locator(".status")).to_have_text(SAY["asking"])
    return hand


def names(page: Page) -> list[dict[str, Any]]:
    return page.locator(".chapters button").evaluate_all("all => all.map(({offsetLeft, disabled}) => ({left: offsetLeft, disabled}))")


def test_in_the_queue_the_run_before_stays(page: Page, hand: Hand) -> None:
    hand(hand.header, lines.queued(3).decode())
    expect(page.locator(".status")).to_contain_text("place 3 in the queue")
    hand(lines.queued(1).decode())
    expect(page.locator(".status")).to_contain_text("place 1 in the queue")
    assert at(page) == 9
    page.locator("#scrub").fill("25")
    expect(page.locator("p.twin")).to_contain_text("training steps")
    assert query(page)["data"] == "swiss_roll"
    page.locator("#run button").click()
    expect(page.locator(".status")).to_have_text(SAY["stopped_before"])
    assert at(page) == 25


def test_what_is_changed_in_the_queue_is_for_the_next_run(page: Page, hand: Hand) -> None:
    hand(hand.header, lines.queued(1).decode())
    choose(page, "data", "moons")
    hand(*hand.frames, hand.end)
    ready(page)
    assert query(page)["data"] == "ring"
    expect(page.locator("#field-data input:checked")).to_have_value("moons")
    expect(page.locator("#run button")).to_contain_text(re.compile("about|stored"))


def test_each_chapter_says_what_is_being_done(page: Page, hand: Hand) -> None:
    hand(hand.header, *hand.until("forward", 4))
    expect(page.locator(".status")).to_have_text(re.compile(r"^Mixing noise into the data: step \d+ of 20"))
    assert query(page)["data"] == "ring"
    places = names(page)
    assert [name["disabled"] for name in places] == [False] + [True] * (hand.chapters - 1), "the chapters to come stand there, greyed"
    hand(*hand.until("train", 1))
    expect(page.locator(".status")).to_have_text(re.compile(r"^Training the network: step \d+ of 20"))
    expect(page.locator(".aloud")).to_have_text("Training the network")
    assert [name["disabled"] for name in names(page)][:3] == [False, False, True]
    hand(*hand.until("reverse", 10))
    expect(page.locator(".status")).to_have_text(re.compile(r"^Walking the noise back: step \d+ of"))
    assert [name["left"] for name in names(page)] == [name["left"] for name in places], "no name has moved"
    hand(*hand.frames, hand.end)
    expect(page.locator(".status")).to_have_text(re.compile(r"^All \d+ frames are here; computing them took \d+\.\d s\.$"))
    assert not any(name["disabled"] for name in names(page))


def test_seconds_to_go_are_told_once_the_pace_is_known(page: Page) -> None:
    page.locator("#field-steps input[type=number]").fill("4000")
    page.locator("#field-steps input[type=number]").press("Tab")
    expect(page.locator("#run button")).to_contain_text("about")
    page.locator("#run button").click()
    expect(page.locator(".bar")).to_be_visible()
    expect(page.locator(".status")).to_have_text(re.compile(r"^Training the network: step [\d,]+ of 4,000, about \d+ s to go$"))
    page.locator("#run button").click()
    expect(page.locator(".status")).to_have_text(re.compile(r"^Stopped\. The \d+ frames so far are kept\.$"))
    expect(page.locator(".bar")).to_be_hidden()


def test_arriving_frames_show_on_the_track_while_the_reader_rests(page: Page, hand: Hand) -> None:
    hand(hand.header, *hand.until("forward", 20))
    page.locator("#scrub").fill("3")
    done = "document.querySelector('.track').style.getPropertyValue('--done')"
    before = page.evaluate(done)
    hand(*hand.until("train", 10))
    page.wait_for_function(f"{done} !== '{before}'")
    assert at(page) == 3


def test_a_broken_connection_keeps_what_has_come(page: Page, hand: Hand) -> None:
    hand(hand.header, *hand.until("train", 5))
    expect(page.locator(".status")).to_contain_text("Training the network")
    page.evaluate("window.stream.error(new TypeError('cut'))")
    expect(page.get_by_role("alert")).to_have_text(SAY["broken"])
    expect(page.locator(".status")).to_be_empty()
    page.locator("#scrub").fill("20")
    assert at(page) == 20
    expect(page.locator("#run button")).to_contain_text("Run")


def test_a_run_that_fails_says_so_in_the_readers_words(page: Page, hand: Hand) -> None:
    hand(hand.header, lines.error("run_failed").decode())
    expect(page.get_by_role("alert")).to_have_text(words("en")["errors"]["run_failed"])
    assert at(page) == 9, "the run before is still there"

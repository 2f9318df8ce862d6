"""The page in a real browser: what a student waits for, and what crosses the network.

The page marks its own moments (performance.mark): stage:first-picture, run:first-frame, run:complete.
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, sync_playwright

from tests.bench.figures import Figure
from tests.bench.server import serving

QUIET = "--no-sandbox --disable-gpu --disable-background-networking --disable-component-update --disable-sync --no-first-run"
REPEATS = 5
WAIT = 60_000
MARK = "name => performance.getEntriesByName(name, 'mark')[0]?.startTime"
CLICKED = """() => {
  performance.clearMarks();
  addEventListener("click", () => { window.clicked = performance.now(); }, {capture: true, once: true});
}"""
SEEDS = count(31_000)


class Traffic:
    """Every request of a page, with the bytes that came for it and when, and every complaint in its console."""

    def __init__(self, page: Page):
        self.received: list[tuple[float, int]] = []  # wall-clock seconds, bytes
        self.urls: list[str] = []
        self.complaints: list[str] = []
        self._offset = 0.0  # from the protocol's monotonic clock to the wall clock
        session = page.context.new_cdp_session(page)
        session.on("Network.requestWillBeSent", self._sent)
        session.on("Network.responseReceived", lambda e: self._got(e["timestamp"], e["response"]["encodedDataLength"]))
        session.on("Network.dataReceived", lambda e: self._got(e["timestamp"], e["encodedDataLength"]))
        session.send("Network.enable")
        page.on("console", lambda message: self.complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _sent(self, event: dict[str, Any]) -> None:
        self._offset = event["wallTime"] - event["timestamp"]
        if not event["request"]["url"].startswith("data:"):  # the page's icon stands in the page
            self.urls.append(event["request"]["url"])

    def _got(self, timestamp: float, size: int) -> None:
        self.received.append((timestamp + self._offset, size))

    def kilobytes(self, until: float) -> float:
        return sum(size for at, size in self.received if at <= until) / 1000

    def external(self) -> int:
        return sum(urlsplit(url).scheme in ("http", "https", "ws", "wss") and urlsplit(url).hostname != "127.0.0.1" for url in self.urls)


@contextmanager
def visit(browser: Browser) -> Iterator[tuple[Page, Traffic]]:
    """A page of a visitor who has nothing cached."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    try:
        page = context.new_page()
        yield page, Traffic(page)
    finally:
        context.close()


def moment(page: Page, name: str) -> float:
    """Milliseconds from the page's navigation to the mark, which is waited for."""
    page.wait_for_function(f"name => ({MARK})(name) !== undefined", arg=name, timeout=WAIT)
    return page.evaluate(MARK, name)


def settle(page: Page) -> None:
    """The run of the page is read to its end, Gradio has come up and the network is quiet."""
    moment(page, "run:complete")
    page.wait_for_selector(".shell", state="detached")
    page.wait_for_load_state("networkidle")


def open_cold(browser: Browser, url: str) -> dict[str, float]:
    """First page, then the other language's, of a visitor with an empty cache. Seconds, kilobytes, counts."""
    with visit(browser) as (page, traffic):
        page.goto(f"{url}/en/diffusion")
        first = moment(page, "stage:first-picture")
        size = traffic.kilobytes(page.evaluate("performance.timeOrigin") / 1000 + first / 1000)
        settle(page)
        page.goto(f"{url}/zh/diffusion")
        second = moment(page, "stage:first-picture")
        settle(page)
        return {
            "first": first / 1000,
            "size": size,
            "second": second / 1000,
            "external": traffic.external(),
            "complaints": len(traffic.complaints),
        }


def press_run(page: Page, seed: int, mark: str) -> float:
    """Seconds from the click on Run, with that seed in its control, to the mark."""
    page.locator(".more button").first.click()  # the seed is among the folded controls
    control = page.locator("#field-seed input").first
    control.fill(str(seed))
    control.press("Tab")
    page.wait_for_timeout(800)  # the page asks what the new parameters cost
    page.evaluate(CLICKED)
    page.locator("#run button").click()
    return (moment(page, mark) - page.evaluate("window.clicked")) / 1000


def fresh_run(browser: Browser, url: str) -> dict[str, float]:
    """A run nobody asked for yet, and the same run again by the next visitor, when it is stored."""
    seed = next(SEEDS)
    with visit(browser) as (page, _):
        page.goto(f"{url}/en/diffusion")
        settle(page)
        fresh = press_run(page, seed, "run:first-frame")
        moment(page, "run:complete")
    with visit(browser) as (page, _):
        page.goto(f"{url}/en/diffusion")
        settle(page)
        return {"fresh": fresh, "stored": press_run(page, seed, "run:complete")}


def scrubbed(browser: Browser, url: str, moves: int = 50) -> int:
    """Requests caused by dragging the scrubber over its whole length."""
    with visit(browser) as (page, traffic):
        page.goto(f"{url}/en/diffusion")
        settle(page)
        page.wait_for_timeout(1500)
        before = len(traffic.urls)
        page.locator("#scrub").scroll_into_view_if_needed()
        box = page.locator("#scrub").bounding_box()
        assert box is not None
        middle = box["y"] + box["height"] / 2
        page.mouse.move(box["x"] + 2, middle)
        page.mouse.down()
        for k in range(moves):
            page.mouse.move(box["x"] + 2 + (box["width"] - 4) * (k + 1) / moves, middle)
        page.mouse.up()
        page.wait_for_timeout(1000)
        return len(traffic.urls) - before


def stage_speed(browser: Browser, url: str, seconds: float = 3) -> float:
    """Frames a second of 2,000 points over a 64 × 64 heatmap."""
    with visit(browser) as (page, _):
        page.goto(f"{url}/en/diffusion?at=0")  # at rest: nothing else is drawn
        settle(page)
        return page.evaluate(
            "seconds => import(document.querySelector('[data-static]').dataset.static + '/bench.js').then(m => m.benchmark(seconds))",
            seconds,
        )


def repeated(measure: Callable[[], dict[str, float]], times: int) -> dict[str, tuple[float, ...]]:
    results = [measure() for _ in range(times)]
    return {name: tuple(result[name] for result in results) for name in results[0]}


def measure() -> list[Figure]:
    with serving() as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=QUIET.split())
        pages = repeated(lambda: open_cold(browser, server.url), REPEATS)
        runs = repeated(lambda: fresh_run(browser, server.url), REPEATS)
        moves = scrubbed(browser, server.url)
        speed = stage_speed(browser, server.url)
        browser.close()
    return [
        Figure("cold page: first picture", 1.5, "s", pages["first"]),
        Figure("cold page: received until then", 600, "KB", pages["size"]),
        Figure("second page: first picture", 0.7, "s", pages["second"]),
        Figure("external requests", 0, "", (sum(pages["external"]),)),
        Figure("console errors", 0, "", (sum(pages["complaints"]),)),
        Figure("Run to first new frame", 0.4, "s", runs["fresh"]),
        Figure("a stored run complete", 0.15, "s", runs["stored"]),
        Figure("50 scrub moves: requests", 0, "", (moves,)),
        Figure("stage, 2,000 points and a 64 × 64 heatmap", 50, "fps", (speed,), at_least=True),
    ]

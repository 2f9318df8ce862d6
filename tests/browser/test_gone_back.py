"""Going back to a page that the browser has kept as it was left, or that was left with a run on its way."""

import shutil
from collections.abc import Iterator
from itertools import count

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.browser.conftest import FLAGS
from tests.browser.test_concept_page import at, choose, query, ready

SEEDS = count(91_001)  # of runs that nobody has computed yet
KEPT = "addEventListener('pageshow', (event) => (window.kept = event.persisted));"


@pytest.fixture
def page(playwright: Playwright, address: str) -> Iterator[Page]:
    """Of a browser that keeps pages, as readers' do; Playwright's own does not."""
    browser = playwright.chromium.launch(
        executable_path=shutil.which("chromium"), args=FLAGS.split(), ignore_default_args=["--disable-back-forward-cache"]
    )
    page = browser.new_context(base_url=address).new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(f"exception: {error.stack}"))
    page.add_init_script(KEPT)
    yield page
    browser.close()
    assert wrong == []


def test_a_page_that_was_kept_lives(page: Page) -> None:
    page.goto("/en/diffusion?data=ring&steps=20")
    ready(page)
    page.reload()
    ready(page).locator("#scrub").fill("12")
    page.goto("/zh")
    page.go_back(wait_until="commit")  # of a kept page nothing is loaded
    assert page.evaluate("window.kept"), "Chromium has kept the page"
    ready(page)
    assert at(page) == 12
    choose(page, "data", "moons")
    page.locator("#run button").click()
    expect(page.locator(".chapters button").last).to_be_enabled(timeout=60_000)
    ready(page)
    assert query(page)["data"] == "moons"


@pytest.mark.parametrize("slug", ["diffusion", "gan"])
def test_a_run_that_was_left_on_its_way_comes_to_its_end(page: Page, slug: str) -> None:
    page.goto(f"/en/{slug}?steps=600&seed={next(SEEDS)}")
    page.locator("p.twin:not(:empty)").wait_for()
    asked = query(page)["seed"]
    page.goto("/zh")
    page.go_back(wait_until="commit")  # of a kept page nothing is loaded
    page.wait_for_selector(".shell", state="detached")
    expect(page.locator(".chapters button:disabled")).to_have_count(0, timeout=90_000)
    ready(page)
    assert query(page)["seed"] == asked

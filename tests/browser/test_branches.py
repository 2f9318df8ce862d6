"""Changed while it trains: a branch from a moment of the training, the tree of them, and one beside the run it left."""

import re
from collections.abc import Callable
from itertools import count

import pytest
from playwright.sync_api import Page, expect

from playground.words import words
from tests.browser.test_accessibility import DESK, HAND, findings
from tests.browser.test_concept_page import COMPLETE, at, picture, query, ready

Visit = Callable[..., Page]
SEEDS = count(97_001)  # of runs that nobody has computed yet
SAY = words("en")["player"]
HERE = 31  # a frame within the training: of 60 steps, after 15
RATE = "#field-rate input[type=number]"


def training(visit: Visit, more: str = "", lang: str = "en", **options: object) -> Page:
    """A short run, at rest within its training."""
    page = ready(visit(f"/{lang}/diffusion?steps=60&seed={next(SEEDS)}&at={HERE}{more}", reduced_motion="reduce", **options))
    page.locator(".label-wrap").click()
    return page


def set_rate(page: Page, value: str) -> None:
    page.locator(RATE).fill(value)
    page.locator(RATE).press("Tab")


def branch(page: Page, value: str) -> None:
    """Set the rate and branch; wait until the branch is complete."""
    set_rate(page, value)
    page.locator("button.branch").click()
    page.wait_for_url(re.compile("edits="))
    expect(page.locator("#run button")).not_to_have_text(re.compile("Stop|停止"), timeout=60_000)
    expect(page.locator(".status")).to_contain_text(COMPLETE)


def step(page: Page) -> int:
    return int(re.findall(r"\d+", page.locator(".moment").inner_text())[0])


def pictures(page: Page, frames: range) -> list[str]:
    def shown(i: int) -> str:
        page.locator("#scrub").fill(str(i))
        return picture(page)

    return [shown(i) for i in frames]


def test_layers_stay_as_they_were_chosen(visit: Visit) -> None:
    page = training(visit)
    chip = page.locator(".chip[data-key=data]")
    chip.click()
    branch(page, "20")
    expect(chip).to_have_attribute("aria-pressed", "false")
    page.reload()
    expect(ready(page).locator(".chip[data-key=data]")).to_have_attribute("aria-pressed", "false")


def test_a_branch_goes_on_from_the_moment_on_the_stage(visit: Visit) -> None:
    page = training(visit)
    trunk = pictures(page, range(20, 41))
    page.locator("#scrub").fill(str(HERE))
    there = step(page)
    set_rate(page, "20")
    expect(page.locator("button.branch")).to_have_text(f"Branch from step {there}")
    page.evaluate("watch = setInterval(() => (scrub.dataset.least = Math.min(scrub.dataset.least ?? 1e9, scrub.value)))")
    branch(page, "20")
    assert page.evaluate("clearInterval(watch), Number(scrub.dataset.least)") == HERE, "the clock never went back"
    assert query(page)["edits"] == f"{there}:rate=20"
    assert query(page)["rate"] == "1"
    expect(page.locator(RATE)).to_have_value("1")
    after = pictures(page, range(20, 41))
    same = [one == other for one, other in zip(trunk, after, strict=True)]
    assert same == [i <= HERE for i in range(20, 41)], "what came before stays, what comes after is another"


def test_only_live_settings_and_moments_of_the_training_are_branched(visit: Visit) -> None:
    page = training(visit)
    expect(page.locator("button.branch")).to_be_hidden()
    set_rate(page, "3")
    expect(page.locator("button.branch")).to_be_visible()
    page.locator("#scrub").fill("3")
    expect(page.locator("button.branch")).to_be_hidden()
    expect(page.locator(".branch-hint")).to_contain_text("Train")
    page.locator("#scrub").fill(str(HERE))
    page.locator("#field-steps input[type=number]").fill("50")
    page.locator("#field-steps input[type=number]").press("Tab")
    expect(page.locator("button.branch")).to_be_hidden()
    expect(page.locator(".branch-hint")).to_be_hidden()
    expect(page.get_by_text(f"· {SAY['live']}")).to_have_count(1)


def test_the_tree_leads_from_branch_to_branch(visit: Visit) -> None:
    page = training(visit)
    there = step(page)
    branch(page, "20")
    page.locator("#scrub").fill(str(HERE + 4))
    later = step(page)
    set_rate(page, "2")
    branch(page, "1")
    name = "Learning rate, times the usual"
    rows = page.locator("nav.branches a")
    expect(rows).to_have_text([SAY["trunk"], f"Step {there}: {name} 1 → 20", f"Step {later}: {name} 20 → 1"])
    expect(page.locator("nav.branches [aria-current]")).to_have_text(f"Step {later}: {name} 20 → 1")
    page.locator("#scrub").fill(str(HERE + 6))
    other = picture(page)
    rows.nth(0).focus()
    page.keyboard.press("Enter")
    expect(rows.nth(0)).to_be_focused()
    expect(rows.nth(0)).to_have_attribute("aria-current", "true")
    ready(page)
    assert "edits" not in query(page)
    assert at(page) == HERE + 6, "at the moment that was on the stage"
    assert picture(page) != other
    page.go_back()
    expect(rows.nth(2)).to_have_attribute("aria-current", "true")


def test_a_link_opens_the_branch_with_its_tree_and_beside_the_run_it_left(visit: Visit) -> None:
    page = training(visit, "&edits=15:rate=20;30:rate=1")
    name = "Learning rate, times the usual"
    told = f"Step 15: {name} 1 → 20 · Step 30: {name} 20 → 1"
    expect(page.locator("nav.branches a")).to_have_text([SAY["trunk"], told])
    opened = visit(page.locator("nav.branches a").nth(1).get_attribute("href") or "")
    expect(opened.locator("nav.branches [aria-current]")).to_have_text(told)
    page.get_by_role("button", name=SAY["beside"]).click()
    expect(page.locator(".versus-bar .difference")).to_contain_text(told)
    expect(page.locator("figcaption .named")).to_have_text([SAY["trunk"], told])
    expect(page.locator(".versus-bar .parted")).to_contain_text("They part in Train", timeout=60_000)
    assert query(page)["vs"] == "edits:15:rate=20;30:rate=1"
    again = visit(page.url.replace(page.evaluate("location.origin"), ""))
    expect(again.locator("figcaption .named")).to_have_text([SAY["trunk"], told])


def test_a_refused_link_says_which_change_is_wrong(visit: Visit) -> None:
    page = visit("/en/diffusion?edits=15:rate=21", allow="422")
    expect(page.get_by_role("alert")).to_contain_text(
        "The change at step 15 can't be made. Learning rate, times the usual: Use 20 or less."
    )


@pytest.mark.parametrize(("lang", "scheme", "size"), [("en", "dark", DESK), ("zh", "light", HAND)])
def test_nothing_stands_in_a_readers_way(visit: Visit, lang: str, scheme: str, size: dict[str, int]) -> None:
    page = training(visit, "&edits=15:rate=20", lang, color_scheme=scheme, **size)
    set_rate(page, "3")
    expect(page.locator("button.branch")).to_be_visible()
    expect(page.locator("nav.branches")).to_be_visible()
    assert findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    if size == HAND:
        boxes = page.locator("nav.branches :is(a, button), button.branch").evaluate_all(
            "all => all.map(one => one.getBoundingClientRect().height)"
        )
        assert min(boxes) >= 44

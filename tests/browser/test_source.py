"""The code pane: the source of the run on the stage, with what ran in the chapter on the stage marked."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from playground.lesson import load
from playground.words import words
from tests.browser.test_accessibility import findings
from tests.browser.test_concept_page import ready

Visit = Callable[..., Page]
RUN = "/diffusion?steps=10&sampling_steps=4&seed=5"
NOW = re.compile(r"\bnow\b")


def opened(page: Page, lang: str) -> Page:
    page.get_by_role("tab", name=words(lang)["player"]["code"], exact=True).click()
    page.locator(".source pre .line").first.wait_for()
    return page


def line(page: Page, function: str):
    return page.locator(".line").filter(has=page.locator(f'small[data-function="{function}"]'))


def test_what_ran_is_marked_by_chapter(visit: Visit) -> None:
    page = opened(ready(visit("/en" + RUN + "&at=0")), "en")
    expect(line(page, "forward")).to_have_class(NOW)
    expect(line(page, "train")).to_have_class("line ran")
    expect(line(page, "train").locator("small")).to_have_text("Train")
    expect(line(page, "snapshot")).not_to_have_class(NOW)
    page.locator(".source [data-chapter=train]").click()
    expect(line(page, "train")).to_have_class(NOW)
    expect(line(page, "forward")).to_have_class("line ran")
    samplers = page.locator('[data-file="samplers.py"]')
    samplers.locator("summary").click()
    expect(line(page, "heun")).to_have_class(NOW)
    expect(line(page, "dpm")).to_have_class("line ")
    assert page.locator(".source b").first.inner_text() == "concepts/diffusion/model.py"
    source = Path("src/playground/concepts/diffusion/model.py").read_text("utf-8")
    shown = page.locator(".source pre").first.evaluate(
        "e => { const c = e.cloneNode(true); c.querySelectorAll('small').forEach(s => s.remove()); return c.textContent; }"
    )
    assert shown == source


@pytest.mark.parametrize(("lang", "scheme"), [("en", "light"), ("zh", "dark")])
def test_on_a_phone_by_keys_and_without_a_network(visit: Visit, lang: str, scheme: str) -> None:
    page = ready(visit(f"/{lang}{RUN}&at=0", width=390, height=844, color_scheme=scheme, reduced_motion="reduce"))
    opened(page, lang)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390, "long lines scroll inside the pane"
    say, phases = words(lang)["player"], load("diffusion", lang).labels["phases"]
    expect(page.locator(".source .note")).to_have_text(say["code_marked"])
    assert findings(page) == []
    page.context.set_offline(True)
    page.locator("#stage").focus()
    page.keyboard.press("End")
    expect(page.locator(".source summary .num").first).to_contain_text(phases["compare"])
    page.locator('[data-file="samplers.py"] summary').focus()
    page.keyboard.press("Enter")
    expect(line(page, "euler")).to_have_class(NOW)
    page.keyboard.press("Tab")
    expect(page.locator('[data-file="samplers.py"]').get_by_role("button", name=say["copy"])).to_be_focused()

"""The gallery: what can be played with is alive, what is coming is said to be coming."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from playground.concept import slugs
from playground.words import LANGUAGES, words

Visit = Callable[..., Page]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_stage_stands_there_and_only_built_concepts_are_links(visit: Visit, lang: str) -> None:
    page = visit(f"/{lang}/")
    expect(page.locator(".stage-of h2")).to_have_count(len(words(lang)["stages"]))
    expect(page.locator("a.concept")).to_have_count(len(slugs()))
    named = [entry for stage in words(lang)["stages"] for entry in stage["concepts"]]
    expect(page.locator(".coming li")).to_have_count(len(named) - len(slugs()))
    expect(page.locator(".coming a")).to_have_count(0)


def test_the_thumbnail_plays_and_leads_to_its_page(visit: Visit) -> None:
    page = visit("/en/")
    pixels = "document.querySelector('canvas[data-slug=diffusion]').toDataURL()"
    page.wait_for_selector("canvas[data-slug=diffusion]")
    page.wait_for_function(f"(window.before ??= {pixels}) !== {pixels}")
    page.locator("a.concept").first.click()
    page.wait_for_url(re.compile("/en/diffusion"))


def test_the_root_leads_to_the_readers_language_and_keeps_the_query(visit: Visit) -> None:
    page = visit("/?c=diffusion&lang=zh&data=ring&at=3")
    page.wait_for_url(re.compile(r"/zh/diffusion\?.*data=ring"))
    expect(page.locator("h1")).to_contain_text("扩散模型")


def test_light_turns_dark_and_stays_so(visit: Visit) -> None:
    page = visit("/en/")
    page.locator(".theme").click()
    expect(page.locator("body")).to_have_class(re.compile("dark"))
    page.goto(page.url + "diffusion")
    page.wait_for_selector(".shell", state="detached")
    expect(page.locator("body")).to_have_class(re.compile("dark"))

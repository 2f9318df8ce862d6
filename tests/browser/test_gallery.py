"""The gallery: what can be played with is alive, what is coming is said to be coming, and all of it can be searched."""

import re
import unicodedata
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from playground import lesson
from playground.concept import slugs
from playground.words import LANGUAGES, words

Visit = Callable[..., Page]
PIXELS = "document.querySelector('canvas[data-slug=diffusion]').toDataURL()"


def places() -> list[tuple[int, int]]:
    return [(i, j) for i, stage in enumerate(words("en")["stages"]) for j in range(len(stage["concepts"]))]


def built() -> list[tuple[int, int]]:
    return [(i, j) for i, j in places() if words("en")["stages"][i]["concepts"][j].get("slug") in slugs()]


def said(place: tuple[int, int]) -> str:
    """Everything both languages say of an entry."""
    i, j = place
    text = []
    for lang in LANGUAGES:
        stage = words(lang)["stages"][i]
        entry = stage["concepts"][j]
        text += [stage["title"], entry["name"], entry["line"]]
        if entry.get("slug") in slugs():
            text += [lesson.load(entry["slug"], lang).title, lesson.load(entry["slug"], lang).summary]
    return " ".join(text).casefold()


def fits(query: str) -> list[tuple[int, int]]:
    """The entries that a query should leave, in order."""
    wanted = unicodedata.normalize("NFKC", query).casefold()
    return [place for place in places() if wanted in said(place)]


def opened(visit: Visit, path: str, **options: object) -> Page:
    """Visit and wait until the thumbnail's run has arrived: nothing more is to come."""
    page = visit(path, **options)
    page.wait_for_function("performance.getEntriesByType('resource').some(({name}) => name.includes('/runs/'))")
    return page


def test_every_entry_says_in_one_line_what_you_will_do() -> None:
    for lang, most in (("en", 60), ("zh", 30)):
        lines = [entry["line"] for stage in words(lang)["stages"] for entry in stage["concepts"]]
        assert [line for line in lines if len(line) > most] == []
        assert len(set(lines)) == len(lines)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_stage_stands_there_and_only_built_concepts_are_links(visit: Visit, lang: str) -> None:
    page = visit(f"/{lang}/")
    expect(page.locator(".stage-of h2")).to_have_count(len(words(lang)["stages"]))
    expect(page.locator("a.concept")).to_have_count(len(slugs()))
    expect(page.locator("li.built a")).to_have_count(len(built()))
    expect(page.locator("li.coming")).to_have_count(len(places()) - len(built()))
    expect(page.locator("li.coming a")).to_have_count(0)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_search_finds_words_of_either_language(visit: Visit, lang: str) -> None:
    page = opened(visit, f"/{lang}/")
    page.wait_for_load_state("networkidle")  # the pictures of what is built fetch what draws them
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    field = page.get_by_role("searchbox")
    for query in ("GAN", "生成", "noise", "噪声", "ＧＡＮ", "markov"):
        field.fill("")
        field.press_sequentially(query)
        expected = fits(query)
        entries = page.locator(".entries li:visible > :first-child")
        expect(entries).to_have_text([words(lang)["stages"][i]["concepts"][j]["name"] for i, j in expected])
        expect(page.locator(".stage-of:visible")).to_have_count(len({i for i, _ in expected}))
        expect(page.locator(".ready")).to_be_visible(visible=any(place in expected for place in built()))
        expect(page.locator(".hits")).to_contain_text(str(len(expected)) if expected else words(lang)["site"]["no_hits"])
    told = [url for url in asked if not url.startswith("data:") and "/static/" not in url]  # a picture may still fetch what draws it
    assert not told, "it asks nobody"


def test_the_keyboard_reaches_and_clears_the_search(visit: Visit) -> None:
    page = opened(visit, "/en/")
    field = page.get_by_role("searchbox", name="Search")
    page.keyboard.press("/")
    expect(field).to_be_focused()
    page.keyboard.type("a/b")
    expect(field).to_have_value("a/b")
    page.keyboard.press("Escape")
    expect(field).to_have_value("")
    expect(page.locator(".entries li:visible")).to_have_count(len(places()))
    assert "q=" not in page.url


def test_keys_of_an_input_method_are_its_own(visit: Visit) -> None:
    page = visit("/zh")
    field = page.locator("input[type=search]")
    field.press_sequentially("GAN")
    session = page.context.new_cdp_session(page)
    session.send("Input.imeSetComposition", {"text": "ni'hao", "selectionStart": 6, "selectionEnd": 6})
    assert page.evaluate("document.activeElement.value") == "GANni'hao"
    page.evaluate("addEventListener('keydown', ({isComposing}) => (window.heard = isComposing), true)")
    page.keyboard.press("Escape")
    assert page.evaluate("heard"), "the browser says that it is composing"
    expect(field).to_have_value(re.compile("^GAN"))
    session.send("Input.imeSetComposition", {"text": "", "selectionStart": 0, "selectionEnd": 0})
    expect(field).to_have_value("GAN")
    page.keyboard.press("Escape")
    expect(field).to_have_value("")


def test_the_query_lives_in_the_address(visit: Visit) -> None:
    page = opened(visit, "/en/")
    page.get_by_role("searchbox").fill("noise")
    page.wait_for_url(re.compile(r"\?q=noise$"))
    page.reload()
    expect(page.get_by_role("searchbox")).to_have_value("noise")
    expect(page.locator(".entries li:visible")).to_have_count(len(fits("noise")))
    page.locator(".language").click()
    page.wait_for_url(re.compile(r"/zh/\?q=noise$"))
    expect(page.get_by_role("searchbox")).to_have_value("noise")
    expect(page.locator(".entries li:visible")).to_have_count(len(fits("noise")))
    page.locator("a.concept[href$='/diffusion']").click()
    page.wait_for_url(re.compile("/zh/diffusion"))
    page.go_back()
    expect(page.get_by_role("searchbox")).to_have_value("noise")
    expect(page.locator(".entries li:visible")).to_have_count(len(fits("noise")))


def test_what_is_typed_stays_text(visit: Visit) -> None:
    page = visit("/en/?q=%3Cimg%20src=x%20onerror=%22window.executed=1%22%3E${window.executed=2}")
    expect(page.get_by_role("searchbox")).to_have_value('<img src=x onerror="window.executed=1">${window.executed=2}')
    expect(page.locator(".hits")).to_have_text(words("en")["site"]["no_hits"])
    assert page.evaluate("window.executed") is None
    assert page.locator("img").count() == 0


def test_the_thumbnail_plays_in_sight_only_and_leads_to_its_page(visit: Visit) -> None:
    page = opened(visit, "/en/", height=600)
    page.wait_for_function(f"(window.before ??= {PIXELS}) !== {PIXELS}")
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    expect(page.locator("canvas[data-slug=diffusion]")).not_to_be_in_viewport()
    still = page.evaluate(PIXELS)
    page.wait_for_timeout(400)
    assert page.evaluate(PIXELS) == still
    page.evaluate("scrollTo(0, 0)")
    page.wait_for_function(f"(window.rested ??= {PIXELS}) !== {PIXELS}")
    page.locator("a.concept[href$='/diffusion']").first.click()
    page.wait_for_url(re.compile("/en/diffusion"))


def test_reduced_motion_shows_the_last_frame_and_rests(visit: Visit) -> None:
    page = opened(visit, "/en/", reduced_motion="reduce")
    page.wait_for_function(f"document.querySelector('canvas[data-slug=diffusion]').width > 300 && {PIXELS}.length > 10000")
    still = page.evaluate(PIXELS)
    page.wait_for_timeout(400)
    assert page.evaluate(PIXELS) == still


def test_without_its_run_the_gallery_is_still_a_gallery(visit: Visit) -> None:
    page = visit("/zh/?q=x", allow="ERR_FAILED")
    page.route("**/runs/**", lambda route: route.abort())
    with page.expect_event("requestfailed"):
        page.goto(page.url.replace("?q=x", ""))
    page.get_by_role("searchbox").fill("扩散")
    expect(page.locator(".entries li:visible")).to_have_count(len(fits("扩散")))
    expect(page.locator("a.concept[href$='/diffusion']")).to_be_visible()


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

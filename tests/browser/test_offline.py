"""A page in one file, opened from a disk with the network cut: it plays, it can be asked, and it asks nobody."""

import csv
import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect

from playground import lesson as lessons
from playground.concept import load
from playground.web.offline.__main__ import main
from playground.words import words
from tests.browser.test_accessibility import findings
from tests.browser.test_concept_page import at, picture, query, ready
from tests.browser.test_share import taken

Visit = Callable[..., Page]
Open = Callable[..., Page]
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
OTHER = {"gan": "moons", "attention": "repeat", "vae": "moons", "gridworld": "room", "diffusion": "ring"}
SAID = words("en")["offline"]["player"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `make offline` writes for five concepts."""
    folder = tmp_path_factory.mktemp("stick")
    assert main([*OTHER, "--out", str(folder)]) == 0
    return folder


@pytest.fixture
def open_file(browser: Browser) -> Iterator[Open]:
    """Open a file in a context without network. At the end nothing may have gone wrong in it, nor been asked for."""
    contexts: list[BrowserContext] = []
    wrong: list[str] = []

    def opened(path: Path, search: str = "", *, script: str = "", **options: Any) -> Page:
        context = browser.new_context(offline=True, **{"viewport": {"width": 1280, "height": 800}, "locale": "en-GB", **options})
        contexts.append(context)
        page = context.new_page()
        if script:
            page.add_init_script(script)
        page.on("pageerror", lambda error: wrong.append(f"exception: {error.stack}"))
        page.on("console", lambda message: wrong.append(message.text) if message.type in ("error", "warning") else None)
        page.on("request", lambda request: wrong.append(request.url) if not request.url.startswith(("file:", "blob:", "data:")) else None)
        page.goto(path.as_uri() + search)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert wrong == []


def complete(page: Page) -> Page:
    """Wait until every frame of the run is there."""
    said = words(page.evaluate("document.documentElement.lang")[:2])["player"]["done"].split("{n}")[-1].split("{")[0]
    expect(page.locator(".status")).to_contain_text(said.strip())
    return page


@pytest.mark.parametrize("slug", OTHER)
def test_a_file_plays_and_can_be_asked(slug: str, folder: Path, open_file: Open) -> None:
    page = complete(open_file(folder / f"{slug}.html"))
    en, zh = (lessons.load(slug, lang) for lang in ("en", "zh"))
    expect(page.locator("h1")).to_have_text(en.title)
    first = picture(page)
    page.wait_for_timeout(600)
    assert picture(page) != first, "it plays by itself"
    page.locator("#stage").focus()
    page.keyboard.press(" ")
    page.keyboard.press("ArrowRight")  # on a whole frame
    page.wait_for_timeout(100)
    here = at(page)
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#scrub")).to_have_value(str(here - 1))
    page.locator("#scrub").fill("0")
    scrubbed, told = picture(page), page.locator("p.twin").inner_text()
    page.locator(".chapters button").last.click()
    expect(page.locator("p.twin")).not_to_have_text(told)
    assert picture(page) != scrubbed
    page.locator("#scrub").fill("0")
    expect(page.locator(".chart:not([hidden]) .main-svg, .chart:not([hidden]) canvas").first).to_be_visible()
    page.locator(f"[data-preset={OTHER[slug]}]").click()
    expect(page.locator(f"[data-preset={OTHER[slug]}]")).to_have_attribute("aria-pressed", "true")
    complete(page)
    changes = load(slug).presets[OTHER[slug]]
    assert {name: query(page)[name] for name in changes} == {name: str(value) for name, value in changes.items()}
    expect(page.locator(".settings .own dt").first).to_have_text(en.labels["fields"][next(iter(changes))])
    page.locator("header .language").click()
    expect(page.locator("h1")).to_have_text(zh.title)
    assert page.evaluate("document.documentElement.lang") == "zh-CN"
    complete(page)
    expect(page.locator(f"[data-preset={OTHER[slug]}]")).to_have_attribute("aria-pressed", "true")
    expect(page.locator(f"[data-preset={OTHER[slug]}]")).to_have_text(zh.labels["presets"][OTHER[slug]])
    expect(page.locator(".lesson math").first).to_be_visible()
    assert page.get_by_role("button", name=words("zh")["player"]["run"], exact=True).count() == 0


def test_what_attention_looks_at(folder: Path, open_file: Open) -> None:
    page = complete(open_file(folder / "attention.html", "?mode=look&model=shakespeare"))
    expect(page.get_by_role("alert")).to_contain_text(SAID["absent"])  # that text is not in the file: the page lives all the same
    page.locator("[data-preset=shakespeare]").click()
    complete(page)
    expect(page.get_by_role("alert")).to_be_hidden()
    page.get_by_role("radio", name=words("en")["player"]["heads_matrix"]).or_(
        page.get_by_label(words("en")["player"]["heads_matrix"])
    ).first.check()
    expect(page.locator(".heads-bar .link")).to_contain_text("→")


def test_a_walk_through_a_latent_space(folder: Path, open_file: Open) -> None:
    page = complete(open_file(folder / "vae.html", reduced_motion="reduce"))
    expect(page.locator(".walk")).to_be_visible()
    out = page.locator(".walk canvas:visible").first
    before = out.evaluate("canvas => canvas.toDataURL()")
    page.locator("#stage").focus()
    for _ in range(6):
        page.keyboard.press("ArrowRight")
    page.wait_for_timeout(300)
    assert out.evaluate("canvas => canvas.toDataURL()") != before


def test_a_world_is_walked_but_not_painted(folder: Path, open_file: Open) -> None:
    page = complete(open_file(folder / "gridworld.html", reduced_motion="reduce"))
    page.locator("#stage").focus()
    page.keyboard.press("Shift+ArrowRight")
    expect(page.locator(".readout")).to_contain_text("V ")
    expect(page.locator("[data-mode=paint]")).to_be_hidden()
    page.locator("[data-mode=play]").click()
    expect(page.locator(".cells-bar")).to_contain_text(words("en")["player"]["cells_play_hint"])
    page.keyboard.press("Escape")
    away = page.locator("a.try.away").first
    away.click()
    expect(page.locator(".out-of-file")).to_have_text(SAID["absent"])
    expect(page.locator(".out-of-file")).to_be_in_viewport()


def test_two_runs_side_by_side(folder: Path, open_file: Open) -> None:
    page = complete(open_file(folder / "gan.html", color_scheme="dark"))
    page.locator("button.compare").click()
    expect(page.locator(".rival optgroup")).to_have_count(1)  # no setting whose run nobody has computed
    page.locator(".rival select").select_option(":moons")
    page.locator(".rival .pill").click()
    expect(page.locator(".versus-bar .difference")).to_contain_text("moons")
    expect(page.locator("#stage canvas")).to_have_count(2)
    assert findings(page) == []
    size = "element => [element.clientWidth, element.clientHeight]"
    before = page.locator(".picture").first.evaluate(size)
    page.locator(".chapters button").last.click()  # in slow motion, too, both have their place
    expect(page.locator(".flow")).to_be_visible()
    page.wait_for_timeout(500)
    assert page.locator(".picture").first.evaluate(size) == before


def test_questions_code_and_files(folder: Path, open_file: Open, tmp_path: Path) -> None:
    page = complete(open_file(folder / "gan.html", reduced_motion="reduce"))
    page.locator(".check input").first.check()
    expect(page.locator(".verdict")).to_contain_text(
        re.compile(f"{words('en')['player']['check_right']}|{words('en')['player']['check_wrong']}")
    )
    page.get_by_role("tab", name="Code").click()
    expect(page.locator(".source .line").first).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Glossary")).to_be_focused()
    expect(page.locator(".lesson.numbers").last).to_be_visible()
    page.locator("header .share").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("[data-file]")).to_have_count(3)
    assert dialog.locator("input, .code").count() == 0
    assert Image.open(taken(page, "png", tmp_path)).width > 600
    film = Image.open(taken(page, "gif", tmp_path))
    assert getattr(film, "n_frames", 1) > 10
    rows = list(csv.DictReader(io.StringIO(taken(page, "csv", tmp_path).read_text("utf-8-sig"))))
    assert len(rows) == int(page.locator("#scrub").get_attribute("max") or 0) + 1


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_on_a_phone(lang: str, folder: Path, open_file: Open) -> None:
    page = complete(open_file(folder / "vae.html", locale={"en": "en-GB", "zh": "zh-CN"}[lang], **PHONE))
    expect(page.locator("h1")).to_have_text(lessons.load("vae", lang).title)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert findings(page) == []


def test_half_a_file_and_an_old_browser_say_so(folder: Path, open_file: Open, tmp_path: Path) -> None:
    whole = (folder / "gan.html").read_bytes()
    said = words("en")["offline"]["unable"]
    (tmp_path / "half.html").write_bytes(whole[: whole.index(b'id="program"') + 100_000])
    expect(open_file(tmp_path / "half.html").locator(".unable")).to_have_text(said)
    (tmp_path / "most.html").write_bytes(whole[: whole.index(b'id="run-0"') + 100_000])
    expect(open_file(tmp_path / "most.html").locator(".message:not(.unable)")).to_have_text(SAID["broken"])
    page = open_file(folder / "gan.html", script="delete globalThis.DecompressionStream")
    expect(page.locator(".unable")).to_be_visible()
    expect(page.locator("h1")).to_be_visible()


def test_the_button_hands_out_the_run_and_the_one_beside_it(visit: Visit, open_file: Open, tmp_path: Path) -> None:
    page = ready(visit("/zh/gan?steps=60&seed=3&vs=steps:40"))
    expect(page.locator(".versus-bar .difference")).to_be_visible()
    page.locator("header.site .share").click()
    path = taken(page, "html", tmp_path)
    origin = page.evaluate("location.origin")
    page = complete(open_file(path))
    assert page.evaluate("document.documentElement.lang") == "zh-CN", "as the page that it was taken from"
    expect(page.locator("#stage canvas")).to_have_count(2)
    expect(page.locator("[data-preset]")).to_have_count(2)
    assert {name: query(page)[name] for name in ("steps", "seed", "vs")} == {"steps": "60", "seed": "3", "vs": "steps:40"}
    expect(page.locator(".holds a")).to_have_attribute("href", f"{origin}/zh/gan")
    page.locator("[data-preset]").last.click()
    complete(page)
    assert query(page)["steps"] == "40"


def test_the_file_waits_for_the_run(visit: Visit) -> None:
    page = visit("/en/gan?steps=5000&seed=12")
    page.wait_for_function("performance.getEntriesByName('stage:first-picture').length > 0")
    page.locator("header.site .share").first.click()
    expect(page.locator("[data-file=html]")).to_be_disabled()
    expect(page.locator("[data-file=html]")).to_contain_text(words("en")["share"]["html_wait"])


def test_what_can_t_be_put_together_is_said(visit: Visit) -> None:
    page = visit("/en/")
    origin = page.evaluate("location.origin")
    for search, status, code in (
        ("seed=-1", 422, "greater_than_equal"),
        ("vs=steps", 422, "value_error"),
        ("vs=steps:1", 422, "greater_than_equal"),
    ):
        answer = page.request.get(f"{origin}/offline/gan?{search}")
        assert (answer.status, answer.json()["errors"][0]["code"]) == (status, code)
    assert page.request.get(f"{origin}/offline/nothing").status == 404

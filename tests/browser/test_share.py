"""A link that keeps its word, and what else can be taken away from a run."""

import base64
import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

import pytest
import zxingcpp
from PIL import Image, ImageChops, ImageStat
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.test_concept_page import at, picture, query, ready

Visit = Callable[..., Page]
RUN = "/en/diffusion?data=moons&steps=21"
KEPT = ".kept"


def share(page: Page) -> Locator:
    """The open dialog, its QR code drawn or missed."""
    page.locator("header.site .share").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator(".code > *")).to_be_visible()
    return dialog


def link(page: Page) -> str:
    """The shared link, as a path on this server."""
    url = share(page).get_by_label("Link", exact=True).input_value()
    page.keyboard.press("Escape")
    return url.removeprefix(page.evaluate("location.origin"))


def frames(page: Page) -> list[dict[str, Any]]:
    """The frames of the run on the stage, as the server has them."""
    run = page.request.get(f"{page.evaluate('location.origin')}/runs/diffusion?{urlparse(page.url).query}")
    return [line for line in map(json.loads, run.text().splitlines()) if "metrics" in line]


def taken(page: Page, kind: str, folder: Path) -> Path:
    with page.expect_download(timeout=120_000) as download:
        page.locator(f"[data-file={kind}]").click()
    assert re.fullmatch(rf"[a-z]+-([0-9a-f]{{8}}|seed\d+)\.{kind}", download.value.suggested_filename)
    path = folder / f"taken.{kind}"
    download.value.save_as(path)
    return path


def difference(one: Image.Image, other: Image.Image) -> float:
    """Mean over pixels and colours, of 255."""
    return sum(ImageStat.Stat(ImageChops.difference(one.convert("RGB"), other.convert("RGB"))).mean) / 3


@pytest.fixture
def offline(visit: Visit) -> Iterator[Page]:
    page = ready(visit(RUN + "&at=50", allow="ERR_INTERNET_DISCONNECTED"))
    page.wait_for_function("performance.getEntriesByName('share:ready').length > 0")
    page.context.set_offline(True)
    yield page
    page.context.set_offline(False)


def test_dialog_by_keyboard_alone(visit: Visit) -> None:
    page = ready(visit(RUN + "&at=50"))
    button = page.locator("header.site").get_by_role("button", name="Share")
    button.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Share this run")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_role("button", name="Copy link")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(dialog.get_by_label("Link", exact=True)).to_be_focused()
    assert page.evaluate("getSelection().toString()") == dialog.get_by_label("Link", exact=True).input_value()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(button).to_be_focused()


def test_the_gallery_has_nothing_to_share(visit: Visit) -> None:
    page = visit("/en/")
    expect(page.locator("a.concept").first).to_be_visible()
    expect(page.locator(".share")).to_have_count(0)


def test_it_works_before_gradio_is_up(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.route("**/assets/*.js", lambda route: route.abort())
    page.goto(address + RUN)
    page.wait_for_function("performance.getEntriesByName('run:complete').length > 0", timeout=60_000)
    expect(page.locator(".shell header.site")).to_be_visible()
    assert "fp" in link(page)
    page.close()


def test_the_clock_waits_for_the_dialog(visit: Visit) -> None:
    page = ready(visit(RUN))
    page.locator("#scrub").fill("3")
    page.locator("button.play").click()
    dialog = share(page)
    here = at(page)
    page.wait_for_timeout(400)
    assert at(page) == here
    assert f"at={here}&" in dialog.get_by_label("Link", exact=True).input_value()
    page.keyboard.press("Escape")
    page.wait_for_function("here => Number(document.querySelector('#scrub').value) > here", arg=here)


def test_the_link_brings_back_run_and_frame_and_says_that_it_is_the_same(visit: Visit) -> None:
    page = ready(visit(RUN + "&at=37&__theme=dark"))
    path = link(page)
    assert "__theme" not in path
    again = ready(visit(path))
    assert at(again) == 37
    assert query(again)["data"] == "moons"
    assert again.locator("p.twin").inner_text() == page.locator("p.twin").inner_text()
    expect(again.locator(KEPT)).to_have_text("Same as shared, to the last digit.")
    expect(again.locator(KEPT)).to_be_in_viewport()
    assert link(again) == path
    chinese = ready(visit(path.replace("/en/", "/zh/"), width=390, height=844))
    expect(chinese.locator(KEPT)).to_have_text("与分享时完全一致，一位不差。")
    expect(chinese.locator(KEPT)).to_be_in_viewport()


def test_a_link_that_is_not_kept_says_what_differs(visit: Visit) -> None:
    page = ready(visit(RUN))
    path, distance = link(page), frames(page)[-1]["metrics"]["sw2"]
    hashed, code, _ = re.split(r"\.", path.partition("fp=")[2], maxsplit=2)
    other = hashed[::-1] if hashed != hashed[::-1] else "00000000"

    def said(fp: str) -> str:
        again = ready(visit(f"{path.partition('&fp=')[0]}&fp={fp}"))
        expect(again.locator(KEPT)).not_to_be_empty()
        return again.locator(KEPT).inner_text()

    assert said(f"{hashed}.ffffff.{distance}") == "Same as shared, to the last digit."
    assert re.match(
        r"Computed anew on another machine: distance [\d.]+ here, [\d.]+ as shared – close\.", said(f"{other}.{code}.{1.01 * distance}")
    )
    assert re.match(r"Not as shared: distance [\d.]+ here, 9 as shared\.", said(f"{other}.{code}.9"))
    assert said(f"{other}.ffffff.9").endswith("9 as shared; the playground's code has changed since.")


def test_a_hostile_fingerprint_breaks_nothing(visit: Visit) -> None:
    for fp in ("%3Cimg%20src=x%20onerror=%22window.executed=1%22%3E", "", "2e68c52f.a1b2c3.NaN", "x" * 3000):
        page = ready(visit(f"{RUN}&fp={fp}"))
        expect(page.locator(KEPT)).to_have_text("This link's fingerprint can't be read.")
        assert page.evaluate("window.executed") is None
        assert page.locator("img[src=x]").count() == 0
        assert fp == "" or fp not in link(page)


def test_the_fingerprint_is_of_one_run(visit: Visit) -> None:
    page = ready(visit(RUN))
    page = ready(visit(link(page)))
    expect(page.locator(KEPT)).not_to_be_empty()
    kept = query(page)["fp"]
    page.locator("#scrub").fill("5")
    page.wait_for_url(re.compile("at=5&"))
    assert query(page)["fp"] == kept, "another frame is the same run"
    page.get_by_role("radio", name="ring", exact=True).check(force=True)
    expect(page.locator("#run button")).to_contain_text("about")
    page.locator("#run button").click()
    page.wait_for_url(re.compile("data=ring"))
    ready(page)
    assert "fp" not in query(page)
    expect(page.locator(KEPT)).to_be_empty()
    page.go_back()
    page.wait_for_url(re.compile("data=moons"))
    ready(page)
    expect(page.locator(KEPT)).to_contain_text("Same as shared")
    assert query(page)["fp"] == kept
    page.locator(".language").click()
    page.wait_for_url(re.compile("/zh/diffusion"))
    ready(page)
    assert query(page)["fp"] == kept
    expect(page.locator(KEPT)).to_contain_text("完全一致")


def test_a_stopped_run_promises_nothing(visit: Visit) -> None:
    page = visit("/en/diffusion?steps=3000&seed=12")
    page.wait_for_selector(".shell", state="detached")
    expect(page.locator("#run button")).to_have_text("Stop")
    page.locator(".chapters button:enabled").nth(1).wait_for()
    page.locator("#run button").click()
    expect(page.locator(".status")).to_contain_text("Stopped")
    dialog = share(page)
    assert "fp=" not in dialog.get_by_label("Link", exact=True).input_value()
    expect(dialog).to_contain_text("not complete")


def test_a_run_that_ends_while_the_dialog_is_open(visit: Visit) -> None:
    page = visit("/en/diffusion?steps=300&seed=13&data=ring")
    page.wait_for_function("performance.getEntriesByName('stage:first-picture').length > 0")
    field = share(page).get_by_label("Link", exact=True)
    expect(field).to_have_value(re.compile("&fp="), timeout=60_000)


def test_copying(visit: Visit) -> None:
    page = ready(visit(RUN))
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    dialog = share(page)
    for name, label in (("Copy link", "Link"), ("Copy frame", "For your own page")):
        dialog.get_by_role("button", name=name).click()
        expect(dialog.get_by_role("button", name=name)).to_have_text("Copied")
        assert page.evaluate("navigator.clipboard.readText()") == dialog.get_by_label(label, exact=True).input_value()


def test_copying_by_hand_where_the_browser_refuses(visit: Visit) -> None:
    page = ready(visit(RUN))
    page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined}), document.execCommand = () => false")
    dialog = share(page)
    dialog.get_by_role("button", name="Copy link").click()
    expect(dialog).to_contain_text("The text is selected")
    field = dialog.get_by_label("Link", exact=True)
    expect(field).to_be_focused()
    assert page.evaluate("getSelection().toString()") == field.input_value()


def test_the_frame_for_another_page_holds_the_link(visit: Visit) -> None:
    page = ready(visit(RUN))
    dialog = share(page)
    snippet = dialog.get_by_label("For your own page", exact=True).input_value()
    frames = (
        "[...new DOMParser().parseFromString(text, 'text/html').querySelectorAll('body > *')].map(e => [e.tagName, e.getAttribute('src')])"
    )
    url = dialog.get_by_label("Link", exact=True).input_value()
    assert page.evaluate(f"text => {frames}", snippet) == [["IFRAME", url]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_reads_the_code(visit: Visit, scheme: str) -> None:
    page = ready(visit(RUN, color_scheme=scheme))
    dialog = share(page)
    code = zxingcpp.read_barcode(Image.open(io.BytesIO(dialog.locator(".code img").screenshot())))
    assert code is not None
    assert code.text == dialog.get_by_label("Link", exact=True).input_value()


def test_a_link_too_long_for_a_code_says_so(visit: Visit) -> None:
    page = ready(visit(RUN, allow="422"))
    page.route("**/qr?*", lambda route: route.continue_(url=route.request.url + "a" * 2950))
    expect(share(page).locator(".code")).to_contain_text("too long for a QR code")


@pytest.mark.parametrize("data", ["moons", "digits"])
def test_files(visit: Visit, tmp_path: Path, data: str) -> None:
    page = ready(visit(f"/en/diffusion?data={data}&steps=21&at=500", width=1085))  # the last frame
    stage = Image.open(io.BytesIO(base64.b64decode(picture(page).partition(",")[2]))).convert("RGB")
    assert stage.width == 640, "as wide as a film, so that both are drawn alike"
    run = frames(page)
    share(page)

    png = Image.open(taken(page, "png", tmp_path)).convert("RGB")
    assert png.width == 2 * stage.width
    assert png.height > 2 * stage.height, "the caption"
    assert difference(png.resize(stage.size, box=(0, 0, png.width, 2 * stage.height)), stage) < 3
    strip = png.crop((0, 2 * stage.height, png.width, png.height))
    assert len(strip.getcolors(1 << 20) or []) > 20, "words, not a blank"

    gif = Image.open(taken(page, "gif", tmp_path))
    credited = 20 * (data == "digits")  # MNIST's licence asks for a line
    assert (gif.size, gif.n_frames, gif.info["loop"]) == ((640, stage.height + credited), len(run), 0)
    assert gif.info["duration"] == 100
    whole = (0, 0, *stage.size)
    gif.seek(len(run) - 1)
    assert difference(gif.crop(whole), stage) < 2
    if credited:
        assert len(gif.convert("RGB").crop((0, stage.height, *gif.size)).getcolors(1 << 20) or []) > 3, "words, not a blank"
    gif.seek(0)
    assert difference(gif.crop(whole), stage) > 4

    rows = list(csv.DictReader(io.StringIO(taken(page, "csv", tmp_path).read_bytes().decode(), newline="")))
    assert [(int(row["frame"]), row["phase"], int(row["step"])) for row in rows] == [(i, f["phase"], f["step"]) for i, f in enumerate(run)]
    numbers = [{name: float(text) for name, text in row.items() if text and name not in ("frame", "phase", "step")} for row in rows]
    assert numbers == [frame["metrics"] for frame in run]


def test_closing_the_dialog_ends_the_film(visit: Visit) -> None:
    page = ready(visit(RUN))
    downloads: list[object] = []
    page.on("download", lambda download: downloads.append(download))
    share(page)
    page.locator("[data-file=gif]").click()
    expect(page.locator("[data-file=gif]")).to_contain_text(re.compile(r"Making the GIF: \d0? %"))
    with page.workers[0].expect_event("close"):
        page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert downloads == []


def test_without_the_network(offline: Page, tmp_path: Path) -> None:
    dialog = share(offline)
    expect(dialog.locator(".code")).to_contain_text("drawn by the server")
    assert "fp=" in dialog.get_by_label("Link", exact=True).input_value()
    assert Image.open(taken(offline, "png", tmp_path)).width > 0
    assert Image.open(taken(offline, "gif", tmp_path)).n_frames > 1
    assert taken(offline, "csv", tmp_path).read_text().startswith("frame,phase,step,")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_on_a_phone(visit: Visit, lang: str) -> None:
    page = ready(visit(RUN.replace("/en/", f"/{lang}/"), width=390, height=844, has_touch=True, is_mobile=True))
    button = page.locator("header.site .share").bounding_box()
    assert button is not None
    assert min(button["width"], button["height"]) >= 44
    dialog = share(page)
    assert dialog.evaluate("d => d.scrollWidth <= d.clientWidth")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    for target in [*dialog.get_by_role("button").all(), *dialog.get_by_role("textbox").all()]:
        box = target.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 44, target
        assert 0 <= box["x"] <= box["x"] + box["width"] <= 390

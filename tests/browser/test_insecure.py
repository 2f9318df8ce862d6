"""Visited over plain http by a name, as in a lecture hall's network, and by browsers within apps, which copy, save and open nothing."""

import base64
import csv
import io
import re
import shutil
from collections.abc import Callable, Iterator
from urllib.parse import urlparse

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, Playwright, expect

from tests.browser.conftest import FLAGS
from tests.browser.test_concept_page import ready
from tests.browser.test_share import KEPT, RUN, share

Visit = Callable[..., Page]
NAME = "playground.test"
PAGES = ["attention", "diffusion", "gan", "gridworld", "latent_diffusion", "pipeline", "vae"]
IN_AN_APP = """
const none = { value: undefined };
for (const name of ["clipboard", "share", "canShare", "serviceWorker"]) Object.defineProperty(Navigator.prototype, name, none);
for (const name of ["subtle", "randomUUID"]) Object.defineProperty(Crypto.prototype, name, none);
window.open = () => null;
Document.prototype.execCommand = () => false;
addEventListener("DOMContentLoaded", () => document.documentElement.style.setProperty("text-size-adjust", "160%", "important"));
HTMLAnchorElement.prototype.click = () => { throw new Error("left the page for what can't be saved"); };
"""
WECHAT = (
    "Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/116.0.0.0 XWEB/1160065 Mobile Safari/537.36 "
    "MicroMessenger/8.0.47.2560(0x28002F30) WeChat/arm64 NetType/WIFI Language/zh_CN"
)
PHONE = {"width": 390, "height": 844, "has_touch": True, "is_mobile": True}


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """One to which the server has a name that promises nothing, as an address of a local network does."""
    rules = f"--host-resolver-rules=MAP {NAME} 127.0.0.1"
    chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=[*FLAGS.split(), rules])
    yield chromium
    chromium.close()


@pytest.fixture(scope="module")
def address(address: str) -> str:
    """The server, by that name."""
    return f"http://{NAME}:{urlparse(address).port}"


@pytest.mark.parametrize(("name", "lang"), zip(PAGES, ["en", "zh"] * 4, strict=False))
def test_every_page_opens_scrubs_and_shares(visit: Visit, name: str, lang: str) -> None:
    page = ready(visit(f"/{lang}/{name}"))
    assert page.evaluate("[isSecureContext, typeof crypto.subtle, typeof navigator.clipboard]") == [False, "undefined", "undefined"]
    page.locator("#scrub").fill("3")
    page.wait_for_url(re.compile(r"[?&]at=3(&|$)"))
    shared = share(page).locator(".ways input").first.input_value()
    assert shared.startswith(f"http://{NAME}:")
    assert "fp=" in shared


def test_a_run_its_link_and_its_film(visit: Visit) -> None:
    page = ready(visit("/en/diffusion?steps=20"))
    page.locator(".more button").first.click()
    page.locator("#field-seed input").first.fill("60601")
    page.locator("#run button").click()
    page.wait_for_url(re.compile("seed=60601"))
    dialog = share(ready(page))
    link = dialog.get_by_label("Link", exact=True)
    expect(link).to_have_value(re.compile("fp="))
    with page.expect_download(timeout=120_000) as film:
        dialog.locator("[data-file=gif]").click()
    assert Image.open(film.value.path()).format == "GIF"
    url = link.input_value()
    dialog.get_by_role("button", name="Copy link").click()
    expect(dialog.get_by_role("button", name="Copy link")).to_have_text("Copied")
    again = ready(visit(urlparse(url)._replace(scheme="", netloc="").geturl()))
    expect(again.locator(KEPT)).to_have_text("Same as shared, to the last digit.")
    page.goto(page.evaluate("location.origin") + "/en")
    page.locator("input[type=search]").press("ControlOrMeta+V")
    expect(page.locator("input[type=search]")).to_have_value(url)


def test_the_code_is_copied(visit: Visit) -> None:
    page = ready(visit("/en/gan"))
    page.get_by_role("tab", name="Code").click()
    shown = page.locator("details[data-file]").first
    shown.get_by_role("button", name="Copy").click()
    expect(shown.get_by_role("status")).to_have_text("Copied")


@pytest.fixture
def in_an_app(visit: Visit) -> Callable[[str], Page]:
    """A page as the browser of an app shows it: it copies, saves, shares and opens nothing, and letters are larger by more than half."""

    def open_page(path: str) -> Page:
        page = visit("/healthz", user_agent=WECHAT, accept_downloads=False, **PHONE)
        page.context.add_init_script(IN_AN_APP)
        page.goto(page.evaluate("location.origin") + path)
        return ready(page)

    return open_page


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_what_an_app_does_not_save_is_shown(in_an_app: Callable[[str], Page], lang: str) -> None:
    page = in_an_app(RUN.replace("/en/", f"/{lang}/"))
    dialog = share(page)
    shown = dialog.locator(".handed")
    for kind in ("png", "gif"):
        dialog.locator(f"[data-file={kind}]").tap()
        expect(shown.locator(f"img[alt$='.{kind}']")).to_be_visible(timeout=120_000)
        head, _, data = (shown.locator("img").get_attribute("src") or "").partition(";base64,")
        assert head == f"data:image/{kind}"
        assert Image.open(io.BytesIO(base64.b64decode(data))).format == kind.upper()
    dialog.locator("[data-file=csv]").tap()
    rows = list(csv.DictReader(io.StringIO(shown.locator("textarea").input_value())))
    assert [int(row["frame"]) for row in rows] == list(range(len(rows)))
    assert len(rows) > 10
    for kind, path in (("html", "/offline/"), ("notebook", "/notebook/"), ("script", "/script/")):
        dialog.locator(f"[data-file={kind}]").tap()
        expect(shown.locator("input")).to_have_value(re.compile(rf"^http://{NAME}:\d+{path}diffusion\?"))
        answer = page.request.get(shown.locator("input").input_value().replace(NAME, "127.0.0.1"))
        assert answer.ok
        assert answer.headers["content-disposition"].startswith("attachment")
    shown.locator("button").tap()
    expect(shown.locator(".by-hand")).not_to_be_empty()
    assert page.evaluate("getSelection().toString()") == shown.locator("input").input_value()
    assert dialog.evaluate("one => one.scrollWidth <= one.clientWidth")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_file_that_did_not_arrive_is_asked_for(visit: Visit) -> None:
    page = ready(visit(RUN))
    dialog = share(page)
    with page.expect_download():
        dialog.locator("[data-file=png]").click()
    expect(dialog.locator(".handed img")).to_be_hidden()
    dialog.get_by_text("No file arrived?").click()
    expect(dialog.locator(".handed img")).to_be_visible()

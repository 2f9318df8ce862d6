"""The site below a path prefix, as a hub or a proxy serves it: every address stays below it, whether or not the proxy strips it."""

import itertools
import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlparse

import pytest
from gradio_client import Client
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_concept_page import ready
from tests.browser.test_share import share, taken
from tests.proxy import prefixing, serving

PREFIX = "/hub/user/ren%40lab/proxy/7860"
KINDS = {True: {"TRUSTED_PROXIES": "10.0.0.0/8, 127.0.0.1"}, False: {"ROOT_PATH": PREFIX}}  # by whether the proxy strips the prefix
LINK = {"en": "Link", "zh": "链接"}
STEPS = itertools.count(31)  # of runs that nobody has computed


@pytest.fixture(scope="module", params=KINDS, ids=["stripped", "passed on"])
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, list[str]]]:
    """Where visitors find the site, and what they asked for beside it."""
    strips: bool = request.param
    with serving(tmp_path_factory.mktemp("store"), **KINDS[strips]) as address, prefixing(address, PREFIX, strips=strips) as found:
        yield found


@pytest.fixture
def page(site: tuple[str, list[str]], browser: Browser) -> Iterator[Page]:
    """A page whose console stays clean, and that asks for nothing beside the prefix."""
    address, strayed = site
    context = browser.new_context(locale="zh-CN")
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error.stack)))
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    page.on("request", lambda asked: wrong.append(asked.url) if not asked.url.startswith((f"{address}/", "data:", "blob:")) else None)
    yield page
    context.close()
    assert (wrong, strayed) == ([], [])


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_from_the_gallery_to_the_files(site: tuple[str, list[str]], page: Page, lang: str, tmp_path: Path) -> None:
    address, _ = site
    page.goto(f"{address}/")
    page.wait_for_url(f"{address}/zh/")
    if lang == "en":
        page.locator("header.site .language").click()
        page.wait_for_url(f"{address}/en/")
    page.wait_for_function("performance.getEntriesByType('resource').some(({name}) => name.includes('/runs/'))")  # a card plays
    page.locator("a.concept[href$='/gan']").click()
    page.wait_for_url(re.compile(f"^{re.escape(f'{address}/{lang}/gan')}"))
    ready(page)
    steps = str(next(STEPS))
    page.goto(f"{address}/{lang}/gan?steps={steps}")
    ready(page)

    with page.expect_request(re.compile(r"/qr\?")) as asked:
        dialog = share(page)
    link = dialog.get_by_label(LINK[lang], exact=True).input_value()
    assert link.startswith(f"{address}/{lang}/gan?")
    assert f"steps={steps}&" in link
    assert dialog.locator(".code img").count() == 1
    assert parse_qs(urlparse(asked.value.url).query)["text"][0].startswith(f"{address}/{lang}/gan?")
    html = taken(page, "html", tmp_path).read_text("utf-8")
    assert f'href="{address}/{lang}/gan"' in html, "the file knows where the live page is"
    with page.expect_download() as download:
        dialog.locator("[data-file=notebook]").click()
    assert f"{address}/{lang}/gan?" in "".join(json.loads(download.value.path().read_text("utf-8"))["cells"][1]["source"])
    page.goto(link)
    ready(page)
    expect(page.locator(".kept")).not_to_be_empty()


def test_wrong_addresses_lead_back_below_the_prefix(site: tuple[str, list[str]], page: Page) -> None:
    address, _ = site
    page.goto(f"{address}/zh/gan/?steps=30")
    page.wait_for_url(re.compile(f"^{re.escape(address)}/zh/gan\\?.*steps=30"))
    ready(page)
    page.goto(f"{address}/en")
    page.wait_for_url(f"{address}/en/")
    page.goto(f"{address}/en/gan?points={'1,1;' * 2000}")
    page.wait_for_url(re.compile(f"^{re.escape(address)}/en/gan[?#]"))
    answer = page.request.get(f"{address}/nothing")
    assert answer.status == 404
    assert f'href="{urlparse(address).path}/en/"' in answer.text()


def test_a_program_below_the_prefix(site: tuple[str, list[str]]) -> None:
    address, strayed = site
    for root in (address, f"{address}/zh"):
        assert Client(root, verbose=False).predict(steps=30, api_name="/gan")["url"] == f"{urlparse(address).path}/runs/gan?steps=30"
    assert strayed == []

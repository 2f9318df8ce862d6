"""Every Space, started as Hugging Face starts it and driven inside a page of another origin, as huggingface.co shows it."""

import functools
import json
import re
import urllib.request
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qs, urlencode, urlparse

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect

from playground.concept import load, slugs
from playground.runs.warm import smallest
from tests.spaces.house import HOST, ID, PORT, running

# what huggingface.co's own frame may do
FRAME = """<!doctype html><meta charset="utf-8"><title>Spaces</title><link rel="icon" href="data:,">
<iframe src="{src}" width="1240" height="760" style="border:0" allow="clipboard-read; clipboard-write; fullscreen"
sandbox="allow-downloads allow-forms allow-modals allow-popups allow-popups-to-escape-sandbox allow-same-origin allow-scripts
allow-storage-access-by-user-activation"></iframe>"""
SPACE = f"http://localhost:{PORT}"  # to a browser another site than the page around it, which is at 127.0.0.1
TRIED = ("gan", "attention", "all")  # by `make test`; by `make browser` every one
SPACES = [pytest.param(name, marks=() if name in TRIED else pytest.mark.slow) for name in (*slugs(), "all")]


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def around(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """A folder, and where it is served: huggingface.co's part."""
    folder = tmp_path_factory.mktemp("around")
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    Thread(target=server.serve_forever, daemon=True).start()
    yield folder, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def inside(page: Page, around: tuple[Path, str], query: str) -> FrameLocator:
    """The Space in its frame, with the query that the page around handed on."""
    folder, address = around
    (folder / "index.html").write_text(FRAME.format(src=f"{SPACE}/?{query}".replace("&", "&amp;")))
    page.goto(address)
    frame = page.frame_locator("iframe")
    expect(frame.locator("#stage canvas")).to_be_visible()
    expect(frame.locator("p.twin")).not_to_be_empty()
    return frame


def shared(frame: FrameLocator) -> tuple[str, str]:
    """Both links of the Share dialog: the Space's own, and that of its page on the hub."""
    frame.locator("header.site .share").first.click()
    dialog = frame.get_by_role("dialog")
    expect(dialog.locator(".code > img")).to_be_visible()
    expect(dialog).to_contain_text("结果是否仍与你所见一致")
    own, hub = (dialog.get_by_label(label, exact=True).input_value() for label in ("链接", "Hugging Face 上的链接"))
    dialog.get_by_label("关闭").click()
    return own, hub


@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", SPACES)
def test_a_space_lives(name: str, browser: Browser, around: tuple[Path, str]) -> None:
    slug = "gan" if name == "all" else name
    wrong: list[str] = []
    with running(name) as address:
        assert urlparse(address).port == PORT
        _leads_to(address, "" if name == "all" else slug)
        _computes(address, slug)
        context = browser.new_context(viewport={"width": 1280, "height": 800}, color_scheme="light")
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(f"exception: {error}"))
        page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        page.on(
            "request",
            lambda request: wrong.append(request.url) if not request.url.startswith((SPACE, around[1], "data:", "blob:")) else None,
        )
        frame = inside(page, around, urlencode({"c": slug, "lang": "zh"}))
        own, hub = shared(frame)
        assert own.startswith(f"https://{HOST}/zh/{slug}?")
        assert hub.startswith(f"https://huggingface.co/spaces/{ID}?c={slug}&lang=zh&")
        assert parse_qs(urlparse(hub).query).keys() >= parse_qs(urlparse(own).query).keys() | {"c", "lang"}
        frame = inside(page, around, urlparse(hub).query)
        expect(frame.locator(".kept")).to_contain_text("一位不差")
        again, _ = shared(frame)
        assert again == own, "the same run at the same frame"
        page.goto(f"{SPACE}/en/{slug}?{urlparse(own).query}")  # the Space's own address, without huggingface.co around it
        expect(page.locator(".kept")).to_contain_text("to the last digit")
        context.close()
    assert wrong == []


def _leads_to(address: str, slug: str) -> None:
    asked = urllib.request.Request(f"{address}/", headers={"Accept-Language": "zh-CN"})
    with urllib.request.urlopen(asked) as answer:
        assert answer.url == f"{address}/zh/{slug}"


def _computes(address: str, slug: str) -> None:
    """A run that is not baked, behind the hub's proxy."""
    concept = load(slug)
    params = smallest(concept.params, {"seed": 11} | ({"episodes": 3} if "episodes" in concept.params.model_fields else {}))
    with urllib.request.urlopen(f"{address}/runs/{slug}?{params.to_query()}", timeout=120) as answer:
        lines = [json.loads(line) for line in answer]
    assert lines[-1].get("end") is True, lines[-1]
    proxied = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": HOST, "Host": HOST}
    with urllib.request.urlopen(urllib.request.Request(f"{address}/en/{slug}", headers=proxied)) as answer:
        roots = re.findall(r'"root"\s*:\s*"([^"]*)"', answer.read().decode())
    assert set(roots) == {"."}, "what Gradio asks for is https where the page is"

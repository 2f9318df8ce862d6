"""A real server on a free port, and a real browser."""

import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

expect.set_options(timeout=20_000)
ROOT = Path(__file__).parents[2]
FLAGS = "--no-sandbox --disable-gpu --disable-background-networking --disable-component-update --disable-sync --no-first-run"


def healthy(address: str) -> bool:
    """Whether a run could begin there."""
    try:
        return urllib.request.urlopen(f"{address}/healthz", timeout=60).status == 200
    except OSError:
        return False


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The playground, served from this checkout with an empty store; or a server that runs already, named by PLAYGROUND_AT."""
    if at := os.environ.get("PLAYGROUND_AT"):
        yield at
        return
    settings = {"PLAYGROUND_HOST": "127.0.0.1", "GRADIO_SERVER_PORT": "0", "PLAYGROUND_STORE": str(tmp_path_factory.mktemp("store"))}
    server = subprocess.Popen(
        [sys.executable, "app.py"], cwd=ROOT, env={**os.environ, **settings}, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert server.stdout is not None
    for line in server.stdout:
        if found := re.search(r"ready at (http://\S+)", line):
            break
    else:
        raise RuntimeError("the server ended before it was ready")
    while not healthy(found[1]):
        time.sleep(0.1)
    yield found[1]
    server.terminate()
    server.wait(20)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS.split())
    yield chromium
    chromium.close()


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Callable[..., Page]]:
    """Open a path in a fresh context. At the end nothing may have gone wrong in the page, and nothing left the machine."""
    contexts: list[BrowserContext] = []
    wrong: list[str] = []

    def open_page(path: str, *, width: int = 1280, height: int = 800, allow: str = "", **options: Any) -> Page:
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(f"exception: {error.stack}"))
        page.on(
            "console",
            lambda message: wrong.append(message.text) if message.type == "error" and not (allow and allow in message.text) else None,
        )
        page.on("request", lambda request: wrong.append(f"external: {request.url}") if outside(request.url) else None)
        page.goto(address + path)
        return page

    def outside(url: str) -> bool:
        return not url.startswith((address, "data:", "blob:"))

    yield open_page
    for context in contexts:
        context.close()
    assert wrong == []

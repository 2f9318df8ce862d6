"""A page whose server is killed, and comes back: it goes on by itself."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from playground.words import words
from tests.browser.conftest import ROOT, healthy
from tests.browser.test_concept_page import COMPLETE, choose

SLOW = "steps=3000&seed=4321&data=ring"


class Server:
    """The playground on a port of its own, which can be killed and started again."""

    def __init__(self, store: Path):
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]
        self.store, self.process = store, None
        self.address = f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        told = {"PLAYGROUND_HOST": "127.0.0.1", "GRADIO_SERVER_PORT": str(self.port), "PLAYGROUND_STORE": str(self.store)}
        self.process = subprocess.Popen([sys.executable, "app.py"], cwd=ROOT, env=os.environ | told, stderr=subprocess.DEVNULL)
        while not healthy(self.address):
            assert self.process.poll() is None, "the server ended before it was ready"
            time.sleep(0.1)

    def kill(self) -> None:
        assert self.process
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(20)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path)
    server.start()
    yield server
    server.kill()


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.goto(f"{server.address}/en/gan?{SLOW}")
    yield page
    context.close()


def test_the_run_goes_on_with_the_frames_it_has(page: Page, server: Server) -> None:
    say = words("en")["player"]
    page.wait_for_selector(".shell", state="detached")
    expect(page.locator(".status")).to_contain_text("step", timeout=60_000)
    page.wait_for_function("performance.getEntriesByName('stage:first-picture').length")
    server.kill()
    expect(page.locator(".status")).to_have_text(say["lost"])
    page.locator("#scrub").fill("0")
    stage = page.locator("p.twin").inner_text()
    choose(page, "data", "moons")  # asks for a plan, of a server that is not there
    expect(page.locator(".message")).to_have_text(say["lost"])
    assert page.locator("p.twin").inner_text() == stage, "the frames are still there"
    server.start()
    expect(page.locator(".message")).to_be_hidden(timeout=40_000)
    expect(page.locator(".status")).to_contain_text(COMPLETE, timeout=90_000)
    assert page.locator("p.twin").inner_text() == stage, "and the clock stayed where it was"
    expect(page.locator("#run button")).to_contain_text("about")
    told = re.findall(r"\d+", page.locator(".status").inner_text())
    assert int(told[0]) == int(page.locator("#scrub").get_attribute("max") or 0) + 1, "no frame came twice"

"""A student's page while someone floods the server: 250 API calls that are never read, and 100 runs of invented pages."""

import subprocess
import sys

from playwright.sync_api import Browser

from tests.browser.conftest import ROOT
from tests.browser.test_server_gone import Server
from tests.browser.test_server_gone import server as server

SOON = 3000  # ms from the address to the first frame: the bound that was set
FIRST = "() => performance.getEntriesByName('stage:first-picture')[0]?.startTime"


def test_a_page_and_its_fresh_run_open_soon(browser: Browser, server: Server) -> None:
    command = [sys.executable, "-m", "tests.crowd", str(server.port), "gan", "250", "100"]
    seen = {}
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as crowd:
        assert crowd.stdin
        assert crowd.stdout
        crowd.stdout.readline()
        for path in ("/en/gan", "/en/gan?steps=3000&seed=77", "/zh/gan?steps=3000&seed=78"):
            page = browser.new_page()
            page.goto(server.address + path)
            seen[path] = page.wait_for_function(FIRST, timeout=60_000).json_value()
            page.close()
        crowd.stdin.close()
    assert max(seen.values()) <= SOON, seen

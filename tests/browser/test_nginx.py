"""docs/nginx.conf, as it stands there, in Debian's own nginx: pages, streams and programs through TLS and below a prefix."""

import json
import os
import re
import shutil
import socket
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import httpx
import pytest
from gradio_client import Client
from playwright.sync_api import Browser, expect

from tests.browser.test_concept_page import ready
from tests.browser.test_share import share
from tests.proxy import serving

ROOT = Path(__file__).parents[2]
SITE = ROOT / "docs" / "nginx.conf"
NGINX = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin:{ROOT}/.venv/nginx/usr/sbin")
OPENSSL = shutil.which("openssl")
pytestmark = pytest.mark.skipif(not (NGINX and OPENSSL), reason="nginx or openssl is not on this machine, and could not be fetched")
MAIN = """daemon off; pid {here}/pid; error_log {here}/error.log; {user}
events {{ worker_connections 512; }}
http {{
    access_log off; types_hash_max_size 2048; gzip on;  # as Debian's own nginx.conf
    client_body_temp_path {here}/body; proxy_temp_path {here}/proxy; fastcgi_temp_path {here}/fastcgi;
    uwsgi_temp_path {here}/uwsgi; scgi_temp_path {here}/scgi;
    include {here}/site.conf;
}}
"""


def free() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def nginx(here: Path, upstream: str) -> Iterator[tuple[str, str]]:
    """Where the site is, below its prefix, and where plain http is answered. In the file, ports and places of files are exchanged alone."""
    keys = ["-keyout", here / "privkey.pem", "-out", here / "fullchain.pem"]
    name = ["-subj", "/CN=play.example.org", "-days", "2"]
    subprocess.run([OPENSSL, "req", "-x509", "-newkey", "rsa:2048", "-nodes", *keys, *name], check=True, capture_output=True)  # type: ignore[list-item]
    ports: dict[str, list[int]] = {"80": [], "443": []}

    def listen(told: re.Match[str]) -> str:
        ports[told[1]].append(free())
        return f"listen 127.0.0.1:{ports[told[1]][-1]}"

    site = re.sub(r"listen (?:\[::\]:)?(\d+)", listen, SITE.read_text("utf-8"))
    places = {"127.0.0.1:7860": upstream, "/etc/letsencrypt/live/play.example.org": here, "/var/cache/nginx-playground": here / "cache"}
    for told, place in places.items():
        site = site.replace(told, str(place))
    (here / "site.conf").write_text(site, "utf-8")
    (here / "main.conf").write_text(MAIN.format(here=here, user="user root;" if os.getuid() == 0 else ""))
    program = [str(NGINX), "-p", str(here), "-c", str(here / "main.conf"), "-e", str(here / "error.log")]
    tried = subprocess.run([*program, "-t"], capture_output=True, text=True)
    assert tried.returncode == 0, tried.stderr
    assert "warn" not in tried.stderr
    server = subprocess.Popen(program)
    try:
        yield f"https://127.0.0.1:{ports['443'][0]}/playground", f"http://127.0.0.1:{ports['80'][0]}"
    finally:
        server.terminate()
        server.wait(20)
    errors = [line for line in (here / "error.log").read_text().splitlines() if "[error]" in line and "too large body" not in line]
    assert errors == []


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    here = tmp_path_factory.mktemp("nginx")
    with serving(here / "store", TRUSTED_PROXIES="127.0.0.1") as address, nginx(here, address.removeprefix("http://")) as at:
        yield at


def connected(address: str) -> httpx.Client:
    return httpx.Client(
        base_url=address, transport=httpx.HTTPTransport(verify=False, retries=5), timeout=120
    )  # nginx may still be starting


@pytest.fixture(scope="module")
def client(found: tuple[str, str]) -> Iterator[httpx.Client]:
    with connected(found[0]) as made:
        yield made


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_page_lives(found: tuple[str, str], client: httpx.Client, browser: Browser, lang: str) -> None:
    address, _ = found
    for _ in range(300):  # at first the workers are cold
        if (health := client.get("/healthz").status_code) == 200:
            break
        time.sleep(0.2)
    assert health == 200
    context = browser.new_context(ignore_https_errors=True, locale=lang)
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error.stack)))
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    page.on(
        "request",
        lambda asked: wrong.append(asked.url) if not asked.url.startswith((f"{address}/", f"{address}?", "data:", "blob:")) else None,
    )
    page.goto(f"{address}?c=gan&steps=35&lang={lang}")
    page.wait_for_url(re.compile(f"^{re.escape(address)}/{lang}/gan\\?.*steps=35"))
    ready(page)
    link = share(page).locator("input").first.input_value()
    assert link.startswith(f"{address}/{lang}/gan?")
    expect(page.locator(".code img")).to_be_visible()
    context.close()
    assert wrong == []


def test_a_frame_comes_while_the_run_goes_on(client: httpx.Client) -> None:
    run = "diffusion?data=ring&steps=4000&seed=41"
    with client.stream("GET", f"/runs/{run}") as answer:
        frames = (line for line in map(json.loads, answer.iter_lines()) if "step" in line)
        assert next(frames)["step"] == 0
        assert client.get(f"/plan/{run}").json()["stored"] is False, "the run has not ended"
        assert next(frames)["step"] > 0


def test_a_program_finds_the_api(found: tuple[str, str]) -> None:
    answer = Client(found[0], verbose=False, ssl_verify=False).predict(steps=35, api_name="/gan")
    assert answer["url"] == "/playground/runs/gan?steps=35"


def test_other_addresses_lead_to_the_site(found: tuple[str, str], client: httpx.Client) -> None:
    address, plain = found
    told = httpx.get(f"{plain}/playground/en/gan?x=1", headers={"Host": "play.example.org"})
    assert (told.status_code, told.headers["location"]) == (308, "https://play.example.org/playground/en/gan?x=1")
    bare = client.get(f"{address}?c=gan")
    assert (bare.status_code, bare.headers["location"].removeprefix(address)) == (308, "/?c=gan")
    assert client.get("/zh//gan/?steps=35").headers["location"] == "/playground/zh/gan?steps=35"
    assert (
        client.get("/en/gan", params={"points": "1,1;" * 4000}, headers={"Accept": "text/html"}).headers["location"].endswith("#too_long")
    )
    assert address in client.get("/notebook/gan?steps=35&lang=en", headers={"X-Forwarded-Host": "evil.example"}).text
    assert client.get(address.removesuffix("/playground") + "/nothing").status_code == 404


def test_what_a_hall_needs_and_nobody_may(client: httpx.Client) -> None:
    assert {client.get("/healthz").status_code for _ in range(200)} == {200}, "no limit for an address"
    assert client.post("/runs/gan", content=bytes(300_000)).status_code == 413
    assert client.post("/en/gradio_api/upload", files={"files": b"x"}).status_code == 403


class Upstream(BaseHTTPRequestHandler):
    """In the playground's place: answers slowly, and counts what it is asked for."""

    protocol_version = "HTTP/1.1"
    asked: ClassVar[Counter[str]] = Counter()

    def do_GET(self) -> None:
        self.asked[self.path] += 1
        time.sleep(0.3)
        self.send_response(200)
        self.send_header("Cache-Control", "public, max-age=31536000, immutable" if "/runs/" not in self.path else "no-cache")
        self.send_header("Content-Length", "1")
        self.end_headers()
        self.wfile.write(b"x")

    def log_message(self, *_: object) -> None:
        pass


def test_a_hall_that_opens_one_page_fetches_each_file_once(tmp_path: Path) -> None:
    upstream = ThreadingHTTPServer(("127.0.0.1", 0), Upstream)
    threading.Thread(target=upstream.serve_forever, daemon=True).start()
    paths = ("/static/0/page.js", "/en/assets/index.js", "/zh/assets/index.css", "/runs/gan")
    here = nginx(tmp_path, f"127.0.0.1:{upstream.server_port}")
    with here as (address, _), connected(address) as client, ThreadPoolExecutor(40) as hall:
        client.get("/healthz")
        Upstream.asked.clear()
        assert {answer.text for answer in hall.map(client.get, paths * 30)} == {"x"}
    upstream.shutdown()
    assert Upstream.asked == {path: 30 if path == "/runs/gan" else 1 for path in paths}

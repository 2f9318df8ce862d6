"""What a proxy says counts from the addresses that the host named; pages have one address, with whatever prefix."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from playground.settings import Settings
from playground.web.answers import origin, weights
from playground.web.front import language
from playground.web.proxies import Proxies
from playground.web.server import create_app
from tests import lab

Site = Callable[..., TestClient]
PROXY, VISITOR = "10.1.2.3", "203.0.113.9"
TOLD = {"X-Forwarded-Prefix": "/demo", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "lab.example:8443"}


@pytest.fixture
def site(tmp_path: Path) -> Site:
    def made(peer: str = PROXY, **settings: str) -> TestClient:
        app = create_app(Settings(store=tmp_path, **settings), engine=lab.Engine(Settings(store=tmp_path)), sites=False)  # type: ignore[arg-type]
        return TestClient(app, client=(peer, 5000), follow_redirects=False)

    return made


def leads(client: TestClient, path: str = "/", **headers: str) -> str:
    return client.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()}).headers["location"]


def seen(headers: dict[str, str], peer: str = PROXY, **settings: str) -> str:
    """Where the site takes itself to be; nothing behind the middleware may see a forwarded header."""
    told = Settings(**settings)  # type: ignore[arg-type]

    async def here(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        assert not [name for name in request.headers if "forwarded" in name or "gradio" in name]
        await PlainTextResponse(origin(request, told))(scope, receive, send)

    sent = headers | {"Forwarded": "host=evil.example", "X-Gradio-Server": "http://evil.example", "X-Forwarded-For": "1.2.3.4"}
    answer = TestClient(Proxies(here, told), client=(peer, 5000)).get("/", headers=sent)
    assert answer.headers["cache-control"] == "no-cache"
    return answer.text


@pytest.mark.parametrize("trusted", [PROXY, "10.0.0.0/8", "192.0.2.1, 10.1.2.3", "::1,10.1.0.0/16"])
def test_a_named_proxy_is_believed(site: Site, trusted: str) -> None:
    assert leads(site(trusted_proxies=trusted), **TOLD) == "/demo/en/"
    assert leads(site(f"::ffff:{PROXY}", trusted_proxies=trusted), **TOLD) == "/demo/en/", "IPv4, as a server on :: sees it"


@pytest.mark.parametrize(("peer", "trusted"), [(PROXY, ""), (VISITOR, PROXY), ("127.0.0.1", PROXY), ("testclient", PROXY)])
def test_nobody_else_is(site: Site, peer: str, trusted: str) -> None:
    assert leads(site(peer, trusted_proxies=trusted), **TOLD) == "/en/"
    assert seen(TOLD, peer, trusted_proxies=trusted) == "http://testserver"


def test_what_leaves_the_site_has_the_visitors_address(site: Site) -> None:
    assert seen(TOLD, trusted_proxies=PROXY) == "https://lab.example:8443/demo"
    assert seen(TOLD | {"X-Forwarded-Host": 'a"b', "X-Forwarded-Proto": "ftp"}, trusted_proxies=PROXY) == "http://testserver/demo"
    assert seen({"Host": "u-s.hf.space"}, SPACE_HOST="u-s.hf.space") == "https://u-s.hf.space", "a Space is behind TLS"
    client = site(trusted_proxies=PROXY)
    missing = client.get("/nothing", headers=TOLD)
    assert missing.status_code == 404
    assert 'href="/demo/zh/"' in missing.text
    assert missing.headers["cache-control"] == "no-store"
    long = client.get(f"/en/toy?note={'x' * 7000}", headers=TOLD | {"Accept": "text/html"})
    assert long.headers["location"] == "/demo/en/toy#too_long"


@pytest.mark.parametrize(
    "prefix", ["//evil.example", "/a/../b", "/./a", "/a b", "/a\\b", '/"onload="', "https://evil.example", "demo", "/"]
)
def test_a_prefix_that_is_no_path_counts_for_nothing(site: Site, prefix: str) -> None:
    assert leads(site(trusted_proxies=PROXY), X_Forwarded_Prefix=prefix) == "/en/"


def test_of_several_values_the_proxys_own_counts(site: Site) -> None:
    assert leads(site(trusted_proxies=PROXY), X_Forwarded_Prefix="/of-a-visitor, /demo/") == "/demo/en/"


@pytest.mark.parametrize("asked", ["/", "/hub/a b/proxy/7860", "/hub/a b/proxy/7860/"])
def test_the_hosts_own_prefix_stripped_or_passed_on(site: Site, asked: str) -> None:
    client = site(root_path="/hub/a%20b/proxy/7860/")
    assert leads(client, asked) == "/hub/a%20b/proxy/7860/en/"
    assert client.get(f"{asked.rstrip('/')}/healthz").json()["version"]
    assert client.get("/hub/a b/proxy/78601/healthz").status_code == 404


def test_uploads_stay_closed_below_a_prefix(site: Site) -> None:
    assert site(root_path="/demo").post("/demo/gradio_api/upload").status_code == 403


@pytest.mark.parametrize(
    "wrong", [{"root_path": "demo"}, {"root_path": "//a"}, {"trusted_proxies": "all"}, {"trusted_proxies": "10.0.0.0/33"}]
)
def test_a_setting_that_means_nothing_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        Settings(**wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    ("path", "own"),
    [
        ("/en/gan/?data=moons", "/en/gan?data=moons"),
        ("/zh/gan///?note=a%26b%3D&x=1", "/zh/gan?note=a%26b%3D&x=1"),
        ("/zh//gan", "/zh/gan"),
        ("//en/gan/", "/en/gan"),
        ("/en", "/en/"),
        ("/zh//?q=x", "/zh/?q=x"),
        ("/runs/toy/?seed=3", "/runs/toy?seed=3"),
        ("//evil.example/", "/evil.example"),
        ("/%5Cevil.example/", "/%5Cevil.example"),
        ("/%2Fevil.example/", "/evil.example"),
        ("/en/%0d%0aX: y/", "/en/%0D%0AX%3A%20y"),
    ],
)
def test_one_address_a_page(site: Site, method: str, path: str, own: str) -> None:
    client = site(root_path="/demo")
    answer = client.request(method, f"http://testserver{path}")
    assert (answer.status_code, answer.headers["location"].replace(":", "%3A")) == (308, f"/demo{own}")
    assert answer.headers["cache-control"] == "no-store"
    assert "content-security-policy" in answer.headers


@pytest.mark.parametrize("path", ["/static/x//y", "/static/", "/en/gradio_api/file=//x/", "/en/assets/"])
def test_names_of_files_keep_their_slashes(site: Site, path: str) -> None:
    assert site().get(path).status_code == 404


def test_only_who_reads_is_led_on(site: Site) -> None:
    assert site().post("/en/gan/").status_code in (404, 405)


@pytest.mark.parametrize(
    ("accept", "lang"),
    [
        ("en;q=0.8, zh ; q=0.9", "zh"),
        ("en;q=0.8,zh\t;\tq=0.9", "zh"),
        ("en ;q=0.1 , ZH-hant-TW; Q=0.5", "zh"),
        ("zh, en", "zh"),
        ("en, zh", "en"),
        ("fr, *;q=0.5", "en"),
        ("en;q=0.4, *;q=0.5", "zh"),
        ("en;q=0, *", "zh"),
        ("zh;q=0", "en"),
        ("zh;q=0.000, zh-CN", "zh"),
        ("zh;q=nan, en;q=0.1", "en"),
        ("zh;q=inf, en;q=0.1", "en"),
        ("zh;q=-1, en;q=0.1", "en"),
        ("zh;q=7, en;q=0.1", "en"),
        ("zh;q=1e9, en;q=0.1", "en"),
        ("zh;q=0.123456789, en;q=.1", "zh"),
        (";;q=x,,zh;q=", "en"),
        ("q=1;zh", "en"),
    ],
)
def test_the_language_that_is_liked_best(accept: str, lang: str) -> None:
    assert language(accept) == lang


def test_weights_are_read_by_the_grammar() -> None:
    assert weights("gzip ; q=1.0, br;q=0.5,identity; q=0, *;Q=0.000") == {"gzip": 1, "br": 0.5, "identity": 0, "*": 0}

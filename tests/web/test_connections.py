"""Connections that wait, dribble or never read, and more of them than there is room for: a real server with short patience."""

import contextlib
import json
import resource
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest
import uvicorn

from playground.settings import Settings
from playground.web import assets, connections
from playground.web.server import create_app
from tests import lab

MOST = 6


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    settings = Settings(store=tmp_path_factory.mktemp("store"))
    app = create_app(settings, engine=lab.Engine(settings), sites=False)
    patience = pytest.MonkeyPatch()
    for name, seconds in (("HEAD_SECONDS", 1.0), ("BODY_SECONDS", 1.0), ("STALL_SECONDS", 1.5), ("TOLD", 2)):
        patience.setattr(connections, name, seconds)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        protocol = partial(connections.Protocol, most=MOST)
        server = uvicorn.Server(uvicorn.Config(app, http=protocol, log_level="critical"))  # type: ignore[arg-type]
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        yield SimpleNamespace(port=listener.getsockname()[1], open=server.server_state.connections)
        server.should_exit = True
        thread.join()
    patience.undo()


def connect(site: SimpleNamespace, narrow: bool = False) -> socket.socket:
    client = socket.socket()
    if narrow:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.settimeout(30)
    client.connect(("127.0.0.1", site.port))
    return client


def rest(client: socket.socket) -> bytes:
    """What comes until the server hangs up; without it, this fails by running out of time."""
    said = b""
    while piece := client.recv(65536):
        said += piece
    return said


def emptied(site: SimpleNamespace) -> None:
    while site.open:  # fails by never ending
        time.sleep(0.01)


def code(said: bytes) -> str:
    head, _, body = said.partition(b"\r\n\r\n")
    assert b"x-content-type-options: nosniff" in head.lower()
    (error,) = json.loads(body)["errors"]
    assert error["en"]
    assert error["zh"]
    return error["code"]


def test_a_silent_connection_is_closed_without_a_word(site: SimpleNamespace) -> None:
    with connect(site) as client:
        assert rest(client) == b""


def test_half_a_head_is_waited_for_no_longer_for_being_dribbled(site: SimpleNamespace) -> None:
    with connect(site) as client:
        client.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n")
        client.settimeout(0.1)
        said = b""
        while not said:
            client.sendall(b"X-A: a\r\n")
            try:
                said = client.recv(65536)
            except TimeoutError:
                continue
        assert said.startswith(b"HTTP/1.1 408 ")
        assert code(said) == "too_slow"
    emptied(site)


def test_a_body_that_never_comes_is_not_waited_for(site: SimpleNamespace) -> None:
    with connect(site) as client:
        client.sendall(b"POST /gradio_api/nothing HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf")
        assert rest(client)
    emptied(site)


def test_a_second_head_on_one_connection_has_its_own_time(site: SimpleNamespace) -> None:
    with connect(site) as client:
        for _ in range(4):
            client.sendall(b"HEAD /favicon.svg HTTP/1.1\r\nHost: x\r\n\r\n")  # an answer in one piece
            assert client.recv(65536).startswith(b"HTTP/1.1 200 ")
            time.sleep(0.4)
        client.sendall(b"GET /favicon.svg HTTP/1.1\r\n")
        assert rest(client).startswith(b"HTTP/1.1 408 ")
    emptied(site)


def long_answer() -> bytes:
    return f"GET {assets.url('plotly.min.js')} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode()


def test_who_never_reads_is_cut_off(site: SimpleNamespace) -> None:
    with connect(site, narrow=True) as client:
        client.sendall(long_answer())
        assert client.recv(100).startswith(b"HTTP/1.1 200 ")
        emptied(site)


def test_who_reads_slowly_gets_everything(site: SimpleNamespace) -> None:
    with connect(site, narrow=True) as client:
        client.sendall(long_answer())
        said, since = 0, time.monotonic()
        while time.monotonic() - since < 4:  # longer than anyone may stall
            said += len(client.recv(4096))
            time.sleep(0.02)
        said += len(rest(client))
    assert said > assets.plotly().stat().st_size


@pytest.mark.parametrize(
    ("path", "accept", "language", "found"),
    [
        ("/zh/gan", "text/html", "en", 'lang="zh"'),
        ("/en/gan", "text/html", "zh", 'lang="en"'),
        ("/", "text/html", "zh-CN", 'lang="zh"'),
        ("/runs/toy", "*/*", "", '"too_full"'),
    ],
)
def test_when_full_it_says_so(site: SimpleNamespace, path: str, accept: str, language: str, found: str) -> None:
    emptied(site)
    crowd = [connect(site) for _ in range(MOST)]
    while len(site.open) < MOST:
        time.sleep(0.01)
    with connect(site) as late:
        late.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nAccept: {accept}\r\nAccept-Language: {language}\r\n\r\n".encode())
        said = rest(late).decode()
    for each in crowd:
        each.close()
    assert said.startswith("HTTP/1.1 503 ")
    assert "retry-after" in said.lower()
    assert "content-security-policy" in said.lower()
    assert found in said
    emptied(site)
    with connect(site) as later:
        later.sendall(b"GET /favicon.svg HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert rest(later).startswith(b"HTTP/1.1 200 ")


def test_beyond_those_who_are_told_there_is_nothing(site: SimpleNamespace) -> None:
    emptied(site)
    crowd = [connect(site) for _ in range(MOST + 2)]
    while len(site.open) < MOST + 2:
        time.sleep(0.01)
    with connect(site) as late, contextlib.suppress(ConnectionResetError):
        assert rest(late) == b""
    for each in crowd:
        each.close()


@pytest.mark.parametrize(("hard", "places"), [(4096, 2000), (400, 80)])
def test_there_is_room_for_as_many_as_the_system_allows(hard: int, places: int) -> None:
    program = "import resource; from playground.web.connections import room; print(room(2000), *resource.getrlimit(resource.RLIMIT_NOFILE))"
    told = subprocess.run(
        [sys.executable, "-c", program],
        cwd=Path(__file__).parents[2],
        check=True,
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard)),
    ).stdout
    assert [int(number) for number in told.split()] == [places, hard, hard]

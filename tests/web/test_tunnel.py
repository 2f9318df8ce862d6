"""The public link: Gradio's own code throughout, with stand-ins for its program and its servers, since tests have no Internet."""

import http.server
import json
import stat
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import gradio.networking
import gradio.tunneling
import pytest

from playground.web import tunnel
from playground.words import words

PROGRAM = """#!{python}
import sys, time, urllib.request
told = dict(zip(sys.argv[2::2], sys.argv[3::2]))
open({heard!r}, "w").write(" ".join(sys.argv[1:]))
if {fails}:
    print("login to server failed: the stand-in refuses", flush=True)
    sys.exit(1)
urllib.request.urlopen("http://%s:%s/healthz" % (told["-i"], told["-l"]))  # what it would pass on is there
print("start proxy success: http://abc.gradio.live", flush=True)
time.sleep(60)
"""


@pytest.fixture
def local() -> Iterator[SimpleNamespace]:
    """The site's stand-in, which remembers what it was asked, and Gradio's server, which says where to connect."""
    asked: list[str] = []

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps([{"host": "tunnel.example", "port": 7000, "root_ca": "certificate"}]).encode())

        def log_message(self, *args: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield SimpleNamespace(port=server.server_port, asked=asked)
    server.shutdown()


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SimpleNamespace]:
    """A stand-in for frpc where Gradio looks for it."""
    path, heard = tmp_path / "frpc", tmp_path / "heard"

    def install(fails: bool = False) -> None:
        path.write_text(PROGRAM.format(python=sys.executable, heard=str(heard), fails=fails))
        path.chmod(path.stat().st_mode | stat.S_IEXEC)

    monkeypatch.chdir(tmp_path)  # Gradio writes its certificate there
    monkeypatch.setattr(gradio.tunneling, "BINARY_PATH", str(path))
    monkeypatch.setattr(gradio.tunneling, "BINARY_FOLDER", str(tmp_path))
    monkeypatch.setattr(gradio.tunneling, "BINARY_URL", "http://127.0.0.1:1/frpc")  # nobody answers
    monkeypatch.setattr(gradio.tunneling, "CURRENT_TUNNELS", tunnels := [])
    monkeypatch.delenv("SPACE_ID", raising=False)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    yield SimpleNamespace(path=path, heard=heard, install=install, tunnels=tunnels)
    tunnel.close()


def said(capsys: pytest.CaptureFixture[str], port: int) -> str:
    """What the server's terminal shows in the end, which is one line."""
    tunnel.announce("0.0.0.0", port)
    for _ in range(600):
        if out := capsys.readouterr().out:
            break
        time.sleep(0.05)
    (line,) = out.splitlines()
    return line


def sentence(name: str, **places: str) -> str:
    return words("en")["host"][name].format(**places)


def test_the_link_is_told_and_ends_with_the_server(
    local: SimpleNamespace, program: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    program.install()
    monkeypatch.setattr(gradio.networking, "GRADIO_SHARE_SERVER_ADDRESS", None)
    monkeypatch.setattr(gradio.networking, "GRADIO_API_SERVER", f"http://127.0.0.1:{local.port}/v3/tunnel-request")
    assert said(capsys, local.port) == sentence("public", url="https://abc.gradio.live")
    assert local.asked == ["/v3/tunnel-request", "/healthz"], "the program was led to our port"
    assert "--server_addr tunnel.example:7000" in program.heard.read_text()
    (opened,) = program.tunnels
    process = opened.proc
    assert process.poll() is None
    tunnel.close()
    assert process.wait(5) is not None


def test_a_server_of_ones_own(
    local: SimpleNamespace, program: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """GRADIO_SHARE_SERVER_ADDRESS: nobody else is asked, and the link is as that server says it."""
    program.install()
    monkeypatch.setattr(gradio.networking, "GRADIO_SHARE_SERVER_ADDRESS", "127.0.0.1:7000")
    assert said(capsys, local.port) == sentence("public", url="http://abc.gradio.live")
    assert "--server_addr 127.0.0.1:7000" in program.heard.read_text()
    assert local.asked == ["/healthz"]


def test_without_a_network(program: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    program.install()
    monkeypatch.setattr(gradio.networking, "GRADIO_SHARE_SERVER_ADDRESS", None)
    monkeypatch.setattr(gradio.networking, "GRADIO_API_SERVER", "http://127.0.0.1:1/")
    assert said(capsys, 1) == sentence("public_unreachable")


def test_without_the_program(program: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(gradio.networking, "GRADIO_SHARE_SERVER_ADDRESS", "127.0.0.1:7000")
    assert said(capsys, 1) == sentence("public_missing", path=str(program.path))


def test_a_server_that_refuses(program: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    program.install(fails=True)
    monkeypatch.setattr(gradio.networking, "GRADIO_SHARE_SERVER_ADDRESS", "127.0.0.1:7000")
    assert said(capsys, 1) == sentence("public_refused")


def test_an_altered_program_is_not_kept(
    local: SimpleNamespace, program: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    url = f"http://127.0.0.1:{local.port}/frpc"
    monkeypatch.setattr(gradio.tunneling, "BINARY_URL", url)
    monkeypatch.setattr(gradio.tunneling, "CHECKSUMS", {url: "another"})
    monkeypatch.setattr(gradio.networking, "GRADIO_SHARE_SERVER_ADDRESS", "127.0.0.1:7000")
    assert said(capsys, 1) == sentence("public_altered")
    assert not program.path.exists()


def test_a_space_needs_none(program: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("SPACE_ID", "someone/space")
    assert said(capsys, 1) == sentence("public_not_needed")
    assert program.tunnels == []

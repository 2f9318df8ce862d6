"""What stands between a site and its visitors: a server of ours with settings of its own, and a small proxy that puts it below a prefix."""

import http.client
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

ROOT = Path(__file__).parents[1]
HOP_BY_HOP = ("connection", "transfer-encoding", "keep-alive")  # RFC 9110, 7.6.1


@contextmanager
def serving(store: Path, **settings: str) -> Iterator[str]:
    """The playground from this checkout on a free port, with these PLAYGROUND_ settings; where it is."""
    told = {"PLAYGROUND_HOST": "127.0.0.1", "GRADIO_SERVER_PORT": "0", "PLAYGROUND_STORE": str(store)}
    env = {**os.environ, **told, **{f"PLAYGROUND_{name}": value for name, value in settings.items()}}
    server = subprocess.Popen([sys.executable, "app.py"], cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert server.stdout is not None
    found = next(filter(None, (re.search(r"ready at (http://\S+)", line) for line in server.stdout)), None)
    assert found, "the server ended before it was ready"
    try:
        yield found[1]
    finally:
        server.terminate()
        server.wait(60)


@contextmanager
def prefixing(site: str, prefix: str, *, strips: bool) -> Iterator[tuple[str, list[str]]]:
    """A proxy that serves `site` below `prefix` and nothing else: where, and what was asked for elsewhere.

    One that strips the prefix says so to the site; one that passes it on says nothing.
    """
    strayed: list[str] = []

    class Proxy(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_one_request(self) -> None:
            try:
                super().handle_one_request()
            except (BrokenPipeError, ConnectionResetError):  # a browser that goes on to another page
                self.close_connection = True

        def pass_on(self) -> None:
            if not self.path.startswith(f"{prefix}/"):
                strayed.append(self.path)
                self.send_error(404)
                return
            told = {name: value for name, value in self.headers.items() if name.lower() not in HOP_BY_HOP}
            told |= {"X-Forwarded-Prefix": prefix} if strips else {}
            there = http.client.HTTPConnection(urlsplit(site).netloc)
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            there.request(self.command, self.path.removeprefix(prefix) if strips else self.path, body, told)
            self._answer(there.getresponse())
            there.close()

        def _answer(self, answer: http.client.HTTPResponse) -> None:
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in (*HOP_BY_HOP, "server", "date"):
                    self.send_header(name, value)
            self.send_header("Connection", "close")
            self.end_headers()
            while piece := answer.read1(65536):
                self.wfile.write(piece)
                self.wfile.flush()

        do_GET = do_HEAD = do_POST = pass_on

        def log_message(self, format: str, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
    server.daemon_threads = True
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}{prefix}", strayed
    server.shutdown()

"""A stand-in for the Hugging Face hub's HTTP API, as far as pushing a folder needs it: it keeps what a commit brings.

It takes every file as a regular one. The real hub asks for large and binary ones by way of its own storage; that is huggingface_hub's part.
"""

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

READERS, WRITERS = {"reader"}, {"writer"}  # tokens
OWNER = "teacher"


@dataclass
class Hub:
    """What the hub has: by type and name, the files of each repository."""

    url: str = ""
    repos: dict[str, dict[str, bytes]] = field(default_factory=dict)
    made: list[dict[str, Any]] = field(default_factory=list)

    def create(self, asked: dict[str, Any]) -> tuple[int, Any]:
        name = f"{asked.get('type', 'model')}s/{asked.get('organization', OWNER)}/{asked['name']}"
        if asked.get("organization", OWNER) != OWNER:
            return 403, {"error": "You don't have the rights to create a repo under this namespace"}
        if name in self.repos:
            return 409, {"error": "You already created this repo", "url": f"{self.url}/{name}"}
        self.repos[name] = {}
        self.made.append(asked)
        return 200, {"url": f"{self.url}/{name}"}

    def commit(self, name: str, lines: list[bytes]) -> tuple[int, Any]:
        for line in map(json.loads, lines):
            if line["key"] == "file":
                self.repos[name][line["value"]["path"]] = base64.b64decode(line["value"]["content"])
            elif line["key"] == "deletedFile":
                del self.repos[name][line["value"]["path"]]
        return 200, {"commitUrl": f"{self.url}/{name}/commit/{'0' * 40}", "commitOid": "0" * 40, "success": True}


class Handler(BaseHTTPRequestHandler):
    hub: Hub

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.headers.get("Transfer-Encoding") == "chunked":
            body = b"".join(self._chunks())
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        if token not in READERS | WRITERS:
            return self._answer(401, {"error": "Invalid credentials in Authorization header"})
        if token in READERS:
            return self._answer(403, {"error": "This token has no right to write"})
        return self._answer(*self._posted(body))

    def _posted(self, body: bytes) -> tuple[int, Any]:
        if self.path == "/api/repos/create":
            return self.hub.create(json.loads(body))
        if self.path == "/api/validate-yaml":
            return 200, {"errors": [], "warnings": []}
        if re.fullmatch(r"/api/\w+/[\w-]+/[\w-]+/preupload/main", self.path):
            files = json.loads(body)["files"]
            return 200, {"files": [{"path": file["path"], "uploadMode": "regular", "shouldIgnore": False, "oid": None} for file in files]}
        if found := re.fullmatch(r"/api/(\w+/[\w-]+/[\w-]+)/commit/main", self.path):
            return self.hub.commit(found[1], body.splitlines())
        return 404, {"error": self.path}

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        if found := re.fullmatch(r"/([\w-]+/[\w-]+)/resolve/\w+/([^?]+)", self.path):
            return self._file(self.hub.repos.get(f"models/{found[1]}", {}).get(found[2]))
        found = re.match(r"/api/(\w+/[\w-]+/[\w-]+)(/revision/\w+|/tree/\w+)?", self.path)
        if not found or found[1] not in self.hub.repos:
            return self._answer(404, {"error": "Repository not found"}, {"X-Error-Code": "RepoNotFound"})
        files = self.hub.repos[found[1]]
        if (found[2] or "").startswith("/tree/"):
            return self._answer(200, [{"type": "file", "path": name, "size": len(body), "oid": "0" * 40} for name, body in files.items()])
        return self._answer(200, {"id": found[1], "sha": "0" * 40, "siblings": [{"rfilename": name} for name in files]})

    def _chunks(self) -> Iterator[bytes]:
        while size := int(self.rfile.readline(), 16):
            yield self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()

    def _file(self, body: bytes | None) -> None:
        if body is None:
            return self._answer(404, {"error": "Entry not found"}, {"X-Error-Code": "EntryNotFound"})
        return self._send(200, body, {"ETag": f'"{hashlib.sha1(body).hexdigest()}"', "X-Repo-Commit": "0" * 40})

    def _answer(self, status: int, said: Any, headers: dict[str, str] | None = None) -> None:
        self._send(status, json.dumps(said).encode(), {"Content-Type": "application/json", **(headers or {})})

    def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def running() -> Iterator[Hub]:
    hub = Hub()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"hub": hub}))
    hub.url = f"http://127.0.0.1:{server.server_port}"
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()

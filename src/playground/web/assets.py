"""Files that never change under their address: compressed once, kept in memory, cached by the browser for ever."""

import asyncio
import gzip
import hashlib
import mimetypes
import os
import re
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import brotli
from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from playground.web.answers import IMMUTABLE, encoding

FOLDER = Path(__file__).parent / "static"
PLOTLY = "plotly.min.js"
PACKED = {"br": lambda raw: brotli.compress(raw, quality=9), "gzip": lambda raw: gzip.compress(raw, 9, mtime=0), "": bytes}
TEXTUAL = re.compile(r"^(text/.*|application/(json|javascript|wasm)|image/svg\+xml)$")
GRADIO_ASSET = re.compile(r"^(?:/[a-z]{2})?/assets/([\w.-]+\.(?:js|css))$")


def package_file(package: str, *parts: str) -> Path:
    """A file inside an installed package, without importing it."""
    spec = find_spec(package)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent.joinpath(*parts)


@cache
def files() -> Mapping[str, Path]:
    """What is served under /static, by name: nothing else can be asked for."""
    ours = {str(path.relative_to(FOLDER)): path for path in sorted(FOLDER.rglob("*")) if path.is_file()}
    return ours | {PLOTLY: plotly()}


@cache
def version() -> str:
    """Hash of the files' names and bytes, which stands in their address."""
    digests = [hashlib.sha256(name.encode() + b"\0" + path.read_bytes()).digest() for name, path in files().items()]
    return hashlib.sha256(b"".join(digests)).hexdigest()[:12]


def url(path: str) -> str:
    """The path of a file of the static folder, or of plotly.min.js."""
    return f"/static/{version()}/{path}"


class Shelf:
    """Compressed files in memory. Compression runs in niced threads, once a file however many ask."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(2, "compress", initializer=_niced)
        self._bodies: dict[tuple[Path, str], asyncio.Future[bytes]] = {}

    async def answer(self, path: Path, request: Request, cache_control: str = IMMUTABLE) -> Response:
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        coding = encoding(request, "br", "gzip") if TEXTUAL.match(kind) else ""
        headers = {"Cache-Control": cache_control, "Vary": "Accept-Encoding"} | ({"Content-Encoding": coding} if coding else {})
        return Response(await self.body(path, coding), media_type=kind, headers=headers)

    async def body(self, path: Path, coding: str) -> bytes:
        if (path, coding) not in self._bodies:
            pack = PACKED[coding]
            self._bodies[path, coding] = asyncio.get_running_loop().run_in_executor(self._threads, lambda: pack(path.read_bytes()))
        return await asyncio.shield(self._bodies[path, coding])

    async def fill(self, paths: list[Path]) -> None:
        """Compress ahead of the first visitor, one file at a time."""
        for path in paths:
            await self.body(path, "br")

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)


def shipped() -> list[Path]:
    """What a page of ours loads: our files, smallest first, then Gradio's, less the giants that no page here asks for."""
    gradio = package_file("gradio", "templates", "frontend", "assets").iterdir()
    packable = [[p for p in paths if p.suffix in {".js", ".css", ".svg"}] for paths in (files().values(), gradio)]
    ours, theirs = (sorted(paths, key=lambda p: p.stat().st_size) for paths in packable)
    return [*ours, *(path for path in theirs if path.stat().st_size < 300_000)]


def plotly() -> Path:
    return package_file("plotly", "package_data", PLOTLY)


def router(shelf: Shelf) -> APIRouter:
    routes = APIRouter()

    @routes.api_route("/static/{asked}/{name:path}", methods=["GET", "HEAD"])
    async def static(asked: str, name: str, request: Request) -> Response:
        if name not in files():
            raise HTTPException(404)
        return await shelf.answer(files()[name], request, IMMUTABLE if asked == version() else "no-cache")

    @routes.api_route("/favicon.ico", methods=["GET", "HEAD"])
    @routes.api_route("/favicon.svg", methods=["GET", "HEAD"])
    async def favicon(request: Request) -> Response:
        return await shelf.answer(FOLDER / "favicon.svg", request, "public, max-age=86400")

    return routes


class GradioAssets:
    """Gradio's own scripts and styles, whose names hold their hash, from the shelf instead of compressed on every request."""

    def __init__(self, app: ASGIApp, shelf: Shelf):
        self.app, self.shelf = app, shelf
        self.folder = package_file("gradio", "templates", "frontend", "assets")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        match = GRADIO_ASSET.match(scope["path"]) if scope["type"] == "http" and scope["method"] in {"GET", "HEAD"} else None
        path = self.folder / match[1] if match else None
        if path and path.is_file():
            await (await self.shelf.answer(path, Request(scope)))(scope, receive, send)
        else:
            await self.app(scope, receive, send)


def _niced() -> None:
    os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)

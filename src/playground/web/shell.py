"""The shell of a page: what must stand in the HTML itself, before Gradio's script has run.

Gradio adds its `head` and `css` by script, late, and speaks of itself in the page's description. Here the language, the
title, the style sheet and the first modules go into the document, so that nothing flashes and the browser fetches them
side by side with Gradio's own files.
"""

import gzip
import re
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from starlette.datastructures import Headers, MutableHeaders

from playground.web.headers import page as policy
from playground.web.markup import escape
from playground.web.paths import ROOT

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
# <base> makes plotly name its clip paths by the page's address, which the player changes; "./" is the default anyway
DROPPED = re.compile(
    r'<base href="\./" />\s*|<meta\s+(?:property="og:|name="twitter:)[^>]*>\s*|<link rel="manifest"[^>]*>\s*|<title>[^<]*</title>\s*'
)
ICON = Path(__file__).with_name("static") / "favicon.svg"  # in the page itself: browsers ask again at every change of the address
ROOTED = re.compile(r'const root = ("[^"]*");')  # where Gradio takes its own site to be, from the Host header
ENTRY = re.compile(r'<script type="module" crossorigin src="([^"]+)"></script>')  # page.js starts it, after the first picture


@dataclass(frozen=True)
class Page:
    """What the HTML of one page says of itself, the modules it needs first, and what it shows until Gradio takes its place."""

    lang: str
    title: str
    description: str
    modules: tuple[str, ...]
    first_sight: str = ""


class Shell:
    """ASGI middleware over the sites' HTML pages, by path; everything else passes. `base` is where the static files are."""

    def __init__(self, app: Any, base: str, pages: Mapping[str, Page]):
        self.app, self.base, self.pages = app, base, pages

    async def __call__(self, scope: Message, receive: Callable[[], Awaitable[Message]], send: Send) -> None:
        asked = scope["type"] == "http" and scope["method"] in ("GET", "HEAD")
        page = self.pages.get(scope["path"].rstrip("/")) if asked else None
        if not page:
            await self.app(scope, receive, send)
            return
        start: Message = {}
        body = bytearray()

        async def gather(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
                return
            body.extend(message.get("body", b""))
            if not message.get("more_body"):
                await self._finish(page, start, bytes(body), scope, send)

        await self.app({**scope, "method": "GET"}, receive, gather)

    async def _finish(self, page: Page, start: Message, body: bytes, scope: Message, send: Send) -> None:
        headers = MutableHeaders(scope=start)
        if start["status"] == 200 and headers.get("content-type", "").startswith("text/html"):
            text = self._filled(page, body.decode())
            body = text.encode()
            headers["content-security-policy"] = policy(text)
            if "gzip" in Headers(scope=scope).get("accept-encoding", ""):
                body = gzip.compress(body, 6)
                headers["content-encoding"] = "gzip"
            headers.update({"vary": "accept-encoding", "cache-control": "no-cache", "content-length": str(len(body))})
        await send(start)
        await send({"type": "http.response.body", "body": body})

    def _filled(self, page: Page, text: str) -> str:
        head = "".join(
            (
                f"<title>{escape(page.title)}</title>",
                *(f'<meta {kind}="{name}" content="{escape(words)}">' for kind, name, words in _meta(page)),
                f'<link rel="icon" href="data:image/svg+xml,{quote(ICON.read_text())}">',
                f'<link rel="stylesheet" href="{self.base}/site.css">',
                *(f'<link rel="modulepreload" href="{self.base}/{name}.js">' for name in page.modules),
            )
        )
        root = ROOTED.search(text)
        assert root, "Gradio's page says nowhere what its root is"
        text = text.replace(root[0], 'const root = ".";').replace(f'"root":{root[1]}', '"root":"."')  # as relative as all else
        text = re.sub(r'(<html[^>]*?\slang=)"[^"]*"', rf'\1"{page.lang}" data-root="{ROOT}"', DROPPED.sub("", text), count=1)
        theme = f'<script src="{self.base}/theme.js"></script>'
        if not page.first_sight:
            return text.replace("</head>", f"{head}</head>", 1).replace("<gradio-app", f"{theme}<gradio-app", 1)
        gradio = ENTRY.search(text)
        assert gradio, "Gradio's page has no entry script"
        text = ENTRY.sub(f'{head}<link rel="modulepreload" href="{gradio[1]}">', text, count=1)
        sight = f'<div class="gradio-container shell" data-gradio="{gradio[1]}">{page.first_sight}</div>'
        start = f'<script type="module" src="{self.base}/page.js"></script>'
        return text.replace("<gradio-app", f"{theme}{sight}{start}<gradio-app", 1)


def _meta(page: Page) -> tuple[tuple[str, str, str], ...]:
    return (
        ("name", "description", page.description),
        ("property", "og:title", page.title),
        ("property", "og:description", page.description),
    )

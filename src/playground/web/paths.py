"""One address for each page, and what programs ask for at the root.

A page's own links are relative (`..` is the site's root), so it has to be asked for at its one address: /en/, /en/gan. Whoever asks
with other slashes is led there. Gradio's own redirect forgets language, query and prefix.
"""

import re
from urllib.parse import quote

from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from playground.web.answers import NO_STORE, below
from playground.words import LANGUAGES

ROOT = ".."  # the site's root, as every page sees it
FILES = ("static", "assets", "gradio_api")  # what follows is a name, slashes included
API = re.compile(r"/config/?|/gradio_api/.*", re.S)  # what gradio_client asks for below the address that it is given


class Paths:
    """ASGI middleware: leads to the page's one address. The root's API is the English site's, so that `Client(host)` works."""

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"] if scope["type"] == "http" else ""
        if API.fullmatch(path):
            scope = {**scope, "path": f"/{LANGUAGES[0]}{path.rstrip('/')}"}
        elif path and scope["method"] in ("GET", "HEAD") and (own := _own(path)) != path:
            query = scope["query_string"].decode("latin-1")
            address = below(scope, quote(own, safe="/~@:+,;=!$&'()*")) + f"?{query}" * bool(query)
            await RedirectResponse(address, 308, NO_STORE)(scope, receive, send)
            return
        await self.app(scope, receive, send)


def _own(path: str) -> str:
    """The path with no slash too many or too few. It never begins with two, which would be another host."""
    parts = [part for part in path.split("/") if part]
    if any(part in FILES for part in parts[:2]):
        return path
    return "/" + "/".join(parts) + "/" * (len(parts) == 1 and parts[0] in LANGUAGES)

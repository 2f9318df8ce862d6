"""Where the site is, as its visitors see it: perhaps below a prefix, at another host, through TLS that a proxy takes off.

A proxy says so in headers, and anybody can write a header. They count from the addresses that the host named, and from nobody else;
nothing behind this file ever sees one. A host may also say the prefix itself, once and for all (PLAYGROUND_ROOT_PATH).
"""

import ipaddress
import re
from urllib.parse import unquote

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from playground.settings import PATH, Settings
from playground.web.answers import HOST, PREFIX

FORWARDED = re.compile(rb"forwarded|x-forwarded-.*|x-gradio-server")  # Gradio would believe any of the last two


class Proxies:
    """ASGI middleware around all others: settles prefix, scheme and host, so that the rest sees a site of its own at /."""

    def __init__(self, app: ASGIApp, settings: Settings):
        self.app, self.settings = app, settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def unsaid(message: Message) -> None:
            """An answer may name where it was asked for: unless it says how long it may be kept, nobody keeps it for others."""
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).setdefault("Cache-Control", "no-cache")
            await send(message)

        await self.app(self._settled(scope), receive, unsaid)

    def _settled(self, scope: Scope) -> Scope:
        told = self._told(scope)
        headers = [(name, value) for name, value in scope["headers"] if not FORWARDED.fullmatch(name)]
        if host := told.get("host", ""):
            headers = [(b"host", host.encode()), *((name, value) for name, value in headers if name != b"host")]
        known = (
            self.settings.space_host and Headers(raw=headers).get("host") == self.settings.space_host
        )  # Spaces are served by https alone
        scheme = told.get("proto", "https" if known else scope["scheme"])
        prefix = told.get("prefix", self.settings.root_path)
        path = scope["path"] if "prefix" in told else _without(self.settings.root_path, scope["path"])
        return {**scope, "headers": headers, "scheme": scheme, "path": path, PREFIX: prefix}

    def _told(self, scope: Scope) -> dict[str, str]:
        """What a proxy that the host named says of the visitor's address. Of several values the last is the one it wrote itself."""
        if not self._trusted((scope.get("client") or ("",))[0]):
            return {}
        headers = Headers(scope=scope)
        forms = {"host": HOST, "proto": re.compile("https?"), "prefix": PATH}
        last = {name: ",".join(headers.getlist(f"x-forwarded-{name}")).rpartition(",")[2].strip().rstrip("/") for name in forms}
        return {name: value for name, value in last.items() if forms[name].fullmatch(value)}

    def _trusted(self, peer: str) -> bool:
        try:
            address = ipaddress.ip_address(peer)
        except ValueError:  # a socket that has no address
            return False
        mapped = getattr(address, "ipv4_mapped", None) or address  # as a server on :: sees IPv4
        return any(mapped in network for network in self.settings.proxy_networks)


class Below:
    """The innermost middleware: tells Starlette and Gradio of the prefix by the rules of ASGI, whose `path` begins with `root_path`."""

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if prefix := unquote(scope.get(PREFIX, "")):
            scope = {**scope, "root_path": prefix, "path": prefix + scope["path"]}
        await self.app(scope, receive, send)


def _without(prefix: str, path: str) -> str:
    """The path below the prefix, whether or not the proxy has taken it off."""
    rest = path.removeprefix(unquote(prefix))
    return (rest or "/") if rest != path and rest[:1] in ("", "/") else path

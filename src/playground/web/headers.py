"""The headers of every answer, which say what a browser may do with it. Each kind of answer has the tightest policy that it lives with."""

import base64
import hashlib
import re

from starlette.datastructures import MutableHeaders

ANYWHERE = "frame-ancestors *"  # Spaces and course pages show the site in a frame
NOTHING = f"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; {ANYWHERE}"  # data, pictures, sentences
SCRIPT = f"default-src 'none'; script-src 'self'; connect-src 'self'; {ANYWHERE}"  # matters where the script is a worker
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), display-capture=(), payment=(), usb=(), midi=()",
}
INLINE = re.compile(r"<script(?![^>]*\s(?:src=|type=\"application/json\"))[^>]*>(.*?)</script>", re.S)


def complete(headers: MutableHeaders) -> None:
    """Add what is not there yet."""
    script = "javascript" in headers.get("content-type", "")
    for name, value in (ALWAYS | {"Content-Security-Policy": SCRIPT if script else NOTHING}).items():
        headers.setdefault(name, value)


def page(html: str) -> str:
    """The policy of a page: scripts of this server, and the inline ones that stand in this very text, by their hashes.

    'unsafe-eval' stays, since Gradio makes functions of texts (gr.HTML's js_on_load and templates). Svelte writes inline styles.
    """
    hashes = sorted({base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in INLINE.findall(html)})
    scripts = " ".join(f"'sha256-{each}'" for each in hashes)
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' 'unsafe-eval' {scripts}",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self' data: blob:",
            "worker-src 'self' blob:",
            "frame-src 'none'",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'none'",
            ANYWHERE,
        )
    )

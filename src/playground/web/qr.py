"""GET /qr?text=…: a text as a QR code, drawn here, so that a link reaches thirty phones without leaving the house."""

from functools import lru_cache
from io import BytesIO, StringIO

import segno
from fastapi import APIRouter
from starlette.responses import Response

from playground.params import Flaw
from playground.web.answers import IMMUTABLE, refusal

MOST_BYTES = 2953  # version 40 at the lowest error correction
QUIET_ZONE = 4  # modules, as ISO/IEC 18004 asks for


def router() -> APIRouter:
    routes = APIRouter()

    @routes.get("/qr")
    def qr(text: str = "") -> Response:  # not async: a large code takes 0.2 s
        if not text:
            return refusal(422, Flaw("", "qr_empty"))
        try:
            return Response(svg(text), media_type="image/svg+xml", headers={"Cache-Control": IMMUTABLE})
        except segno.DataOverflowError:
            return refusal(422, Flaw("", "qr_too_long", {"limit": MOST_BYTES}))

    return routes


@lru_cache(256)
def svg(text: str) -> bytes:
    """Dark on white whatever the page's theme, since phones read nothing else. Raises segno.DataOverflowError."""
    if len(text.encode()) > MOST_BYTES:
        raise segno.DataOverflowError(f"more than {MOST_BYTES} bytes")
    picture = BytesIO()
    segno.make_qr(text, error="l").save(
        picture, kind="svg", border=QUIET_ZONE, light="#fff", omitsize=True, xmldecl=False, svgclass=None, lineclass=None
    )
    return picture.getvalue()


def terminal(text: str) -> str:
    """For a terminal, two rows of modules a line, light ones inked, so white on black. Phones accept two modules of quiet zone."""
    picture = StringIO()
    segno.make_qr(text, error="l").terminal(picture, border=2, compact=True)
    return picture.getvalue()

"""QR codes, read back by another library from the very SVG that is served."""

import re

import pytest
import zxingcpp
from fastapi import FastAPI
from PIL import Image, ImageDraw
from starlette.testclient import TestClient

from playground.web import qr

LINK = "http://192.168.1.20:7860/zh/diffusion?seed=7&data=drawn&points=%7EeJwz0jE00jEy1DEy0TEyBgAYcQMG&at=67&fp=42db523e.a19454.0.1188"


@pytest.fixture(scope="module")
def client() -> TestClient:
    app = FastAPI()
    app.include_router(qr.router())
    return TestClient(app)


def raster(svg: str, scale: int = 4) -> Image.Image:
    """The SVG's horizontal strokes, one module high, as pixels."""
    found = re.fullmatch(r'<svg [^>]*viewBox="0 0 (\d+) \1"><path fill="#fff" d="[^"]*"/><path stroke="#000" d="([^"]*)"/></svg>\s*', svg)
    assert found
    image = Image.new("L", (int(found[1]) * scale,) * 2, 255)
    pen = ImageDraw.Draw(image)
    x = y = 0.0
    for command, arguments in re.findall(r"([Mmh])([-\d. ]+)", found[2]):
        dx, dy = [*map(float, arguments.split()), 0.0][:2]
        x, y = (dx, dy) if command == "M" else (x, y + dy) if command == "h" else (x + dx, y + dy)
        if command == "h":
            pen.rectangle((x * scale, (y - 0.5) * scale, (x + dx) * scale - 1, (y + 0.5) * scale - 1), 0)
            x += dx
    return image


def errors(client: TestClient, text: str) -> list[str]:
    answer = client.get("/qr", params={"text": text})
    assert answer.status_code == 422
    assert "<" not in answer.text
    assert all(error["en"] != error["zh"] for error in answer.json()["errors"])
    return [error["code"] for error in answer.json()["errors"]]


@pytest.mark.parametrize("text", [LINK, "x", "<script>alert(1)</script>\"&'", "二维码", LINK + "a" * 2000])
def test_a_phone_reads_the_text(client: TestClient, text: str) -> None:
    answer = client.get("/qr", params={"text": text})
    assert answer.headers["content-type"] == "image/svg+xml"
    assert "immutable" in answer.headers["cache-control"]
    code = zxingcpp.read_barcode(raster(answer.text))
    assert code is not None
    assert code.text == text
    assert "script" not in answer.text


def test_four_modules_of_white_around_it(client: TestClient) -> None:
    image = raster(client.get("/qr", params={"text": LINK}).text, scale=1)
    left, top, right, bottom = image.point(lambda value: 255 - value).getbbox() or (0, 0, 0, 0)
    assert (left, top, image.width - right, image.height - bottom) == (4, 4, 4, 4)


def test_what_does_not_fit_is_refused_with_a_sentence(client: TestClient) -> None:
    assert client.get("/qr", params={"text": "a" * qr.MOST_BYTES}).status_code == 200
    assert errors(client, "a" * (qr.MOST_BYTES + 1)) == ["qr_too_long"]
    assert errors(client, "汉" * 985) == ["qr_too_long"]
    assert errors(client, "") == ["qr_empty"]
    assert client.get("/qr").status_code == 422

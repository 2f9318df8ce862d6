"""A latent space that is walked in the browser, on a page of the laboratory: equal to torch, silent towards the server, by every hand."""

import base64
import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlparse

import numpy as np
import pytest
import torch
from PIL import Image
from playwright.sync_api import Page, Request, expect

from playground.concept import load
from playground.words import words
from tests import lab
from tests.browser.studio import studio
from tests.browser.test_accessibility import findings
from tests.browser.test_concept_page import picture, ready
from tests.browser.test_share import difference, taken

Visit = Callable[..., Page]
HAND = {"width": 390, "height": 844, "has_touch": True, "is_mobile": True}
STILL = {"reduced_motion": "reduce"}


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The laboratory's pages."""
    with studio(tmp_path_factory.mktemp("store")) as served:
        yield served


QUIET = """() => {
    const names = performance.getEntriesByType('resource').map(({ name }) => name);
    const [count, since] = window.quiet ?? [0, 0];
    if (names.length !== count) window.quiet = [names.length, performance.now()];
    return names.some((name) => name.endsWith('/share.js')) && names.length === count && performance.now() - since > 1500;
}"""  # what can wait has come, too, and nothing more comes


def walking(page: Page) -> Page:
    ready(page)
    expect(page.locator(".walk")).to_be_visible()
    page.wait_for_function(QUIET, timeout=120_000)
    return page


def kept(page: Page, **parts: str) -> None:
    """Wait until the link keeps these parts of the view."""

    def has(url: str) -> bool:
        view = parse_qs(urlparse(url).query).get("view", [""])[0]
        return all(f"{name}:{value}" in view.split(";") for name, value in parts.items())

    page.wait_for_url(has)


def tab(page: Page, mode: str, lang: str = "en") -> None:
    page.locator(".walk-tabs label", has_text=words(lang)["walker"][mode]).click()


DRAWN = "one => [...one.getContext('2d').getImageData(0, 0, one.width, one.height).data]"


def drawn(page: Page) -> list[int]:
    """The decoded picture as it stands on the page."""
    return page.locator(".walk-out canvas").first.evaluate(DRAWN)


def middle(page: Page) -> tuple[float, float, float]:
    """The middle of the map in the window, and how many pixels its unit is."""
    box = page.locator("#stage .picture canvas").first.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, box["height"] / (2 * 1.03 * 3)


EVALUATE = """async ([query, codes, pictures]) => {
    const base = document.querySelector('#stage').dataset.static;
    const [{ Model }, { FrameReader, lines }] = await Promise.all(['/walker-model.js', '/wire.js'].map((name) => import(base + name)));
    const { scene } = await (await fetch(`/plan/stroll?${query}`)).json();
    const reader = new FrameReader();
    let frame;
    for await (const line of lines((await fetch(`/runs/stroll?${query}`)).body)) if (line.step !== undefined) frame = reader.read(line);
    const model = new Model(scene.walker, frame);
    const encoded = pictures.map((x) => model.encode(x)).map(({ mu, sigma, codes }) => [[...mu], sigma && [...sigma], codes && [...codes]]);
    return [codes.map((z) => [...model.decode(z)]), encoded];
}"""


@pytest.mark.parametrize(
    "params", [{}, {"model": "ae", "latent": 5}, {"data": "colour", "latent": 8}, {"data": "plane"}, {"model": "vq"}], ids=str
)
def test_the_browser_computes_what_torch_computes(visit: Visit, params: dict[str, Any]) -> None:
    """On the same weights in half precision: pictures within 1/255, μ and σ to five digits."""
    page = visit("/en/stroll", **STILL)
    with lab.installed(lab.STUDIO):
        concept = load("stroll")
        own: Any = concept.params(**params)
        *_, frame = concept.run(own)
        from playground.concepts.stroll.model import forward  # pyright: ignore[reportMissingImports]
    g = torch.Generator().manual_seed(1)
    codes = 2 * torch.randn(20, own.numbers, generator=g)
    items = torch.tensor(np.array(frame.arrays["items"], dtype="f4")).flatten(1) / (1 if own.data == "plane" else 255)
    query = "&".join(f"{name}={value}" for name, value in params.items())
    pictures, encoded = page.evaluate(EVALUATE, [query, codes.tolist(), items[:5].tolist()])
    out = forward(frame.arrays["decoder"], own.decoder, codes)
    truth = out if own.data == "plane" else out.sigmoid()
    assert float((torch.tensor(pictures) - truth).abs().max()) < (1e-4 if own.data == "plane" else 0.2 / 255)
    values = forward(frame.arrays["encoder"], own.encoder, items[:5])
    for i, ((mu, sigma, found), row) in enumerate(zip(encoded, values, strict=True)):
        if found is not None:
            assert found == frame.arrays["codes"][i].tolist()
        else:
            assert mu == pytest.approx(row[: own.latent].tolist(), abs=1e-4)
        if sigma is not None:
            assert sigma == pytest.approx((row[own.latent :].clamp(max=10) / 2).exp().tolist(), rel=1e-4)


def test_a_hundred_moves_ask_the_server_nothing(visit: Visit) -> None:
    page = walking(visit("/en/stroll", **STILL))
    x, y, unit = middle(page)
    asked: list[Request] = []
    page.on("request", lambda request: asked.append(request))
    before = drawn(page)
    page.mouse.move(x, y)
    page.mouse.down()
    for i in range(100):
        page.mouse.move(x + unit * 2 * np.sin(i / 9), y + unit * 2 * np.cos(i / 7))
    page.mouse.move(x + unit, y - 1.5 * unit)
    page.mouse.up()
    kept(page, z="1,1.5")
    assert drawn(page) != before
    expect(page.locator(".walk-out figcaption").first).to_contain_text("(1.00, 1.50)")
    for mode in ("sample", "path", "sum", "encode"):
        tab(page, mode)
        kept_mode = page.locator(".walk")
        expect(kept_mode).to_have_attribute("data-mode", mode)
    page.locator(".walk-pad").first.click()
    assert asked == []


def test_keys_walk_and_the_link_keeps_the_place(visit: Visit) -> None:
    page = walking(visit("/en/stroll?view=z:0.5,-1", **STILL))
    page.locator("#stage").focus()
    expect(page.locator("#stage")).to_have_attribute("aria-label", re.compile("Arrow keys move the point"))
    for key in ("ArrowRight", "ArrowRight", "ArrowUp", "ArrowLeft"):
        page.keyboard.press(key)
    kept(page, z="0.6,-0.9")
    page.keyboard.down("ArrowUp")
    page.wait_for_function("() => /, [1-3]\\.\\d\\d\\)/.test(document.querySelector('.walk-out figcaption').textContent)")
    page.keyboard.up("ArrowUp")
    page.keyboard.press("Home")
    expect(page.locator(".walk")).to_be_hidden()
    expect(page.locator("#stage")).to_have_attribute("aria-label", re.compile("Space plays"))


def test_paths_and_sums_are_kept_and_drawn(visit: Visit) -> None:
    page = walking(visit("/en/stroll?view=w:path,sphere,3,5,0.25", **STILL))
    first = drawn(page)
    expect(page.locator(".walk-segments input[value=sphere]")).to_be_checked()
    page.locator(".walk:visible input[type=range]:visible").first.fill("0.75")
    kept(page, w="path,sphere,3,5,0.75")
    assert drawn(page) != first
    page.locator(".walk-place:visible").nth(1).click()
    page.locator(".walk-strip:visible button").nth(7).click()
    kept(page, w="path,sphere,3,7,0.75")
    page.locator(".walk-strip:visible [aria-selected=true]").press("ArrowRight")
    kept(page, w="path,sphere,3,8,0.75")
    tab(page, "sum")
    kept(page, w="sum,3,8,2")


def test_other_axes_bring_another_map(visit: Visit) -> None:
    page = walking(visit("/en/stroll?latent=5&model=ae", **STILL))
    map_ = "() => document.querySelector('#stage .picture canvas').toDataURL()"
    before = page.evaluate(map_)
    expect(page.locator(".walk-rest input")).to_have_count(3)
    picture = drawn(page)
    page.locator(".walk-rest input").nth(1).fill("1.5")
    kept(page, z="0,0,0,1.5")
    assert drawn(page) != picture
    page.wait_for_function(f"(before) => ({map_})() !== before", arg=before)
    page.locator(".walk-axes select").nth(1).select_option("3")
    kept(page, x="p,3,1", z="0,0,0,1.5")
    page.locator(".walk-axes select").first.select_option("d")
    kept(page, x="d,0,1")


def test_what_is_drawn_never_leaves_the_page(visit: Visit) -> None:
    page = walking(visit("/en/stroll?view=w:encode,2,0", **STILL))
    asked: list[Request] = []
    page.on("request", lambda request: asked.append(request))
    before = drawn(page)
    pad = page.locator("canvas.walk-pad").first
    box = pad.bounding_box()
    assert box is not None
    page.get_by_role("button", name=words("en")["walker"]["clear"]).click()
    page.mouse.move(box["x"] + 40, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 60, box["y"] + 110, steps=5)
    page.mouse.up()
    by_mouse = drawn(page)
    assert by_mouse != before
    pad.focus()
    for key in ("ArrowRight", "ArrowDown", " ", "ArrowDown", " "):
        page.keyboard.press(key)
    by_keys = drawn(page)
    assert by_keys != by_mouse
    page.get_by_role("button", name=words("en")["walker"]["eps"]).click()
    expect(page.locator(".walk-formula p").first).to_contain_text("z1 = μ + σ ε")
    assert drawn(page) != by_keys
    page.locator("input[type=file]").set_input_files({"name": "no.png", "mimeType": "image/png", "buffer": b"no picture"})
    expect(page.locator(".walk-note:visible")).to_have_text(words("en")["walker"]["photo_bad"])
    assert asked == []
    assert not re.search("encode,.*(px|data)", page.url)


def test_a_point_of_the_plane_is_moved_by_keys(visit: Visit) -> None:
    page = walking(visit("/en/stroll?data=plane&view=w:encode,2,0", **STILL))
    told = page.locator(".walk-out figcaption").first
    spot = page.get_by_role("img", name=words("en")["walker"]["spot_keys"])
    before, place = spot.evaluate("one => one.toDataURL()"), told.inner_text()
    spot.focus()
    for _ in range(15):
        page.keyboard.press("ArrowRight")
    expect(told).not_to_have_text(place)  # what an untrained decoder makes of it may lie beyond the picture
    assert spot.evaluate("one => one.toDataURL()") != before
    for mode in ("path", "sum"):
        tab(page, mode)
        expect(page.locator(".walk-place:visible canvas").first).to_have_attribute("width", "80")


def test_what_was_drawn_over_is_there_again(visit: Visit) -> None:
    page = walking(visit("/en/stroll?view=w:encode,2,0", **STILL))
    before = drawn(page)
    page.get_by_role("button", name=words("en")["walker"]["clear"]).click()
    assert drawn(page) != before
    options = page.locator(".walk-strip:visible [role=option]")
    assert options.and_(page.locator("[tabindex='0']")).count() == 1, "the keyboard finds the pictures though none is chosen"
    options.nth(2).click()
    assert drawn(page) == before


@pytest.mark.parametrize("query", ["view=w:path,line,3,5,0.25", "latent=5&view=w:encode,2,3;x:p,2,1", "model=vq&view=w:codes,1,4,4.3"])
def test_files_show_the_walk(visit: Visit, tmp_path: Path, query: str) -> None:
    page = walking(visit(f"/en/stroll?{query}", **STILL))
    page.wait_for_timeout(1500)  # a floor on other axes comes when the hand rests
    canvas = page.locator("#stage .picture canvas").first
    seen = Image.open(io.BytesIO(canvas.screenshot())).convert("RGB")
    bare = Image.open(io.BytesIO(base64.b64decode(picture(page).partition(",")[2]))).convert("RGB")
    page.locator("header.site .share").click()
    png = Image.open(taken(page, "png", tmp_path)).convert("RGB")
    png = png.resize(seen.size, box=(0, 0, png.width, 2 * seen.height))
    assert difference(png, seen) < 0.3 * difference(bare.resize(seen.size), seen)
    gif = Image.open(taken(page, "gif", tmp_path))
    gif.seek(gif.n_frames - 1)
    film = gif.convert("RGB").crop((0, 0, 640, round(640 * seen.height / seen.width))).resize(seen.size)
    assert difference(film, seen) < difference(film, bare.resize(seen.size))


def test_a_photograph_becomes_an_input(visit: Visit) -> None:
    page = walking(visit("/en/stroll?view=w:encode,2,0", **STILL))
    before = drawn(page)
    photo = page.evaluate("""() => {
        const canvas = Object.assign(document.createElement('canvas'), { width: 640, height: 480 });
        const pen = canvas.getContext('2d');
        pen.fillStyle = '#ddd'; pen.fillRect(0, 0, 640, 480);
        pen.fillStyle = '#222'; pen.fillRect(300, 100, 50, 280);
        return canvas.toDataURL('image/png').split(',')[1];
    }""")
    page.locator("input[type=file]").set_input_files({"name": "one.png", "mimeType": "image/png", "buffer": base64.b64decode(photo)})
    pixels = "[...document.querySelector('.walk-out canvas').getContext('2d').getImageData(0, 0, 28, 28).data]"
    page.wait_for_function(f"(before) => {pixels}.some((value, i) => value !== before[i])", arg=before)
    ink = page.locator("canvas.walk-pad").first.evaluate(
        "one => [0, 14].map((r) => [...one.getContext('2d').getImageData(14, r, 1, 1).data])"
    )
    assert ink[0] != ink[1]


def test_a_codebook_shows_its_grid(visit: Visit) -> None:
    page = walking(visit("/en/stroll?model=vq&view=w:codes,1,0", **STILL))
    expect(page.locator(".walk-tabs")).to_be_hidden()
    before = drawn(page)
    page.locator("#stage").focus()
    page.keyboard.press("ArrowDown")
    kept(page, w="codes,1,4")
    slider = page.locator(".walk-codes input")
    slider.fill("23" if slider.input_value() != "23" else "22")
    assert drawn(page) != before
    page.wait_for_url(re.compile(r"codes%2C1%2C4%2C4\.2[23]"))


SIZES = """() => [...document.querySelectorAll('.walk :is(button, label, select)')].filter((one) => one.checkVisibility()).map((one) => {
  const { width, height } = one.getBoundingClientRect();
  return [Math.min(width, height), one.innerText];
})"""


@pytest.mark.parametrize(("lang", "scheme"), [("en", "light"), ("zh", "dark")])
def test_by_finger(visit: Visit, lang: str, scheme: str) -> None:
    page = walking(visit(f"/{lang}/stroll", color_scheme=scheme, **STILL, **HAND))
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    before = drawn(page)
    x, y, unit = middle(page)
    page.touchscreen.tap(x + unit, y - unit)
    page.wait_for_function(
        f"(before) => ({DRAWN})(document.querySelector('.walk-out canvas')).some((one, i) => one !== before[i])", arg=before
    )
    for mode in ("move", "sample", "path", "sum", "encode"):
        tab(page, mode, lang)
        assert [small for small in page.evaluate(SIZES) if small[0] < 44] == [], mode
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        assert findings(page) == []


def test_two_models_are_walked_as_one(visit: Visit) -> None:
    page = walking(visit("/en/stroll?vs=model:ae", **STILL))
    expect(page.locator(".walk-out:visible")).to_have_count(2)
    both = "() => [...document.querySelectorAll('.walk-out canvas')].map((one) => one.toDataURL())"
    before = page.evaluate(both)
    assert before[0] != before[1]
    page.locator("#stage").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function(f"(before) => ({both})().every((one, i) => one !== before[i])", arg=before)

"""python -m tests.pictures: the README's pictures, taken from the running app into assets/images."""

import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.bench.page import QUIET, settle
from tests.bench.server import serving

FOLDER = Path(__file__).parents[1] / "assets" / "images"
SHOTS = {  # name: path, width, height, light or dark
    "diffusion-en": ("/en/diffusion?at=60", 1280, 1100, "light"),
    "digits-zh": ("/zh/diffusion?data=digits&at=49", 1280, 1100, "dark"),
    "phone-zh": ("/zh/diffusion?data=smiley&at=58", 390, 844, "light"),
    "attention-en": (
        "/en/attention?mode=look&model=minilm&text=The+animal+didn't+cross+the+street+because+it+was+too+tired."
        "&against=The+animal+didn't+cross+the+street+because+it+was+too+wide.",
        1280,
        1100,
        "light",
    ),
    "gridworld-en": ("/en/gridworld?at=110", 1280, 1100, "light"),
    "gan-en": ("/en/gan?at=30", 1280, 1100, "light"),
    "vae-zh": ("/zh/vae?at=999", 1280, 1100, "light"),
    "gallery-en": ("/en/", 1280, 1100, "light"),
}


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with serving() as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=QUIET.split())
        for name, (path, width, height, scheme) in SHOTS.items():
            page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme, reduced_motion="reduce")
            page.goto(server.url + path)
            if "?" in path:
                settle(page)
            page.wait_for_timeout(2500)
            page.screenshot(path=FOLDER / f"{name}.png")
            page.close()
        browser.close()


if __name__ == "__main__":
    main()

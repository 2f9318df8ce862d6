"""The shortest way through each page, in Firefox: open, run, scrub, share. Nothing may go wrong in its console or on its network."""

import shutil
from collections.abc import Iterator

import pytest

from playground.concept import slugs
from playground.words import LANGUAGES
from tests.browser.firefox import Window, firefox

PROGRAM = shutil.which("firefox-esr") or shutil.which("firefox")
COMPLETE = "!document.querySelector('.shell') && /All|到齐/.test(document.querySelector('.status')?.textContent ?? '')"
pytestmark = pytest.mark.skipif(PROGRAM is None, reason="There is no Firefox here: install firefox-esr to try the pages in it, too.")


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Window]:
    assert PROGRAM is not None
    with firefox(PROGRAM, tmp_path_factory.mktemp("profile")) as opened:
        yield opened


@pytest.mark.parametrize(("slug", "lang"), [(slug, LANGUAGES[i % 2]) for i, slug in enumerate(slugs())])
def test_open_run_scrub_share(window: Window, address: str, slug: str, lang: str) -> None:
    window.goto(f"{address}/{lang}/{slug}")
    window.until(COMPLETE)
    window.until("performance.getEntriesByName('share:ready').length > 0")
    window.click("#run button")
    window.until(COMPLETE)
    window.evaluate("document.querySelector('#scrub').focus()")
    window.press("End")
    at = window.evaluate("document.querySelector('#scrub').value")
    window.until(f"new URLSearchParams(location.search).get('at') === {at!r}")
    window.click("header.site .share")
    window.until("document.querySelector('dialog.share .code img')?.complete")
    assert "fp=" in window.evaluate("document.querySelector('dialog.share input').value")
    window.click("[data-file=png]")
    window.until("document.querySelector('dialog.share .handed img')?.naturalWidth > 0")
    window.press("Escape")
    window.until("!document.querySelector('dialog')")
    assert window.wrong(address) == []


def test_a_run_that_is_new(window: Window, address: str) -> None:
    window.goto(f"{address}/en/diffusion?steps=20&seed=70701")
    window.until(COMPLETE)
    link = "document.querySelector('dialog.share input').value"
    window.click("header.site .share")
    window.until("document.querySelector('dialog.share .code img')?.complete")
    window.goto(window.evaluate(link))
    window.until(COMPLETE)
    window.until("document.querySelector('.kept')?.textContent === 'Same as shared, to the last digit.'")
    assert window.wrong(address) == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_gallery(window: Window, address: str, lang: str) -> None:
    window.goto(f"{address}/{lang}")
    window.until("document.querySelectorAll('canvas[data-slug]').length > 0 && !document.querySelector('.shell')")
    assert window.wrong(address) == []

"""The shortest way through each page, in Firefox: open, run, scrub, share. Nothing may go wrong in its console or on its network."""

import shutil
from collections.abc import Iterator

import pytest

from playground.concept import slugs
from playground.words import LANGUAGES
from tests.browser.firefox import Firefox

PROGRAM = shutil.which("firefox-esr") or shutil.which("firefox")
COMPLETE = "!document.querySelector('.shell') && /All|到齐/.test(document.querySelector('.status')?.textContent ?? '')"
pytestmark = pytest.mark.skipif(PROGRAM is None, reason="There is no Firefox here: install firefox-esr to try the pages in it, too.")


@pytest.fixture(scope="module")
def firefox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    assert PROGRAM is not None
    started = Firefox(PROGRAM, tmp_path_factory.mktemp("profile"))
    yield started
    started.close()


@pytest.mark.parametrize(("slug", "lang"), [(slug, LANGUAGES[i % 2]) for i, slug in enumerate(slugs())])
def test_open_run_scrub_share(firefox: Firefox, address: str, slug: str, lang: str) -> None:
    firefox.goto(f"{address}/{lang}/{slug}")
    firefox.until(COMPLETE)
    firefox.until("performance.getEntriesByName('share:ready').length > 0")
    firefox.click("#run button")
    firefox.until(COMPLETE)
    firefox.evaluate("document.querySelector('#scrub').focus()")
    firefox.press("End")
    at = firefox.evaluate("document.querySelector('#scrub').value")
    firefox.until(f"new URLSearchParams(location.search).get('at') === {at!r}")
    firefox.click("header.site .share")
    firefox.until("document.querySelector('dialog.share .code img')?.complete")
    assert "fp=" in firefox.evaluate("document.querySelector('dialog.share input').value")
    firefox.click("[data-file=png]")
    firefox.until("document.querySelector('dialog.share .handed img')?.naturalWidth > 0")
    firefox.press("Escape")
    firefox.until("!document.querySelector('dialog')")
    assert firefox.wrong(address) == []


def test_a_run_that_is_new(firefox: Firefox, address: str) -> None:
    firefox.goto(f"{address}/en/diffusion?steps=20&seed=70701")
    firefox.until(COMPLETE)
    link = "document.querySelector('dialog.share input').value"
    firefox.click("header.site .share")
    firefox.until("document.querySelector('dialog.share .code img')?.complete")
    firefox.goto(firefox.evaluate(link))
    firefox.until(COMPLETE)
    firefox.until("document.querySelector('.kept')?.textContent === 'Same as shared, to the last digit.'")
    assert firefox.wrong(address) == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_gallery(firefox: Firefox, address: str, lang: str) -> None:
    firefox.goto(f"{address}/{lang}")
    firefox.until("document.querySelectorAll('canvas[data-slug]').length > 0 && !document.querySelector('.shell')")
    assert firefox.wrong(address) == []

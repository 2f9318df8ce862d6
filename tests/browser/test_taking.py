"""A run taken along as a notebook and as a script, from its page."""

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from playground.concept import load
from playground.notebook import Taken, notebook, script
from tests.browser.test_concept_page import ready
from tests.browser.test_share import RUN, frames, share
from tests.test_notebook import cells, last

Visit = Callable[..., Page]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_buttons_give_the_files_of_the_run_on_the_stage(visit: Visit, lang: str) -> None:
    page = ready(visit(RUN.replace("/en/", f"/{lang}/") + "&at=9"))
    concept, seen = load("diffusion"), last(frame["metrics"] for frame in frames(page))
    params = concept.params(data="moons", steps=21)
    run = Taken(concept, params, lang, f"{page.evaluate('location.origin')}/{lang}/diffusion?{params.to_query()}", seen)
    dialog = share(page)
    for kind, ending, made in (("notebook", "ipynb", notebook), ("script", "py", script)):
        with page.expect_download() as download:
            dialog.locator(f"[data-file={kind}]").click()
        assert download.value.suggested_filename == f"diffusion-seed7.{ending}"
        text = download.value.path().read_text("utf-8")
        assert text == made(run)
        expect(dialog.locator(f"[data-file={kind}]")).to_contain_text({"en": "Saved", "zh": "已保存"}[lang])
    held: dict[str, dict[str, float]] = {}
    exec(cells(notebook(run))[-1].partition("apart")[0], held)
    assert held["shown"] == seen
    assert json.loads(notebook(run))["metadata"]["title"] == dialog.page.locator("h1").inner_text()


def test_without_the_network_they_say_so(visit: Visit) -> None:
    page = ready(visit(RUN, allow="ERR_INTERNET_DISCONNECTED"))
    dialog = share(page)
    page.context.set_offline(True)
    for kind in ("notebook", "script"):
        dialog.locator(f"[data-file={kind}]").click()
        expect(dialog.locator(f"[data-file={kind}]")).to_contain_text("Made by the server, which can't be reached")
    page.context.set_offline(False)

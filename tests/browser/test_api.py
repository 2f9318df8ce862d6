"""The concepts through gradio_client, as a script would call them."""

import re
from typing import Literal, get_args

import httpx
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError

from playground.concept import load, slugs
from playground.lesson import load as load_lesson
from playground.runs.warm import smallest
from playground.words import LANGUAGES, words


def test_a_run_by_its_slug(address: str) -> None:
    answer = Client(f"{address}/en/", verbose=False).predict(data="ring", steps=10, api_name="/diffusion")
    concept = load("diffusion")
    frames = list(concept.run(concept.params(data="ring", steps=10)))
    assert set(answer["metrics"]) == {name for frame in frames for name in frame.metrics}, "of every chapter, as last measured"
    assert answer["metrics"]["sw2_floor"] == pytest.approx(frames[-1].metrics["sw2_floor"]), "the server's run ends with more steps"
    assert answer["url"].startswith("/runs/diffusion?")


def test_the_bare_address_is_the_english_site(address: str) -> None:
    """As `Client("owner/space")` asks; a browser is still led to its language."""
    root, english = Client(address, verbose=False), Client(f"{address}/en/", verbose=False)
    asked, told = (client.view_api(return_format="dict", print_info=False)["named_endpoints"] for client in (root, english))
    assert {slug: asked[f"/{slug}"]["parameters"] for slug in slugs()} == {slug: told[f"/{slug}"]["parameters"] for slug in slugs()}
    small = {slug: smallest(load(slug).params, {}).model_dump() for slug in slugs()}
    jobs = {slug: root.submit(**params, api_name=f"/{slug}") for slug, params in small.items()}
    assert {slug: job.result()["url"].startswith(f"/runs/{slug}") for slug, job in jobs.items()} == dict.fromkeys(slugs(), True)
    assert httpx.get(address, headers={"Accept-Language": "zh ; q=0.9, en ; q=0.1"}).headers["location"] == "/zh/"


def test_refusals_are_sentences_in_the_sites_language(address: str) -> None:
    with pytest.raises(AppError, match=r"steps Use 10 or more\."):
        Client(f"{address}/en/", verbose=False).predict(steps=3, api_name="/diffusion")
    with pytest.raises(AppError, match="steps"):
        Client(f"{address}/zh/", verbose=False).predict(steps="NaN", api_name="/diffusion")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_concepts_parameters_are_typed_and_documented(address: str, lang: str) -> None:
    """As gradio_client tells them: the lesson's own words, and Params' own types, choices and bounds."""
    described = Client(f"{address}/{lang}/", verbose=False).view_api(return_format="dict")["named_endpoints"]
    assert {f"/{slug}" for slug in slugs()} <= described.keys()
    for slug in slugs():
        kinds, lesson = load(slug).params.model_fields, load_lesson(slug, lang)
        assert described[f"/{slug}"]["description"] == lesson.summary
        parameters = {p["parameter_name"]: p for p in described[f"/{slug}"]["parameters"]}
        assert list(parameters) == list(kinds)
        for name, told in parameters.items():
            assert told["parameter_default"] == kinds[name].default
            said = told["python_type"]
            if options := load(slug).params.choices(name):
                assert get_args(eval(said["type"], {"Literal": Literal})) == options
            elif kinds[name].annotation is not str:  # a text's choices may be the host's
                assert said["type"] == kinds[name].annotation.__name__  # type: ignore[union-attr]
            assert said["description"].startswith(lesson.captions["fields"].get(name, ""))
            assert re.search(r"\w{4}" if lang == "en" else r"[\u4e00-\u9fff]{2}", said["description"]), name
    assert "≥ 10, ≤ 5000" in {p["parameter_name"]: p for p in described["/gan"]["parameters"]}["steps"]["python_type"]["description"]
    assert described["/gan"]["returns"][0]["python_type"]["description"] == words(lang)["api"]["metrics"]
    assert "shakespeare" in {p["parameter_name"]: p for p in described["/attention"]["parameters"]}["model"]["python_type"]["type"]

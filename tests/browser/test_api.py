"""The concepts through gradio_client, as a script would call them."""

import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError

from playground.concept import load


def test_a_run_by_its_slug(address: str) -> None:
    answer = Client(f"{address}/en/", verbose=False).predict(data="ring", steps=10, api_name="/diffusion")
    concept = load("diffusion")
    *_, last = concept.run(concept.params(data="ring", steps=10))
    assert set(answer["metrics"]) == set(last.metrics)
    assert answer["metrics"]["sw2_floor"] == pytest.approx(last.metrics["sw2_floor"]), "the server's run ends with more steps"
    assert answer["url"].startswith("/runs/diffusion?")


def test_refusals_are_sentences_in_the_sites_language(address: str) -> None:
    with pytest.raises(AppError, match=r"steps Use 10 or more\."):
        Client(f"{address}/en/", verbose=False).predict(steps=3, api_name="/diffusion")
    with pytest.raises(AppError, match="steps"):
        Client(f"{address}/zh/", verbose=False).predict(steps="NaN", api_name="/diffusion")


def test_the_endpoint_names_its_parameters(address: str) -> None:
    described = Client(f"{address}/en/", verbose=False).view_api(return_format="dict")
    parameters = {p["parameter_name"]: p for p in described["named_endpoints"]["/diffusion"]["parameters"]}
    assert list(parameters) == list(load("diffusion").params.model_fields)
    assert parameters["steps"]["parameter_default"] == load("diffusion").params.model_fields["steps"].default

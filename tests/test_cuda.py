"""On a real GPU, through the real server; skipped without one. What is computed there agrees with the CPU."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
import torch

from playground.concept import load, slugs
from playground.params import Params
from tests.comparing import short

ROOT = Path(__file__).parents[1]
DEVICE = "cuda"
NOT_BAKED = {"seed": 11}  # baked runs are the CPU's
AGREEING = {"rel": 0.05, "abs": 0.02}  # half precision and other orders of summing, ten steps of training later
RUNS = [(slug, fields) for slug in slugs() for fields in load(slug).warmed_by]

pytestmark = pytest.mark.skipif(DEVICE == "cuda" and not torch.cuda.is_available(), reason="there is no GPU")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Its address."""
    store = tmp_path_factory.mktemp("store")
    settings = {"PLAYGROUND_DEVICE": DEVICE, "PLAYGROUND_STORE": str(store), "PLAYGROUND_HOST": "127.0.0.1", "GRADIO_SERVER_PORT": "0"}
    process = subprocess.Popen([sys.executable, "app.py"], cwd=ROOT, env=os.environ | settings, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    yield process.stdout.readline().split()[-1]
    process.terminate()
    process.wait()


def final(server: str, slug: str, params: Params) -> Mapping[str, float]:
    *_, last, end = urlopen(f"{server}/runs/{slug}?{params.to_query()}").read().splitlines()
    assert "end" in json.loads(end)
    return json.loads(last)["metrics"]


@pytest.mark.parametrize(("slug", "fields"), RUNS)
def test_it_agrees_with_the_cpu(server: str, slug: str, fields: Mapping[str, Any]) -> None:
    params = short(load(slug), NOT_BAKED | dict(fields))
    *_, last = load(slug).run(params)
    assert final(server, slug, params) == pytest.approx(dict(last.metrics), **AGREEING)

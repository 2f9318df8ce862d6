"""On a real GPU, through the real server; skipped without one. What is computed there agrees with the CPU."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
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


@contextmanager
def serving(device: str, store: Path) -> Iterator[str]:
    """The address of a server that computes there."""
    settings = {"PLAYGROUND_DEVICE": device, "PLAYGROUND_STORE": str(store), "PLAYGROUND_HOST": "127.0.0.1", "GRADIO_SERVER_PORT": "0"}
    process = subprocess.Popen([sys.executable, "app.py"], cwd=ROOT, env=os.environ | settings, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        yield process.stdout.readline().split()[-1]
    finally:
        process.terminate()
        process.wait()


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """One of the CPU, one of the GPU."""
    with serving("cpu", tmp_path_factory.mktemp("cpu")) as cpu, serving(DEVICE, tmp_path_factory.mktemp("gpu")) as gpu:
        yield cpu, gpu


def final(server: str, slug: str, params: Params) -> Mapping[str, float]:
    *_, last, end = urlopen(f"{server}/runs/{slug}?{params.to_query()}").read().splitlines()
    assert "end" in json.loads(end)
    return json.loads(last)["metrics"]


@pytest.mark.parametrize(("slug", "fields"), RUNS)
def test_it_agrees_with_the_cpu(servers: tuple[str, str], slug: str, fields: Mapping[str, Any]) -> None:
    params = short(load(slug), NOT_BAKED | dict(fields))
    cpu, gpu = (final(server, slug, params) for server in servers)
    assert gpu == pytest.approx(cpu, **AGREEING)

"""Runs on a device that is not there: it computes as the CPU does and refuses what CUDA refuses, so every number must be the same."""

import multiprocessing
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import torch

from playground.concept import slugs
from playground.concepts.attention import minilm
from playground.placed import placed
from tests import comparing
from tests.concepts import quick

Apart = Callable[..., Any]
RUNS = [(slug, fields) for slug in slugs() for fields in getattr(quick(slug), "PLACED", [{}])]
HALVED = [slug for slug in slugs() if getattr(quick(slug), "HALVED", False)]  # whose training multiplies in half precision
FEW = 0.1  # of the multiplications may be where the data are prepared


@pytest.fixture(scope="module")
def apart() -> Iterator[Apart]:
    """Calls a function in another process, where the device is set up before torch counts its devices."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), initializer=comparing.begin) as pool:
        yield lambda function, *arguments: pool.submit(function, *arguments).result()


@pytest.mark.parametrize(("slug", "fields"), RUNS)
def test_a_run_has_the_cpus_numbers(apart: Apart, slug: str, fields: Mapping[str, Any]) -> None:
    if fields.get("model") == "minilm" and not minilm.packaged():
        pytest.skip("MiniLM is not installed")
    run = apart(comparing.compare, slug, fields)
    for there, here in zip(run.there, run.cpu, strict=True):
        assert there == pytest.approx(here, rel=1e-3, abs=1e-4)
    assert sum(run.computed.values()) > 0, "something of it is computed there"
    assert run.multiplied >= (1 - FEW) * run.multiplied_on_cpu
    assert not run.computed["half"]


@pytest.mark.parametrize("slug", HALVED)
def test_half_precision_is_the_devices_too(apart: Apart, slug: str) -> None:
    """And sums that are rounded otherwise, as CUDA's are, change little."""
    run = apart(comparing.compare, slug, {}, False, True)
    assert run.computed["half"] > 100
    assert run.there[-1] == pytest.approx(run.cpu[-1], rel=0.05, abs=0.02)


@pytest.mark.parametrize("slug", ["vae", "diffusion"])
def test_a_state_is_kept_and_found(apart: Apart, tmp_path: Path, slug: str) -> None:
    (made, steps), (found, no_steps) = apart(comparing.twice, slug, {}, str(tmp_path))
    assert found[:-1] == made[:-1]  # the last line says which functions were called, and some remember
    assert steps >= 10
    assert not no_steps


def test_without_it_the_device_refuses(apart: Apart) -> None:
    assert "Expected all tensors to be on the same device" in apart(comparing.refused, "meet")
    assert "Expected a 'pretend' device type for generator" in apart(comparing.refused, "draw")
    assert ".numpy() is not supported" in apart(comparing.refused, "numpy")


def test_what_is_shared_with_numpy_is_read_anew(apart: Apart) -> None:
    assert apart(comparing.shared) == [1.0, 2.0]


def test_nothing_is_entered_for_the_cpu() -> None:
    with placed(torch.device("cpu")):
        assert not torch._C._len_torch_function_stack()

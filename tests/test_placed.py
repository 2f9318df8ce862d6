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

Apart = Callable[..., Any]
LOOK = {"mode": "look", "generate": 1}
NOISING = {"objective": "ddpm", "sampling_steps": 4}
RUNS: Mapping[str, list[Mapping[str, Any]]] = {
    "attention": [
        {"generate": 2},
        {"data": "repeat", "positions": "none", "norm": False, "residual": False, "generate": 2},
        LOOK | {"model": "shakespeare", "ablate": "0.0"},
        LOOK | {"model": "minilm", "text": "The cat sat because it was tired.", "against": "The cat sat because it was warm."},
    ],
    "diffusion": [
        {},
        NOISING | {"data": "class_gaussians", "sampler": "ddpm"},
        NOISING | {"data": "drawn", "points": "150,110;170,120;130,120;160,90", "schedule": "cosine", "output": "eps", "sampler": "ddim"},
        {"data": "digits", "edit": "between", "sampling_steps": 4},
    ],
    "gan": [
        {},
        {"data": "8gaussians", "loss": "wgan_gp", "seeds": 3, "g_optimiser": "momentum"},
        {"data": "digits", "g_activation": "silu", "d_optimiser": "sgd"},
    ],
    "gridworld": [{"agent": "dqn", "episodes": 2}, {"agent": "dqn", "episodes": 2, "optimizer": "sgd", "hidden": 0, "memory": 1}],
    "latent_diffusion": [{}],
    "pipeline": [{}, {"scheduler": "DDIMScheduler"}, {"scheduler": "DPMSolverMultistepScheduler"}],
    "vae": [
        {},
        {"data": "hanzi", "model": "vq"},
        {"data": "faces", "model": "dae", "optimiser": "rmsprop"},
        {"data": "emoji", "model": "pca"},
        {"data": "moons", "model": "ae", "optimiser": "momentum"},
    ],
}
HALVED = ["attention", "latent_diffusion", "vae"]  # whose training multiplies in half precision
FEW = 0.1  # of the multiplications may be where the data are prepared


@pytest.fixture(scope="module")
def apart() -> Iterator[Apart]:
    """Calls a function in another process, where the device is set up before torch counts its devices."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), initializer=comparing.begin) as pool:
        yield lambda function, *arguments: pool.submit(function, *arguments).result()


@pytest.mark.parametrize(("slug", "fields"), [(slug, fields) for slug, each in RUNS.items() for fields in each])
def test_a_run_has_the_cpus_numbers(apart: Apart, slug: str, fields: Mapping[str, Any]) -> None:
    if fields.get("model") == "minilm" and not minilm.packaged():
        pytest.skip("MiniLM is not installed")
    run = apart(comparing.compare, slug, fields)
    for there, here in zip(run.there, run.cpu, strict=True):
        assert there == pytest.approx(here, rel=1e-3, abs=1e-4)
    assert run.multiplied >= (1 - FEW) * run.multiplied_on_cpu > 0
    assert not run.computed["half"]


def test_every_concept_is_run() -> None:
    assert set(RUNS) == set(slugs())


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

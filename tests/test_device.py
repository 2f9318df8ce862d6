"""Which device a run computes on, who decides it, and that nothing before the run touches CUDA."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from playground import device, words
from playground.settings import Settings

ROOT = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is written to the environment ends with the test."""
    for name in ("PLAYGROUND_DEVICE", device.VISIBLE, device.HIDDEN, "PYTORCH_NVML_BASED_CUDA_CHECK"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)


def asked(monkeypatch: pytest.MonkeyPatch, name: str, there: bool) -> None:
    monkeypatch.setenv("PLAYGROUND_DEVICE", name)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: there)


@pytest.mark.parametrize(
    ("name", "there", "found"), [("auto", True, "cuda"), ("auto", False, "cpu"), ("cpu", True, "cpu"), ("cuda", True, "cuda")]
)
def test_the_host_chooses(monkeypatch: pytest.MonkeyPatch, name: str, there: bool, found: str) -> None:
    asked(monkeypatch, name, there)
    assert device.settle().type == found
    monkeypatch.setattr(torch.cuda, "is_available", lambda: pytest.fail("asked again by a process that was told"))
    assert device.device().type == found


def test_the_cpu_without_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert device.settle().type == "cpu"


@pytest.mark.parametrize("shown", [None, "1", "GPU-5d"])
def test_what_forks_sees_no_cuda_and_the_fork_sees_it_again(monkeypatch: pytest.MonkeyPatch, shown: str | None) -> None:
    asked(monkeypatch, "cuda", there=True)
    if shown:
        monkeypatch.setenv(device.VISIBLE, shown)
    device.settle()
    device.settle()
    assert os.environ[device.VISIBLE] == ""
    device.reveal()
    device.reveal()
    assert os.environ.get(device.VISIBLE) == shown


def test_a_gpu_has_fewer_places(monkeypatch: pytest.MonkeyPatch) -> None:
    many = Settings(runs_per_core=1000).places
    asked(monkeypatch, "cuda", there=True)
    assert device.runs_at_once(many) == device.CONTEXTS
    assert device.runs_at_once(2) == 2
    asked(monkeypatch, "cpu", there=True)
    assert device.runs_at_once(many) == many


@pytest.mark.parametrize("program", [["app.py"], ["-m", "playground.bake"]])
@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("gpu", "device_unknown"),
        pytest.param("cuda", "device_missing", marks=pytest.mark.skipif(torch.cuda.is_available(), reason="there is one")),
    ],
)
def test_a_device_that_is_none_ends_the_program_with_a_sentence(tmp_path: Path, program: list[str], name: str, code: str) -> None:
    settings = {"PYTHONPATH": str(ROOT / "src"), "PLAYGROUND_DEVICE": name, "PLAYGROUND_STORE": str(tmp_path), "GRADIO_SERVER_PORT": "0"}
    ended = subprocess.run([sys.executable, *program], cwd=ROOT, env=os.environ | settings, capture_output=True, text=True)
    assert ended.returncode == 1
    assert ended.stderr.splitlines() == [words.words(lang)["errors"][code] for lang in words.LANGUAGES]


TRAPPED = """
import sys, torch

def trap(*_):
    sys.exit("CUDA was touched")

torch.cuda._is_compiled = torch.backends.cuda.is_built = lambda: True  # a build with CUDA, as a host of a GPU has
for name in ("getDeviceCount", "init", "getDevice", "isCurrentStreamCapturing", "getCurrentRawStream"):
    setattr(torch._C, f"_cuda_{name}", trap)
torch.cuda._lazy_init = torch._C._accelerator_getStream = trap
torch._C._accelerator_getAccelerator = lambda: torch.device("cuda")
for name in sys.argv[1:]:
    __import__(name)
print("CUDA is untouched")
"""
LIGHT, HEAVY = ["playground.runs.warm"], [["transformers", "playground.runs.warm"], ["diffusers", "playground.runs.warm"]]


def trapped(modules: list[str], **settings: str) -> str:
    """What a process says that imports these, with a torch that ends it once it touches CUDA."""
    every = {"PYTHONPATH": str(ROOT / "src"), "PLAYGROUND_DEVICE": "cuda"} | settings
    done = subprocess.run([sys.executable, "-c", TRAPPED, *modules], env=os.environ | every, capture_output=True, text=True)
    return done.stdout + done.stderr


@pytest.mark.parametrize("modules", [LIGHT, *HEAVY], ids=lambda modules: modules[0])
def test_a_forkserver_never_touches_cuda(monkeypatch: pytest.MonkeyPatch, modules: list[str]) -> None:
    asked(monkeypatch, "cuda", there=True)
    device.settle()
    said = trapped(modules)
    assert "CUDA is untouched" in said
    assert "Traceback" not in said  # of a concept that could not be warmed


@pytest.mark.skipif(torch.cuda.is_available(), reason="the trap stands in for a real one")
def test_unless_it_sees_cuda() -> None:
    """The first optimiser's step asks whether a graph is being captured."""
    assert "CUDA was touched" in trapped(LIGHT)

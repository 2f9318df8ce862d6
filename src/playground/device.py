"""Where tensors live: the CPU, unless the host asks for CUDA; one torch thread per process."""

import ctypes
import os
import sys

import torch

from playground.params import Flaw
from playground.words import LANGUAGES, sentence

KEPT = 32 << 20  # bytes of freed memory that a computing process holds ready for its next tensors; glibc allows no more for one
VISIBLE, HIDDEN = "CUDA_VISIBLE_DEVICES", "PLAYGROUND_HIDDEN_CUDA"  # what CUDA reads, and what it would read if we didn't hide it
CONTEXTS = 8  # of CUDA at once: each run has its own, some 400 MB of the device's memory
TRIM_THRESHOLD, MMAP_THRESHOLD = -1, -3  # their numbers in glibc's malloc.h


def one_thread() -> None:
    """Call once at a process's start: more threads change the last bits and slow a busy machine tenfold."""
    torch.set_num_threads(1)


def computing() -> None:
    """Call once at the start of a process that computes: one thread, and freed memory is kept for the next tensor.

    glibc hands each freed half megabyte back, and fetches it again page by page: a third of the time of a small network.
    """
    one_thread()
    if sys.platform == "linux" and hasattr(libc := ctypes.CDLL(None), "mallopt"):
        libc.mallopt(TRIM_THRESHOLD, KEPT)
        libc.mallopt(MMAP_THRESHOLD, KEPT)


class NoDevice(SystemExit):
    """Ends the program with a sentence, in both languages: the device asked for is none, or is not there."""


def device() -> torch.device:
    """The device of this process's runs, by PLAYGROUND_DEVICE: auto, cpu or cuda. Raises NoDevice."""
    asked = os.environ.get("PLAYGROUND_DEVICE", "cpu")
    if asked not in ("auto", "cpu", "cuda"):
        raise NoDevice(_said("device_unknown"))
    return torch.device("cuda" if asked == "cuda" or (asked == "auto" and torch.cuda.is_available()) else "cpu")


def settle() -> torch.device:
    """The device of this process and of all it starts from now on; call it before the first is started. Raises NoDevice.

    No fork of a process that touched CUDA can use it, and the first optimiser's step touches it. So those to be started see no CUDA at
    all, until `reveal` in a fork.
    """
    found = device()
    if found.type == "cuda" and HIDDEN not in os.environ:
        if not torch.cuda.is_available():
            raise NoDevice(_said("device_missing"))
        os.environ |= {HIDDEN: os.environ.get(VISIBLE, ""), VISIBLE: ""}
    os.environ |= {
        "PLAYGROUND_DEVICE": found.type,
        "PYTORCH_NVML_BASED_CUDA_CHECK": "1",
    }  # which asks whether there is CUDA without beginning it
    return found


def reveal() -> None:
    """Let this process see CUDA again. For processes that don't fork."""
    if (shown := os.environ.pop(HIDDEN, None)) is not None:
        del os.environ[VISIBLE]
        os.environ |= {VISIBLE: shown} if shown else {}


def runs_at_once(places: int) -> int:
    """How many of these places the device has room for."""
    return min(places, CONTEXTS) if device().type == "cuda" else places


def _said(code: str) -> str:
    return "\n".join(sentence(lang, Flaw("device", code)) for lang in LANGUAGES)

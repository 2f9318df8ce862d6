"""Where tensors live: the CPU, unless the host asks for CUDA; one torch thread per process."""

import ctypes
import os
import sys

import torch

KEPT = 32 << 20  # bytes of freed memory that a computing process holds ready for its next tensors; glibc allows no more for one
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


def device() -> torch.device:
    """The device of this process's runs, by PLAYGROUND_DEVICE (auto, cpu or cuda)."""
    asked = os.environ.get("PLAYGROUND_DEVICE", "cpu")
    return torch.device("cuda" if asked == "cuda" or (asked == "auto" and torch.cuda.is_available()) else "cpu")

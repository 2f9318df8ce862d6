"""Where tensors live: the CPU, unless the host asks for CUDA; one torch thread per process."""

import os

import torch


def one_thread() -> None:
    """Call once at a process's start: more threads change the last bits and slow a busy machine tenfold."""
    torch.set_num_threads(1)


def device() -> torch.device:
    """The device of this process's runs, by PLAYGROUND_DEVICE (auto, cpu or cuda)."""
    asked = os.environ.get("PLAYGROUND_DEVICE", "cpu")
    return torch.device("cuda" if asked == "cuda" or (asked == "auto" and torch.cuda.is_available()) else "cpu")

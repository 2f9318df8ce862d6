"""Where the shipped GPTs lie, which train.py made."""

from pathlib import Path

from playground.datasets import assets

UNKNOWN = "□"  # stands for every character a model has never met


def folder(name: str) -> Path:
    """The folder of a shipped GPT, as transformers itself saves and loads one."""
    return assets() / "weights" / f"gpt_{name}"

"""The weights of the shipped model, which makes faces."""

from pathlib import Path

from playground.datasets import assets


def weights() -> Path:
    """The folder of the shipped model, as diffusers itself saves and loads one."""
    return assets() / "weights" / "faces"

"""What all tests share: one torch thread, and shapes checked wherever the maths states them."""

import os

os.environ["OMP_NUM_THREADS"] = "1"  # read when torch is imported
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
os.environ.setdefault("HF_HUB_OFFLINE", "1")

import pytest
import torch
from hypothesis import settings
from jaxtyping import install_import_hook

from tests import shapes

torch.set_num_threads(1)
settings.register_profile("patient", deadline=None)  # a busy machine is no mistake
settings.load_profile("patient")
MATHS = ("toys", "densities", "painting", "metrics", "samplers", "nets", "concepts")
install_import_hook([f"playground.{name}" for name in MATHS], f"{shapes.__name__}.checked")


def pytest_configure() -> None:
    """How often a network is looked at again changes nothing that a test asks, but every run's time. Bakes have the full number."""
    from playground.concept import slugs
    from tests.concepts import quick

    for slug in slugs():
        if (shorten := getattr(quick(slug), "shorten", None)) is not None:
            shorten()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests come last: Playwright leaves an event loop running, beside which no asynchronous test can.

    What is computed once for many tests is shared by those of a file, of the contract by those of a concept: these stay in one process.
    """
    items.sort(key=lambda item: "browser" in item.path.parts)
    for item in items:
        item.add_marker(pytest.mark.xdist_group(f"{item.path.stem} {owing(item)}"))


def owing(item: pytest.Item) -> str:
    """The concept that a test of the contract is about."""
    told = getattr(item, "callspec", None)
    return told.id.split("-")[0] if told and "contract" in item.path.parts else ""

"""Pipelines by name: the shipped one, and those of the Hugging Face hub that the host allows (PLAYGROUND_HUB_MODELS)."""

import json
from pathlib import Path
from typing import Any

import torch

from playground import hub
from playground.concepts.pipeline.faces import weights
from playground.params import Flaw, Refused

SHIPPED = "faces"
MOST_BYTES, MOST_PIXELS = 500_000_000, 64  # of a model's files; of a picture's side
PARTS = ("unet", "scheduler")
FILES = ["model_index.json", *(f"{at}{name}" for name in ("config.json", "*.safetensors") for at in ("", "unet/"))]
FILES += [f"{at}scheduler_config.json" for at in ("", "scheduler/")]


def allowed() -> tuple[str, ...]:
    """The names a run may ask for, the shipped model's first."""
    return (SHIPPED, *(name for name in hub.allowed() if name != SHIPPED))


def pipeline(name: str) -> Any:
    """DDPMPipeline.from_pretrained(…) and nothing more: single precision, safetensors only. Raises Refused."""
    from diffusers import DDPMPipeline
    from diffusers.utils import logging
    from tqdm import tqdm

    logging.disable_progress_bar()
    tqdm.monitor_interval = 0  # its watching thread would be in the way of forks
    folder = weights() if name == SHIPPED else unconditional(hub.fetch(name, FILES, MOST_BYTES, Flaw("model", "hub_too_big")))
    with torch.random.fork_rng(devices=[]):  # without accelerate, weights are drawn before they are read
        try:
            pipe = DDPMPipeline.from_pretrained(folder, use_safetensors=True, local_files_only=True)
        except (OSError, ValueError, KeyError, TypeError, RuntimeError) as error:
            raise Refused(Flaw("model", "hub_unfit")) from error
    pipe.set_progress_bar_config(disable=True)
    return fitting(pipe)


def fitting(pipe: Any) -> Any:
    """The pipeline, if it is one this page can run: pictures of one or three colours, not too big, made from noise alone."""
    config = pipe.unet.config
    if config.in_channels not in (1, 3) or config.out_channels != config.in_channels or pipe.unet.class_embedding is not None:
        raise Refused(Flaw("model", "hub_unfit"))
    if not isinstance(config.sample_size, int):
        raise Refused(Flaw("model", "hub_unfit"))
    if config.sample_size > MOST_PIXELS:
        raise Refused(Flaw("model", "hub_too_big"))
    return pipe


def unconditional(folder: Path) -> Path:
    """The folder, if what it says of itself is a U-Net and a scheduler. Raises Refused."""
    try:
        index = json.loads((folder / "model_index.json").read_text("utf-8"))
        (_, unet), (library, scheduler) = (index[part] for part in PARTS)
    except (OSError, ValueError, KeyError, TypeError):
        raise Refused(Flaw("model", "hub_unfit")) from None
    parts = {part for part in index if not part.startswith("_")}
    if parts != set(PARTS) or unet != "UNet2DModel" or library != "diffusers" or not scheduler.endswith("Scheduler"):
        raise Refused(Flaw("model", "hub_unfit"))
    return folder

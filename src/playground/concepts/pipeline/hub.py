"""Pipelines by name: the shipped one, and those of the Hugging Face hub that the host allows (PLAYGROUND_HUB_MODELS)."""

import json
import os
from pathlib import Path
from typing import Any

import torch

from playground.concepts.pipeline.faces import weights
from playground.params import Flaw, Refused
from playground.settings import Settings

SHIPPED = "faces"
SECONDS = 5  # that the hub has to answer
MOST_BYTES, MOST_PIXELS = 500_000_000, 64  # of a model's files; of a picture's side
PARTS = ("unet", "scheduler")
FILES = ["model_index.json", *(f"{at}{name}" for name in ("config.json", "*.safetensors") for at in ("", "unet/"))]
FILES += [f"{at}scheduler_config.json" for at in ("", "scheduler/")]

os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")  # read when huggingface_hub is imported
os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")


def allowed() -> tuple[str, ...]:
    """The names a run may ask for, the shipped model's first."""
    return (SHIPPED, *(name for name in Settings().hub_ids if name != SHIPPED))


def pipeline(name: str) -> Any:
    """DDPMPipeline.from_pretrained(…) and nothing more: single precision, safetensors only. Raises Refused."""
    from diffusers import DDPMPipeline
    from diffusers.utils import logging
    from tqdm import tqdm

    logging.disable_progress_bar()
    tqdm.monitor_interval = 0  # its watching thread would be in the way of forks
    folder = weights() if name == SHIPPED else fetch(name)
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


def fetch(name: str) -> Path:
    """The folder of a hub's pipeline, as huggingface_hub keeps it; without a network only what is there already. Raises Refused."""
    from huggingface_hub import HfApi, snapshot_download
    from huggingface_hub.errors import HTTPError, RepositoryNotFoundError

    try:
        listed = HfApi().model_info(name, files_metadata=True, timeout=SECONDS).siblings or []
    except RepositoryNotFoundError as error:
        raise Refused(Flaw("model", "hub_not_found")) from error
    except (HTTPError, OSError):
        listed = None
    if listed and sum(file.size or 0 for file in listed if file.rfilename.endswith(".safetensors")) > MOST_BYTES:
        raise Refused(Flaw("model", "hub_too_big"))
    try:
        folder = Path(snapshot_download(name, allow_patterns=FILES, etag_timeout=SECONDS, local_files_only=listed is None))
    except (HTTPError, OSError) as error:
        raise Refused(Flaw("model", "hub_unreachable")) from error
    return unconditional(folder)


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

"""Models of the Hugging Face hub that the host allows (PLAYGROUND_HUB_MODELS), as huggingface_hub keeps them."""

import os
from collections.abc import Sequence
from pathlib import Path

from playground.params import Flaw, Refused
from playground.settings import Settings

SECONDS = 5  # that the hub has to answer

os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")  # read when huggingface_hub is imported
os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")


def allowed() -> tuple[str, ...]:
    """The names that the host lets runs ask for, whatever kind of model each is."""
    return Settings().hub_ids


def fetch(name: str, files: Sequence[str], most: int, heavier: Flaw) -> Path:
    """The folder of a model; without a network only what is there already. `heavier` is said of more than `most` bytes of weights.

    Raises Refused.
    """
    from huggingface_hub import HfApi, snapshot_download
    from huggingface_hub.errors import GatedRepoError, HTTPError, RepositoryNotFoundError

    try:
        listed = HfApi().model_info(name, files_metadata=True, timeout=SECONDS).siblings or []
    except GatedRepoError as error:
        raise Refused(Flaw("model", "hub_gated")) from error
    except RepositoryNotFoundError as error:
        raise Refused(Flaw("model", "hub_not_found")) from error
    except (HTTPError, OSError):
        listed = None
    if listed and sum(file.size or 0 for file in listed if file.rfilename.endswith(".safetensors")) > most:
        raise Refused(heavier)
    try:
        return Path(snapshot_download(name, allow_patterns=list(files), etag_timeout=SECONDS, local_files_only=listed is None))
    except GatedRepoError as error:
        raise Refused(Flaw("model", "hub_gated")) from error
    except (HTTPError, OSError) as error:
        raise Refused(Flaw("model", "hub_unreachable")) from error

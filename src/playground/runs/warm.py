"""What every worker needs, imported and run once in the forkserver, so that a fork of it computes at once.

Importing this module does it. Nothing here may leave a thread behind: a fork copies only the one that forks.
"""

import gc
import sys
import traceback
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import torch

import playground.runs.engine
import playground.runs.worker  # noqa: F401
from playground.concept import load, slugs
from playground.device import computing
from playground.frame import encode
from playground.params import Params, Refused
from playground.runs.keys import training_key


def smallest(params: type[Params], fields: Mapping[str, Any]) -> Params:
    """The defaults but for these fields, with as few steps as the bounds allow."""
    least = next(
        (bound for m in getattr(params.model_fields.get("steps"), "metadata", ()) if (bound := getattr(m, "ge", None)) is not None), None
    )
    with suppress(Refused):
        return params.checked(({} if least is None else {"steps": least}) | dict(fields))
    return params()


def warm() -> None:
    """One tiny run of every concept this forkserver is for. A concept that fails here is reported, and fails again when it is asked for."""
    computing()
    concepts = [load(slug) for slug in slugs()]
    heavy = [concept for concept in concepts if concept.preload and sys.modules.keys() >= set(concept.preload)]
    if not heavy:
        _optimisers()
    for concept in heavy or [concept for concept in concepts if not concept.preload]:
        try:
            training_key(concept, concept.params())  # reads the sources once for all forks
            for fields in concept.warmed_by:
                for _ in encode(concept.run(smallest(concept.params, fields))):
                    pass
        except Exception:
            traceback.print_exc()
    gc.collect()
    gc.freeze()


def _optimisers() -> None:
    """The first optimiser of a process imports torch._dynamo, which takes seconds."""
    weight = torch.nn.Parameter(torch.zeros(2, 2))
    for kind in (torch.optim.Adam, torch.optim.AdamW, torch.optim.SGD):
        optimiser = kind([weight])
        weight.sum().backward()
        optimiser.step()


warm()

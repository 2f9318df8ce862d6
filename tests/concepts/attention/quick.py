from dataclasses import replace

import pytest

from playground.concepts.attention import learning

LOOK = {"mode": "look", "generate": 1}
PLACED = [
    {"generate": 2},
    {"data": "repeat", "positions": "none", "norm": False, "residual": False, "generate": 2},
    LOOK | {"model": "shakespeare", "ablate": "0.0"},
    LOOK | {"model": "minilm", "text": "The cat sat because it was tired.", "against": "The cat sat because it was warm."},
]
HALVED = True
TAIL = 2_000  # characters


def contract(patch: pytest.MonkeyPatch) -> None:
    """How much of the tail a transformer is judged by changes nothing there but the time."""
    corpus = learning.corpus
    patch.setattr(learning, "corpus", lambda params: replace(of := corpus(params), held_out=of.held_out[:TAIL]))

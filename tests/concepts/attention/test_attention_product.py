"""What the page works a weight out from is what the weights on the stage were made of."""

from typing import Any

import numpy as np
import pytest
from scipy.special import softmax

from playground.concept import load
from playground.concepts.attention import minilm

LOOK = {"mode": "look", "generate": 0, "text": "To be, or not to be"}
ENGLISH = LOOK | {"model": "minilm", "text": "The animal didn't cross the street because it was too tired."}


def arrays(given: dict[str, Any]) -> dict[str, np.ndarray]:
    concept = load("attention")
    return dict(next(iter(concept.run(concept.params(**given)))).arrays)


@pytest.mark.parametrize(
    "given",
    [
        LOOK,
        LOOK | {"mask": "1,4", "ablate": "0.0"},
        pytest.param(ENGLISH | {"mask": "2"}, marks=pytest.mark.skipif(not minilm.packaged(), reason="MiniLM is not here")),
    ],
)
def test_queries_keys_and_mask_make_the_weights(given: dict[str, Any]) -> None:
    own = arrays(given)
    q, k = own["query"].astype(np.float64), own["key"].astype(np.float64)
    scores = q @ k.swapaxes(-1, -2) / np.sqrt(q.shape[-1])
    weights = softmax(np.where(own["barred"], -np.inf, scores), axis=-1)
    assert np.abs(weights - own["attention"] / 255).max() < 1 / 255


def test_no_token_is_barred_from_itself_and_none_looks_ahead() -> None:
    barred = arrays(LOOK | {"mask": "3"})["barred"]
    t = len(barred)
    later = np.triu(np.ones((t, t)), 1) > 0
    hidden = np.zeros((t, t), dtype=bool)
    hidden[:, 3] = True
    assert np.array_equal(barred > 0, (later | hidden) & ~np.eye(t, dtype=bool))

"""Where one word looks, head by head: in two texts that are almost the same, and from one sentence into the other."""

from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher

import numpy as np
import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor

from playground.concepts.attention.decoder import Operation, Seen
from playground.concepts.attention.models import Encoder
from playground.concepts.attention.params import MOST_TOKENS, Params
from playground.params import Flaw, Refused

COMPARED = 10  # heads in the chart
FIRST_STRONG_ISOLATE, END = "\u2068", "\u2069"  # so that a word in a sentence can't turn it round
Pairs = list[tuple[int, int]]


@dataclass(frozen=True)
class Reading:
    """A text's tokens, which of two sentences each belongs to, and all attention."""

    ids: Int64[Tensor, " t"]
    sentence: Int64[Tensor, " t"]
    attention: Float[Tensor, "layers heads t t"]


@dataclass(frozen=True)
class Found:
    """What a frame is to have of it."""

    arrays: dict[str, np.ndarray] = field(default_factory=dict)
    metrics: dict[str, float] = field(default_factory=dict)
    texts: dict[str, tuple[str, ...]] = field(default_factory=dict)


def shared(a: list[int], b: list[int]) -> Pairs:
    """Places of what both have in the same order: the longest stretch, then so on before and after it (Ratcliff & Metzener 1988)."""
    blocks = SequenceMatcher(None, a, b, autojunk=False).get_matching_blocks()
    return [(block.a + i, block.b + i) for block in blocks for i in range(block.size)]


def across(reading: Reading, special: Bool[Tensor, " t"]) -> float:
    """How much of their attention words give to words of the other sentence: mean over all heads and words."""
    apart = (reading.sentence[:, None] != reading.sentence) & ~special
    return (reading.attention * apart).sum(-1)[..., ~special].mean().item()


@dataclass(frozen=True)
class Switch:
    """Where a word looks most among tokens that two texts share, each by its number, with what weight, and how much of it moved."""

    places: Int64[Tensor, "two layers heads"]
    weights: Float[Tensor, "two layers heads"]
    shift: Float[Tensor, "layers heads"]

    @property
    def switched(self) -> Bool[Tensor, "layers heads"]:
        return self.places[0] != self.places[1]


def switches(both: Float[Tensor, "two layers heads s"]) -> Switch:
    """Of a word's attention to the same tokens in two texts; what moved is half the sum of all differences."""
    weights, places = both.max(-1)
    return Switch(places, weights, (both[0] - both[1]).abs().sum(-1) / 2)


def read_against(params: Params, model: Encoder, reading: Reading, operation: Operation) -> tuple[Reading, Pairs]:
    """The other text under the same operation on the heads, and on the tokens that both have; and which those are. Raises Refused."""
    ids, sentence = model.pair(params.other("against"), params.other("second"))
    if len(ids) > MOST_TOKENS:
        raise Refused(Flaw("against", "text_too_long", {"limit": MOST_TOKENS, "tokens": len(ids)}))
    pairs, seen = shared(reading.ids.tolist(), ids.tolist()), Seen()
    hidden = tuple(j for i, j in pairs if i in operation.hidden)
    model.vectors(ids[None], replace(operation, hidden=hidden), seen, sentence)
    return Reading(ids, sentence, torch.stack(seen.attention)), pairs


def named(model: Encoder, reading: Reading, places: list[int]) -> list[str]:
    """Tokens by name, with their place where one name stands for several."""
    names = [model.token(int(reading.ids[place])) for place in places]
    return [f"{name} {place}" if names.count(name) > 1 else name for name, place in zip(names, places, strict=True)]


def compare(params: Params, model: Encoder, reading: Reading, operation: Operation) -> tuple[Switch, list[str]]:
    """Where the word looks in this text and in the other, among the tokens of these names. Raises Refused."""
    other, pairs = read_against(params, model, reading, operation)
    here, there = (model.places(params.other("word"), each.ids)[:1] for each in (reading, other))
    if not (here and there):
        raise Refused(Flaw("word", "word_none"))
    special = model.special(reading.ids)
    words = [(i, j) for i, j in pairs if not special[i] and i not in here and j not in there]
    if not words:
        raise Refused(Flaw("against", "nothing_shared"))
    first, second = (list(places) for places in zip(*words, strict=True))
    both = (reading.attention[:, :, here[0], first], other.attention[:, :, there[0], second])
    return switches(torch.stack(both)), named(model, reading, first)


def told(found: Switch, names: list[str]) -> Found:
    """The heads of which most moved, for the chart, and all that switch, in words that need no language."""
    heads = found.shift.shape[1]
    order = found.shift.flatten().argsort(descending=True, stable=True).tolist()
    first, second = ([names[int(i)] for i in found.places[k].flatten()] for k in (0, 1))
    here, there = (found.weights[k].flatten() for k in (0, 1))
    lines = [
        f"{i // heads}.{i % heads}  {first[i]} {here[i]:.2f} → {second[i]} {there[i]:.2f}" for i in order if found.switched.flatten()[i]
    ]
    best = order[:COMPARED]
    turns = [f"{i // heads}.{i % heads} " + " → ".join(dict.fromkeys((first[i], second[i]))) for i in best]
    total = float(found.shift.numel())
    return Found(
        {"shift": found.shift.numpy(), "favourite": here[best].numpy(), "favourite_against": there[best].numpy()},
        {"switched": float(len(lines)), "unswitched": 0.0 if lines else total, "heads_total": total},
        {"turns": tuple(turns)} | ({"switching": tuple(lines)} if lines else {}),
    )


def of_words(params: Params, model: Encoder, reading: Reading, operation: Operation) -> Found:
    """Which tokens are marks, whose sentence they are of, and, with another text, what switches. Raises Refused."""
    special = model.special(reading.ids)
    found = told(*compare(params, model, reading, operation)) if params.compares else Found()
    arrays = {"special": special.byte().numpy(), "sentence": reading.sentence.byte().numpy()}
    metrics = {"across": across(reading, special)} if params.other("second") else {}
    word = {"word": (FIRST_STRONG_ISOLATE + params.other("word") + END,)} if model.places(params.other("word"), reading.ids) else {}
    return Found(arrays | found.arrays, metrics | found.metrics, word | found.texts)


def opening(params: Params, model: Encoder, ids: Int64[Tensor, " t"], found: Found, effect: Float[Tensor, "layers heads"]) -> np.ndarray:
    """Layer, head and token to open on: the head in which most moved, else the one that matters most; the word, -1 where it is not."""
    most = int(found.arrays.get("shift", effect.numpy()).argmax())
    return np.array([*divmod(most, effect.shape[1]), *[*model.places(params.other("word"), ids), -1][:1]], dtype=np.int16)

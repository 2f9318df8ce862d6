"""Attention without a model: the softmax of random scores, over tokens of every kind, hostile ones among them."""

from collections.abc import Iterator
from itertools import cycle, islice
from typing import Literal

import numpy as np
import torch
from pydantic import Field

import playground.params
from playground.frame import Frame

TOKENS = {
    "en": ["The", "animal", "did", "n't", "cross", "the", "street", ",", "because", "it", "was", "too", "tired", "."],
    "zh": list("床前明月光，疑是地上霜。举头望明月，低头思故乡。"),
    "odd": [
        "<img src=x onerror=alert(1)>",
        "\u202e",
        "מלך",
        "👩‍👩‍👧‍👦",
        "\n",
        "␣",
        "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚a̴̴̙",
        "\u0007",
        "",
        "<b>&amp;</b>",
        "extraordinarilylongtoken",
        "ab",
    ],
}
SAMPLE = "First line  with spaces,\n\tand <b>no markup</b>\u202e.\n床前明月光，疑是地上霜。\n"


class Params(playground.params.Params):
    text: Literal["en", "zh", "odd"] = "en"
    length: int = Field(0, ge=0, le=128)  # so many tokens, over and over; 0 for as they are
    layers: int = Field(4, ge=1, le=12)
    heads: int = Field(4, ge=1, le=12)
    causal: bool = True


def tokens(params: Params) -> tuple[str, ...]:
    given = TOKENS[params.text]
    return tuple(islice(cycle(given), params.length or len(given)))


def attention(params: Params, scores: torch.Tensor, part: float) -> torch.Tensor:
    """The softmax of what grows from nothing to these scores."""
    t = scores.shape[-1]
    mask = torch.full((t, t), -torch.inf).triu(1) if params.causal else torch.zeros(t, t)
    return (part * scores + mask).softmax(-1)


def run(params: Params, state: None = None) -> Iterator[Frame]:
    g = torch.Generator().manual_seed(params.seed)
    words = tokens(params)
    t = len(words)
    scores = 2.5 * torch.randn(params.layers, params.heads, t, t, generator=g)
    scores[-1, -1] -= 0.7 * (torch.arange(t)[:, None] - 1 - torch.arange(t)).abs()  # a head that looks at the token before
    for step in range(12):
        yield _frame(params, scores, step, step / 11, words, "train")
    names = tuple(list(dict.fromkeys(words))[:8])
    for step in range(3):
        chance = torch.randn(len(names), generator=g).mul(1 + step).softmax(0)
        before = torch.randn(len(names), generator=g).softmax(0)
        bars = {"chance": chance.numpy(), "before": before.numpy(), "position": np.arange(1, len(names) + 1, dtype=np.float32)}
        yield Frame(step, bars, {"rank": float(step + 1)}, {"candidates": names}, "lens")


def _frame(params: Params, scores: torch.Tensor, step: int, part: float, words: tuple[str, ...], phase: str) -> Frame:
    weights = attention(params, scores, part)
    entropy = float(-(weights * weights.clamp(min=1e-9).log2()).sum(-1).mean())
    arrays = {
        "attention": weights.mul(255).round().to(torch.uint8).numpy(),
        "focus": np.array([params.layers - 1, params.heads - 1, len(words) - 1], np.int16),
    }
    return Frame(step, arrays, {"entropy": entropy}, {"tokens": words, "sample": (SAMPLE * (1 + step // 3),)}, phase)

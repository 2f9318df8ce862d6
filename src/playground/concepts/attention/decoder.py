"""A small GPT as plain functions of its weights: every look inside is a look at what it really computes.

Pre-norm blocks of causal attention with rotary positions (Su et al. 2021) and a relu² MLP (So et al. 2021), added to a residual stream;
a `Design` can take these apart.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import torch
import torch.nn.functional as F
from einops import rearrange
from jaxtyping import Bool, Float, Int64
from torch import Generator, Tensor

from playground.concepts.attention.design import STANDARD, Design
from playground.nets.mlp import Weights, linear


def draw(g: Generator, vocabulary: int, layers: int, width: int) -> Weights:
    """Weights. What a layer adds to the stream starts at 0, and so does the guess: every character is equally likely."""
    w = {"embed": torch.randn(vocabulary, width, generator=g)}
    for i in range(layers):
        w |= {f"qkv{i}": linear(width, 3 * width, g), f"mix{i}": torch.zeros(width, width)}
        w |= {f"up{i}": linear(width, 4 * width, g), f"down{i}": torch.zeros(width, 4 * width)}
    return w | {"guess": torch.zeros(vocabulary, width)}


@dataclass(frozen=True)
class Operation:
    """What is done to the heads: a gate on what each adds (0 takes it out), those that look everywhere alike, tokens nobody looks at.

    `mixed` are groups of heads, each as layer and heads, that all use the mean of their attention.
    """

    gates: Float[Tensor, "b layers heads"]
    uniform: Bool[Tensor, "layers heads"]
    hidden: tuple[int, ...] = ()
    mixed: tuple[tuple[int, tuple[int, ...]], ...] = ()


@dataclass
class Seen:
    """What a look inside notes, layer by layer, of the first of the batch; `states` is the stream, from the embeddings on."""

    query: list[Float[Tensor, "heads t d"]] = field(default_factory=list)
    key: list[Float[Tensor, "heads t d"]] = field(default_factory=list)
    attention: list[Float[Tensor, "heads t t"]] = field(default_factory=list)
    states: list[Float[Tensor, "t w"]] = field(default_factory=list)

    def note(self, q: Float[Tensor, "b heads t d"], k: Float[Tensor, "b heads t d"], a: Float[Tensor, "b heads t t"]) -> None:
        for kept, all_of_them in ((self.query, q), (self.key, k), (self.attention, a)):
            kept.append(all_of_them[0])


def barred(t: int, hidden: tuple[int, ...] = (), causal: bool = True) -> Bool[Tensor, "t t"]:
    """Whom a query must not look at: later tokens, and hidden ones, unless it is the token itself."""
    bars = torch.ones(t, t, dtype=torch.bool).triu(1) if causal else torch.zeros(t, t, dtype=torch.bool)
    bars[:, list(hidden)] = True
    return bars.fill_diagonal_(False)


def weights(
    q: Float[Tensor, "*b t d"], k: Float[Tensor, "*b t d"], bars: Bool[Tensor, "t t"], scale: float | None = None
) -> Float[Tensor, "*b t t"]:
    """softmax(q kᵀ / √d + mask): each row says how one token shares out its attention. Vaswani et al. 2017."""
    scores = q @ k.mT * (q.shape[-1] ** -0.5 if scale is None else scale)
    return scores.masked_fill(bars, -torch.inf).softmax(-1)


def attend(
    q: Float[Tensor, "b h t d"],
    k: Float[Tensor, "b h t d"],
    v: Float[Tensor, "b h t d"],
    operation: Operation,
    layer: int,
    causal: bool = True,
    scale: float | None = None,
) -> tuple[Float[Tensor, "b h t d"], Float[Tensor, "b h t t"]]:
    """Attention written out, with the operation on this layer's heads: what each takes along, and its weights."""
    bars = barred(q.shape[-2], operation.hidden, causal)
    a = weights(q, k, bars, scale)
    alike = (~bars).float() / (~bars).sum(-1, keepdim=True)
    a = torch.where(operation.uniform[layer][:, None, None], alike, a)
    for heads in (list(group) for at, group in operation.mixed if at == layer):
        a[:, heads] = a[:, heads].mean(1, keepdim=True)
    return a @ v * operation.gates[:, layer, :, None, None], a


def layers_of(w: Weights) -> int:
    return sum(name.startswith("qkv") for name in w)


def stream(
    w: Weights,
    ids: Int64[Tensor, "b t"],
    heads: int,
    operation: Operation | None = None,
    seen: Seen | None = None,
    design: Design = STANDARD,
) -> Float[Tensor, "b t w"]:
    """The residual stream after the last layer. Without an operation torch's own attention computes it, faster and with the same result."""
    x = design.placed(design.normed(F.embedding(ids, w["embed"])), w)
    for i in range(layers_of(w)):
        if seen is not None:
            seen.states.append(x[0])
        q, k, v = rearrange(F.linear(design.normed(x), w[f"qkv{i}"]), "b t (three h d) -> three b h t d", three=3, h=heads)
        q, k = design.turned(q), design.turned(k)
        if operation is None:
            taken = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        else:
            taken, a = attend(q, k, v, operation, i)
            if seen is not None:
                seen.note(q, k, a)
        x = design.added(x, F.linear(rearrange(taken, "b h t d -> b t (h d)"), w[f"mix{i}"]))
        x = design.added(x, F.linear(F.relu(F.linear(design.normed(x), w[f"up{i}"])).square(), w[f"down{i}"]))
    if seen is not None:
        seen.states.append(x[0])
    return x


def logits(w: Weights, x: Float[Tensor, "*b w"], design: Design = STANDARD) -> Float[Tensor, "*b v"]:
    """How much each character is expected after each place, as numbers whose softmax are the chances."""
    return F.linear(design.normed(x), w["guess"])


def no_operation(layers: int, heads: int) -> Operation:
    return Operation(torch.ones(1, layers, heads), torch.zeros(layers, heads, dtype=torch.bool))


def written(
    w: Weights, ids: Int64[Tensor, " t"], heads: int, count: int, context: int, g: Generator, design: Design = STANDARD
) -> Iterator[int]:
    """Characters drawn one after the other, each from the chances that the last `context` give it."""
    for _ in range(count):
        chances = logits(w, stream(w, ids[None, -context:], heads, design=design)[0, -1], design).softmax(-1)
        ids = torch.cat((ids, torch.multinomial(chances, 1, generator=g)))
        yield int(ids[-1])

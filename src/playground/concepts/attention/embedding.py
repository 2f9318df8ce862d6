"""What a model begins with: a row of numbers for each token, a code of its place, and how alike the codes of two places are."""

import math
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from jaxtyping import Float, Int64
from torch import Tensor

from playground.concepts.attention.decoder import Operation
from playground.concepts.attention.design import sinusoidal, turns
from playground.concepts.attention.hosted import Hosted
from playground.concepts.attention.models import Model, Trained

KINDS = ("token", "sinusoidal", "learned", "rotary")  # as the lessons' labels.classes.codes
LEARNED, ROTARY = ("position_embeddings", "wpe"), "rotary_emb"  # modules of transformers, by the ends of their names
ASKED = 16  # tokens at which it is measured how much order matters
Codes = dict[str, Float[Tensor, "t w"]]


def laid(cos: Float[Tensor, "t h"], sin: Float[Tensor, "t h"], width: int) -> Float[Tensor, "t w"]:
    """By how much the pairs of a query's numbers are turned: each pair's cos, then each pair's sin, head by head."""
    once = torch.cat((cos, sin), -1)
    return once.repeat(1, -(-width // once.shape[-1]))[:, :width]


def turned(t: int, d: int, width: int) -> Float[Tensor, "t w"]:
    """The same of our own turns, in heads of d numbers."""
    angle = turns(t, d)
    return laid(angle.real, angle.imag, width)


def of_ours(model: Trained, ids: Int64[Tensor, " t"]) -> Codes:
    of, found = model.design, model.design.normed(F.embedding(ids, model.w["embed"]))
    t, width = found.shape
    if of.positions == "rotary":
        return {"token": found, "rotary": turned(t, width // model.heads, width)}
    return {"token": found} if of.positions == "none" else {"token": found, of.positions: of.code(t, width, model.w)}


def of_theirs(net: Any, ids: Int64[Tensor, " t"]) -> Codes:
    """Of a model of transformers, with the modules it has itself."""
    found, at = net.get_input_embeddings()(ids), torch.arange(len(ids))
    named = {name.rsplit(".", 1)[-1]: module for name, module in net.named_modules()}
    for name in LEARNED:
        if name in named:
            return {"token": found, "learned": named[name](at)}
    if ROTARY not in named:
        return {"token": found}
    cos, sin = (part[0, :, : part.shape[-1] // 2] for part in named[ROTARY](found, at[None]))
    return {"token": found, "rotary": laid(cos, sin, found.shape[-1])}


def alike(codes: Codes) -> dict[str, Float[Tensor, "t t"]]:
    """The cosine of the angle between the codes of two places: of this model's, and of the two that a formula gives."""
    t, width = codes["token"].shape
    every = {"sinusoidal": sinusoidal(t, width), "rotary": turned(t, width, width)} | codes
    rows = {kind: F.normalize(code, dim=-1) for kind, code in every.items() if kind != "token"}
    return {kind: rows[kind] @ rows[kind].T for kind in KINDS if kind in rows}


def kinds(codes: dict[str, Tensor]) -> np.ndarray:
    return np.array([KINDS.index(kind) for kind in codes], dtype=np.uint8)


def halves(codes: dict[str, Tensor]) -> np.ndarray:
    return torch.stack(list(codes.values())).half().numpy()


@torch.no_grad()
def arrays(model: Any, ids: Int64[Tensor, " t"]) -> dict[str, np.ndarray]:
    """codes (k, t, w) f2: what the tokens begin with and the codes of their places, of the kinds codes_of (k,) u1; alike (n, t, t) f2 and
    alike_of: the places' codes, compared by pairs. Nothing of a model of the hub, whose codes may be large and kept anywhere."""
    if isinstance(model, Hosted):
        return {}
    codes = of_ours(model, ids) if isinstance(model, Trained) else of_theirs(model.net, ids)
    both = alike(codes)
    return {"codes": halves(codes), "codes_of": kinds(codes), "alike": halves(both), "alike_of": kinds(both)}


def places(t: int) -> Int64[Tensor, " n"]:
    """Where it is asked how much order matters: from the third token on, evenly apart."""
    return torch.linspace(2, t - 1, ASKED).round().long().unique() if t > 2 else torch.arange(0)


@torch.no_grad()
def order(model: Model, ids: Int64[Tensor, " t"], operation: Operation) -> float:
    """Bits by which the guess after a token changes once those before it stand in reverse: Kullback-Leibler, mean over several tokens."""
    at = places(len(ids))
    if not len(at):
        return 0.0
    reversed_before = torch.stack([torch.cat((ids[:i].flip(0), ids[i:])) for i in at])
    plain = model.guess(model.stream(ids[None], operation)[0, at]).log_softmax(-1)
    turned = model.guess(model.stream(reversed_before, operation)[torch.arange(len(at)), at]).log_softmax(-1)
    return max(0.0, F.kl_div(turned, plain, log_target=True, reduction="sum").item() / len(at) / math.log(2))


def numbered(tokens: tuple[str, ...], ids: Int64[Tensor, " t"]) -> tuple[str, ...]:
    """Each token with the number under which the model knows it."""
    return tuple(f"{token} {int(i)}" for token, i in zip(tokens, ids, strict=True))

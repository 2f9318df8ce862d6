"""Training a decoder before one's eyes: the loss, what it costs on a tail it never learns from, what it writes, where its heads look."""

import math
from collections.abc import Generator as Yields

import numpy as np
import torch
import torch.nn.functional as F
from jaxtyping import Float, Int64, UInt8
from torch import Generator, Tensor

from playground.concepts.attention import decoder
from playground.concepts.attention.corpora import Corpus, bigram_bits, corpus, uniform_bits
from playground.concepts.attention.decoder import Seen
from playground.concepts.attention.design import STANDARD, Design
from playground.concepts.attention.params import Params
from playground.frame import Frame
from playground.nets.mlp import Weights
from playground.state import State

SNAPSHOTS, OF_LARGE = 6, 3  # looks at the training less one, and of a network whose looks take long
LARGE = 256  # layers x width
MATRICES_RATE, OTHERS_RATE = 0.04, 0.01
WRITTEN = 64  # characters of a sample
AT_ONCE = 64  # windows of the tail
DESIGN_SEED = 2**31 + 1  # beside the run's own, so that every design begins alike and meets the same windows


class Learning:
    """Two optimisers on one loss: Muon (Jordan 2024) for the matrices inside, Adam for what turns characters into numbers and back."""

    def __init__(self, params: Params, of: Corpus):
        self.params, self.of, self.g = params, of, Generator().manual_seed(params.seed)
        w = decoder.draw(self.g, of.size, params.layers, params.width)
        self.w = params.design.drawn(Generator().manual_seed(params.seed + DESIGN_SEED), w)
        learned = {name: tensor.requires_grad_() for name, tensor in self.w.items()}
        ends = [learned.pop(name) for name in ("embed", "guess", "place") if name in learned]
        self.muon = torch.optim.Muon(learned.values(), lr=MATRICES_RATE, weight_decay=0.0)
        self.adam = torch.optim.AdamW(ends, lr=OTHERS_RATE, betas=(0.9, 0.98), weight_decay=0.0, fused=True)
        self.step = 0

    def until(self, step: int) -> float:
        """Train up to this step; the mean loss on the way there, in bits a character, or of one batch where there is no way to go."""
        losses = [self._descend() for _ in range(step - self.step)]
        with torch.no_grad():
            return torch.stack(losses or [self._loss()]).mean().item() / math.log(2)

    def _loss(self) -> Float[Tensor, ""]:
        x = self.of.windows(self.params.batch, self.params.context + 1, self.g)
        design = self.params.design
        y = decoder.logits(self.w, decoder.stream(self.w, x[:, :-1], self.params.heads, design=design), design)
        return F.cross_entropy(y.flatten(0, 1), x[:, 1:].flatten())

    def _descend(self) -> Float[Tensor, ""]:
        loss = self._loss()
        for tensor, gradient in zip(self.w.values(), torch.autograd.grad(loss, list(self.w.values())), strict=True):
            tensor.grad = gradient
        for optimiser, highest in ((self.muon, MATRICES_RATE), (self.adam, OTHERS_RATE)):
            optimiser.param_groups[0]["lr"] = highest * rate(self.step / self.params.steps)
            optimiser.step()
        self.step += 1
        return loss.detach()


def rate(progress: float) -> float:
    """The learning rate over its highest: up in the first 3 %, down in a straight line to a fiftieth."""
    return min(1.0, progress / 0.03 + 0.05) * (1 - 0.98 * progress)


@torch.no_grad()
def bits(w: Weights, ids: Int64[Tensor, " m"], heads: int, context: int, design: Design = STANDARD) -> Float[Tensor, " k"]:
    """−log₂ of the chance of every character but the first, each guessed from half the context at least, as far as there is as much."""
    stride = context // 2
    short = -(len(ids) - 1 - context) % stride if len(ids) > context + 1 else max(0, context - len(ids) + 1)
    padded = F.pad(ids, (0, short))
    x = padded[:-1].unfold(0, context, stride)
    y = padded[1:].unfold(0, context, stride)
    found = [_bits(w, a, b, heads, design) for a, b in zip(x.split(AT_ONCE), y.split(AT_ONCE), strict=True)]
    every = torch.cat(found)
    return torch.cat((every[0, :stride], every[:, stride:].flatten()))[: len(ids) - 1]


def _bits(w: Weights, x: Int64[Tensor, "b t"], y: Int64[Tensor, "b t"], heads: int, design: Design) -> Float[Tensor, "b t"]:
    chances = decoder.logits(w, decoder.stream(w, x, heads, design=design), design)
    return F.cross_entropy(chances.mT, y, reduction="none") / math.log(2)


def eighths(a: Float[Tensor, "*shape"]) -> UInt8[np.ndarray, "*shape"]:
    """Weights of 0 to 1 as the wire has them: 255 is 1."""
    return (a * 255).round().byte().numpy()


def previous(a: Float[Tensor, "layers heads t t"]) -> float:
    """How much of its attention the head that does so most gives to the token just before, on average."""
    return a.diagonal(-1, -2, -1).mean(-1).max().item()


def induction(a: Float[Tensor, "layers heads t t"], ids: Int64[Tensor, " t"]) -> float:
    """How much of its attention the head that does so most gives to the token after the last earlier occurrence of the same one.

    Olsson et al. 2022. Mean over the tokens that stood there before; 0 where there is none.
    """
    pairs = [(i, j + 1) for i, j in enumerate(last_seen(ids)) if j is not None]
    if not pairs:
        return 0.0
    query, key = zip(*pairs, strict=True)
    return a[:, :, list(query), list(key)].mean(-1).max().item()


def last_seen(ids: Int64[Tensor, " t"]) -> list[int | None]:
    """Where each token stood the last time before, if it did."""
    seen: dict[int, int] = {}
    found = []
    for i, token in enumerate(ids.tolist()):
        found.append(seen.get(token))
        seen[token] = i
    return found


def unseen(learning: Learning) -> float:
    """Bits a character of the tail. Before the first step, when nothing is guessed yet, those of an even guess: no need to measure it."""
    params = learning.params
    return bits(learning.w, learning.of.held_out, params.heads, params.context, params.design).mean().item()


@torch.no_grad()
def snapshot(learning: Learning, loss: float, known: dict[str, float]) -> Frame:
    """What the model can do by now, and where its heads look on one passage of the tail."""
    w, of, params, seen = learning.w, learning.of, learning.params, Seen()
    ids = of.passage
    decoder.stream(w, ids[None], params.heads, decoder.no_operation(params.layers, params.heads), seen, params.design)
    a = torch.stack(seen.attention)
    g = Generator().manual_seed(params.seed + 2**31)
    sample = decoder.written(w, ids[:1], params.heads, WRITTEN, params.context, g, params.design)
    metrics = {"loss": loss, "bits_per_char": unseen(learning) if learning.step else known["uniform"]}
    metrics |= known | {"previous": previous(a), "induction": induction(a, ids)}
    texts = {"tokens": shown([of.alphabet[i] for i in ids]), "sample": ("".join(of.alphabet[i] for i in sample),)}
    return Frame(learning.step, {"attention": eighths(a)}, metrics, texts, "train")


def shown(tokens: list[str]) -> tuple[str, ...]:
    """As a person is to see them: what is nothing but space has a sign."""
    return tuple(token.replace("\n", "⏎").replace(" ", "␣") if not token.strip() else token for token in tokens)


def snapshot_steps(params: Params) -> list[int]:
    """From 0 to the last, denser early."""
    most = SNAPSHOTS if params.layers * params.width <= LARGE else OF_LARGE
    count = min(most, max(1, params.steps // 5))
    return sorted({round(params.steps * (i / count) ** 1.5) for i in range(count + 1)})


def train(params: Params) -> Yields[Frame, None, State]:
    """Minimise the mean surprise at the next character. The state is the weights."""
    of = corpus(params)
    learning, known = Learning(params, of), {"uniform": uniform_bits(of), "bigram": bigram_bits(of)}
    for step in snapshot_steps(params):
        yield snapshot(learning, learning.until(step), known)
    return {name: tensor.detach() for name, tensor in learning.w.items()}

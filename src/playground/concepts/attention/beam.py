"""Beam search: of all ways to go on, the few that are likeliest so far are followed further."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int64
from torch import Tensor

from playground.concepts.attention.learning import shown
from playground.concepts.attention.looking import Subject, positions, turned_on
from playground.concepts.attention.models import Model
from playground.concepts.attention.params import BEAM_TOKENS
from playground.frame import Frame

LEAST_WAYS = 2  # of each branch that are weighed, so that something is dropped even where one branch is kept
Follow = Callable[[Int64[Tensor, "b t"]], Float[Tensor, "b v"]]  # −log₂ of the chance of every next token


@dataclass(frozen=True)
class Node:
    """A token of the tree. `parent` is the place of the one before, or -1; `bits` is −log₂ of the chance of the branch up to here."""

    token: int
    parent: int
    own: float
    bits: float
    kept: bool


@dataclass(frozen=True)
class Grown:
    """The tree after some tokens: its newest nodes are the last `weighed`; the branches kept, likeliest first, and their ends' places."""

    tree: list[Node]
    weighed: int
    branches: Int64[Tensor, "b t"]
    ends: list[int]

    @property
    def best(self) -> float:
        return self.tree[self.ends[0]].bits


def search(follow: Follow, ids: Int64[Tensor, " t"], width: int, tokens: int) -> Iterator[Grown]:
    """The tree after each token. Lowerre 1976."""
    grown = Grown([Node(int(ids[-1]), -1, 0.0, 0.0, True)], 1, ids[None], [0])
    for _ in range(tokens):
        yield (grown := further(follow, grown, width))


def further(follow: Follow, before: Grown, width: int) -> Grown:
    """One token more: the best `width` of all are among the best `width` of each branch, so that no others need be weighed."""
    own = follow(before.branches).double()
    ways = own.topk(min(max(width, LEAST_WAYS), own.shape[1]), largest=False)
    bits = (ways.values + torch.tensor([before.tree[end].bits for end in before.ends], dtype=torch.double)[:, None]).flatten()
    branch = torch.arange(len(before.ends)).repeat_interleave(ways.values.shape[1])
    kept = bits.argsort(stable=True)[:width]
    chosen = set(kept.tolist())
    columns = zip(ways.indices.flatten().tolist(), branch.tolist(), ways.values.flatten().tolist(), bits.tolist(), strict=True)
    new = [Node(token, before.ends[b], one, all_of_it, i in chosen) for i, (token, b, one, all_of_it) in enumerate(columns)]
    branches = torch.cat((before.branches[branch[kept]], ways.indices.flatten()[kept, None]), 1)
    return Grown(before.tree + new, len(new), branches, [len(before.tree) + i for i in kept.tolist()])


def surprises(subject: Subject) -> Follow:
    """What the model, under the operation, says of the next token."""
    model, operation = subject.model, subject.operation

    def follow(ids: Int64[Tensor, "b t"]) -> Float[Tensor, "b v"]:
        now = turned_on(operation, ids.shape[1], model.context)
        return -model.guess(model.stream(ids[:, -model.context :], now)[:, -1]).log_softmax(-1) / math.log(2)

    return follow


@torch.no_grad()
def beam(subject: Subject, width: int) -> Iterator[Frame]:
    """A token a frame: the tree so far; beside it, what always taking the likeliest token comes to."""
    follow = surprises(subject)
    wide, narrow = (search(follow, subject.ids, each, BEAM_TOKENS) for each in (width, 1))
    for step, (grown, greedy) in enumerate(zip(wide, narrow, strict=True), 1):
        metrics = {"branch_bits": grown.best, "greedy_bits": greedy.best, "weighed": float(grown.weighed), "kept": float(len(grown.ends))}
        yield Frame(step, drawn(grown), metrics, told(subject.model, grown, greedy), "beam")


def drawn(grown: Grown) -> dict[str, np.ndarray]:
    """The tree as the stage has it, and what the newest branches cost, the likeliest first."""
    rows = [(node.parent, node.own, node.bits, node.kept) for node in grown.tree]
    newest = sorted(node.bits for node in grown.tree[-grown.weighed :])
    return {"tree": np.array(rows, np.float32), "candidate_bits": np.array(newest, np.float32), "position": positions(len(newest))}


def told(model: Model, grown: Grown, greedy: Grown) -> dict[str, tuple[str, ...]]:
    """The tokens of the tree; what each newest branch has written; the branches kept, and the greedy one, with what they cost."""
    newest = sorted(range(len(grown.tree) - grown.weighed, len(grown.tree)), key=lambda i: grown.tree[i].bits)
    return {
        "tree": shown([model.token(node.token) for node in grown.tree]),
        "candidates": tuple(written(model, grown.tree, i) for i in newest),
        "branches": tuple(priced(model, grown, end) for end in grown.ends),
        "greedily": (priced(model, greedy, greedy.ends[0]),),
    }


def priced(model: Model, grown: Grown, end: int) -> str:
    return f"{grown.tree[end].bits:.2f}  {written(model, grown.tree, end)}"


def written(model: Model, tree: list[Node], end: int) -> str:
    """What a branch has written after the text, on one line."""
    found: list[int] = []
    while tree[end].parent >= 0:
        found.insert(0, tree[end].token)
        end = tree[end].parent
    return model.text(torch.tensor(found)).replace("\n", "⏎")

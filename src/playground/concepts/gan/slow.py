"""One step of the training in slow motion: each sub-step is a frame."""

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from playground.concepts.gan.game import Game
from playground.concepts.gan.params import Params
from playground.frame import Frame

PARTS = tuple(f"{player}_{part}" for player in "dg" for part in ("sample", "forward", "loss", "backward", "update"))


def in_slow_motion(game: Game, now: Params, step: int) -> Iterator[Frame]:
    """Play the step; of several updates of one player the last is shown. Numbers and arrays stay until others take their place."""
    shown: dict[str, Frame] = {}
    told: dict[str, float] = {"of_step": step}
    arrays: dict[str, np.ndarray] = {}
    before = {player: _copied(game, player) for player in "dg"}
    for name, seen in game.play(now, step):
        player = name[0]
        if name.endswith("sample"):
            before[player] = _copied(game, player)
        told |= numbers(game, name, seen, before[player])
        arrays = arrays | game.space.in_slow_motion(game, name, seen)
        shown[name] = Frame(PARTS.index(name) + 1, arrays, told | {"part": PARTS.index(name) + 1}, phase="slow")
    yield from (shown[name] for name in PARTS if name in shown)


def numbers(game: Game, name: str, seen: dict[str, Tensor], before: list[Tensor]) -> dict[str, float]:
    """What the sub-step found out, of the first member."""
    player, part = name.split("_")
    net = game.d if player == "d" else game.g
    found = {key: game.loss.judged(seen[f"on_{kind}"][0]).mean().item() for key, kind in (("d_real", "real"), ("d_fake", "fake")) if f"on_{kind}" in seen}
    found |= {key: seen[key][0].item() for key in ("d_loss", "g_loss") if key in seen}
    if part in ("backward", "update"):
        found[f"{player}_slope"] = _length([w.grad[0] for w in net.w if w.grad is not None])
    if part == "update":
        found[f"{player}_move"] = _length([(new - old)[0] for new, old in zip(net.w, before, strict=True)])
    return found


def _copied(game: Game, player: str) -> list[Tensor]:
    return [w.detach().clone() for w in (game.d if player == "d" else game.g).w]


@torch.no_grad()
def _length(tensors: list[Tensor]) -> float:
    """Of all numbers as one vector."""
    return torch.cat([tensor.flatten() for tensor in tensors]).norm().item()

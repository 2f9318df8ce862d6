"""One step of the training in slow motion: each sub-step is a frame."""

from collections.abc import Iterator

import numpy as np
from torch import Tensor

from playground.concepts.gan.game import Game, Sub
from playground.frame import Frame

PARTS = tuple(f"{player}_{part}" for player in "dg" for part in ("sample", "forward", "loss", "backward", "update"))


def in_slow_motion(game: Game, subs: Iterator[Sub], step: int) -> Iterator[Frame]:
    """Play the step through; of several updates of one player the last is shown. Numbers and arrays stay until others take their place."""
    shown: dict[str, Frame] = {}
    told: dict[str, float] = {"of_step": step}
    arrays: dict[str, np.ndarray] = {}
    before = game.g.flat
    for name, seen in subs:
        if name.endswith("sample"):
            before = (game.d if name[0] == "d" else game.g).flat.clone()
        told |= numbers(game, name, seen, before)
        arrays = dict(sorted((arrays | game.space.in_slow_motion(game, name, seen)).items()))
        shown[name] = Frame(PARTS.index(name) + 1, arrays, told | {"part": PARTS.index(name) + 1}, phase="slow")
    yield from (shown[name] for name in PARTS if name in shown)


LABELS = {"real": "label", "fake": "asked"}


def numbers(game: Game, name: str, seen: dict[str, Tensor], before: Tensor) -> dict[str, float]:
    """What the sub-step found out, of the first member. D's update is judged by the same batch once more."""
    player, part = name.split("_")
    net = game.d if player == "d" else game.g
    found = {
        key: game.loss.judged(seen[f"on_{kind}"][0]).mean().item()
        for key, kind in (("d_real", "real"), ("d_fake", "fake"))
        if f"on_{kind}" in seen
    }
    found |= {key: seen[key][0].item() for key in ("d_loss", "g_loss") if key in seen}
    if part in ("backward", "update"):
        found[f"{player}_slope"] = net.slope[0].norm().item()
    if name == "d_update":
        critic = game.critic_of(0)
        found |= {
            f"d_{kind}": game.loss.judged(critic(seen[kind][:1], seen[label][:1] if label in seen else None)).mean().item()
            for kind, label in LABELS.items()
        }
    if part == "update":
        found[f"{player}_move"] = (net.flat - before)[0].norm().item()
    return found

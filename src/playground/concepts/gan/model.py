"""GAN: a generator turns noise into fakes, a discriminator learns to tell them from the data, and each learns from the other."""

from collections.abc import Generator as Yields
from collections.abc import Iterator, Mapping
from dataclasses import replace
from statistics import median

import torch
from torch import Tensor

from playground.concepts.gan.game import Game, Sub
from playground.concepts.gan.losses import LABELLED, LOSSES
from playground.concepts.gan.params import PICTURES, Params
from playground.concepts.gan.pictures import Pictures
from playground.concepts.gan.plane import Plane
from playground.concepts.gan.slow import in_slow_motion
from playground.concepts.gan.spaces import Look, Space
from playground.frame import Frame, decode, encode, finite
from playground.state import State, learn

FAR = 1e4  # who makes fakes so far away has diverged
BANDED = ("d_loss", "g_loss", "js", "kl", "sw2", "modes", "near", "d_accuracy", "grad_norm")  # told of many members together
Frames = Yields[Frame, None, State]


def kind_of(params: Params) -> type[Plane | Pictures]:
    return Pictures if params.data in PICTURES else Plane


def train(params: Params, space: Space) -> Frames:
    """D's update, then G's, over and over.

    The state is both networks, the running mean of G, which is the one that is looked at, and the frames of the step in slow motion.
    """
    game, changes = Game(params, space), {edit.step for edit in params.changes}
    now, due, slow, losses = params, snapshot_steps(params), [], Losses()
    last = Frame(0, {}, {})
    for step in range(params.steps + 1):
        if step in due:
            frame = snapshot(now, space.looks(game), losses.means(), step)
            if not sane(frame):
                yield replace(last, step=step, metrics={**last.metrics, "diverged": 1.0}, phase="diverged")
                return kept(game)
            yield (last := frame)
        if step in changes:
            now = params.at(step)
        if step == params.looked_at:
            slow = list(in_slow_motion(game, losses.noted(game.play(now, step)), step))
        elif step < params.steps:
            for _ in losses.noted(game.play(now, step)):
                pass
    return kept(game) | ({"slow": torch.frombuffer(bytearray(b"".join(encode(slow))), dtype=torch.uint8)} if slow else {})


def snapshot_steps(params: Params) -> set[int]:
    """From 0 to the last, denser early; fewer where each is to be made for many members."""
    kind = kind_of(params)
    count = kind.snapshots if params.seeds == 1 else kind.snapshots // 2
    return {round(params.steps * (i / count) ** 1.5) for i in range(count + 1)}


class Losses:
    """What both paid since the last snapshot."""

    def __init__(self) -> None:
        self.paid: dict[str, list[Tensor]] = {"d_loss": [], "g_loss": []}

    def noted(self, subs: Iterator[Sub]) -> Iterator[Sub]:
        for name, seen in subs:
            if name in self.paid:
                self.paid[name].append(seen[name])
            yield name, seen

    def means(self) -> dict[str, list[float]]:
        """By member."""
        found = {name: torch.stack(losses).mean(0).tolist() for name, losses in self.paid.items() if losses}
        for losses in self.paid.values():
            losses.clear()
        return found


def snapshot(now: Params, looks: list[Look], losses: Mapping[str, list[float]], step: int) -> Frame:
    """The first member's frame, and of many the median, the lowest and the highest."""
    told = [look.metrics | {name: values[k] for name, values in losses.items()} for k, look in enumerate(looks)]
    return Frame(
        step, dict(sorted(looks[0].arrays.items())), told[0] | equilibrium(now) | (band(told) if len(told) > 1 else {}), phase="train"
    )


def band(told: list[dict[str, float]]) -> dict[str, float]:
    ends = {"median": median, "low": min, "high": max}
    return {f"{name}_{end}": float(of([one[name] for one in told])) for name in BANDED if name in told[0] for end, of in ends.items()}


def equilibrium(now: Params) -> dict[str, float]:
    """Where both losses stand once q = p, as far as a formula says so."""
    label = 1 - now.label_smoothing if now.loss in LABELLED else 1.0
    d, g = LOSSES[now.loss].equilibrium(label)
    return {"d_equilibrium": d} | ({} if g is None else {"g_equilibrium": g})


def sane(frame: Frame) -> bool:
    """Whether every number is finite and the fakes are not beyond all bounds."""
    return finite(frame) and all(abs(frame.arrays[name]).max() < FAR for name in ("fake", "fake_all") if name in frame.arrays)


def kept(game: Game) -> State:
    return {"g": game.g.flat, "d": game.d.flat, "mean": game.smooth}


def run(params: Params, state: State | None = None) -> Frames:
    """Chapters: train: what G makes of the same noise by now; slow: one step of it in ten sub-steps, after the training.

    On the plane: real and fake (1000, 2), gradient (100, 4) as x, y, dx, dy, mesh (21, 21, 2) or (1, 121, 2), d_grid and ideal (64, 64)
    of 0 to 1 with the first row at the top, over [-4.8, 4.8]², mesh_density (20, 20) or (1, 120) of 0 to 1, all f2; where the data have
    modes, mode, mode_share and mode_true (modes,) f4. With many seeds fake_all (seeds, 250, 2) and d_grid_all (seeds, 32, 32) f2.
    slow: real and fake (batch, 2), gradient (batch, 4), d_grid.
    """
    state = yield from learn(train(params, kind_of(params)(params)), state)
    if "slow" in state:
        for frame in decode(state["slow"].numpy().tobytes().splitlines()):
            yield replace(frame, arrays=dict(sorted(frame.arrays.items())))
    return state

"""Where the game is played: what the plane and pictures have in common, and nothing else."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
import torch
from jaxtyping import Float
from torch import Generator, Tensor

from playground.concepts.gan.nets import Weights

if TYPE_CHECKING:
    from playground.concepts.gan.game import Game

Arrays = dict[str, np.ndarray]


@dataclass
class Look:
    """What a snapshot has to show and to tell of one member; `fake` is all that was made for it."""

    fake: Tensor
    arrays: Arrays
    metrics: dict[str, float]


class Space(Protocol):
    """The data, the noise and the networks' shapes. Batches of several members have the shape (m, n, d); labels are one-hot."""

    dimensions: int
    g_sizes: tuple[int, ...]
    d_sizes: tuple[int, ...]
    d_extra: tuple[int, ...]  # of the matrix of classes, where there are some

    def real(self, n: int, g: Generator, /) -> Tensor: ...
    def noise(self, n: int, g: Generator, /) -> Tensor: ...
    def apart(self, batch: Tensor, /) -> tuple[Tensor, Tensor | None]: ...
    def asked(self, z: Tensor, /) -> Tensor | None: ...
    def generate(self, w: Weights, z: Tensor, /) -> Tensor: ...
    def critic(self, w: Weights, x: Tensor, label: Tensor | None, /) -> Tensor: ...
    def in_slow_motion(self, game: "Game", name: str, seen: dict[str, Tensor], /) -> Arrays: ...
    def looks(self, game: "Game", /) -> list[Look]: ...


def f2(x: Tensor) -> np.ndarray:
    return x.detach().clamp(-60_000, 60_000).numpy().astype(np.float16)


@torch.no_grad()
def judge(game: "Game", real: Tensor, fake: Tensor, member: int) -> Callable[[Tensor], Float[Tensor, " n"]]:
    """D's answers for one member, 0 to 1. Outputs that have no zero of their own are seen from the middle between real and fake, in their spread."""
    critic = game.critic_of(member)
    middle, spread = 0.0, 1.0
    if not game.loss.zero:
        on_real, on_fake = critic(real[None]), critic(fake[None])
        middle, spread = (on_real.mean() + on_fake.mean()) / 2, torch.cat((on_real, on_fake)).std() + 1e-9
    return lambda x: game.loss.judged((critic(x[None])[0].detach() - middle) / spread)

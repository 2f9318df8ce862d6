"""Where the game is played: what the plane and pictures have in common, and nothing else."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
import torch
from jaxtyping import Float
from torch import Generator, Tensor

from playground.concepts.gan.layers import Activation, Weights
from playground.concepts.gan.losses import Loss

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
    beta1: float  # of Adam
    snapshots: int
    lazy: int  # R1 is looked at in every so-manieth step, and weighs as much more then (Karras et al. 2020)
    g_sizes: tuple[int, ...]
    d_sizes: tuple[int, ...]
    g_activation: Activation
    d_activation: Activation
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


def judge(loss: Loss, on_real: Tensor, on_fake: Tensor) -> Callable[[Tensor], Tensor]:
    """D's answers from its outputs, 0 to 1. Where these have no zero of their own, from between real and fake, in their spread."""
    if loss.zero:
        return loss.judged
    middle, spread = (on_real.mean() + on_fake.mean()) / 2, torch.cat((on_real, on_fake), 1).std() + 1e-9
    return lambda o: loss.judged((o - middle) / spread)


def accuracy(loss: Loss, on_real: Tensor, on_fake: Tensor) -> float:
    """Mean of the shares of real and of fakes that D takes for what they are."""
    judged = judge(loss, on_real, on_fake)
    return ((judged(on_real) > 0.5).float().mean() + (judged(on_fake) < 0.5).float().mean()).item() / 2


def slopes(game: "Game", member: int, x: Float[Tensor, "n d"], label: Float[Tensor, "1 n c"] | None = None) -> Float[Tensor, "n d"]:
    """The gradient of G's loss by each fake."""
    x = x.detach().requires_grad_()
    cost = game.loss.generator(game.critic_of(member)(x[None], label)).sum()
    return torch.autograd.grad(cost, x)[0]

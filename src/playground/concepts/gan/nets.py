"""Small networks in which several members live side by side: every weight has a leading axis for them, one multiplication serves all."""

import math
from collections.abc import Callable, Mapping
from functools import partial
from itertools import pairwise

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Generator, Tensor

Weights = list[Tensor]  # matrix, bias, matrix, bias, …; a conditional critic ends with one matrix more
Activation = Callable[[Tensor], Tensor]
CHUNK = 2_000  # rows at a time where many are looked at: what a core's cache holds

ACTIVATIONS: Mapping[str, Activation] = {
    "leaky_relu": partial(F.leaky_relu, negative_slope=0.2),
    "relu": F.relu,
    "tanh": torch.tanh,
    "silu": F.silu,
}


def draw(sizes: tuple[int, ...], generators: list[Generator], extra: tuple[int, ...] = (), small: float = 1.0) -> Weights:
    """Untrained weights of a network with layers of these sizes, scaled as in He et al. 2015, the last `small` times so large.

    Each member draws its own.
    """
    w: Weights = []
    for n_in, n_out in pairwise(sizes):
        w += [_normal((n_in, n_out), math.sqrt(2 / n_in), generators), torch.zeros(len(generators), 1, n_out)]
    w[-2] *= small
    return w + ([_normal(extra, 1 / math.sqrt(extra[-1]), generators)] if extra else [])


def _normal(shape: tuple[int, ...], scale: float, generators: list[Generator]) -> Tensor:
    return torch.stack([scale * torch.randn(shape, generator=g) for g in generators])


def hidden(w: Weights, x: Float[Tensor, "m n i"], activation: Activation) -> Float[Tensor, "m n h"]:
    for matrix, bias in zip(w[0:-2:2], w[1:-2:2], strict=True):
        x = activation(torch.baddbmm(bias, x, matrix))
    return x


def apply(w: Weights, x: Float[Tensor, "m n i"], activation: Activation) -> Float[Tensor, "m n o"]:
    return torch.baddbmm(w[-1], hidden(w, x, activation), w[-2])


def projected(w: Weights, x: Float[Tensor, "m n i"], label: Float[Tensor, "m n c"], activation: Activation) -> Float[Tensor, "m n 1"]:
    """A critic that also sees a class, one-hot: the class's own direction is added to the last layer's (Miyato & Koyama 2018)."""
    *w, classes = w
    h = hidden(w, x, activation)
    return torch.baddbmm(w[-1], h, w[-2]) + (torch.bmm(label, classes) * h).sum(2, keepdim=True)


def of(w: Weights, member: int) -> Weights:
    """The weights of one member."""
    return [tensor[member : member + 1] for tensor in w]


class Spectral:
    """Spectral normalisation (Miyato et al. 2018): each matrix over its largest singular value, found by one power iteration a step."""

    def __init__(self, w: Weights, generators: list[Generator]):
        self.u = [_normal((matrix.shape[2], 1), 1.0, generators) for matrix in matrices(w)]
        for _ in range(5):
            self.iterate(w)

    @torch.no_grad()
    def iterate(self, w: Weights) -> None:
        self.v = [F.normalize(matrix @ u, dim=1) for matrix, u in zip(matrices(w), self.u, strict=True)]
        self.u = [F.normalize(matrix.mT @ v, dim=1) for matrix, v in zip(matrices(w), self.v, strict=True)]

    def __call__(self, w: Weights) -> Weights:
        """Weights as they are used; differentiable."""
        sizes = iter([v.mT @ matrix @ u for matrix, u, v in zip(matrices(w), self.u, self.v, strict=True)])
        return [tensor / next(sizes) if i % 2 == 0 else tensor for i, tensor in enumerate(w)]


def matrices(w: Weights) -> Weights:
    return w[0::2]


def views(flat: Float[Tensor, "m p"], shapes: list[torch.Size]) -> Weights:
    """The weights that lie one after the other in `flat`, in its own memory."""
    parts = flat.split([math.prod(shape[1:]) for shape in shapes], 1)
    return [part.view(shape) for part, shape in zip(parts, shapes, strict=True)]


class Adam:
    """Kingma & Ba 2015, algorithm 1."""

    beta2 = 0.99

    def __init__(self, beta1: float) -> None:
        self.beta1 = beta1
        self.m, self.v, self.t = torch.zeros(()), torch.zeros(()), 0

    def __call__(self, w: Float[Tensor, "m p"], slope: Float[Tensor, "m p"], rate: float) -> None:
        self.t += 1
        self.m = torch.lerp(self.m.expand_as(slope), slope, 1 - self.beta1)
        self.v = torch.lerp(self.v.expand_as(slope), slope.square(), 1 - self.beta2)
        w.addcdiv_(self.m, (self.v / (1 - self.beta2**self.t)).sqrt_().add_(1e-8), value=-rate / (1 - self.beta1**self.t))


class Momentum:
    """Steps along the sum of all slopes so far, each weighing 0.9 of the next (Polyak 1964)."""

    def __init__(self) -> None:
        self.v = torch.zeros(())

    def __call__(self, w: Float[Tensor, "m p"], slope: Float[Tensor, "m p"], rate: float) -> None:
        self.v = torch.add(slope, self.v, alpha=0.9)
        w.sub_(self.v, alpha=rate)


class Descent:
    """Plain steps down the slope."""

    def __call__(self, w: Float[Tensor, "m p"], slope: Float[Tensor, "m p"], rate: float) -> None:
        w.sub_(slope, alpha=rate)


Rule = Callable[[Tensor, Tensor, float], None]  # weights, their slope, rate
OPTIMISERS: Mapping[str, Callable[[float], Rule]] = {  # by Adam's beta1
    "adam": Adam,
    "momentum": lambda beta1: Momentum(),
    "sgd": lambda beta1: Descent(),
}


class Player:
    """A network under training. Its numbers lie in `flat`, a row a member: `w` shows them to autograd, `still` to who only looks."""

    def __init__(self, w: Weights, rule: Rule):
        self.shapes = [tensor.shape for tensor in w]
        self.flat = torch.cat([tensor.flatten(1) for tensor in w], 1)
        self.still = views(self.flat, self.shapes)
        self.w = [tensor.detach().requires_grad_() for tensor in self.still]
        self.descend = rule

    def backward(self, loss: Float[Tensor, ""]) -> None:
        self.slope = torch.cat([slope.flatten(1) for slope in torch.autograd.grad(loss, self.w)], 1)

    def update(self, rate: float) -> None:
        self.descend(self.flat, self.slope, rate)

"""Small networks in which several members live side by side: every weight has a leading axis for them, one multiplication serves all."""

import math
from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Generator, Tensor

from playground.concepts.gan.layers import Weights

CHUNK = 2_000  # rows at a time where many are looked at: what a core's cache holds


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
        if not self.t:
            self.m, self.v = torch.zeros_like(w), torch.zeros_like(w)
        self.t += 1
        self.m.lerp_(slope, 1 - self.beta1)
        self.v.mul_(self.beta2).addcmul_(slope, slope, value=1 - self.beta2)
        scale = math.sqrt(1 - self.beta2**self.t)
        w.addcdiv_(self.m, self.v.sqrt().add_(1e-8 * scale), value=-rate * scale / (1 - self.beta1**self.t))


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
    """A network under training. Its numbers lie in `flat`, a row a member, `still` shows them by matrix; so do `slope` and `slopes`.

    `w` are the same numbers for autograd.
    """

    def __init__(self, w: Weights, rule: Rule):
        self.shapes = [tensor.shape for tensor in w]
        self.flat = torch.cat(self._flat(w), 1)
        self.slope = torch.zeros_like(self.flat)
        self.still, self.slopes = views(self.flat, self.shapes), views(self.slope, self.shapes)
        self.w = [tensor.detach().requires_grad_() for tensor in self.still]
        self.descend = rule

    def came_by(self, used: Weights) -> None:
        """`slopes` are by the weights as they were used: make them those by the weights themselves."""
        torch.cat(self._flat(torch.autograd.grad(used, self.w, [slope.clone() for slope in self.slopes])), 1, out=self.slope)

    def add(self, penalty: Float[Tensor, ""]) -> None:
        """The slope of something that autograd knows."""
        self.slope += torch.cat(self._flat(torch.autograd.grad(penalty, self.w, materialize_grads=True)), 1)

    def _flat(self, slopes: Iterable[Tensor]) -> Weights:
        return [slope.flatten(1) for slope in slopes]

    def update(self, rate: float) -> None:
        self.descend(self.flat, self.slope, rate)

"""Networks of several members at once, forward and back: by hand, since autograd's book-keeping takes longer than such small sums."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor

Weights = list[Tensor]  # matrix, bias, matrix, bias, …; a conditional critic ends with one matrix more
aten = torch.ops.aten


@dataclass(frozen=True)
class Activation:
    """h = f(z), and back: ∂/∂h, z, h -> ∂/∂z."""

    f: Callable[[Tensor], Tensor]
    back: Callable[[Tensor, Tensor, Tensor], Tensor]


LEAK = 0.2
ACTIVATIONS: Mapping[str, Activation] = {
    "leaky_relu": Activation(lambda z: F.leaky_relu(z, LEAK), lambda g, z, h: aten.leaky_relu_backward(g, z, LEAK, False)),
    "relu": Activation(F.relu, lambda g, z, h: aten.threshold_backward(g, z, 0)),
    "tanh": Activation(torch.tanh, lambda g, z, h: aten.tanh_backward(g, h)),
    "silu": Activation(F.silu, lambda g, z, h: aten.silu_backward(g, z)),
}


def apply(
    w: Weights, x: Float[Tensor, "m n i"], activation: Activation, label: Float[Tensor, "m n c"] | None = None
) -> Float[Tensor, "m n o"]:
    """What the network makes of x; with a label, one-hot, the class's own direction joins the last layer's (Miyato & Koyama 2018)."""
    return Pass(w, x, activation, label).out


class Pass:
    """x's way through a network with weights w: `out`, and what is needed for the way back. All of it is differentiable."""

    def __init__(self, w: Weights, x: Float[Tensor, "m n i"], activation: Activation, label: Tensor | None = None):
        self.w, self.activation, self.label = w, activation, label
        self.depth = len(w) // 2
        self.ins: list[Tensor] = [x]
        self.sums: list[Tensor] = []
        for matrix, bias in zip(w[0 : 2 * self.depth - 2 : 2], w[1 : 2 * self.depth - 2 : 2], strict=True):
            self.sums.append(torch.baddbmm(bias, self.ins[-1], matrix))
            self.ins.append(activation.f(self.sums[-1]))
        self.out = torch.baddbmm(w[2 * self.depth - 1], self.ins[-1], w[2 * self.depth - 2])
        if label is not None:
            self.towards = torch.bmm(label, w[-1])
            self.out = self.out + (self.towards * self.ins[-1]).sum(2, keepdim=True)

    def to_weights(self, g: Float[Tensor, "m n o"], into: Weights) -> None:
        """Write the gradient by every weight, given the one by `out`."""
        if self.label is not None:
            torch.bmm(self.label.mT, g * self.ins[-1], out=into[-1])
        for i in reversed(range(self.depth)):
            torch.sum(g, 1, keepdim=True, out=into[2 * i + 1])
            torch.bmm(self.ins[i].mT, g, out=into[2 * i])
            if i:
                g = self._below(g, i)

    def to_input(self, g: Float[Tensor, "m n o"]) -> Float[Tensor, "m n i"]:
        """The gradient by x, given the one by `out`."""
        for i in reversed(range(self.depth)):
            g = self._below(g, i)
        return g

    def _below(self, g: Tensor, i: int) -> Tensor:
        """From the gradient by what layer i gives to the one by what the layer below it sums up; by x below the first."""
        back = torch.bmm(g, self.w[2 * i].mT)
        if self.label is not None and i == self.depth - 1:
            back.addcmul_(g.expand_as(self.towards), self.towards)
        return self.activation.back(back, self.sums[i - 1], self.ins[i]) if i else back

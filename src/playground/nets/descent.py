"""Going down a loss: Adam for a known number of steps, and the mean of the last weights."""

import math
from collections.abc import Callable

import torch
from torch import Tensor

from playground.nets.mlp import Weights, trainable

EMA = 0.99  # of the weights that are looked at; shorter in the first steps


class Descent:
    """Training that can be halted and looked at. `mean` is the running mean of the weights: steadier than the last ones."""

    def __init__(self, w: Weights, rate: float, steps: int, loss: Callable[[Weights], Tensor]):
        self.w, self.rate, self.steps, self.loss = w, rate, steps, loss
        self.learned = [tensor.requires_grad_() for tensor in trainable(w)]
        self.mean = {name: tensor.detach().clone() for name, tensor in w.items()}
        self.adam = torch.optim.Adam(self.learned, lr=rate, betas=(0.9, 0.99), fused=True)
        self.step = 0

    def until(self, step: int) -> float:
        """Train up to this step; the mean loss on the way there, or of one batch where there is no way to go."""
        losses = [self._descend() for _ in range(step - self.step)]
        with torch.no_grad():
            return torch.stack(losses or [self.loss(self.w)]).mean().item()

    def _descend(self) -> Tensor:
        loss = self.loss(self.w)
        for tensor, gradient in zip(self.learned, torch.autograd.grad(loss, self.learned), strict=True):
            tensor.grad = gradient
        self.adam.param_groups[0]["lr"] = self.rate * warm_and_decay(self.step / self.steps)
        self.adam.step()
        with torch.no_grad():
            torch._foreach_lerp_(trainable(self.mean), self.learned, 1 - min(EMA, (1 + self.step) / (10 + self.step)))
        self.step += 1
        return loss.detach()


def warm_and_decay(progress: float) -> float:
    """Learning rate over its highest: up in the first 2 % of the steps, then down by a cosine to a twentieth."""
    return min(1.0, (progress + 1e-3) / 0.02) * (0.525 + 0.475 * math.cos(math.pi * progress))

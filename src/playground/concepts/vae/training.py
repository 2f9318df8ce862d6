"""Going down the loss, with the mean of the last weights, which is what is looked at."""

from collections.abc import Callable, Iterator

import torch
from jaxtyping import Float
from torch import Generator, Tensor

from playground.concepts.vae import coder
from playground.concepts.vae.coder import Coder
from playground.concepts.vae.objectives import LOSSES
from playground.concepts.vae.params import Params
from playground.concepts.vae.vq import Codebook
from playground.nets.descent import EMA, warm_and_decay
from playground.nets.mlp import Weights

BATCH = 256
SETTLED = 0.7  # share of the training after which no code begins anew
OPTIMISERS: dict[str, Callable[..., torch.optim.Optimizer]] = {
    "adam": lambda w, rate: torch.optim.Adam(w, rate, betas=(0.9, 0.99), fused=True),
    "rmsprop": lambda w, rate: torch.optim.RMSprop(w, rate, alpha=0.99, foreach=True),
    "momentum": lambda w, rate: torch.optim.SGD(w, rate, momentum=0.9, foreach=True),
}


class Training:
    """A model that learns, until a step and then on to the next."""

    def __init__(self, params: Params, x: Float[Tensor, "n p"]):
        self.params, self.x, self.g = params, x, Generator().manual_seed(params.seed)
        self.w = coder.draw(params.design, self.g)
        self.learned = [tensor.requires_grad_() for tensor in self.w.values()]
        self.mean = {name: tensor.detach().clone() for name, tensor in self.w.items()}
        self.book = Codebook(params.codes, self.g) if params.model == "vq" else None
        self.optimiser = OPTIMISERS[params.optimiser](self.learned, params.rate)
        self.batches, self.step = self._batches(), 0

    @property
    def coder(self) -> Coder:
        """The model as it is looked at."""
        return Coder(self.params.design, self.mean | self._codebook())

    def until(self, step: int) -> float:
        """Train up to this step; the mean loss on the way there, or of one batch where there is no way to go."""
        losses = [self._descend() for _ in range(step - self.step)]
        with torch.no_grad():
            return torch.stack(losses or [self._loss(next(self.batches))]).mean().item()

    def now(self, back: int = 0) -> Params:
        """The parameters in force, or those of so many steps ago, with β as far as it is warmed up."""
        now = self.params.at(self.step - back)
        warm = min(1.0, self.step / (now.warm_up * now.steps)) if now.warm_up else 1.0
        return now.model_copy(update={"beta": now.beta * warm})

    def _codebook(self) -> Weights:
        return {} if self.book is None else {"codebook": self.book.codes}

    def _batches(self) -> Iterator[Float[Tensor, "n p"]]:
        while True:
            for i in torch.randperm(len(self.x), generator=self.g).split(BATCH):
                if len(i) == min(BATCH, len(self.x)):
                    yield self.x[i]

    def _loss(self, x: Float[Tensor, "n p"]) -> Float[Tensor, ""]:
        with torch.autocast("cpu", torch.bfloat16):
            return LOSSES[self.params.model](self.now(), self.w | self._codebook(), x, self.g)

    def _descend(self) -> Float[Tensor, ""]:
        x = next(self.batches)
        loss = self._loss(x)
        for tensor, gradient in zip(self.learned, torch.autograd.grad(loss, self.learned), strict=True):
            tensor.grad = gradient
        self.optimiser.param_groups[0]["lr"] = self.params.rate * warm_and_decay(self.step / self.params.steps)
        self.optimiser.step()
        self._follow(x)
        self.step += 1
        return loss.detach()

    @torch.no_grad()
    def _follow(self, x: Float[Tensor, "n p"]) -> None:
        """The running means: of the weights, and of what each code stands for."""
        torch._foreach_lerp_(list(self.mean.values()), self.learned, 1 - min(EMA, (1 + self.step) / (10 + self.step)))
        if self.book is not None:
            self.book.follow(coder.apply(self.w, "enc", x), self.step > SETTLED * self.params.steps)

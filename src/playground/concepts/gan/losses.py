"""What the two players minimise, term by term; o is the discriminator's output before any squashing, its logit."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor

Outputs = Float[Tensor, "m n"]  # of the discriminator, by member and sample
Critic = Callable[..., Outputs]  # of x and, where there are classes, the label


@dataclass(frozen=True)
class Term:
    """What one sample costs, by D's output and the label that a real one should get; and the slope of that by the output."""

    cost: Callable[[Tensor, float], Tensor]
    slope: Callable[[Tensor, float], Tensor]

    def __call__(self, o: Tensor, label: float = 1.0) -> Tensor:
        return self.cost(o, label)


@dataclass(frozen=True)
class Loss:
    """real, fake: what the discriminator pays for one real and one fake. generator: what a fake costs G.

    judged: outputs -> how real, 0 to 1, ½ being undecided.  zero: whether 0 is a border of outputs, or any number may be.
    ideal: whether D's best answer is p / (p + q).  equilibrium: real's label -> both losses where q = p, None where no number is forced.
    """

    real: Term
    fake: Term
    generator: Term
    judged: Callable[[Tensor], Tensor]
    ideal: bool
    equilibrium: Callable[[float], tuple[float, float | None]]
    zero: bool = True


# −label log σ(o) − (1 − label) log(1 − σ(o))
_REAL = Term(lambda o, label: F.softplus(o) - label * o, lambda o, label: torch.sigmoid(o) - label)
_FAKE = Term(lambda o, _: F.softplus(o), lambda o, _: torch.sigmoid(o))
_PLUS = Term(lambda o, _: o, lambda o, _: torch.ones_like(o))
_MINUS = Term(lambda o, _: -o, lambda o, _: -torch.ones_like(o))


def _equal(label: float) -> float:
    """Where real and fake lie alike, D says half the label, and this is its cross-entropy for both."""
    return -label * math.log(label / 2) - (2 - label) * math.log(1 - label / 2)


_minimax = Loss(
    real=_REAL,
    fake=_FAKE,
    generator=Term(lambda o, _: -F.softplus(o), lambda o, _: -torch.sigmoid(o)),  # log(1 − D): Goodfellow et al. 2014, equation 1
    judged=torch.sigmoid,
    ideal=True,
    equilibrium=lambda label: (_equal(label), math.log(1 - label / 2)),
)
_non_saturating = Loss(
    real=_REAL,
    fake=_FAKE,
    generator=Term(lambda o, _: F.softplus(-o), lambda o, _: -torch.sigmoid(-o)),  # −log D: Goodfellow et al. 2014, section 3
    judged=torch.sigmoid,
    ideal=True,
    equilibrium=lambda label: (_equal(label), -math.log(label / 2)),
)
_least_squares = Loss(  # Mao et al. 2017 with a = 0, b = c = 1
    real=Term(lambda o, label: (o - label).square() / 2, lambda o, label: o - label),
    fake=Term(lambda o, _: o.square() / 2, lambda o, _: o),
    generator=Term(lambda o, _: (o - 1).square() / 2, lambda o, _: o - 1),
    judged=lambda o: o.clamp(0, 1),
    ideal=True,
    equilibrium=lambda label: (label**2 / 4, (label / 2 - 1) ** 2 / 2),
)
_hinge = Loss(  # Lim & Ye 2017
    real=Term(lambda o, _: F.relu(1 - o), lambda o, _: -(o < 1).float()),
    fake=Term(lambda o, _: F.relu(1 + o), lambda o, _: (o > -1).float()),
    generator=_MINUS,
    judged=lambda o: ((o + 1) / 2).clamp(0, 1),
    ideal=False,
    equilibrium=lambda label: (2.0, None),
)
_wasserstein = Loss(  # Arjovsky et al. 2017: a critic of slope at most 1 would make −loss the distance
    real=_MINUS,
    fake=_PLUS,
    generator=_MINUS,
    judged=torch.sigmoid,
    ideal=False,
    equilibrium=lambda label: (0.0, None),
    zero=False,
)

LOSSES: Mapping[str, Loss] = {
    "minimax": _minimax,
    "non_saturating": _non_saturating,
    "least_squares": _least_squares,
    "hinge": _hinge,
    "wgan": _wasserstein,
    "wgan_gp": _wasserstein,
}
LABELLED = ("minimax", "non_saturating", "least_squares")  # losses in which real has a label that can be smoothed


def slopes(critic: Critic, x: Float[Tensor, "m n d"]) -> Float[Tensor, "m n"]:
    """|∂o/∂x| at each x, squared; itself differentiable."""
    x = x.detach().requires_grad_()
    (slope,) = torch.autograd.grad(critic(x).sum(), x, create_graph=True)
    return slope.square().sum(2)


def r1(critic: Critic, real: Float[Tensor, "m n d"]) -> Float[Tensor, " m"]:
    """½ E |∂o/∂x|² at the real ones: Mescheder et al. 2018, equation 9."""
    return slopes(critic, real).mean(1) / 2


def gradient_penalty(
    critic: Critic, real: Float[Tensor, "m n d"], fake: Float[Tensor, "m n d"], between: Float[Tensor, "m n 1"]
) -> Float[Tensor, " m"]:
    """E (|∂o/∂x| − 1)² somewhere between a real and a fake: Gulrajani et al. 2017, equation 3."""
    slope = (slopes(critic, torch.lerp(real, fake, between)) + 1e-12).sqrt()
    return (slope - 1).square().mean(1)

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
class Loss:
    """real, fake: what the discriminator pays for one real (given the label it should say) and one fake. generator: what a fake costs G.

    judged: outputs -> how real, 0 to 1, ½ being undecided.  zero: whether 0 is a border of outputs, or any number may be.
    ideal: whether D's best answer is p / (p + q).  equilibrium: real's label -> both losses where q = p, None where no number is forced.
    """

    real: Callable[[Tensor, float], Tensor]
    fake: Callable[[Tensor], Tensor]
    generator: Callable[[Tensor], Tensor]
    judged: Callable[[Tensor], Tensor]
    ideal: bool
    equilibrium: Callable[[float], tuple[float, float | None]]
    zero: bool = True


def _cross_entropy(o: Tensor, label: float) -> Tensor:
    """−label log σ(o) − (1 − label) log(1 − σ(o))."""
    return F.softplus(o) - label * o


def _equal(label: float) -> float:
    """Where real and fake lie alike, D says half the label, and this is its cross-entropy for both."""
    return -label * math.log(label / 2) - (2 - label) * math.log(1 - label / 2)


_minimax = Loss(
    real=_cross_entropy,
    fake=F.softplus,
    generator=lambda o: -F.softplus(o),  # log(1 − D): Goodfellow et al. 2014, equation 1
    judged=torch.sigmoid,
    ideal=True,
    equilibrium=lambda label: (_equal(label), math.log(1 - label / 2)),
)
_non_saturating = Loss(
    real=_cross_entropy,
    fake=F.softplus,
    generator=lambda o: F.softplus(-o),  # −log D: Goodfellow et al. 2014, section 3
    judged=torch.sigmoid,
    ideal=True,
    equilibrium=lambda label: (_equal(label), -math.log(label / 2)),
)
_least_squares = Loss(  # Mao et al. 2017 with a = 0, b = c = 1
    real=lambda o, label: (o - label).square() / 2,
    fake=lambda o: o.square() / 2,
    generator=lambda o: (o - 1).square() / 2,
    judged=lambda o: o.clamp(0, 1),
    ideal=True,
    equilibrium=lambda label: (label**2 / 4, (label / 2 - 1) ** 2 / 2),
)
_hinge = Loss(  # Lim & Ye 2017
    real=lambda o, label: F.relu(1 - o),
    fake=lambda o: F.relu(1 + o),
    generator=torch.neg,
    judged=lambda o: ((o + 1) / 2).clamp(0, 1),
    ideal=False,
    equilibrium=lambda label: (2.0, None),
)
_wasserstein = Loss(  # Arjovsky et al. 2017: a critic of slope at most 1 would make −loss the distance
    real=lambda o, label: -o,
    fake=lambda o: o,
    generator=torch.neg,
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

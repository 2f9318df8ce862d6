"""Noise processes and their samplers. Everywhere t = 0 is data and t = 1 is noise: x_t = signal(t) x_0 + noise(t) ε."""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Generator, Tensor

Predict = Callable[[Float[Tensor, "n d"], Float[Tensor, ""]], Float[Tensor, "n d"]]  # the network: x_t, t -> its target, as it guesses it
Step = tuple[Float[Tensor, ""], Float[Tensor, "n d"], Float[Tensor, "n d"]]  # t, x_t and what the network said there

Walk = Callable[[Predict, Float[Tensor, "n d"], Float[Tensor, " k"]], Iterator[Step]]  # network, noise, times -> a Step at each time

Ends = tuple[Float[Tensor, " k-1"], Float[Tensor, " k-1"]]

T_MIN = 1e-3  # ε-nets: the score grows without bound towards t = 0, so rates are taken no nearer
LEFT = math.exp(-10.05)  # ᾱ(1): what every finished schedule leaves of the data's power


@dataclass(frozen=True)
class Schedule:
    """A variance-preserving schedule by its rate of noise β: ᾱ(t) = exp(−∫₀ᵗ β) is what is left of the data's power.

    spent: t -> ∫₀ᵗ β.  beta: t -> β(t).
    """

    spent: Callable[[Tensor], Tensor]
    beta: Callable[[Tensor], Tensor]

    def alpha(self, t: Tensor) -> Tensor:
        """√ᾱ"""
        return torch.exp(-self.spent(t) / 2)

    def sigma(self, t: Tensor) -> Tensor:
        """√(1 − ᾱ), exact for small t too."""
        return torch.expm1(-self.spent(t)).neg().sqrt()

    def steps(self, times: Float[Tensor, " k"]) -> tuple[Ends, Ends, Float[Tensor, " k-1"]]:
        """√ᾱ and √(1 − ᾱ) where each step between `times` starts, where it ends, and its β, 1 − ᾱ_t / ᾱ_s; in float64."""
        times = times.double()
        alpha, sigma, spent = self.alpha(times), self.sigma(times), self.spent(times)
        return (alpha[:-1], sigma[:-1]), (alpha[1:], sigma[1:]), torch.expm1(spent[1:] - spent[:-1]).neg()


def linear(beta_0: float = 0.1, beta_1: float = 20.0) -> Schedule:
    """β from one rate to another: equation 33 of Song et al. 2021, the limit of Ho et al. 2020."""
    return Schedule(spent=lambda t: beta_0 * t + (beta_1 - beta_0) * t**2 / 2, beta=lambda t: beta_0 + (beta_1 - beta_0) * t)


def fading(gone: Callable[[Tensor], Tensor], slope: Callable[[Tensor], Tensor]) -> Schedule:
    """The schedule of a curve from 0 to 1 and its slope, stretched so that LEFT remains in the end: ᾱ = 1 − (1 − LEFT) gone(t)."""
    whole = 1 - LEFT
    return Schedule(
        spent=lambda t: -torch.log1p(-whole * gone(t)),
        beta=lambda t: whole * slope(t) / (1 - whole * gone(t)),
    )


def cosine(s: float = 0.008) -> Schedule:
    """ᾱ ∝ cos²: equation 17 of Nichol & Dhariwal 2021."""
    a, b = s / (1 + s) * math.pi / 2, math.pi / 2 / (1 + s)  # the angle is a + b t
    return fading(
        gone=lambda t: (b * t).sin() * (2 * a + b * t).sin() / math.cos(a) ** 2,
        slope=lambda t: b * (2 * (a + b * t)).sin() / math.cos(a) ** 2,
    )


def sigmoid(start: float = -3.0, end: float = 3.0) -> Schedule:
    """ᾱ falls as a sigmoid does: Jabri et al. 2022, algorithm 1."""
    low, high = (1 / (1 + math.exp(-z)) for z in (start, end))

    def at(t: Tensor) -> Tensor:
        return torch.sigmoid(start + (end - start) * t)

    return fading(
        gone=lambda t: (at(t) - low) / (high - low),
        slope=lambda t: at(t) * (1 - at(t)) * (end - start) / (high - low),
    )


# "unfinished" leaves a third of the data's power at t = 1: a fault, to be looked at
SCHEDULES = {"linear": linear(), "cosine": cosine(), "sigmoid": sigmoid(), "unfinished": linear(beta_1=2.0)}


def euler(v: Predict, x: Float[Tensor, "n d"], times: Float[Tensor, " k"]) -> Iterator[Step]:
    """Euler's method on dx/dt = v(x, t) along `times`, from noise to data. One look at the network a step."""
    for t, s in pairwise(times):
        d = v(x, t)
        yield t, x, d
        x = x + (s - t) * d
    yield times[-1], x, v(x, times[-1])


def heun(v: Predict, x: Float[Tensor, "n d"], times: Float[Tensor, " k"]) -> Iterator[Step]:
    """Heun's method on dx/dt = v(x, t): Algorithm 1 of Karras et al. 2022 without its division at t = 0. Two looks a step."""
    for t, s in pairwise(times):
        d = v(x, t)
        yield t, x, d
        d_s = v(x + (s - t) * d, s)
        x = x + (s - t) * (d + d_s) / 2
    yield times[-1], x, v(x, times[-1])


def ddpm(predict: Predict, x: Float[Tensor, "n d"], times: Float[Tensor, " k"], schedule: Schedule, g: Generator | None) -> Iterator[Step]:
    """Ancestral sampling: Algorithm 2 of Ho, Jain & Abbeel 2020 with the variance β̃, for steps of any length."""
    (_, sigma_t), (_, sigma_s), beta = schedule.steps(times)
    kept = (1 - beta).rsqrt()
    factors = zip(times, kept.tolist(), (-kept * beta / sigma_t).tolist(), (sigma_s / sigma_t * beta.sqrt()).tolist(), strict=False)
    for t, of_x, of_eps, of_fresh in factors:
        eps = predict(x, t)
        yield t, x, eps
        x = (of_x * x).add_(eps, alpha=of_eps).add_(fresh(x, g), alpha=of_fresh)
    yield times[-1], x, predict(x, times[-1])


def ddim(
    predict: Predict, x: Float[Tensor, "n d"], times: Float[Tensor, " k"], schedule: Schedule, eta: float = 0.0, g: Generator | None = None
) -> Iterator[Step]:
    """Equation 12 of Song, Meng & Ermon 2021: no fresh noise with η = 0, as much as DDPM adds with η = 1."""
    (alpha_t, sigma_t), (alpha_s, sigma_s), beta = schedule.steps(times)
    kept, added = alpha_s / alpha_t, eta * sigma_s / sigma_t * beta.sqrt()
    turned = (sigma_s**2 - added**2).clamp(min=0).sqrt() - kept * sigma_t
    for t, of_x, of_eps, of_fresh in zip(times, kept.tolist(), turned.tolist(), added.tolist(), strict=False):
        eps = predict(x, t)
        yield t, x, eps
        x = (of_x * x).add_(eps, alpha=of_eps)
        if eta:
            x.add_(fresh(x, g), alpha=of_fresh)
    yield times[-1], x, predict(x, times[-1])


def dpm(predict: Predict, x: Float[Tensor, "n d"], times: Float[Tensor, " k"], schedule: Schedule) -> Iterator[Step]:
    """DPM-Solver++(2M), Algorithm 2 of Lu et al. 2022b: DDIM with the slope of the guess at x_0 taken from the step before.

    The first step has no step before and the last none after (λ is infinite at t = 0): both are of first order, which is DDIM.
    """
    (alpha_t, sigma_t), (alpha_s, sigma_s), _ = schedule.steps(times)
    h = (alpha_s / sigma_s).log() - (alpha_t / sigma_t).log()  # λ_s − λ_t
    slope = torch.cat((h.new_zeros(1), h[1:] / h[:-1] / 2)).where(sigma_s > 0, 0)
    before = x
    for t, *known in zip(times, alpha_t, sigma_t, sigma_s / sigma_t, -alpha_s * torch.expm1(-h), slope, strict=False):
        alpha, sigma, of_x, of_x_0, ahead = (factor.item() for factor in known)
        eps = predict(x, t)
        yield t, x, eps
        x_0 = (x / alpha).sub_(eps, alpha=sigma / alpha)
        x = (of_x * x).add_(x_0.lerp(before, -ahead), alpha=of_x_0)
        before = x_0
    yield times[-1], x, predict(x, times[-1])


def fresh(x: Float[Tensor, "n d"], g: Generator | None) -> Float[Tensor, "n d"]:
    return torch.randn(x.shape, generator=g, dtype=x.dtype)


def chain(process: "Process", x: Float[Tensor, "n d"], times: Float[Tensor, " k"], g: Generator) -> Iterator[Float[Tensor, "n d"]]:
    """Noise added step by step, afresh each time: x_s = r x_t + √(σ_s² − r² σ_t²) ε with r = signal(s) / signal(t), at each of `times`.

    Equation 2 of Ho et al. 2020 for any process whose share of noise grows; it ends with the distribution that one step gives.
    """
    yield x
    for t, s in pairwise(times):
        r = process.signal(s) / process.signal(t)
        x = r * x + (process.noise(s) ** 2 - (r * process.noise(t)) ** 2).clamp(min=0).sqrt() * fresh(x, g)
        yield x


def slerp(a: Float[Tensor, "n d"], b: Float[Tensor, "n d"], part: Float[Tensor, "n 1"]) -> Float[Tensor, "n d"]:
    """Spherical interpolation (Shoemake 1985): between two noises on the way that noise keeps to, at its own length."""
    cos = torch.cosine_similarity(a, b, dim=1)[:, None].clamp(-1 + 1e-6, 1 - 1e-6)
    angle = cos.acos()
    return (((1 - part) * angle).sin() * a + (part * angle).sin() * b) / angle.sin()


LOOKS = {"euler": 1, "heun": 2, "ddpm": 1, "ddim": 1, "dpm": 1}  # at the network, by a step of each sampler


@dataclass(frozen=True)
class Process:
    """One way of adding noise, with what the network predicts.

    signal, noise: t -> the factors on x_0 and on ε.  target: x_0, ε -> what is learned.
    predict: network's output, x_t, t -> its guess at the target.
    denoised: x_t, t, prediction -> the guess at x_0.  implied: x_t, t, x_0 -> the prediction whose guess is that x_0 (t not 0).
    velocity: x_t, t, prediction -> dx/dt of the probability-flow ODE.
    walks: the samplers for it, by name; the first is the usual one.  times: k -> k + 1 times from 1 to 0.
    """

    signal: Callable[[Tensor], Tensor]
    noise: Callable[[Tensor], Tensor]
    target: Callable[[Tensor, Tensor], Tensor]
    predict: Callable[[Tensor, Tensor, Tensor], Tensor]
    denoised: Callable[[Tensor, Tensor, Tensor], Tensor]
    implied: Callable[[Tensor, Tensor, Tensor], Tensor]
    velocity: Callable[[Tensor, Tensor, Tensor], Tensor]
    walks: Mapping[str, Walk]
    times: Callable[[int], Tensor]


def flow() -> Process:
    """The straight line from data to noise, and its velocity: Lipman et al. 2023, Liu et al. 2023 (rectified flow)."""
    return Process(
        signal=lambda t: 1 - t,
        noise=lambda t: t,
        target=lambda x_0, eps: eps - x_0,
        predict=lambda out, x, t: out,
        denoised=lambda x, t, v: x - t * v,
        implied=lambda x, t, x_0: (x - x_0) / t,
        velocity=lambda x, t, v: v,
        walks={"heun": heun, "euler": euler},
        times=lambda k: torch.linspace(1, 0, k + 1),
    )


def noising(schedule: Schedule, eta: float = 0.0, g: Generator | None = None, plain: bool = False) -> Process:
    """The noise of a variance-preserving schedule: Ho et al. 2020 in continuous time. `eta` and `g` are the samplers'.

    The network gives ε = σ x_t + √ᾱ out: what is known without looking stands outside it (Karras et al. 2022, section 5).
    Its output is then the v of Salimans & Ho 2022, while the loss stays that of ε. A `plain` one gives ε itself, as Ho et al. did.
    """

    def velocity(x: Tensor, t: Tensor, eps: Tensor) -> Tensor:
        """Equation 13 of Song et al. 2021 with score = −ε/σ; t no nearer to 0 than T_MIN."""
        t = t.clamp(min=T_MIN)
        return 0.5 * schedule.beta(t) * (eps / schedule.sigma(t) - x)

    return Process(
        signal=schedule.alpha,
        noise=schedule.sigma,
        target=lambda x_0, eps: eps,
        predict=(lambda out, x, t: out) if plain else (lambda out, x, t: schedule.sigma(t) * x + schedule.alpha(t) * out),
        denoised=lambda x, t, eps: (x - schedule.sigma(t) * eps) / schedule.alpha(t),
        implied=lambda x, t, x_0: (x - schedule.alpha(t) * x_0) / schedule.sigma(t),
        velocity=velocity,
        walks={
            "dpm": partial(dpm, schedule=schedule),
            "ddim": partial(ddim, schedule=schedule, eta=eta, g=g),
            "ddpm": partial(ddpm, schedule=schedule, g=g),
        },
        times=lambda k: torch.linspace(1, 0, k + 1) ** 2,
    )

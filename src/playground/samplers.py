"""Noise processes and their deterministic samplers. Everywhere t = 0 is data and t = 1 is noise: x_t = signal(t) x_0 + noise(t) ε."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor

Predict = Callable[[Float[Tensor, "n d"], Float[Tensor, ""]], Float[Tensor, "n d"]]  # the network: x_t, t -> its target, as it guesses it
Step = tuple[Float[Tensor, ""], Float[Tensor, "n d"], Float[Tensor, "n d"]]  # t, x_t and what the network said there

BETA_0, BETA_1 = 0.1, 20.0  # rate of noise at t = 0 and t = 1: Song et al. 2021, the limit of Ho et al. 2020
T_MIN = 1e-3  # ddpm: the score grows without bound towards t = 0, so rates are taken no nearer


def beta(t: Tensor) -> Tensor:
    return BETA_0 + (BETA_1 - BETA_0) * t


def alpha(t: Tensor) -> Tensor:
    """√ᾱ(t), ᾱ = exp(−∫₀ᵗ β): the linear variance-preserving schedule, equation 33 of Song et al. 2021."""
    return torch.exp(-(BETA_0 * t + (BETA_1 - BETA_0) * t**2 / 2) / 2)


def sigma(t: Tensor) -> Tensor:
    """√(1 − ᾱ(t)), exact for small t too."""
    return torch.expm1(-(BETA_0 * t + (BETA_1 - BETA_0) * t**2 / 2)).neg().sqrt()


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


def ddim(predict: Predict, x: Float[Tensor, "n d"], times: Float[Tensor, " k"]) -> Iterator[Step]:
    """Equation 12 of Song, Meng & Ermon 2021 with η = 0."""
    for t, s in pairwise(times):
        eps = predict(x, t)
        yield t, x, eps
        x_0 = (x - sigma(t) * eps) / alpha(t)
        x = alpha(s) * x_0 + sigma(s) * eps
    yield times[-1], x, predict(x, times[-1])


def dpm_solver_2m(predict: Predict, x: Float[Tensor, "n d"], times: Float[Tensor, " k"]) -> Iterator[Step]:
    """DPM-Solver++(2M), Algorithm 2 of Lu et al. 2022b: DDIM with the slope of the guess at x_0 taken from the step before.

    The first step has no step before and the last none after (λ is infinite at t = 0): both are of first order, which is DDIM.
    """
    before: tuple[Tensor, Tensor] | None = None  # x_0 as it was guessed there, and the step taken from there
    for t, s in pairwise(times):
        eps = predict(x, t)
        yield t, x, eps
        h = (alpha(s) / sigma(s)).log() - (alpha(t) / sigma(t)).log()  # λ_s − λ_t
        x_0 = (x - sigma(t) * eps) / alpha(t)
        d = x_0 if before is None or s == 0 else x_0 + h / before[1] / 2 * (x_0 - before[0])
        x = sigma(s) / sigma(t) * x - alpha(s) * torch.expm1(-h) * d
        before = x_0, h
    yield times[-1], x, predict(x, times[-1])


@dataclass(frozen=True)
class Process:
    """One way of adding noise, with what the network predicts and how samples are walked back.

    signal, noise: t -> the factors on x_0 and on ε.  target: x_0, ε -> what is learned.
    predict: network's output, x_t, t -> its guess at the target.
    denoised: x_t, t, prediction -> the guess at x_0.  velocity: x_t, t, prediction -> dx/dt of the probability-flow ODE.
    walk: network, noise, times -> the walk, one Step at each time.  times: k -> k + 1 times from 1 to 0.
    looks: how often a step of the walk asks the network.
    """

    signal: Callable[[Tensor], Tensor]
    noise: Callable[[Tensor], Tensor]
    target: Callable[[Tensor, Tensor], Tensor]
    predict: Callable[[Tensor, Tensor, Tensor], Tensor]
    denoised: Callable[[Tensor, Tensor, Tensor], Tensor]
    velocity: Callable[[Tensor, Tensor, Tensor], Tensor]
    walk: Callable[[Predict, Tensor, Tensor], Iterator[Step]]
    times: Callable[[int], Tensor]
    looks: int


def _vp_denoised(x: Tensor, t: Tensor, eps: Tensor) -> Tensor:
    return (x - sigma(t) * eps) / alpha(t)


def _vp_predict(out: Tensor, x: Tensor, t: Tensor) -> Tensor:
    """ε = σ x_t + √ᾱ out: what is known without looking stands outside the network (Karras et al. 2022, section 5).

    The output is then the v of Salimans & Ho 2022, while the loss stays that of ε.
    """
    return sigma(t) * x + alpha(t) * out


def _vp_velocity(x: Tensor, t: Tensor, eps: Tensor) -> Tensor:
    """Equation 13 of Song et al. 2021 with score = −ε/σ; t no nearer to 0 than T_MIN."""
    t = t.clamp(min=T_MIN)
    return 0.5 * beta(t) * (eps / sigma(t) - x)


PROCESSES: dict[str, Process] = {
    # Lipman et al. 2023, Liu et al. 2023 (rectified flow)
    "flow": Process(
        signal=lambda t: 1 - t,
        noise=lambda t: t,
        target=lambda x_0, eps: eps - x_0,
        predict=lambda out, x, t: out,
        denoised=lambda x, t, v: x - t * v,
        velocity=lambda x, t, v: v,
        walk=heun,
        times=lambda k: torch.linspace(1, 0, k + 1),
        looks=2,
    ),
    # Ho et al. 2020 in continuous time
    "ddpm": Process(
        signal=alpha,
        noise=sigma,
        target=lambda x_0, eps: eps,
        predict=_vp_predict,
        denoised=_vp_denoised,
        velocity=_vp_velocity,
        walk=dpm_solver_2m,
        times=lambda k: torch.linspace(1, 0, k + 1) ** 2,
        looks=1,
    ),
}

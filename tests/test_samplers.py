"""Samplers against diffusers' schedulers, and against the exact answer for Gaussian data."""

import math
from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from playground import samplers
from playground.samplers import PROCESSES, ddim, dpm_solver_2m, euler, heun

MEAN, SPREAD = torch.tensor([0.8, -0.4], dtype=torch.float64), torch.tensor([0.3, 1.2], dtype=torch.float64)


def normal(n: int, d: int = 2, seed: int = 0) -> Tensor:
    return torch.randn(n, d, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def wavy(x: Tensor, t: Tensor) -> Tensor:
    """A stand-in for a network: smooth, nonlinear, depends on t."""
    return torch.sin(2 * x) + 0.5 * torch.cos(3 * t) * x.flip(1)


def end(walk: Callable, predict: Callable, x: Tensor, times: Tensor) -> Tensor:
    *_, (t, x, _) = walk(predict, x, times)
    assert t == times[-1]
    return x


def same(ours: Tensor, theirs: Tensor) -> None:
    assert (ours - theirs).abs().max() <= 1e-5 * theirs.abs().max()


def score_of(name: str, x: Tensor, t: Tensor) -> tuple[Tensor, Tensor]:
    """E[x_0 | x_t] and E[ε | x_t] for x_0 ~ N(MEAN, SPREAD²)."""
    a, s = PROCESSES[name].signal(t), PROCESSES[name].noise(t)
    away = (x - a * MEAN) / (a**2 * SPREAD**2 + s**2)
    return MEAN + a * SPREAD**2 * away, s * away


def exact(name: str) -> Callable[[Tensor, Tensor], Tensor]:
    def predict(x: Tensor, t: Tensor) -> Tensor:
        x_0, eps = score_of(name, x, t)
        return eps - x_0 if name == "flow" else eps

    return predict


def flowed(name: str, x: Tensor, t: float) -> Tensor:
    """Where the probability-flow ODE takes x from t = 1, in closed form: it keeps (x − signal·MEAN) / standard deviation."""

    def moments(t: Tensor) -> tuple[Tensor, Tensor]:
        a, s = PROCESSES[name].signal(t), PROCESSES[name].noise(t)
        return a * MEAN, (a**2 * SPREAD**2 + s**2).sqrt()

    (m_1, s_1), (m, s) = moments(torch.tensor(1.0, dtype=torch.float64)), moments(torch.tensor(t, dtype=torch.float64))
    return m + s / s_1 * (x - m_1)


def test_the_ddpm_schedule_is_the_integral_of_beta():
    t = torch.linspace(0, 1, 100_001, dtype=torch.float64)
    integral = torch.cumulative_trapezoid(samplers.BETA_0 + (samplers.BETA_1 - samplers.BETA_0) * t, t)
    assert torch.allclose(samplers.alpha(t[1:]) ** 2, torch.exp(-integral), rtol=1e-8)
    assert torch.allclose(samplers.alpha(t) ** 2 + samplers.sigma(t) ** 2, torch.ones_like(t))


def test_many_small_noisings_are_one_large():
    """Ho et al. 2020, equations 2 and 4: x ← √(1−β) x + √β ε, a thousand times, is √ᾱ x_0 + √(1−ᾱ) ε."""
    steps, g = 1000, torch.Generator().manual_seed(0)
    x = torch.full((20_000,), 1.7, dtype=torch.float64)
    process = PROCESSES["ddpm"]
    for i in range(1, steps + 1):
        b = (samplers.BETA_0 + (samplers.BETA_1 - samplers.BETA_0) * i / steps) / steps
        x = math.sqrt(1 - b) * x + math.sqrt(b) * torch.randn(len(x), generator=g, dtype=torch.float64)
        if i in (100, 250, 1000):
            t = torch.tensor(i / steps, dtype=torch.float64)
            assert abs(x.mean() - process.signal(t) * 1.7) < 0.025
            assert abs(x.std() - process.noise(t)) < 0.025


@pytest.mark.parametrize("name", PROCESSES)
def test_ends_and_inverses(name):
    p, (x_0, eps) = PROCESSES[name], (normal(50), normal(50, seed=1))
    assert p.signal(torch.tensor(0.0)) == 1
    assert p.noise(torch.tensor(0.0)) == 0
    assert p.signal(torch.tensor(1.0)) < 0.01
    assert p.noise(torch.tensor(1.0)) > 0.9999
    t = torch.tensor(0.4, dtype=torch.float64)
    x_t = p.signal(t) * x_0 + p.noise(t) * eps
    assert torch.allclose(p.denoised(x_t, t, p.target(x_0, eps)), x_0)
    times = p.times(30)
    assert (len(times), times[0], times[-1]) == (31, 1, 0)
    assert (times.diff() < 0).all()


@pytest.mark.parametrize("name", PROCESSES)
def test_velocity_is_the_slope_of_the_exact_flow(name):
    x_1, t, h = normal(100), 0.37, 1e-5
    x_t, at = flowed(name, x_1, t), torch.tensor(t, dtype=torch.float64)
    slope = (flowed(name, x_1, t + h) - flowed(name, x_1, t - h)) / (2 * h)
    assert torch.allclose(PROCESSES[name].velocity(x_t, at, exact(name)(x_t, at)), slope, rtol=1e-6, atol=1e-7)


def test_velocity_stays_finite_at_the_ends():
    x = normal(10).float()
    for process in PROCESSES.values():
        for t in (0.0, 1.0):
            assert process.velocity(x, torch.tensor(t), x).isfinite().all()


@pytest.mark.parametrize("name", PROCESSES)
def test_the_walk_lands_on_the_gaussian(name):
    p, x_1 = PROCESSES[name], normal(2000)
    x_0 = end(p.walk, exact(name), x_1, p.times(30).double())
    assert (x_0 - flowed(name, x_1, 0)).abs().max() < 0.03
    whole = (x_1 - x_1.mean(0)) / x_1.std(0)  # noise with exact moments: so must the samples have
    x_0 = end(p.walk, exact(name), whole, p.times(30).double())
    assert torch.allclose(x_0.mean(0), MEAN, atol=0.01)
    assert torch.allclose(x_0.std(0), SPREAD, atol=0.01)


@pytest.mark.parametrize(("walk", "name", "order"), [(euler, "flow", 1), (heun, "flow", 2), (ddim, "ddpm", 1), (dpm_solver_2m, "ddpm", 2)])
def test_halving_the_step_divides_the_error_by_two_to_the_order(walk, name, order):
    x_1, last = normal(200), 0.2
    errors = []
    for k in (80, 160):
        x = end(walk, exact(name), x_1, torch.linspace(1, last, k + 1, dtype=torch.float64))
        errors.append((x - flowed(name, x_1, last)).norm())
    assert math.log2(errors[0] / errors[1]) == pytest.approx(order, abs=0.25)


def test_euler_is_diffusers_flow_match_euler():
    from diffusers import FlowMatchEulerDiscreteScheduler

    scheduler, times, x = FlowMatchEulerDiscreteScheduler(), torch.linspace(1, 0, 13, dtype=torch.float64), normal(40)
    scheduler.set_timesteps(12)
    scheduler.sigmas = times
    scheduler.set_begin_index(0)
    theirs = x
    for i in range(12):
        theirs = scheduler.step(wavy(theirs, times[i]), scheduler.timesteps[i], theirs).prev_sample
    same(end(euler, wavy, x, times), theirs)


def test_heun_is_diffusers_flow_match_heun():
    from diffusers import FlowMatchHeunDiscreteScheduler

    scheduler, times, x = FlowMatchHeunDiscreteScheduler(), torch.linspace(1, 0.04, 13, dtype=torch.float64), normal(40)
    scheduler.set_timesteps(13)
    scheduler.sigmas = torch.cat((times[:1], times[1:].repeat_interleave(2), torch.zeros(1, dtype=torch.float64)))
    scheduler.set_begin_index(0)
    theirs = x
    for i in range(24):  # its last step, to 0, is Euler's: it divides by t; ours needs not
        seen = times[(i + 1) // 2]
        theirs = scheduler.step(wavy(theirs, seen), scheduler.timesteps[i], theirs).prev_sample
    same(end(heun, wavy, x, times), theirs)


def test_ddim_is_diffusers_ddim():
    from diffusers import DDIMScheduler

    times, x = PROCESSES["ddpm"].times(15).double(), normal(40)
    scheduler = DDIMScheduler(num_train_timesteps=15, clip_sample=False, set_alpha_to_one=True)
    scheduler.alphas_cumprod = samplers.alpha(times[:-1].flip(0)) ** 2
    scheduler.set_timesteps(15)
    theirs = x
    for i in range(15):
        theirs = scheduler.step(wavy(theirs, times[i]), int(scheduler.timesteps[i]), theirs).prev_sample
    same(end(ddim, wavy, x, times), theirs)


def test_dpm_solver_is_diffusers_dpm_solver_plus_plus():
    from diffusers import DPMSolverMultistepScheduler

    times, x = PROCESSES["ddpm"].times(20).double(), normal(40)
    scheduler = DPMSolverMultistepScheduler(algorithm_type="dpmsolver++", solver_order=2, solver_type="midpoint")
    scheduler.set_timesteps(20)
    scheduler.sigmas = samplers.sigma(times) / samplers.alpha(times)
    scheduler.set_begin_index(0)
    theirs = x
    for i in range(20):
        theirs = scheduler.step(wavy(theirs, times[i]), scheduler.timesteps[i], theirs).prev_sample
    same(end(dpm_solver_2m, wavy, x, times), theirs)

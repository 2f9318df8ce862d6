"""Samplers against diffusers' schedulers, and against the exact answer for Gaussian data."""

import math
from collections.abc import Callable
from functools import partial

import pytest
import torch
from torch import Tensor

from playground.samplers import SCHEDULES, Process, ddim, dpm, euler, flow, heun, noising

LINEAR = SCHEDULES["linear"]
FINISHED = [name for name in SCHEDULES if name != "unfinished"]
PROCESSES = {"flow": flow()} | {name: noising(schedule) for name, schedule in SCHEDULES.items()}

MEAN, SPREAD = torch.tensor([0.8, -0.4], dtype=torch.float64), torch.tensor([0.3, 1.2], dtype=torch.float64)


linear_ddim, linear_dpm = partial(ddim, schedule=LINEAR), partial(dpm, schedule=LINEAR)


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


def usual(process: Process) -> Callable:
    return next(iter(process.walks.values()))


@pytest.mark.parametrize("schedule", SCHEDULES.values(), ids=SCHEDULES)
def test_a_schedule_is_the_integral_of_its_rate(schedule):
    t = torch.linspace(0, 1, 400_001, dtype=torch.float64)
    integral = torch.cumulative_trapezoid(schedule.beta(t), t)
    assert torch.allclose(schedule.spent(t[1:]), integral, atol=1e-4)
    assert torch.allclose(schedule.alpha(t) ** 2 + schedule.sigma(t) ** 2, torch.ones_like(t))
    assert (schedule.beta(t) > 0).all()


def test_schedules_are_those_of_their_papers():
    """The discrete schedules of diffusers at the same times; ours are stretched so that all leave the same little at t = 1."""
    from diffusers import DDPMScheduler

    t = torch.arange(1, 1001, dtype=torch.float64) / 1000
    linear = DDPMScheduler(1000, beta_schedule="linear", beta_start=1e-4, beta_end=0.02).alphas_cumprod
    cosine = DDPMScheduler(1000, beta_schedule="squaredcos_cap_v2").alphas_cumprod
    assert (SCHEDULES["linear"].alpha(t) ** 2 - linear).abs().max() < 5e-3
    assert (SCHEDULES["cosine"].alpha(t) ** 2 - cosine).abs().max() < 1e-3
    z = torch.sigmoid(-3 + 6 * t)  # Jabri et al. 2022: (σ(end) − σ(at)) / (σ(end) − σ(start))
    high, low = torch.sigmoid(torch.tensor([3.0, -3.0], dtype=torch.float64))
    assert (SCHEDULES["sigmoid"].alpha(t) ** 2 - (high - z) / (high - low)).abs().max() < 1e-3


def test_the_unfinished_schedule_leaves_a_third():
    assert SCHEDULES["unfinished"].alpha(torch.tensor(1.0)) ** 2 == pytest.approx(0.35, abs=0.01)


def test_many_small_noisings_are_one_large():
    """Ho et al. 2020, equations 2 and 4: x ← √(1−β) x + √β ε, a thousand times, is √ᾱ x_0 + √(1−ᾱ) ε."""
    steps, g = 1000, torch.Generator().manual_seed(0)
    x = torch.full((20_000,), 1.7, dtype=torch.float64)
    process = PROCESSES["linear"]
    for i in range(1, steps + 1):
        b = float(LINEAR.beta(torch.tensor(i / steps))) / steps
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
    if name != "unfinished":
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


@pytest.mark.parametrize("name", ["flow", *FINISHED])
def test_the_walk_lands_on_the_gaussian(name):
    p, x_1 = PROCESSES[name], normal(2000)
    steps = 120 if name in ("cosine", "sigmoid") else 30  # they fall steeply near t = 1
    x_0 = end(usual(p), exact(name), x_1, p.times(steps).double())
    assert (x_0 - flowed(name, x_1, 0)).abs().max() < 0.03
    whole = (x_1 - x_1.mean(0)) / x_1.std(0)  # noise with exact moments: so must the samples have
    x_0 = end(usual(p), exact(name), whole, p.times(steps).double())
    assert torch.allclose(x_0.mean(0), MEAN, atol=0.01)
    assert torch.allclose(x_0.std(0), SPREAD, atol=0.01)


@pytest.mark.parametrize(
    ("walk", "name", "order"), [(euler, "flow", 1), (heun, "flow", 2), (linear_ddim, "linear", 1), (linear_dpm, "linear", 2)]
)
def test_halving_the_step_divides_the_error_by_two_to_the_order(walk, name, order):
    x_1, last = normal(200), 0.2
    errors = []
    for k in (80, 160):
        x = end(walk, exact(name), x_1, torch.linspace(1, last, k + 1, dtype=torch.float64))
        errors.append((x - flowed(name, x_1, last)).norm())
    assert math.log2(errors[0] / errors[1]) == pytest.approx(order, abs=0.25)


@pytest.mark.parametrize("name", ["ddpm", "ddim"])
def test_walks_with_fresh_noise_land_on_the_gaussian(name):
    """Many steps of the exact score: mean and spread are those of the data, and the noise is the generator's."""

    def walked(seed: int) -> Tensor:
        p = noising(LINEAR, eta=1.0, g=torch.Generator().manual_seed(seed))
        return end(p.walks[name], exact("linear"), normal(4000), p.times(200).double())

    assert torch.allclose(walked(1).mean(0), MEAN, atol=0.06)
    assert torch.allclose(walked(1).std(0), SPREAD, rtol=0.06)
    assert torch.equal(walked(1), walked(1))
    assert not torch.equal(walked(1), walked(2))


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


@pytest.mark.parametrize("schedule", FINISHED)
@pytest.mark.parametrize("eta", [0.0, 0.5, 1.0])
def test_ddim_is_diffusers_ddim(schedule, eta):
    from diffusers import DDIMScheduler

    times, x = PROCESSES[schedule].times(15).double(), normal(40)
    scheduler = DDIMScheduler(num_train_timesteps=15, clip_sample=False, set_alpha_to_one=True)
    scheduler.alphas_cumprod = SCHEDULES[schedule].alpha(times[:-1].flip(0)) ** 2
    scheduler.set_timesteps(15)
    theirs, g = x, torch.Generator().manual_seed(5)
    for i in range(15):
        seen = wavy(theirs, times[i])
        theirs = scheduler.step(seen, int(scheduler.timesteps[i]), theirs, eta=eta, generator=g).prev_sample
    same(end(noising(SCHEDULES[schedule], eta, torch.Generator().manual_seed(5)).walks["ddim"], wavy, x, times), theirs)


@pytest.mark.parametrize("schedule", FINISHED)
def test_ddpm_is_diffusers_ddpm(schedule):
    from diffusers import DDPMScheduler

    times, x = PROCESSES[schedule].times(15).double(), normal(40)
    scheduler = DDPMScheduler(num_train_timesteps=15, clip_sample=False, variance_type="fixed_small")
    scheduler.alphas_cumprod = SCHEDULES[schedule].alpha(times[:-1].flip(0)) ** 2
    scheduler.set_timesteps(15)
    theirs, g = x, torch.Generator().manual_seed(5)
    for i in range(15):
        theirs = scheduler.step(wavy(theirs, times[i]), int(scheduler.timesteps[i]), theirs, generator=g).prev_sample
    same(end(noising(SCHEDULES[schedule], g=torch.Generator().manual_seed(5)).walks["ddpm"], wavy, x, times), theirs)


def test_ddpm_is_ddim_with_as_much_noise():
    walks = noising(LINEAR, eta=1.0, g=torch.Generator().manual_seed(5)).walks
    again = noising(LINEAR, eta=1.0, g=torch.Generator().manual_seed(5)).walks
    times = PROCESSES["linear"].times(15).double()
    same(end(walks["ddim"], wavy, normal(40), times), end(again["ddpm"], wavy, normal(40), times))


def test_dpm_solver_is_diffusers_dpm_solver_plus_plus():
    from diffusers import DPMSolverMultistepScheduler

    times, x = PROCESSES["linear"].times(20).double(), normal(40)
    scheduler = DPMSolverMultistepScheduler(algorithm_type="dpmsolver++", solver_order=2, solver_type="midpoint")
    scheduler.set_timesteps(20)
    scheduler.sigmas = LINEAR.sigma(times) / LINEAR.alpha(times)
    scheduler.set_begin_index(0)
    theirs = x
    for i in range(20):
        theirs = scheduler.step(wavy(theirs, times[i]), scheduler.timesteps[i], theirs).prev_sample
    same(end(linear_dpm, wavy, x, times), theirs)

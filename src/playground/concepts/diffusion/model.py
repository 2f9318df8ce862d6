"""Diffusion: noise is added to data in known steps, a network learns to take it away, and pure noise then walks back to new data."""

import math
from collections.abc import Generator as Yields
from collections.abc import Iterator

import torch
from jaxtyping import Float
from torch import Generator, Tensor

from playground import toys
from playground.concepts.diffusion.editing import EDITS, arrays, finished, measures, walked
from playground.concepts.diffusion.params import USUAL_STEPS, Params, edits, kind_of
from playground.concepts.diffusion.pictures import Digits, Emoji, Pictures
from playground.concepts.diffusion.plane import Classes
from playground.concepts.diffusion.spaces import GUIDANCE, Space, histograms, moments
from playground.frame import Frame
from playground.nets.mlp import Weights, trainable
from playground.samplers import LOOKS, SCHEDULES, Process, Step, chain, flow, noising
from playground.state import State, learn

FORWARD_STEPS = 20
WEIGHED_STEPS = 8  # of the walks that try one guidance after another
EMA = 0.99  # of the weights that sample; shorter in the first steps
Frames = Yields[Frame, None, State]


def process_of(params: Params) -> Process:
    """The way noise is added. Walks with fresh noise on the way draw it anew from the seed: each process is for one walk."""
    if params.objective == "flow":
        return flow()
    g = Generator().manual_seed(params.seed + 2**32)
    return noising(SCHEDULES[params.schedule], params.eta, g, plain=params.output == "eps")


def space_of(params: Params) -> Space:
    """The data, the noise and the network's kind. What it draws depends on the seed alone, not on whether training was found."""
    g, kind = Generator().manual_seed(params.seed + 2**31), kind_of(params)
    if issubclass(kind, Digits | Emoji):
        return kind(params.examples, params.picture, g)
    if issubclass(kind, Classes):
        return kind(g)
    return kind(toys.drawn(toys.parse_points(params.points)) if params.data == "drawn" else toys.TOYS[params.data], g)


def mix(process: Process, x_0: Float[Tensor, "n d"], eps: Float[Tensor, "n d"], t: Tensor) -> Float[Tensor, "n d"]:
    """x_t = signal(t) x_0 + noise(t) ε: any amount of noise in one step."""
    return process.signal(t) * x_0 + process.noise(t) * eps


def forward(params: Params, space: Space) -> Iterator[Frame]:
    """The data turns to noise: t from 0 to 1, one ε for each point throughout; beside it the same step by step, with fresh noise."""
    process, g = process_of(params), Generator().manual_seed(params.seed + 3 * 2**31)
    times = torch.linspace(0, 1, FORWARD_STEPS + 1)
    for step, (t, chained) in enumerate(zip(times, chain(process, space.raw, times, g), strict=True)):
        x_t, raw = mix(process, space.data, space.noise[: len(space.data)], t), mix(process, space.raw, space.raw_noise, t)
        arrays = space.forward_arrays(x_t, raw, chained) | histograms(raw, chained)
        metrics = levels(process, t) | every_schedule(t) | moments(raw, chained) | space.distance(x_t)
        yield Frame(step, arrays, metrics, phase="forward")


def every_schedule(t: Tensor) -> dict[str, float]:
    """ᾱ (signal²), σ (noise) and log-SNR of every way of adding noise at t: what this run is not, to compare with."""
    ways = {"flow": flow()} | {name: noising(schedule) for name, schedule in SCHEDULES.items()}
    found = {name: levels(process, t) for name, process in ways.items()}
    return {
        f"{measure}_{name}": value
        for name, level in found.items()
        for measure, value in (("abar", level["signal"] ** 2), ("sigma", level["noise"]), ("snr", level["log_snr"]))
    }


def levels(process: Process, t: Tensor) -> dict[str, float]:
    """How much is left of the data, how much noise there is, and the log of their ratio of powers (t kept in 0.001..0.999 there)."""
    s = t.clamp(1e-3, 1 - 1e-3)
    log_snr = 2 * (process.signal(s) / process.noise(s)).log()
    return {"t": t.item(), "signal": process.signal(t).item(), "noise": process.noise(t).item(), "log_snr": log_snr.item()}


def train(params: Params, space: Space) -> Frames:
    """Minimise E |network(x_t, t) − target|² over x_0, ε and t, by Adam; the state is the mean of the last weights."""
    process, g = process_of(params), Generator().manual_seed(params.seed)
    w = space.weights(g)
    learned = [tensor.requires_grad_() for tensor in trainable(w)]
    mean = {name: tensor.detach().clone() for name, tensor in w.items()}
    averaged = trainable(mean)
    adam = torch.optim.Adam(learned, betas=(0.9, 0.99), fused=True)
    pending = snapshot_steps(params.steps, space.snapshots)
    losses: list[Tensor] = []
    for step, (x_0, label) in enumerate(space.batches(g)):
        loss = batch_loss(process, space, w, x_0, label, g)
        losses.append(loss.detach())
        if step == pending[0]:
            yield snapshot(params, process, space, mean, step, torch.stack(losses).mean().item())
            losses.clear()
            if len(pending) == 1:
                return {name: tensor.contiguous() for name, tensor in mean.items()}
            pending = pending[1:]
        for tensor, gradient in zip(learned, torch.autograd.grad(loss, learned), strict=True):
            tensor.grad = gradient
        adam.param_groups[0]["lr"] = params.at(step).rate * space.learning_rate * warm_and_decay(step / params.steps)
        adam.step()
        with torch.no_grad():
            torch._foreach_lerp_(averaged, learned, 1 - min(EMA, (1 + step) / (10 + step)))
    raise AssertionError("batches never end")


def batch_loss(process: Process, space: Space, w: Weights, x_0: Tensor, label: Tensor, g: Generator) -> Float[Tensor, ""]:
    n = len(x_0)
    t = ((torch.arange(n) / n + torch.rand(1, generator=g)) % 1)[:, None]  # evenly spread, uniform each: Kingma et al. 2021, appendix I.1
    eps = torch.randn(x_0.shape, generator=g)
    x_t = mix(process, x_0, eps, t)
    return (process.predict(space.network(w, x_t, t, label), x_t, t) - process.target(x_0, eps)).square().mean()


def warm_and_decay(progress: float) -> float:
    """Learning rate over its highest: up in the first 2 % of the steps, then down by a cosine to a twentieth."""
    return min(1.0, (progress + 1e-3) / 0.02) * (0.525 + 0.475 * math.cos(math.pi * progress))


def snapshot_steps(steps: int, count: int) -> list[int]:
    """At most count + 1 steps from 0 to the last, denser early."""
    return sorted({round(steps * (i / count) ** 2) for i in range(count + 1)})


def snapshot(params: Params, process: Process, space: Space, w: Weights, step: int, loss: float) -> Frame:
    """What the averaged network makes of the noise by now; the last one as carefully as the usual walk, the others in fewer steps."""
    usual = next(iter(process.walks))
    steps = USUAL_STEPS if step == params.steps else space.quick_looks // LOOKS[usual]
    *_, (_, x, _) = reverse(process, space, w, usual, steps, GUIDANCE)
    return Frame(step, space.snapshot_arrays(x), {"loss": loss} | space.quality(x, GUIDANCE), phase="train")


@torch.no_grad()
def reverse(
    process: Process, space: Space, w: Weights, sampler: str, steps: int, guidance: float, x: Tensor | None = None
) -> Iterator[Step]:
    """The noise walks back, t from 1 to 0: the space's own, or another."""

    def predict(x: Tensor, t: Tensor) -> Tensor:
        t = t.expand(len(x), 1)
        return process.predict(space.guided(w, x, t, guidance), x, t)

    yield from process.walks[sampler](predict, space.noise if x is None else x, process.times(steps))


def look_back(params: Params, space: Space, w: Weights) -> Iterator[Frame]:
    """The walk that the parameters choose, thinned to what the stage has room for."""
    process, n = process_of(params), len(space.noise)
    walk = reverse(process, space, w, params.walk, params.sampling_steps, params.guidance, space.start(params.adds_noise))
    shown = shown_steps(params.sampling_steps, space.looks_back)
    for step, (t, x, prediction) in enumerate(walk):
        if step in shown:
            speed = process.velocity(x, t, prediction)[:n].norm(dim=1).mean().item()
            metrics = levels(process, t) | space.quality(x[:n], params.guidance) | {"speed": speed}
            yield Frame(step, space.reverse_arrays(process, w, t, x, prediction, params.guidance), metrics, phase="reverse")


def shown_steps(steps: int, count: int) -> list[int]:
    """At most count + 1 of the steps from 0 to the last, evenly spread."""
    count = min(steps, count)
    return [round(i * steps / count) for i in range(count + 1)]


def compare(params: Params, space: Space, w: Weights) -> Iterator[Frame]:
    """How good each sampler is in how few steps, all from the same noise; on the stage is the one the parameters choose."""
    for step in space.steps_compared:
        ends = {}
        for name in process_of(params).walks if space.every_walk else (params.walk,):
            *_, (_, ends[name], _) = reverse(process_of(params), space, w, name, step, params.guidance)
        chosen = ends[params.walk]
        metrics = {"sampling_steps": step} | space.quality(chosen, params.guidance) | space.comparison(ends)
        yield Frame(step, space.sample_arrays(chosen), metrics, phase="compare")


def weigh(params: Params, space: Space, w: Weights) -> Iterator[Frame]:
    """One guidance after another, by the usual sampler from the same noise."""
    usual = next(iter(process_of(params).walks))
    for step, guidance in enumerate(space.weights_compared):
        *_, (_, x, _) = reverse(process_of(params), space, w, usual, WEIGHED_STEPS, guidance)
        yield Frame(step, space.sample_arrays(x), space.quality(x, guidance), phase="weigh")


def edit(params: Params, space: Pictures, w: Weights) -> Iterator[Frame]:
    """The walk of an edit, from the noise it starts with to the finished pictures."""
    process = process_of(params)
    job = EDITS[params.edit](params, process, space)
    shown = shown_steps(params.sampling_steps, space.looks_back)
    for step, (t, x, _) in enumerate(walked(job, params, process, space, w)):
        if step in shown:
            pictures = finished(job, space, x)
            yield Frame(step, arrays(job, space, pictures), levels(process, t) | measures(job, space, x, pictures), phase="edit")


def run(params: Params, state: State | None = None) -> Frames:
    """Chapters: forward: x_t from data to noise; train: samples at each snapshot; reverse: the same noise walks to samples;
    compare: where it ends in 1, 2, 4, … steps; weigh, where there are classes: where it ends with other guidance.

    On the plane every frame has data (1000, 2) and sample (1000, 2), f2; forward adds chained (1000, 2); reverse adds denoised
    (1000, 2), field (308, 4) as x, y, dx, dy and mesh (17, 17, 2). Pictures: data and sample (40, 28, 28) or (40, 16, 16, 3) u1 and
    label (40,) u1, original (1, …); forward adds pixel_noise and reverse denoised, two rows each; train adds copied; an edit has edited
    instead of sample, and given (1, …). Forward's bins, bell, histogram, histogram_chain (64,) f4 are densities. With classes
    reverse adds with_class, without_class and guided: arrows (24, 4), or a picture of each class.
    """
    space = space_of(params)
    yield from forward(params, space)
    state = yield from learn(train(params, space), state)
    yield from look_back(params, space, state)
    if isinstance(space, Pictures) and edits(params):
        yield from edit(params, space, state)
        return state
    yield from compare(params, space, state)
    yield from weigh(params, space, state)
    return state

"""Editing with a trained network, none of which trains again: fill a hole, begin at a drawing, go from one noise to another."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor

from playground import painting
from playground.concepts.diffusion.params import BOARDS, Params
from playground.concepts.diffusion.pictures import SHOWN, Pictures
from playground.nets.mlp import Weights
from playground.samplers import Process, Step, slerp

ONE_LOOK = {"flow": "euler", "ddpm": "ddim"}  # by objective: a repaired guess has no velocity at t = 0, where Heun would look
HOLE = 0.5  # the grey of what is to be made anew
T_LEAST = 1e-3  # where a guess still decides a prediction


@dataclass(frozen=True)
class Job:
    """A walk to edit by: where it starts, at what times and for which classes; what it is measured by, and held to."""

    walk: str
    times: Float[Tensor, " k"]
    x: Float[Tensor, "n d"]
    label: Int64[Tensor, " n"]
    given: Float[Tensor, " p"] | None = None  # pixels of 0 to 1
    known: Bool[Tensor, " p"] | None = None  # which of them stay as they are
    part: Int64[Tensor, " n"] | None = None  # of the way from one noise to another, in percent


def inpaint(params: Params, process: Process, space: Pictures) -> Job:
    """What the mask covers is made anew, once for each class; the rest of the picture stays."""
    covered = painting.mask(params.mask, space.latent.size[0]).flatten()
    given = space.shown[params.picture].flatten().float() / 255
    known = ~covered.repeat_interleave(len(given) // len(covered))
    times = process.times(params.sampling_steps)
    return Job(ONE_LOOK[params.objective], times, space.noise, space.classes, given, known)


def sketch(params: Params, process: Process, space: Pictures) -> Job:
    """SDEdit, Meng et al. 2022: the drawing is noised as far as t = strength, and the walk goes on from there."""
    palette = BOARDS["sketch"][params.data].palette
    given = painting.drawing(params.sketch, space.latent.size[0], palette or {}).flatten().float() / 255
    t = torch.tensor(params.strength)
    x = process.signal(t) * space.latent.coordinates(given[None]) + process.noise(t) * space.noise
    return Job(params.walk, t * process.times(params.sampling_steps), x, space.classes, given)


def between(params: Params, process: Process, space: Pictures) -> Job:
    """Each row of pictures goes from one noise to another, for one class."""
    columns, n = space.none, len(space.noise) // space.none * space.none
    row, column = torch.arange(n) // columns, torch.arange(n) % columns
    a, b = space.noise.roll(1, 0)[row], space.noise.roll(-n // columns, 0)[row]
    part = column / (columns - 1)
    rows = SHOWN // columns
    label = row % rows * columns // rows
    x, percent = slerp(a, b, part[:, None]), (100 * part).round().long()
    return Job(params.walk, process.times(params.sampling_steps), x, label, part=percent)


EDITS: dict[str, Callable[[Params, Process, Pictures], Job]] = {"inpaint": inpaint, "sketch": sketch, "between": between}


@torch.no_grad()
def walked(job: Job, params: Params, process: Process, space: Pictures, w: Weights) -> Iterator[Step]:
    """The walk of a job. Where pixels are known, every clean guess gets them back before the next step is taken from it:

    the projection of Wang et al. 2023 (DDNM) for a mask, there and back through the PCA coordinates.
    """

    def predict(x: Tensor, t: Tensor) -> Tensor:
        there = t.expand(len(x), 1)
        prediction = process.predict(space.guided(w, x, there, params.guidance, job.label), x, there)
        if job.known is None or job.given is None:
            return prediction
        pixels = torch.where(job.known, job.given, space.latent.pixels(process.denoised(x, there, prediction)))
        return process.implied(x, there.clamp(min=T_LEAST), space.latent.coordinates(pixels))

    yield from process.walks[job.walk](predict, job.x, job.times)


def finished(job: Job, space: Pictures, x: Tensor) -> Tensor:
    """Pictures as they are shown: what is known in them is the given picture's."""
    made = space.latent.decode(x)
    if job.known is None or job.given is None:
        return made
    return torch.where(job.known.view(space.latent.size), (255 * job.given).round().to(torch.uint8).view(space.latent.size), made)


def measures(job: Job, space: Pictures, x: Tensor, pictures: Tensor) -> dict[str, float]:
    """agreement with the classes asked for; `away`: the mean difference from the given pixels, of 0 to 1, before they are put back."""
    told = space.judge(pictures, job.label)
    found = {name: told[name] for name in ("agreement", "agreement_real", "nearest")}
    if job.given is None:
        return found
    apart = (space.latent.decode(x).flatten(1).float() / 255 - job.given).abs()
    return found | {"away": (apart if job.known is None else apart[:, job.known]).mean().item()}


def arrays(job: Job, space: Pictures, pictures: Tensor) -> dict[str, np.ndarray]:
    """`edited` and its `label`; `original`, the drawing or the picture, and `given`, the same with its hole in grey; `part` of the way."""
    made = {"edited": pictures[:SHOWN], "label": job.label[:SHOWN].to(torch.uint8)}
    if job.given is not None:
        given = job.given if job.known is None else torch.where(job.known, job.given, HOLE)
        made["given"], made["original"] = ((255 * x).round().to(torch.uint8).view(1, *space.latent.size) for x in (given, job.given))
    if job.part is not None:
        made["part"] = job.part[:SHOWN].to(torch.uint8)
    return {name: array.numpy() for name, array in made.items()}

"""A real pipeline: diffusers' own classes, called as anyone calls them, with every step of the call shown."""

from collections.abc import Generator as Yields
from collections.abc import Iterator
from itertools import chain
from typing import Any, Literal

import numpy as np
import torch
import torch.nn.functional as F
from einops import rearrange
from jaxtyping import Float, UInt8
from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError
from torch import Generator, Tensor

import playground.params
from playground import datasets
from playground.concepts.pipeline.hub import SHIPPED, allowed, pipeline
from playground.concepts.pipeline.watch import Turn, turns
from playground.frame import Frame

LOOKS = 36  # frames of a walk, less one
MOST_BYTES = 3_400_000  # of all its pictures
SHOWN = 12  # channels of each block on the stage
PALEST = 40  # of a channel's values, so that its edge is seen
OPENED = 0.9  # ᾱ of the step that is opened up: the picture is there, and noise to be named
SECONDS, HUB_SECONDS = 0.006, 0.14  # a picture and step takes; the hub's for a U-Net like DDPM's for CIFAR-10


def _offered(schema: dict[str, Any]) -> None:
    schema["enum"] = list(allowed())


class Params(playground.params.Params):
    model: str = Field(SHIPPED, max_length=96, json_schema_extra=_offered)
    scheduler: Literal["DDPMScheduler", "DDIMScheduler", "DPMSolverMultistepScheduler"] = "DDPMScheduler"
    steps: int = Field(50, ge=2, le=100)
    variance: Literal["own", "fixed_small", "fixed_large"] = Field("own", json_schema_extra={"when": {"scheduler": "DDPMScheduler"}})
    eta: float = Field(0.0, ge=0, le=1, json_schema_extra={"step": 0.05, "when": {"scheduler": "DDIMScheduler"}})
    pictures: int = Field(16, ge=1, le=36)

    def work(self) -> float:
        return 1 + self.steps * self.pictures * (SECONDS if self.model == SHIPPED else HUB_SECONDS)

    @field_validator("model")
    @classmethod
    def _allowed(cls, model: str) -> str:
        if model not in allowed():
            raise PydanticCustomError("hub_refused", "not allowed", {"allowed": str(list(allowed()))})
        return model


def prepared(params: Params) -> Any:
    """The pipeline as loaded, with the scheduler that the parameters choose, made of its own scheduler's configuration."""
    import diffusers

    pipe = pipeline(params.model)
    kind = getattr(diffusers, params.scheduler)
    own = params.scheduler != "DDPMScheduler" or params.variance == "own"
    pipe.scheduler = kind.from_config(pipe.scheduler.config, **({} if own else {"variance_type": params.variance}))
    return diffusers.DDIMPipeline(pipe.unet, pipe.scheduler) if params.scheduler == "DDIMScheduler" else pipe


def call(pipe: Any, params: Params) -> Any:
    """The pictures: one plain call of the pipeline."""
    pipe.set_progress_bar_config(disable=True)
    eta = {"eta": params.eta} if params.scheduler == "DDIMScheduler" else {}
    g = Generator().manual_seed(params.seed)
    return pipe(batch_size=params.pictures, generator=g, num_inference_steps=params.steps, **eta).images


def pixels(x: Float[Tensor, "n c h w"]) -> UInt8[np.ndarray, "n h w c"]:
    """Of -1 to 1, what lies beyond cut off: as the pipeline itself makes pictures."""
    made = rearrange((x / 2 + 0.5).clamp(0, 1), "n c h w -> n h w c").numpy()
    return (made * 255).round().astype(np.uint8)


def drawn(x: UInt8[np.ndarray, "n h w c"]) -> UInt8[np.ndarray, "n h w ..."]:
    """As the wire wants them: grey pictures have no axis of colours."""
    return x[..., 0] if x.shape[-1] == 1 else x


def grain(x: UInt8[np.ndarray, "n h w c"]) -> float:
    """Mean difference of neighbouring pixels, from 0 for flat pictures to 1."""
    x = x / np.float32(255)
    return float((np.abs(np.diff(x, axis=1)).mean() + np.abs(np.diff(x, axis=2)).mean()) / 2)


def nearest(x: UInt8[np.ndarray, "n h w c"]) -> Float[Tensor, " n"]:
    """The way from each picture to the training face nearest to it: Euclidean, in pixels of 0 to 1."""
    a, b = (torch.as_tensor(each).flatten(1).float() / 255 for each in (x, datasets.faces().train))
    return torch.cdist(a, b).amin(1)


class Judge:
    """Measures pictures; faces against the faces of the data that training never saw."""

    def __init__(self, model: str):
        self.faces = model == SHIPPED
        if self.faces:
            unseen = datasets.faces().held_out.numpy()
            self.far, self.grain = nearest(unseen).mean().item(), grain(unseen)

    def __call__(self, x: UInt8[np.ndarray, "n h w c"]) -> dict[str, float]:
        metrics = {"grain": grain(x)}
        if self.faces:
            metrics |= {"grain_real": self.grain, "nearest": nearest(x).mean().item() / self.far}
        return metrics


def levels(pipe: Any, t: int) -> dict[str, float]:
    """The scheduler's own numbers at t: x_t = signal x_0 + noise ε."""
    abar = pipe.scheduler.alphas_cumprod[t].item()
    return {"t": float(t), "signal": abar**0.5, "noise": (1 - abar) ** 0.5}


def shown_steps(params: Params, size: int = 16, channels: int = 3) -> list[int]:
    """The steps that are shown, the first and the end among them: as many as there is room for."""
    room = MOST_BYTES // (2 * params.pictures * size * size * channels)
    count = max(1, min(params.steps, LOOKS, room))
    return [round(i * params.steps / count) for i in range(count + 1)]


def denoise(pipe: Any, params: Params) -> Yields[Frame, None, Turn]:
    """The call, step by step; returns the first turn with at least that much of the picture (`OPENED`), which is to be opened up."""
    judge, unet = Judge(params.model), pipe.unet.config
    shown = shown_steps(params, unet.sample_size, unet.in_channels)
    walk = turns(pipe, lambda: call(pipe, params))
    turn = opened = first = next(walk)
    for step, turn in enumerate(chain([first], walk)):
        if levels(pipe, opened.t)["signal"] ** 2 < OPENED:
            opened = turn
        if step in shown:
            yield look(step, turn.x_t, turn.x_0, levels(pipe, turn.t), turn, judge)
    yield look(params.steps, turn.x, turn.x_0, {"t": 0.0, "signal": 1.0, "noise": 0.0}, turn, judge)
    return opened


def look(step: int, x: Tensor, x_0: Tensor, level: dict[str, float], turn: Turn, judge: Judge) -> Frame:
    noisy, guess = pixels(x), pixels(x_0)
    metrics = level | {"eps": turn.eps.abs().mean().item()} | judge(guess)
    return Frame(step, {"noisy": drawn(noisy), "guess": drawn(guess)}, metrics, phase="denoise")


def blocks(unet: Any) -> list[Any]:
    """The U-Net's parts in the order that a picture passes through them."""
    return [unet.conv_in, *unet.down_blocks, unet.mid_block, *unet.up_blocks, unet.conv_out]


@torch.no_grad()
def inside(pipe: Any, turn: Turn) -> Iterator[Frame]:
    """One call of the U-Net, block by block, on the first picture of that turn."""
    unet, outputs = pipe.unet, [turn.x_t[:1]]
    hooks = [block.register_forward_hook(lambda *said: outputs.append(said[-1])) for block in blocks(unet)]
    unet(turn.x_t[:1], turn.t)
    for hook in hooks:
        hook.remove()
    outputs = [said[0][0] if isinstance(said, tuple) else said[0] for said in outputs]
    rows = [channels(said, turn.x_t.shape[-1]) for said in outputs]
    names = ["x_t", *(type(block).__name__ for block in blocks(unet))]
    weights = [0, *(sum(p.numel() for p in block.parameters()) for block in blocks(unet))]
    for step, said in enumerate(outputs):
        maps = np.concatenate([row if i <= step else np.zeros_like(row) for i, row in enumerate(rows)])
        metrics = levels(pipe, turn.t) | {"channels": float(len(said)), "side": float(said.shape[-1]), "weights": weights[step] / 1000}
        yield Frame(step, {"maps": maps}, metrics, {"block": (names[step],)}, phase="inside")


def channels(said: Float[Tensor, "c h w"], side: int) -> UInt8[np.ndarray, "k rows columns"]:
    """The first channels as grey pictures, each from its least to its greatest value, in the middle of a larger picture with an edge."""
    maps = said[:SHOWN]
    low, high = maps.amin((1, 2), keepdim=True), maps.amax((1, 2), keepdim=True)
    grey = PALEST + (255 - PALEST) * (maps - low) / (high - low).clamp(min=1e-6)
    before = (side + 2 - maps.shape[-1]) // 2
    after = side + 2 - maps.shape[-1] - before
    return F.pad(grey, (before, after, before, after, 0, SHOWN - len(maps))).round().byte().numpy()


def run(params: Params, state: None = None) -> Iterator[Frame]:
    """Two chapters. denoise: the pipeline's call, step by step; inside: one call of its U-Net, block by block.

    denoise has noisy and guess (pictures, size, size, 3) u1, without the last axis for grey pictures; inside has maps
    (12 x rows, size + 2, size + 2) u1, a row for the picture and each block.
    """
    pipe = prepared(params)
    opened = yield from denoise(pipe, params)
    yield from inside(pipe, opened)

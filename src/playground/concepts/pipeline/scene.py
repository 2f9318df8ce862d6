"""What the stage and the charts of the pipeline show."""

import math

from playground.concepts.pipeline.hub import SHIPPED
from playground.concepts.pipeline.model import SHOWN, Params, shown_steps
from playground.scene import Chapter, Chart, Layer, Scene, Series

DENOISE, INSIDE = ("denoise",), ("inside",)
BLOCKS, MOST_BLOCKS = 10, 24  # rows of the shipped U-Net; more than any on the hub has


def layers(pictures: int) -> tuple[Layer, ...]:
    """Two grids four times as wide as high, one above the other."""
    columns = min(pictures, math.ceil(math.sqrt(4 * pictures)))
    return (
        Layer("noisy", "images", "noisy", "noise", DENOISE, columns=columns),
        Layer("guess", "images", "guess", "good", DENOISE, columns=columns),
        Layer("maps", "images", "maps", "model", INSIDE, columns=SHOWN),
    )


def charts(faces: bool) -> tuple[Chart, ...]:
    grain = (Series("grain", "model"), *([Series("grain_real", "data", reference=True)] if faces else []))
    return (
        Chart("schedule", (Series("signal", "data"), Series("noise", "noise")), DENOISE),
        Chart("grain", grain, DENOISE),
        *([Chart("copied", (Series("nearest", "model"),), DENOISE)] if faces else []),
        Chart("named", (Series("eps", "noise"),), DENOISE),
        Chart("side", (Series("side", "ink"),), INSIDE),
        Chart("width", (Series("channels", "model"),), INSIDE),
        Chart("weights", (Series("weights", "good"),), INSIDE),
    )


def scene(params: Params) -> Scene:
    steps = shown_steps(params)
    blocks = BLOCKS if params.model == SHIPPED else MOST_BLOCKS
    return Scene(
        layers=layers(params.pictures),
        charts=charts(params.model == SHIPPED),
        headline={"denoise": "noise", "inside": "weights"},
        chapters=(Chapter("denoise", len(steps), params.steps, 0.95), Chapter("inside", blocks, blocks - 1, 0.05)),
    )

"""What the stage and the charts of diffusion show."""

from playground.concepts.diffusion.model import Params
from playground.scene import Chart, Layer, Scene, Series

FORWARD, TRAIN, REVERSE = ("forward",), ("train",), ("reverse",)

PLANE = (
    Layer("data", "points", "data", "data"),
    Layer("field", "arrows", "field", "ink", REVERSE),
    Layer("trails", "trails", "sample", "model", REVERSE),
    Layer("noisy", "points", "sample", "noise", FORWARD),
    Layer("sample", "points", "sample", "model", TRAIN + REVERSE),
    Layer("denoised", "points", "denoised", "good", REVERSE, on=False),
)

DIGITS = (
    Layer("latent_noise", "images", "sample", "noise", FORWARD, columns=10, labels="label"),
    Layer("pixel_noise", "images", "pixel_noise", "noise", FORWARD, columns=10, labels="label"),
    Layer("sample", "images", "sample", "model", TRAIN + REVERSE, columns=10, labels="label"),
    Layer("real", "images", "data", "data", TRAIN, columns=10, labels="label"),
    Layer("denoised", "images", "denoised", "good", REVERSE, columns=10, labels="label"),
)

DISTANCE = (Series("sw2", "model"), Series("sw2_floor", "data", reference=True))

CHARTS = (
    Chart("schedule", (Series("signal", "data"), Series("noise", "noise")), FORWARD, x="t"),
    Chart("snr", (Series("log_snr", "ink"),), FORWARD, x="t"),
    Chart("loss", (Series("loss", "model"),), TRAIN, log=True),
    Chart("distance", DISTANCE, TRAIN, log=True),
    Chart("walk", DISTANCE, REVERSE, x="t", log=True),
    Chart("speed", (Series("speed", "model"),), REVERSE, x="t"),
)


def scene(params: Params) -> Scene:
    """The plane or the digits."""
    return Scene(
        layers=DIGITS if params.data == "digits" else PLANE,
        charts=CHARTS,
        view=2.4,
        headline={"forward": "signal", "train": "sw2", "reverse": "sw2"},
    )

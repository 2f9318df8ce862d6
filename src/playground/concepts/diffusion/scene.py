"""What the stage and the charts of diffusion show."""

from playground.concepts.diffusion.model import FORWARD_STEPS, Params, kind_of, snapshot_steps
from playground.scene import Chapter, Chart, Layer, Scene, Series

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

FRECHET = (Series("fid", "model"), Series("fid_floor", "data", reference=True))
SHARES = (Series("agreement", "model"), Series("diversity", "good"))

LOSS = Chart("loss", (Series("loss", "model"),), TRAIN, log=True)
SPEED = Chart("speed", (Series("speed", "model"),), REVERSE, x="t")
FORWARD_CHARTS = (
    Chart("schedule", (Series("signal", "data"), Series("noise", "noise")), FORWARD, x="t"),
    Chart("snr", (Series("log_snr", "ink"),), FORWARD, x="t"),
)
PLANE_CHARTS = (LOSS, Chart("distance", DISTANCE, TRAIN, log=True), Chart("walk", DISTANCE, REVERSE, x="t", log=True), SPEED)
DIGITS_CHARTS = (
    LOSS,
    Chart("shares", SHARES, TRAIN),
    Chart("frechet", FRECHET, TRAIN, log=True),
    Chart("copied", (Series("nearest", "model"),), TRAIN),
    Chart("walk_shares", SHARES, REVERSE, x="t"),
    Chart("walk_frechet", FRECHET, REVERSE, x="t", log=True),
    Chart("walk_copied", (Series("nearest", "model"),), REVERSE, x="t"),
    SPEED,
)


def chapters(params: Params) -> tuple[Chapter, ...]:
    """Exactly how many frames each chapter has, and how the work is shared out."""
    kind = kind_of(params)
    around = kind.seconds / params.work()
    return (
        Chapter("forward", FORWARD_STEPS + 1, FORWARD_STEPS, 0.3 * around),
        Chapter("train", len(snapshot_steps(params.steps, kind.snapshots)), params.steps, 1 - around),
        Chapter("reverse", kind.reverse_steps + 1, kind.reverse_steps, 0.7 * around),
    )


def scene(params: Params) -> Scene:
    """The plane or the digits."""
    digits = params.data == "digits"
    made = "agreement" if digits else "sw2"
    return Scene(
        layers=DIGITS if digits else PLANE,
        charts=FORWARD_CHARTS + (DIGITS_CHARTS if digits else PLANE_CHARTS),
        view=2.4,
        chapters=chapters(params),
        headline={"forward": "signal", "train": made, "reverse": made},
        twins={"train": "train_digits", "reverse": "reverse_digits"} if digits else {},
    )

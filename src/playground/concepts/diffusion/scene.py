"""What the stage and the charts of diffusion show."""

from playground.concepts.diffusion.model import (
    FORWARD_STEPS,
    Params,
    kind_of,
    shown_steps,
    snapshot_steps,
)
from playground.scene import Chapter, Chart, Color, Layer, Scene, Series

FORWARD, TRAIN, REVERSE, COMPARE = ("forward",), ("train",), ("reverse",), ("compare",)

PLANE = (
    Layer("data", "points", "data", "data"),
    Layer("field", "arrows", "field", "ink", REVERSE),
    Layer("trails", "trails", "sample", "model", REVERSE),
    Layer("noisy", "points", "sample", "noise", FORWARD),
    Layer("sample", "points", "sample", "model", TRAIN + REVERSE + COMPARE),
    Layer("denoised", "points", "denoised", "good", REVERSE, on=False),
)

DIGITS = (
    Layer("latent_noise", "images", "sample", "noise", FORWARD, columns=10, labels="label"),
    Layer("pixel_noise", "images", "pixel_noise", "noise", FORWARD, columns=10, labels="label"),
    Layer("sample", "images", "sample", "model", TRAIN + REVERSE + COMPARE, columns=10, labels="label"),
    Layer("real", "images", "data", "data", TRAIN + COMPARE, columns=10, labels="label"),
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


SAMPLERS: dict[str, dict[str, Color]] = {
    "flow": {"heun": "model", "euler": "good"},
    "ddpm": {"dpm": "model", "ddim": "good", "ddpm": "noise"},
}


def chapters(params: Params) -> tuple[Chapter, ...]:
    """Exactly how many frames each chapter has, and how the work is shared out."""
    kind = kind_of(params)
    around = kind.seconds / params.work()
    return (
        Chapter("forward", FORWARD_STEPS + 1, FORWARD_STEPS, 0.1 * around),
        Chapter("train", len(snapshot_steps(params.steps, kind.snapshots)), params.steps, 1 - around),
        Chapter("reverse", len(shown_steps(params.sampling_steps, kind.looks_back)), params.sampling_steps, 0.3 * around),
        Chapter("compare", len(kind.steps_compared), kind.steps_compared[-1], 0.6 * around),
    )


def steps_chart(params: Params) -> Chart:
    """Quality over the number of steps: on the plane of every sampler for this network, among digits of the chosen one."""
    digits = params.data == "digits"
    measure, floor = ("fid", "fid_floor") if digits else ("sw2", "sw2_floor")
    samplers = SAMPLERS[params.objective]
    curves = [Series(f"{measure}_{name}", color) for name, color in samplers.items() if not digits or name == params.walk]
    return Chart(
        "steps_digits" if digits else "steps",
        (*curves, Series(floor, "data", reference=True)),
        COMPARE,
        x="sampling_steps",
        log=True,
        log_x=True,
    )


def scene(params: Params) -> Scene:
    """The plane or the digits."""
    digits = params.data == "digits"
    made = "agreement" if digits else "sw2"
    twins = (
        {"train": "train_digits", "reverse": "reverse_digits", "compare": "compare_digits"}
        if digits
        else {"compare": f"compare_{params.objective}"}
    )
    return Scene(
        layers=DIGITS if digits else PLANE,
        charts=(*FORWARD_CHARTS, *(DIGITS_CHARTS if digits else PLANE_CHARTS), steps_chart(params)),
        view=2.4,
        chapters=chapters(params),
        headline={"forward": "signal", "train": made, "reverse": made, "compare": "fid" if digits else "sw2"},
        twins=twins,
    )

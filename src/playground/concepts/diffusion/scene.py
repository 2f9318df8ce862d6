"""What the stage and the charts of diffusion show."""

from dataclasses import replace

from playground.concepts.diffusion.model import FORWARD_STEPS, shown_steps, snapshot_steps
from playground.concepts.diffusion.params import EVERY_EXAMPLE, LABELLED, PICTURES, Params, edits, kind_of
from playground.scene import Chapter, Chart, Color, Layer, Scene, Series

FORWARD, TRAIN, REVERSE, COMPARE, WEIGH, EDIT = (("forward",), ("train",), ("reverse",), ("compare",), ("weigh",), ("edit",))
ENDS = COMPARE + WEIGH  # chapters whose every frame is the end of another walk

SAMPLERS: dict[str, dict[str, Color]] = {
    "flow": {"heun": "model", "euler": "good"},
    "ddpm": {"dpm": "model", "ddim": "good", "ddpm": "noise"},
}
ANSWERS: dict[str, Color] = {"without_class": "noise", "with_class": "good", "guided": "model"}
SCHEDULES: dict[str, Color] = {"linear": "model", "cosine": "good", "sigmoid": "noise", "flow": "data"}

DISTANCE = (Series("sw2", "model"), Series("sw2_floor", "data", reference=True))
FRECHET = (Series("fid", "model"), Series("fid_floor", "data", reference=True))
SHARES = (Series("agreement", "model"), Series("diversity", "good"), Series("agreement_real", "data", reference=True))
COPIED = (Series("nearest", "model"),)

LOSS = Chart("loss", (Series("loss", "model"),), TRAIN, log=True)
SPEED = Chart("speed", (Series("speed", "model"),), REVERSE, x="t")


def plane_layers(params: Params) -> tuple[Layer, ...]:
    mesh = () if params.adds_noise else (Layer("mesh", "mesh", "mesh", "soft", REVERSE, on=False),)
    return (
        Layer("data", "points", "data", "data"),
        Layer("field", "arrows", "field", "ink", REVERSE),
        *mesh,
        Layer("density", "contour", "sample", "model", REVERSE + TRAIN, on=False),
        Layer("trails", "trails", "sample", "model", REVERSE),
        Layer("noisy", "points", "sample", "noise", FORWARD),
        Layer("chained", "points", "chained", "good", FORWARD, on=False),
        Layer("sample", "points", "sample", "model", TRAIN + REVERSE + ENDS),
        Layer("denoised", "points", "denoised", "good", REVERSE, on=False, linked="sample"),
    )


def class_layers() -> tuple[Layer, ...]:
    return (
        Layer("data", "points", "data", "data"),
        Layer("trails", "trails", "sample", "model", REVERSE, on=False, labels="label"),
        Layer("noisy", "points", "sample", "noise", FORWARD),
        Layer("chained", "points", "chained", "good", FORWARD, on=False),
        Layer("classes", "points", "sample", "model", TRAIN + REVERSE + ENDS, labels="label"),
        Layer("denoised", "points", "denoised", "good", REVERSE, on=False, linked="sample", labels="label"),
        *(Layer(key, "arrows", key, color, REVERSE, width=2.5) for key, color in ANSWERS.items()),
    )


def picture_layers(params: Params) -> tuple[Layer, ...]:
    columns, names = kind_of(params).columns, params.data if params.data == "emoji" else ""

    def pictures(key: str, array: str, color: Color, phases: tuple[str, ...], on: bool = True) -> Layer:
        named = "likest" if names and array == "sample" else ""
        linked = "sample" if key in ("copied", "denoised") else ""
        return Layer(
            key, "images", array, color, phases, on=on, columns=columns, labels="label", names=names, captions=named, linked=linked
        )

    few = params.examples < EVERY_EXAMPLE
    return (
        pictures("latent_noise", "sample", "noise", FORWARD),
        pictures("pixel_noise", "pixel_noise", "noise", FORWARD),
        pictures("sample", "sample", "model", TRAIN + REVERSE + ENDS),
        pictures("copied", "copied", "bad", TRAIN, on=few),
        pictures("real", "data", "data", TRAIN + ENDS, on=not few),
        *edit_layers(params, pictures("edited", "edited", "model", EDIT)),
        pictures("denoised", "denoised", "good", REVERSE, on=False),
        *(replace(pictures(key, key, color, REVERSE), labels="", names="") for key, color in ANSWERS.items()),
    )


def edit_layers(params: Params, edited: Layer) -> tuple[Layer, ...]:
    if params.edit == "between":
        return (replace(edited, key="between", labels="part", names=""),)
    if params.edit == "none":
        return ()
    made = replace(edited, key="redrawn") if params.edit == "sketch" else edited
    return (Layer(params.edit, "images", "given", "data", EDIT, columns=edited.columns), made)


def forward_charts(params: Params) -> tuple[Chart, ...]:
    """Among them the curves of every schedule, and of one that is at fault while it is used."""
    fault: dict[str, Color] = {"unfinished": "bad"} if params.schedule == "unfinished" else {}

    def every(key: str) -> Chart:
        return Chart(key, tuple(Series(f"{key}_{name}", color) for name, color in (SCHEDULES | fault).items()), FORWARD, x="t")

    densities = (Series("histogram", "noise"), Series("histogram_chain", "good"), Series("bell", "ink", reference=True))
    pictures = params.data in PICTURES
    return (
        Chart(
            "pixels" if pictures else "coordinates",
            densities,
            FORWARD,
            x="bins",
            kind="histogram",
            metrics=("mean", "mean_chain", "variance", "variance_chain"),
        ),
        Chart("variance", (Series("variance", "noise"), Series("variance_chain", "good")), FORWARD, x="t"),
        Chart("schedule", (Series("signal", "data"), Series("noise", "noise")), FORWARD, x="t"),
        every("abar"),
        every("sigma"),
        every("snr"),
    )


def quality_charts(params: Params) -> tuple[Chart, ...]:
    """How good the samples are: over training, on the way back, and over the guidance."""
    pictures, labelled = params.data in PICTURES, params.data in LABELLED
    near = ("frechet", FRECHET) if pictures else ("distance", DISTANCE)
    found = [("shares", SHARES)] * labelled + [near] + [("copied", COPIED)] * pictures
    return (
        *(Chart(key, series, TRAIN, log=series in (DISTANCE, FRECHET)) for key, series in found),
        *(Chart(f"walk_{key}", series, REVERSE, x="t", log=series in (DISTANCE, FRECHET)) for key, series in found),
        *(Chart(f"weigh_{key}", series, WEIGH, x="guidance") for key, series in found if labelled and not edits(params)),
    )


def steps_chart(params: Params) -> Chart:
    """Quality over the number of steps, of every sampler for this network; among emoji of the chosen one."""
    pictures, every = params.data in PICTURES, kind_of(params).every_walk
    measure, floor = ("fid", "fid_floor") if pictures else ("sw2", "sw2_floor")
    curves = [Series(f"{measure}_{name}", color) for name, color in SAMPLERS[params.objective].items() if every or name == params.walk]
    key = "steps_pictures" if pictures else "steps"
    return Chart(key, (*curves, Series(floor, "data", reference=True)), COMPARE, x="sampling_steps", log=True, log_x=True)


def edit_charts(params: Params) -> tuple[Chart, ...]:
    shares = Chart("edit_shares", (Series("agreement", "model"), Series("agreement_real", "data", reference=True)), EDIT, x="t")
    away = Chart(f"away_{params.edit}", (Series("away", "model"),), EDIT, x="t")
    return (shares,) if params.edit == "between" else (shares, away)


def chapters(params: Params) -> tuple[Chapter, ...]:
    """Exactly how many frames each chapter has, and how the work is shared out."""
    kind = kind_of(params)
    around = kind.seconds / params.work()
    back, thinned = params.sampling_steps, len(shown_steps(params.sampling_steps, kind.looks_back))
    last = (
        (Chapter("edit", thinned, back, 0.5 * around),)
        if edits(params)
        else (
            Chapter("compare", len(kind.steps_compared), kind.steps_compared[-1], 0.4 * around),
            *(Chapter("weigh", n, n - 1, 0.3 * around) for n in (len(kind.weights_compared),) if n),
        )
    )
    return (
        Chapter("forward", FORWARD_STEPS + 1, FORWARD_STEPS, 0.1 * around),
        Chapter("train", len(snapshot_steps(params.steps, kind.snapshots)), params.steps, 1 - around),
        Chapter("reverse", thinned, back, 0.2 * around),
        *last,
    )


def twins(params: Params) -> dict[str, str]:
    """The sentences that are not the chapter's own."""
    if params.data in PICTURES:
        pictures = {name: f"{name}_pictures" for name in ("train", "reverse", "compare", "weigh")}
        return pictures | {"edit": f"edit_{params.edit}"} if edits(params) else pictures
    classes = {"reverse": "reverse_classes"} if params.data in LABELLED else {}
    return {"compare": f"compare_{params.objective}"} | classes


def scene(params: Params) -> Scene:
    """The plane, classes on it, or pictures."""
    pictures, labelled = params.data in PICTURES, params.data in LABELLED
    layers = picture_layers(params) if pictures else class_layers() if labelled else plane_layers(params)
    made, near = ("agreement", "fid") if pictures else ("sw2", "sw2")
    ends = edit_charts(params) if edits(params) else (steps_chart(params),)
    return Scene(
        layers=layers,
        charts=(*forward_charts(params), LOSS, *quality_charts(params), SPEED, *ends),
        view=2.4,
        chapters=chapters(params),
        headline={"forward": "signal", "train": made, "reverse": made, "compare": near, "weigh": "agreement", "edit": "agreement"},
        twins=twins(params),
        credit="mnist" if params.data == "digits" else "",
    )

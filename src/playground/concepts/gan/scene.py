"""What the stage and the charts of a GAN show."""

from playground.concepts.gan.flow import flow
from playground.concepts.gan.losses import LOSSES
from playground.concepts.gan.model import snapshot_steps
from playground.concepts.gan.params import MODES, PICTURES, Params
from playground.concepts.gan.plane import EXTENT
from playground.concepts.gan.slow import PARTS
from playground.scene import Chapter, Chart, Color, Layer, Scene, Series

TRAIN, SLOW = ("train",), ("slow",)
STAGES = (*TRAIN, *SLOW, "diverged")
SPAN = (0.0, 1.0)


def plane_layers(params: Params) -> tuple[Layer, ...]:
    ideal = (Layer("ideal", "heatmap", "ideal", "mark", TRAIN, on=False, extent=EXTENT, span=SPAN),) if LOSSES[params.loss].ideal else ()
    return (
        Layer("surface", "heatmap", "d_grid", "good", STAGES, extent=EXTENT, span=SPAN),
        *ideal,
        Layer("half", "level", "d_grid", "good", STAGES, at=0.5, extent=EXTENT),
        Layer("manifold", "mesh", "mesh", "model", TRAIN, on=False, opacity="mesh_density"),
        Layer("real", "points", "real", "data", STAGES, shared=True),
        Layer("fake", "points", "fake", "model", STAGES),
        Layer("gradient", "arrows", "gradient", "ink", STAGES),
    )


def picture_layers(params: Params) -> tuple[Layer, ...]:
    asked = "label" if params.data == "digits" and params.conditional else ""
    return (
        Layer("fake", "images", "fake", "model", TRAIN, columns=10, labels=asked),
        Layer("real", "images", "real", "data", TRAIN, columns=10),
        Layer("batch_fake", "images", "fake", "model", SLOW, columns=10),
        Layer("batch_real", "images", "real", "data", SLOW, columns=10),
    )


def loss_chart(params: Params) -> Chart:
    """What both pay, and where a formula says that they come to rest."""
    losses = (Series(f"{player}_loss", color) for player, color in PLAYERS.items() if moves(params, player))
    forced = zip(PLAYERS.items(), LOSSES[params.loss].equilibrium(1.0), strict=True)
    lines = (Series(f"{player}_equilibrium", color, reference=True) for (player, color), at in forced if at is not None)
    return Chart("losses", (*losses, *lines), TRAIN)


def plane_charts(params: Params) -> tuple[Chart, ...]:
    modes = (
        Chart("modes", (Series("modes", "model"), Series("modes_total", "data", reference=True)), TRAIN),
        Chart("shares", (Series("mode_share", "model"), Series("mode_true", "data", reference=True)), TRAIN, x="mode", kind="histogram"),
    )
    return (
        Chart("distance", (Series("sw2", "model"), Series("sw2_floor", "data", reference=True)), TRAIN, log=True),
        *(modes if params.data in MODES else ()),
        Chart("js", (Series("js", "model"), Series("js_floor", "data", reference=True)), TRAIN),
        Chart("kl", (Series("kl", "model"), Series("kl_floor", "data", reference=True)), TRAIN),
    )


def picture_charts(params: Params) -> tuple[Chart, ...]:
    agreement = (Series("agreement", "model"), Series("agreement_real", "data", reference=True)) if params.conditional else ()
    judged = (
        Chart("judged_digits", (*agreement, Series("diversity", "good")), TRAIN),
        Chart("frechet", (Series("fid", "model"), Series("fid_floor", "data", reference=True)), TRAIN, log=True),
        Chart("kinds", (Series("modes", "model"), Series("modes_total", "data", reference=True)), TRAIN),
    )
    distance = Chart("distance", (Series("sw2", "model"), Series("sw2_floor", "data", reference=True)), TRAIN, log=True)
    return (*(judged if params.data == "digits" else ()), distance)


def charts(params: Params) -> tuple[Chart, ...]:
    return (
        loss_chart(params),
        *(picture_charts if params.data in PICTURES else plane_charts)(params),
        Chart("slope", (Series("grad_norm", "ink"),), TRAIN, log=True),
        Chart("accuracy", (Series("d_accuracy", "good"),), TRAIN),
        *(slow_charts(params) if params.seeds == 1 else ()),
    )


PLAYERS: dict[str, Color] = {"d": "good", "g": "model"}


def moves(params: Params, player: str) -> bool:
    """Whether a player ever moves."""
    often = f"{player}_steps"
    return bool(getattr(params, often)) or any(edit.field == often for edit in params.changes)


def slow_charts(params: Params) -> tuple[Chart, ...]:
    judged = (*(Series("d_real", "data") for _ in range(moves(params, "d"))), Series("d_fake", "model"))
    far = (Series(f"{player}_move", color) for player, color in PLAYERS.items() if moves(params, player))
    return (Chart("judged", judged, SLOW, x="part"), Chart("moves", tuple(far), SLOW, x="part"))


def twins(params: Params) -> dict[str, str]:
    """The sentences that are not the chapter's own."""
    if params.data == "digits":
        return {"train": "train_asked" if params.conditional else "train_digits"}
    return {"train": "train_modes"} if params.data in MODES else {}


def scene(params: Params) -> Scene:
    pictures, islands = params.data in PICTURES, params.data in MODES
    train = Chapter("train", len(snapshot_steps(params)), params.steps)
    slow = (Chapter("slow", len(PARTS), len(PARTS), 0.02),) if params.seeds == 1 else ()
    made = "agreement" if params.data == "digits" and params.conditional else "modes" if islands else "sw2"
    return Scene(
        layers=picture_layers(params) if pictures else plane_layers(params),
        charts=charts(params),
        view=2.4,
        chapters=(train, *slow),
        headline={"train": made, "slow": "part", "diverged": "sw2"},
        twins=twins(params),
        flow=flow(params) if slow else None,
        credit="mnist" if params.data == "digits" else "",
    )

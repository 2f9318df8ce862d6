"""What the stage and the charts of a GAN show."""

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
    one = params.seeds == 1
    panels = () if one else (Layer("members", "panels", "fake_all", "model", TRAIN, beneath="d_grid_all", extent=EXTENT, span=SPAN),)
    ideal = (Layer("ideal", "heatmap", "ideal", "mark", TRAIN, on=False, extent=EXTENT, span=SPAN),) if LOSSES[params.loss].ideal else ()
    return (
        Layer("surface", "heatmap", "d_grid", "good", STAGES if one else SLOW, extent=EXTENT, span=SPAN),
        *ideal,
        Layer("half", "level", "d_grid", "good", STAGES if one else SLOW, at=0.5, extent=EXTENT),
        Layer("manifold", "mesh", "mesh", "model", TRAIN, on=False, opacity="mesh_density"),
        Layer("real", "points", "real", "data", STAGES if one else SLOW),
        Layer("fake", "points", "fake", "model", STAGES if one else SLOW),
        Layer("gradient", "arrows", "gradient", "ink", STAGES if one else SLOW),
        *panels,
    )


def picture_layers(params: Params) -> tuple[Layer, ...]:
    asked = "label" if params.data == "digits" and params.conditional else ""
    return (
        Layer("fake", "images", "fake", "model", TRAIN, columns=10, labels=asked),
        Layer("real", "images", "real", "data", TRAIN, columns=10),
        Layer("batch_fake", "images", "fake", "model", SLOW, columns=10),
        Layer("batch_real", "images", "real", "data", SLOW, columns=10),
    )


def curve(params: Params, metric: str, color: Color) -> tuple[Series, ...]:
    """One member's; of many the median between the lowest and the highest."""
    if params.seeds == 1:
        return (Series(metric, color),)
    return (Series(f"{metric}_median", color), *(Series(f"{metric}_{end}", color, reference=True) for end in ("low", "high")))


def loss_chart(params: Params) -> Chart:
    """What both pay, and where a formula says that they come to rest."""
    one = "" if params.seeds == 1 else "_median"
    losses = (Series(f"{player}_loss{one}", color) for player, color in PLAYERS.items() if moves(params, player))
    forced = zip(PLAYERS.items(), LOSSES[params.loss].equilibrium(1.0), strict=True)
    lines = (Series(f"{player}_equilibrium", color, reference=True) for (player, color), at in forced if at is not None)
    return Chart("losses", (*losses, *lines), TRAIN)


def plane_charts(params: Params) -> tuple[Chart, ...]:
    modes = (
        Chart("modes", (*curve(params, "modes", "model"), Series("modes_total", "data", reference=True)), TRAIN),
        Chart("shares", (Series("mode_share", "model"), Series("mode_true", "data", reference=True)), TRAIN, x="mode", kind="histogram"),
    )
    return (
        Chart("distance", (*curve(params, "sw2", "model"), Series("sw2_floor", "data", reference=True)), TRAIN, log=True),
        *(modes if params.data in MODES else ()),
        Chart("js", (*curve(params, "js", "model"), Series("js_floor", "data", reference=True)), TRAIN),
        Chart("kl", (*curve(params, "kl", "model"), Series("kl_floor", "data", reference=True)), TRAIN),
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
        Chart("slope", curve(params, "grad_norm", "ink"), TRAIN, log=True),
        Chart("accuracy", curve(params, "d_accuracy", "good"), TRAIN),
        *slow_charts(params),
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
    snapshots = len(snapshot_steps(params))
    made = "agreement" if params.data == "digits" and params.conditional else "modes" if islands else "sw2"
    return Scene(
        layers=picture_layers(params) if pictures else plane_layers(params),
        charts=charts(params),
        view=2.4,
        chapters=(Chapter("train", snapshots, params.steps), Chapter("slow", len(PARTS), len(PARTS), 0.02)),
        headline={"train": made, "slow": "part", "diverged": "sw2"},
        twins=twins(params),
    )

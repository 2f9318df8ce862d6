"""The drawing of one step in slow motion: who gives what to whom, and by which formula."""

from playground.concepts.gan.losses import LABELLED
from playground.concepts.gan.params import PICTURES, Params
from playground.concepts.gan.slow import PARTS
from playground.scene import Edge, Flow, Node, Part

NODES = (
    Node("data", 2, 0, "data"),
    Node("noise", 0, 1.3, "noise"),
    Node("g", 1, 1.3, "model", net=True),
    Node("fakes", 2, 1.3, "model"),
    Node("d", 3, 0.65, "good", net=True),
    Node("loss", 3, 1.75, "ink"),
)
MAKE: tuple[Edge, ...] = (("noise", "g"), ("g", "fakes"))
JUDGE: tuple[Edge, ...] = (("fakes", "d"),)
TRUE: tuple[Edge, ...] = (("data", "d"),)
PAY: tuple[Edge, ...] = (("d", "loss"),)

FORWARD: dict[str, tuple[Edge, ...]] = {
    "d_sample": MAKE,
    "d_forward": TRUE + JUDGE,
    "d_loss": PAY,
    "g_forward": MAKE + JUDGE,
    "g_loss": PAY,
}
BACK: dict[str, tuple[Edge, ...]] = {"d_backward": PAY, "g_backward": PAY + JUDGE + MAKE[1:]}
NEW = {"d_sample": ("data", "fakes"), "d_update": ("d",), "g_sample": ("noise",), "g_update": ("g", "fakes")}
SMOOTHED = {"minimax": "smoothing_logs", "non_saturating": "smoothing_logs", "least_squares": "smoothing_squares"}


def formulas(params: Params, part: str) -> tuple[str, ...]:
    """The lines of a sub-step: of a loss all that this run minimises, of an update what its optimiser does."""
    player, kind = part.split("_")
    if kind == "loss":
        return (f"{part}_{params.loss}", *(terms(params) if player == "d" else ()))
    if kind == "update":
        cut = ("clip",) if player == "d" and params.loss == "wgan" else ()
        return (f"{part}_{getattr(params, f'{player}_optimiser')}", *cut)
    if kind == "forward" and params.instance_noise:
        return (part, "instance_noise")
    return (part,)


def terms(params: Params) -> tuple[str, ...]:
    """What D's loss has beyond its first line."""
    return (
        *(SMOOTHED[params.loss] for _ in range(params.loss in LABELLED and params.label_smoothing > 0)),
        *("gradient_penalty" for _ in range(params.loss == "wgan_gp")),
        *("r1" for _ in range((params.picture_r1 if params.data in PICTURES else params.r1) > 0)),
    )


def flow(params: Params) -> Flow:
    """Ten sub-steps, five of D and five of G, as they are in the step that is looked at."""
    now = params.at(params.looked_at)
    turns = tuple(player for player in "dg" if getattr(now, f"{player}_steps"))
    parts = (Part(key, key[0], FORWARD.get(key, ()), BACK.get(key, ()), NEW.get(key, ()), formulas(now, key)) for key in PARTS)
    return Flow("slow", turns, NODES, MAKE + JUDGE + TRUE + PAY, tuple(parts))

"""What the stage and the charts of attention show."""

from playground.concepts.attention.learning import snapshot_steps
from playground.concepts.attention.params import BEAM_TOKENS, Params
from playground.scene import Chapter, Chart, Layer, Scene, Series, Text

TRAIN, LOOK, LENS, GENERATE, BEAM = ("train",), ("look",), ("lens",), ("generate",), ("beam",)
TILED = TRAIN + LOOK + LENS + GENERATE  # chapters whose frames have attention
PRODUCT = ("query", "key", "barred")
HEADS = Layer(
    "heads", "heads", "attention", "model", TILED, tokens="tokens", focus="focus", special="special", sentence="sentence", product=PRODUCT
)
LAYERS = (
    HEADS,
    Layer("rollout", "heads", "rollout", "good", LOOK, on=False, tokens="tokens", special="special", sentence="sentence"),
    Layer("average", "heads", "average", "data", LOOK, on=False, tokens="tokens", special="special", sentence="sentence"),
)
BEGINNING = (
    Layer("codes", "codes", "codes", "model", LOOK, on=False, labels="codes_of", names="codes", tokens="ids"),
    Layer("alike", "codes", "alike", "model", LOOK, on=False, labels="alike_of", names="codes"),
)
TREE = Layer("tree", "tree", "tree", "model", BEAM, columns=BEAM_TOKENS + 1, tokens="tree")

BASELINES = (Series("bigram", "data", reference=True), Series("uniform", "noise", reference=True))
LEARNING = (
    Chart("learning", (Series("bits_per_char", "model"), Series("loss", "ink"), *BASELINES), TRAIN),
    Chart("patterns", (Series("previous", "good"), Series("induction", "mark")), TRAIN),
)
WORTH = Chart("worth", (Series("worth", "mark"),), LOOK, x="worth", kind="bars", names="heads")
MOVED = Chart("moved", (Series("token_change", "model"),), LOOK, x="place", kind="histogram")
SWITCHING = Chart(
    "switching",
    (Series("favourite", "model"), Series("favourite_against", "noise")),
    LOOK,
    x="favourite",
    kind="bars",
    names="turns",
    longest=22,
)
WRITING = (
    Chart("next", (Series("chance", "model"), Series("drawn", "good")), GENERATE, x="chance", kind="bars", names="candidates"),
    Chart("luck", (Series("bits", "model"),), GENERATE),
)
SEARCHING = (
    Chart("found", (Series("branch_bits", "model"), Series("greedy_bits", "ink")), BEAM),
    Chart("weighed", (Series("candidate_bits", "model"),), BEAM, x="candidate_bits", kind="bars", names="candidates"),
)


def chapters(params: Params) -> tuple[Chapter, ...]:
    """Exactly how many frames each chapter has, and how the work is shared out."""
    steps, layers = snapshot_steps(params), params.size[0]
    training = Chapter("train", len(steps), params.steps, params.training_work())
    writing = Chapter("generate", params.generate, params.generate, 0.02 * params.generate)
    inside = (Chapter("look", 1, 0, 0.5), Chapter("lens", layers + 1, layers, 0.1), *([writing] if params.generate else []))
    inside += (Chapter("beam", BEAM_TOKENS, BEAM_TOKENS, 0.02 * BEAM_TOKENS),) * bool(params.beams)
    return (training, *inside) if params.mode == "train" else inside


def looking(params: Params) -> tuple[Chart, ...]:
    """What it was without an operation stands beside what it is, where there is one."""
    loss, chance = (
        (Series("token_loss", "model"), Series("token_loss_before", "ink")),
        (Series("chance", "model"), Series("before", "noise")),
    )
    shown = 1 + params.operates
    return (
        Chart("surprise", loss[:shown], LOOK, x="place", kind="histogram", metrics=("order",)),
        WORTH,
        Chart("guesses", chance[:shown], LENS, x="chance", kind="bars", names="candidates"),
        Chart("rank", (Series("rank", "mark"),), LENS, log=True),
        Chart("decided", (Series("bits", "model"),), LENS),
    )


def describing(params: Params) -> Scene:
    """Of a model that guesses nothing."""
    return Scene(
        (*LAYERS, *BEGINNING),
        (*[SWITCHING] * params.compares, *[MOVED] * params.operates, WORTH),
        twins={"look": "descriptions_operated" if params.operates else "descriptions"},
        chapters=(Chapter("look", 1, 0),),
        texts=(*[Text("switching", LOOK, grows=False)] * params.compares,),
        notes=("across", "switched", "unswitched"),
    )


def texts(params: Params) -> tuple[Text, ...]:
    """What the model writes while it learns, and in the end; with an operation also without it."""
    written = ["written", *["without"] * params.operates] if params.generate else []
    return (
        *[Text("sample", TRAIN)] * (params.mode == "train"),
        *(Text(key, GENERATE) for key in written),
        *[Text(key, BEAM) for key in ("branches", "greedily") if params.beams],
    )


def scene(params: Params) -> Scene:
    if not params.causal:
        return describing(params)
    learns = params.mode == "train"
    return Scene(
        layers=(*LAYERS, *(() if params.hosted else BEGINNING), *([TREE] if params.beams else [])),
        charts=(
            *(LEARNING if learns else ()),
            *looking(params),
            *(WRITING if params.generate else ()),
            *(SEARCHING if params.beams else ()),
        ),
        twins={"look": "look_operated"} if params.operates else {},
        headline={"train": "bits_per_char", "lens": "rank", "generate": "bits", "beam": "branch_bits"},
        chapters=chapters(params),
        texts=texts(params),
        credit="shakespeare" if "shakespeare" in (params.data if params.trains else params.model) else "",
        notes=("beyond",),
    )

"""What the stage and the charts of attention show."""

from playground.concepts.attention.learning import snapshot_steps
from playground.concepts.attention.params import Params
from playground.scene import Chapter, Chart, Layer, Scene, Series, Text

TRAIN, LOOK, LENS, GENERATE = ("train",), ("look",), ("lens",), ("generate",)
HEADS = Layer("heads", "heads", "attention", "model", tokens="tokens")
LAYERS = (
    HEADS,
    Layer("rollout", "heads", "rollout", "good", LOOK, on=False, tokens="tokens"),
    Layer("average", "heads", "average", "data", LOOK, on=False, tokens="tokens"),
    Layer("codes", "codes", "codes", "model", LOOK, on=False, labels="codes_of", names="codes", tokens="ids"),
    Layer("alike", "codes", "alike", "model", LOOK, on=False, labels="alike_of", names="codes"),
)

BASELINES = (Series("bigram", "data", reference=True), Series("uniform", "noise", reference=True))
LEARNING = (
    Chart("learning", (Series("bits_per_char", "model"), Series("loss", "ink"), *BASELINES), TRAIN),
    Chart("patterns", (Series("previous", "good"), Series("induction", "mark")), TRAIN),
)
WORTH = Chart("worth", (Series("worth", "mark"),), LOOK, x="worth", kind="bars", names="heads")
LOOKING = (
    Chart(
        "surprise",
        (Series("token_loss", "model"), Series("token_loss_before", "ink")),
        LOOK,
        x="place",
        kind="histogram",
        metrics=("order",),
    ),
    WORTH,
    Chart("guesses", (Series("chance", "model"), Series("before", "noise")), LENS, x="chance", kind="bars", names="candidates"),
    Chart("rank", (Series("rank", "mark"),), LENS, log=True),
    Chart("decided", (Series("bits", "model"),), LENS),
)
DESCRIBING = (Chart("moved", (Series("token_change", "model"),), LOOK, x="place", kind="histogram"), WORTH)
WRITING = (
    Chart("next", (Series("chance", "model"), Series("drawn", "good")), GENERATE, x="chance", kind="bars", names="candidates"),
    Chart("luck", (Series("bits", "model"),), GENERATE),
)


def chapters(params: Params) -> tuple[Chapter, ...]:
    """Exactly how many frames each chapter has, and how the work is shared out."""
    steps, layers = snapshot_steps(params), params.size[0]
    training = Chapter("train", len(steps), params.steps, params.training_work())
    writing = Chapter("generate", params.generate, params.generate, 0.02 * params.generate)
    inside = (Chapter("look", 1, 0, 0.5), Chapter("lens", layers + 1, layers, 0.1), *([writing] if params.generate else []))
    return (training, *inside) if params.mode == "train" else inside


def describing() -> Scene:
    """Of a model that guesses nothing."""
    return Scene(LAYERS, DESCRIBING, twins={"look": "look_at_descriptions"}, chapters=(Chapter("look", 1, 0),))


def texts(params: Params) -> tuple[Text, ...]:
    """What the model writes while it learns, and in the end; with an operation also without it."""
    written = ["written", *["without"] * params.operates] if params.generate else []
    return (*[Text("sample", TRAIN)] * (params.mode == "train"), *(Text(key, GENERATE) for key in written))


def scene(params: Params) -> Scene:
    if not params.causal:
        return describing()
    learns = params.mode == "train"
    return Scene(
        layers=LAYERS,
        charts=(*(LEARNING if learns else ()), *LOOKING, *(WRITING if params.generate else ())),
        headline={"train": "bits_per_char", "lens": "rank", "generate": "bits"},
        chapters=chapters(params),
        texts=texts(params),
    )

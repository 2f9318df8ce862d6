from playground.concepts.gaze.model import Params

from playground.scene import Chapter, Chart, Layer, Scene, Series, Text


def scene(params: Params) -> Scene:
    return Scene(
        (Layer("heads", "heads", "attention", "model", ("train", "lens"), tokens="tokens", focus="focus"),),
        (
            Chart("entropy", (Series("entropy"),), ("train",)),
            Chart(
                "next",
                (Series("chance"), Series("before", "noise")),
                ("lens",),
                x="share",
                kind="bars",
                metrics=("rank",),
                names="candidates",
            ),
        ),
        headline={"train": "entropy", "lens": "rank"},
        chapters=(Chapter("train", 12, 11), Chapter("lens", 3, 2)),
        texts=(Text("sample", ("train",)),),
    )

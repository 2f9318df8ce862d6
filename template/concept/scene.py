"""What is seen: data and the model's samples, and the surprise as it falls."""

from playground.concepts.SLUG.model import FRAMES, Params
from playground.scene import Chapter, Chart, Layer, Scene, Series


def scene(params: Params) -> Scene:
    return Scene(
        (Layer("data", "points", "data", "data"), Layer("samples", "points", "samples", "model")),
        (Chart("surprise", (Series("surprise"), Series("best", "soft", reference=True)), ("train",)),),
        headline={"train": "surprise"},
        chapters=(Chapter("train", FRAMES, params.steps),),
    )

from playground.concepts.easel.model import Params

from playground.scene import Chapter, Chart, Layer, Scene, Series


def scene(params: Params) -> Scene:
    return Scene(
        (Layer("given", "images", "given", "data"), Layer("made", "images", "made", "model")),
        (Chart("step", (Series("step"),), ("show",)),),
        chapters=(Chapter("show", 3, 2),),
    )

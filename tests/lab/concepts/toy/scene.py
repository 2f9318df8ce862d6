from playground.concepts.toy.model import Params

from playground.scene import Chapter, Chart, Layer, Scene, Series


def scene(params: Params) -> Scene:
    return Scene(
        (Layer("walk", "points", "walk"),),
        (Chart("sum", (Series("sum"),), ("train",)),),
        chapters=(Chapter("train", params.steps, params.steps - 1),),
    )

from playground.concepts.toy.model import Params

from playground.scene import Chart, Layer, Scene, Series


def scene(params: Params) -> Scene:
    return Scene((Layer("walk", "points", "walk"),), (Chart("sum", (Series("sum"),), ("train",)),))

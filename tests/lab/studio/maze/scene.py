from playground.concepts.maze.model import Params

from playground.scene import Chapter, Chart, Equation, Layer, Scene, Series


def scene(params: Params) -> Scene:
    learn, both = ("learn",), ("learn", "slow")
    return Scene(
        (
            Layer("values", "cells", "v", "data", learn, draw="values"),
            Layer("triangles", "cells", "q", "data", learn, on=False, draw="triangles"),
            Layer("table", "cells", "q", "data", ("slow",), draw="triangles"),
            Layer("visits", "cells", "visits", "mark", learn, on=False, draw="heat"),
            Layer("world", "cells", "world", "ink", both, shared=True, draw="world"),
            Layer("trail", "cells", "trail", "model", learn, draw="trail"),
            Layer("arrows", "cells", "policy", "ink", both, draw="arrows"),
            Layer("update", "cells", "update", "mark", ("slow",), draw="update"),
        ),
        (Chart("return", (Series("return"),), learn), Chart("steps", (Series("steps"),), learn)),
        chapters=(Chapter("learn", params.episodes, params.episodes), Chapter("slow", 12, 12)),
        headline={"learn": "return", "slow": "part"},
        equation=Equation("slow", "q_learning"),
    )

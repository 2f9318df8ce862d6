from playground.concepts.vae import bounds, model

PLACED = [
    {},
    {"data": "hanzi", "model": "vq"},
    {"data": "faces", "model": "dae", "optimiser": "rmsprop"},
    {"data": "emoji", "model": "pca"},
    {"data": "moons", "model": "ae", "optimiser": "momentum"},
]
HALVED = True


def shorten() -> None:
    bounds.DRAWS = 8
    model.SNAPSHOTS, model.HEAVY = 5, 3

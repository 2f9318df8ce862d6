from playground.concepts.stroll.model import EXTENT, PLACES, SHAPES, Params

from playground.scene import Chapter, Chart, Layer, Scene, Series, Walker


def scene(params: Params) -> Scene:
    plane = params.data == "plane"
    floor = () if plane else (Layer("manifold", "manifold", "manifold", "soft", extent=EXTENT),)
    aside = (
        ()
        if plane
        else (
            Layer("original", "images", "original", "data", ("train",)),
            Layer("reconstruction", "images", "reconstruction", "model", ("train",)),
        )
    )
    side = int(PLACES**0.5)
    return Scene(
        (*floor, Layer("z", "points", "z", labels="label"), *aside),
        (Chart("elbo", (Series("elbo"),), ("train",)),),
        view=1.03 * EXTENT,
        headline={"train": "elbo", "walk": "elbo"},
        chapters=(Chapter("train", 3, 3), Chapter("walk", 1, 0)),
        walker=Walker(
            "walk",
            params.encoder,
            params.decoder,
            SHAPES[params.data],
            params.latent,
            params.model,
            squash="none" if plane else "sigmoid",
            variance=params.model == "vae",
            prior=params.model == "vae",
            likelihood="gaussian" if plane else "bernoulli",
            extent=EXTENT,
            grid=(side, side) if params.model == "vq" else (0, 0),
        ),
    )

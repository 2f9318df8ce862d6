"""What the stage and the charts of an autoencoder show."""

from playground.concepts.vae import compression_scene as compression
from playground.concepts.vae.looks import EXTENT, REBUILT
from playground.concepts.vae.model import snapshot_steps
from playground.concepts.vae.params import Params
from playground.scene import Chapter, Chart, Layer, Scene, Series, Walker

TRAIN, WALK = ("train",), ("walk",)
STAGES = (*TRAIN, "diverged")
CLASSES = {"digits": "digits", "hanzi": "fonts", "faces": "faces", "emoji": "emoji", "moons": "moons"}  # lists of the lesson


def plane_layers(params: Params) -> tuple[Layer, ...]:
    """Of points of the plane: the data, what becomes of them, and the map bent into their plane."""
    return (
        Layer("original", "points", "original", "data", STAGES, labels="label", names="moons"),
        Layer("manifold", "mesh", "manifold", "good", STAGES),
        Layer("reconstruction", "points", "reconstruction", "model", STAGES),
        Layer("z", "points", "z", "model", WALK, labels="label", names="moons"),
        Layer("density", "contour", "z", "ink", WALK, on=False),
    )


def picture_layers(params: Params) -> tuple[Layer, ...]:
    names = CLASSES[params.data]
    given = (Layer("noisy", "images", "noisy", "noise", STAGES, columns=REBUILT),) if params.model == "dae" else ()
    return (
        Layer("manifold", "manifold", "manifold", "soft", (*STAGES, *WALK), extent=EXTENT),
        Layer("z", "points", "z", "model", (*STAGES, *WALK), labels="label", names=names),
        Layer("density", "contour", "z", "ink", WALK, on=False),
        Layer("original", "images", "original", "data", STAGES, columns=REBUILT),
        *given,
        Layer("reconstruction", "images", "reconstruction", "model", STAGES, columns=REBUILT),
        *(compression.LAYERS if params.compresses else ()),
    )


def charts(params: Params) -> tuple[Chart, ...]:
    """A model that learns nothing has no curves."""
    if params.model == "pca":
        return ()
    pictures = params.design.bounded
    kept = Chart("fidelity", (Series("psnr", "model"),), TRAIN) if pictures else Chart("error", (Series("mse", "model"),), TRAIN, log=True)
    sharp = (Chart("sharpness", (Series("sharpness", "good"),), TRAIN),) if pictures else ()
    sent = (*(compression.CHARTS if params.compresses else ()), *([compression.LOSSLESS] if params.binary else []))
    return (*SPECIAL[params.model], kept, *sharp, Chart("objective", (Series("objective", "ink"),), TRAIN), *sent)


SPECIAL: dict[str, tuple[Chart, ...]] = {
    "vae": (
        Chart("bound", (Series("elbo", "model"), Series("reconstruction", "data")), TRAIN),
        Chart("paid", (Series("kl", "noise"),), TRAIN),
        Chart("active", (Series("active_dimensions", "good"),), TRAIN),
        Chart("price", (Series("beta", "ink"),), TRAIN),
    ),
    "ae": (),
    "dae": (Chart("denoised", (Series("mse_denoised", "model"), Series("mse_noisy", "noise", reference=True)), TRAIN, log=True),),
    "vq": (Chart("codebook", (Series("perplexity", "good"),), TRAIN),),
}
ENDS = {"vae": "importance_bound", "vq": "bits"}


def walker(params: Params) -> Walker:
    design = params.design
    encoder, decoder = design.layers
    return Walker(
        phase="walk",
        encoder=encoder,
        decoder=decoder,
        shape=design.shape if len(design.shape) != 2 else (*design.shape, 1),
        latent=design.code,
        kind=params.model,
        squash=design.squash,
        variance=design.variance,
        prior=design.variance,
        likelihood="gaussian" if params.gaussian else "bernoulli",
        sigma=params.sigma,
        extent=EXTENT,
        names=CLASSES[params.data],
        grid=grid(params.latent) if params.model == "vq" else (0, 0),
    )


def grid(places: int) -> tuple[int, int]:
    """Rows and columns for so many places, as nearly a square as they fill."""
    rows = max(n for n in range(1, int(places**0.5) + 1) if places % n == 0)
    return rows, places // rows


def scene(params: Params) -> Scene:
    pictures = params.design.bounded
    fidelity = "psnr" if pictures else "mse"
    return Scene(
        layers=(picture_layers if pictures else plane_layers)(params),
        charts=charts(params),
        view=EXTENT + 0.1,
        headline={
            "train": "elbo" if params.model == "vae" else fidelity,
            "walk": ENDS.get(params.model, fidelity),
            "diverged": fidelity,
            "compression": "bits",
        },
        twins={phase: f"{phase}_{params.model}" for phase in (*TRAIN, *WALK)},
        chapters=(
            Chapter("train", len(snapshot_steps(params)), 0 if params.model == "pca" else params.steps),
            *([compression.chapter()] if params.compresses else []),
            Chapter("walk", 1, 0, 0.1),
        ),
        walker=walker(params),
        notes=compression.NOTES if params.compresses else (),
        credit="mnist" if params.data == "digits" else "",
    )

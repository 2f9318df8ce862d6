"""What the stage and the charts of latent diffusion show."""

from playground.concepts.latent_diffusion.model import Params, autoencoder_looks, looks_in, shown_steps
from playground.scene import Chapter, Chart, Color, Layer, Scene, Series

AUTOENCODE, TRAIN, REVERSE = ("autoencode",), ("train",), ("reverse",)
COLORS: dict[str, Color] = {"pixels": "noise", "pca": "good", "vae": "model"}


def rows(key: str, array: str, color: Color, phases: tuple[str, ...]) -> Layer:
    return Layer(key, "images", array, color, phases, columns=10, labels="label")


LAYERS = (
    rows("data", "pixels", "data", AUTOENCODE),
    rows("pca_kept", "pca", "good", AUTOENCODE),
    rows("vae_kept", "vae", "model", AUTOENCODE),
    rows("pixels", "pixels", "noise", TRAIN + REVERSE),
    rows("pca", "pca", "good", TRAIN + REVERSE),
    rows("vae", "vae", "model", TRAIN + REVERSE),
)


def each(metric: str, *names: str, reference: bool = False) -> tuple[Series, ...]:
    return tuple(Series(f"{metric}_{name}", COLORS[name], reference) for name in names or COLORS)


REAL = Series("limit_pixels", "data", reference=True)
LIMITS = (*each("limit", "vae", "pca", reference=True), REAL)
GRAIN = (*each("grain"), Series("grain_real", "data", reference=True))
CHARTS = (
    Chart("kept", each("error", "vae") + each("error", "pca", reference=True), AUTOENCODE, x="gmacs"),
    Chart("best", (*each("limit", "vae"), *each("limit", "pca", reference=True), REAL), AUTOENCODE, x="gmacs", log=True),
    Chart("bound", (Series("reconstruction", "model"), Series("kl", "ink")), AUTOENCODE, x="gmacs"),
    Chart("frechet", each("fid") + LIMITS, TRAIN, x="gmacs", log=True),
    Chart("agreement", each("agreement"), TRAIN, x="gmacs"),
    Chart("grain", GRAIN, TRAIN, x="gmacs"),
    Chart("loss", each("loss"), TRAIN, x="gmacs", log=True),
    Chart("walk_frechet", each("fid") + LIMITS, REVERSE, x="t", log=True),
    Chart("walk_agreement", each("agreement"), REVERSE, x="t"),
    Chart("cost", each("cost"), REVERSE),
)


def chapters(params: Params) -> tuple[Chapter, ...]:
    """Exactly how many frames each chapter has, and how the work is shared out."""
    learning = 0.025 * params.steps
    looks = len(looks_in(params))
    return (
        Chapter("autoencode", len(autoencoder_looks(params)), params.autoencoder_steps, 1 + learning),
        Chapter("train", looks, params.steps, 0.6 * looks + 3 * learning),
        Chapter("reverse", len(shown_steps(params.sampling_steps)), params.sampling_steps, 1 + 0.1 * params.sampling_steps),
    )


def scene(params: Params) -> Scene:
    return Scene(
        layers=LAYERS,
        charts=CHARTS,
        chapters=chapters(params),
        headline={"autoencode": "error_vae", "train": "fid_vae", "reverse": "fid_vae"},
        credit="mnist",
    )

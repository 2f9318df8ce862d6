"""What the chapter on compression shows."""

from playground.concepts.vae.compression import COLUMNS, rungs
from playground.scene import Chapter, Chart, Layer, Series

PHASES = ("compression",)
LAYERS = (
    Layer("sheet_original", "images", "sheet_original", "data", PHASES, columns=COLUMNS),
    Layer("sheet", "images", "sheet", "model", PHASES, columns=COLUMNS),
)
CHARTS = (
    Chart("distortion", (Series("psnr_model", "model"), Series("psnr_jpeg", "ink")), PHASES, x="bits", log_x=True),
    Chart("likeness", (Series("ssim_model", "model"), Series("ssim_jpeg", "ink")), PHASES, x="bits", log_x=True),
)
LOSSLESS = Chart("lossless", (Series("bits_binary", "model"), Series("png_bits", "ink", reference=True)), ("train",))
NOTES = ("exponent", "quality")


def chapter() -> Chapter:
    return Chapter("compression", rungs(), rungs() - 1, share=0.05)

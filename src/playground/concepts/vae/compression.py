"""What a VAE is worth as a code for pictures: bits against what comes back, beside JPEG; and beside PNG where nothing may be lost."""

import io
import math
from collections.abc import Iterator
from typing import Protocol

import numpy as np
import torch
from einops import rearrange
from jaxtyping import Bool, Float, UInt8
from PIL import Image
from torch import Tensor

from playground.concepts.vae.data import Shelf
from playground.frame import Frame
from playground.nets import vae

PICTURES, COLUMNS = 100, 10  # of the sheet, and to its row
SHOWN = 20  # of them on the stage
EXPONENTS = (0.01, 0.03, 0.1, 0.3, 1.0, 4.0, 16.0)  # 1 is the code as it was trained
QUALITIES = (2, 5, 10, 20, 40, 60, 80)  # of JPEG, as Pillow counts them
MOST_VARIANCE = 10.0
BORDER = 5  # pixels: half of the SSIM's window of 11

Sheet = UInt8[np.ndarray, "h w"] | UInt8[np.ndarray, "h w 3"]


class Coder(Protocol):
    """What is asked of a trained VAE; x are flat pixels of 0 to 1."""

    def posterior(self, x: Float[Tensor, "n p"]) -> tuple[Float[Tensor, "n d"], Float[Tensor, "n d"]]: ...
    def pixels(self, z: Float[Tensor, "n d"]) -> Float[Tensor, "n p"]: ...


def rungs() -> int:
    """Frames of the chapter."""
    return len(EXPONENTS) + len(QUALITIES)


def chapter(coder: Coder, shelf: Shelf, seed: int) -> Iterator[Frame]:
    """A sheet of 100 test pictures, sent in more and more bits by the VAE, then by JPEG.

    Arrays sheet_original and sheet (20, h, w[, 3]) u1. Metrics: bits, a picture; psnr_model and ssim_model with the exponent of the
    code, or psnr_jpeg and ssim_jpeg with the quality.
    """
    x = shelf.test[:PICTURES]
    original = sheet(x.numpy())
    sent = [*by_model(coder, x, torch.Generator().manual_seed(seed)), *by_jpeg(original)]
    for step, (bits, name, setting, back) in enumerate(sent):
        arrays = {"sheet_original": x[:SHOWN].numpy(), "sheet": pictures(back, x.shape[1])[:SHOWN]}
        measured = {f"psnr_{name}": psnr(original, back), f"ssim_{name}": ssim(original, back, x.shape[1])}
        yield Frame(step, arrays, {"bits": bits} | setting | measured, phase="compression")


Sent = tuple[float, str, dict[str, float], Sheet]  # bits a picture, by what, how it was set, and what came back


@torch.no_grad()
def by_model(coder: Coder, x: UInt8[Tensor, "n ..."], g: torch.Generator) -> Iterator[Sent]:
    """The bits pay for a draw of z, not for its mean: KL(q ‖ p) is what a sender needs for one draw (Hinton & van Camp 1993)."""
    mu, log_var = coder.posterior(x.flatten(1).float() / 255)
    eps = torch.randn(mu.shape, generator=g)
    for a in EXPONENTS:
        code = tempered(mu, log_var, a)
        back = coder.pixels(vae.sample(*code, eps)).mul(255).round().clamp(0, 255).to(torch.uint8)
        yield vae.kl(*code).mean().item() / math.log(2), "model", {"exponent": a}, sheet(back.reshape(x.shape).numpy())


def tempered(mu: Float[Tensor, "n d"], log_var: Float[Tensor, "n d"], a: float) -> tuple[Float[Tensor, "n d"], Float[Tensor, "n d"]]:
    """q(z|x)ᵃ p(z)¹⁻ᵃ, scaled to a density: μ and log σ².

    Were q the true posterior, this would be p(x|z)ᵃ p(z), the best code for this decoder at its rate: Huang et al. 2020, "Evaluating
    lossy compression rates of deep generative models".
    """
    precision = (1 + a * ((-log_var).exp() - 1)).clamp(min=1 / MOST_VARIANCE)
    return a * mu * (-log_var).exp() / precision, -precision.log()


def by_jpeg(original: Sheet) -> Iterator[Sent]:
    """The whole sheet as one file, so that its header weighs little; then without it."""
    for quality in QUALITIES:
        file = jpeg(original, quality)
        with Image.open(io.BytesIO(file)) as image:
            yield 8 * len(scan(file)) / PICTURES, "jpeg", {"quality": quality}, np.asarray(image)


def jpeg(picture: Sheet, quality: int) -> bytes:
    """With the standard's own Huffman tables: tables fitted to the picture would be told in the header, which isn't counted."""
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "JPEG", quality=quality, optimize=False)
    return file.getvalue()


def scan(file: bytes) -> bytes:
    """What tells the picture, once tables and sizes are known: the entropy-coded data of a baseline JPEG (ITU T.81, annex B)."""
    at = 2
    while file[at + 1] != 0xDA:
        at += 2 + int.from_bytes(file[at + 2 : at + 4])
    return file[at + 2 + int.from_bytes(file[at + 2 : at + 4]) : -2]


def png_bits(ink: Bool[Tensor, "n h w"]) -> float:
    """Bits a picture of a lossless PNG of one sheet, one bit a pixel, its chunks' names and lengths not counted."""
    file = png(sheet(ink[:PICTURES].numpy()))
    return 8 * len(compressed(file)) / PICTURES


def png(picture: Bool[np.ndarray, "h w"]) -> bytes:
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "PNG", optimize=True)
    return file.getvalue()


def compressed(file: bytes) -> bytes:
    """The IDAT chunks of a PNG, joined."""
    at, data = 8, b""
    while at < len(file):
        length, kind = int.from_bytes(file[at : at + 4]), file[at + 4 : at + 8]
        data += file[at + 8 : at + 8 + length] if kind == b"IDAT" else b""
        at += 12 + length
    return data


def sheet(x: np.ndarray) -> np.ndarray:
    """Pictures side by side, ten to a row."""
    return rearrange(x, "(r c) h w ... -> (r h) (c w) ...", c=COLUMNS)


def pictures(whole: np.ndarray, side: int) -> np.ndarray:
    """The pictures of a sheet, each square."""
    return rearrange(whole, "(r h) (c w) ... -> (r c) h w ...", h=side, w=side)


def psnr(original: Sheet, back: Sheet) -> float:
    """Peak signal-to-noise ratio of the sheet, in decibels."""
    from skimage.metrics import peak_signal_noise_ratio

    return float(peak_signal_noise_ratio(original, back, data_range=255))


def ssim(original: Sheet, back: Sheet, side: int) -> float:
    """Structural similarity (Wang et al. 2004) with their window, a Gaussian of 1.5 pixels, 11 wide: the mean of all pictures' own.

    One look at the sheet; only windows that lie within one picture count.
    """
    from skimage.metrics import structural_similarity

    axis = 2 if original.ndim == 3 else None
    how = {"gaussian_weights": True, "sigma": 1.5, "use_sample_covariance": False, "data_range": 255}
    everywhere = structural_similarity(original, back, full=True, channel_axis=axis, **how)[1]
    return float(pictures(everywhere, side)[:, BORDER:-BORDER, BORDER:-BORDER].mean())

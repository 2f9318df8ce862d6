"""Bits and likeness against closed forms, brute force and the files themselves."""

import io
import math
import struct
import zlib

import numpy as np
import pytest
import torch
from PIL import Image
from scipy.optimize import minimize
from skimage.metrics import structural_similarity

from playground.concepts.vae import compression
from playground.concepts.vae.data import shelf
from playground.frame import finite
from playground.nets import vae

DIGITS = compression.sheet(shelf("digits").test[:100].numpy())
FACES = compression.sheet(shelf("faces").test[:100].numpy())


def decoded(file: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(file)) as image:
        return np.asarray(image)


def test_a_sheet_comes_apart_into_its_pictures() -> None:
    x = shelf("faces").test[:100].numpy()
    assert FACES.shape == (160, 160, 3)
    assert np.array_equal(FACES[16:32, :16], x[10])
    assert np.array_equal(compression.pictures(FACES, 16), x)


@pytest.mark.parametrize("off", [1, 16, 255])
def test_psnr_of_a_constant_error(off: int) -> None:
    black = np.zeros((280, 280), np.uint8)
    assert compression.psnr(black, black + np.uint8(off)) == pytest.approx(20 * math.log10(255 / off), abs=1e-9)


def test_ssim_of_flat_pictures_is_that_of_their_greys() -> None:
    one, other, c1 = 60.0, 180.0, (0.01 * 255) ** 2
    flat = [np.full((280, 280), grey, np.uint8) for grey in (one, other)]
    assert compression.ssim(*flat, 28) == pytest.approx((2 * one * other + c1) / (one**2 + other**2 + c1), abs=1e-6)
    assert compression.ssim(DIGITS, DIGITS, 28) == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize(("original", "side"), [(DIGITS, 28), (FACES, 16)])
def test_ssim_of_the_sheet_is_the_mean_of_the_pictures_own(original: np.ndarray, side: int) -> None:
    back = decoded(compression.jpeg(original, 20))
    how = {"win_size": 11, "gaussian_weights": True, "sigma": 1.5, "use_sample_covariance": False, "data_range": 255}
    pairs = zip(compression.pictures(original, side), compression.pictures(back, side), strict=True)
    each = [structural_similarity(a, b, channel_axis=2 if a.ndim == 3 else None, **how) for a, b in pairs]
    assert compression.ssim(original, back, side) == pytest.approx(np.mean(each), abs=1e-6)
    assert np.std(each) > 0.01


@pytest.mark.parametrize("original", [DIGITS, FACES])
@pytest.mark.parametrize("quality", [2, 20, 80])
def test_what_is_counted_of_a_jpeg_is_all_that_tells_the_picture(original: np.ndarray, quality: int) -> None:
    """Behind the header of another picture, a grey one, it decodes to the same pixels."""
    file = compression.jpeg(original, quality)
    scan = compression.scan(file)
    grey = compression.jpeg(np.full_like(original, 128), quality)
    header = grey[: len(grey) - 2 - len(compression.scan(grey))]
    assert len(compression.scan(grey)) < len(scan) < len(file)
    assert np.array_equal(decoded(header + scan + b"\xff\xd9"), decoded(file))


def test_jpeg_costs_more_and_gives_back_more_with_quality() -> None:
    sent = list(compression.by_jpeg(DIGITS))
    bits = [bits for bits, *_ in sent]
    assert bits == sorted(set(bits))
    likeness = [compression.psnr(DIGITS, back) for *_, back in sent]
    assert likeness == sorted(set(likeness))


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def test_what_is_counted_of_a_png_is_all_that_tells_the_picture() -> None:
    """Behind a header written by hand (the PNG specification, chapter 11) it decodes to the same bits."""
    ink = shelf("digits").test[:100] >= 128
    picture = compression.sheet(ink.numpy())
    data = compression.compressed(compression.png(picture))
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 280, 280, 1, 0, 0, 0, 0))
    assert np.array_equal(decoded(b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", data) + chunk(b"IEND", b"")), picture)
    assert compression.png_bits(ink) == 8 * len(data) / 100
    assert 784 > compression.png_bits(ink) > 100


@pytest.mark.parametrize("a", [0.0, 0.125, 1.0, 4.0])
def test_a_tempered_code_is_the_product_of_the_densities(a: float) -> None:
    """By sums over a fine grid."""
    mu, log_var = torch.tensor([[1.3]]), torch.tensor([[math.log(0.3)]])
    z = torch.linspace(-8, 8, 4001, dtype=torch.float64)
    log = a * -((z - 1.3) ** 2) / 0.6 + (1 - a) * -(z**2) / 2
    p = (log - log.max()).exp()
    p /= p.sum()
    mean = (p * z).sum().item()
    m, v = compression.tempered(mu, log_var, a)
    assert m.item() == pytest.approx(mean, abs=1e-5)
    assert v.exp().item() == pytest.approx((p * (z - mean) ** 2).sum().item(), rel=1e-4)


def test_no_gaussian_code_is_better_where_the_posterior_is_exact() -> None:
    """A linear decoder with Gaussian noise, where q is the true posterior: a E log p(x|z) − KL(q ‖ p) is highest for the tempered code."""
    weight, noise, x, a = 1.7, 0.6, 2.0, 0.4
    precision = 1 + weight**2 / noise**2
    mu, log_var = torch.tensor([[weight * x / noise**2 / precision]]), torch.tensor([[-math.log(precision)]])

    def cost(code: np.ndarray) -> float:
        m, log_v = code
        missing = ((x - weight * m) ** 2 + weight**2 * math.exp(log_v)) / (2 * noise**2)
        return a * missing + (m**2 + math.exp(log_v) - 1 - log_v) / 2

    best = minimize(cost, [0.0, 0.0], method="Nelder-Mead", options={"xatol": 1e-8, "fatol": 1e-12}).x
    assert [code.item() for code in compression.tempered(mu, log_var, a)] == pytest.approx(best, abs=1e-4)


class Drawn:
    """Weights that were never trained, but for wider posteriors' means."""

    w = vae.draw(torch.Generator().manual_seed(1), latent=4)

    def posterior(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        mu, log_var = vae.encode(self.w, x)
        return mu, log_var - 2

    def pixels(self, z: torch.Tensor) -> torch.Tensor:
        return vae.decode(self.w, z).sigmoid()


def test_the_chapter_goes_up_the_rungs() -> None:
    frames = list(compression.chapter(Drawn(), shelf("digits"), seed=3))
    assert [frame.step for frame in frames] == list(range(compression.rungs()))
    assert all(finite(frame) and frame.phase == "compression" for frame in frames)
    model, jpeg = frames[: len(compression.EXPONENTS)], frames[len(compression.EXPONENTS) :]
    for part, told in ((model, {"exponent", "psnr_model", "ssim_model"}), (jpeg, {"quality", "psnr_jpeg", "ssim_jpeg"})):
        assert all(set(frame.metrics) == told | {"bits"} for frame in part)
        bits = [frame.metrics["bits"] for frame in part]
        assert bits == sorted(set(bits))
    assert all(frame.arrays["sheet"].shape == (20, 28, 28) and frame.arrays["sheet"].dtype == np.uint8 for frame in frames)
    assert np.array_equal(frames[0].arrays["sheet_original"], shelf("digits").test[:20].numpy())
    again = list(compression.chapter(Drawn(), shelf("digits"), seed=3))
    assert all(np.array_equal(a.arrays["sheet"], b.arrays["sheet"]) for a, b in zip(frames, again, strict=True))


def test_the_code_as_trained_costs_its_kl() -> None:
    x = shelf("digits").test[:100].flatten(1).float() / 255
    mu, log_var = Drawn().posterior(x)
    q, p = torch.distributions.Normal(mu, (log_var / 2).exp()), torch.distributions.Normal(0.0, 1.0)
    bits = torch.distributions.kl_divergence(q, p).sum(1).mean().item() / math.log(2)
    frame = next(f for f in compression.chapter(Drawn(), shelf("digits"), seed=3) if f.metrics.get("exponent") == 1)
    assert frame.metrics["bits"] == pytest.approx(bits, rel=1e-5)

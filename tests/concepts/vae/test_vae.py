import math
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
import torch

from playground.concept import load
from playground.concepts.vae import linear, model
from playground.concepts.vae.coder import MOST_WEIGHTS, Coder, Design, apply, draw, hidden, size
from playground.concepts.vae.data import shelf
from playground.concepts.vae.looks import EXTENT, GRID, Looker, Plane, flat, gaussian, places, plane_of, principal, turn
from playground.concepts.vae.model import heavy_steps, snapshot_steps, trained
from playground.concepts.vae.params import SHAPES, Params
from playground.concepts.vae.training import Training
from playground.frame import Frame, encode, finite
from playground.state import State
from tests import playing

ABSENT = {"elbo", "reconstruction", "kl", "active_dimensions", "importance_bound", "beta"}


@cache
def short(**fields) -> tuple[list[Frame], State]:
    return playing.collect("vae", **({"steps": 10} | fields))


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


RUNS = [
    {},
    {"latent": 5, "likelihood": "gaussian"},
    {"data": "hanzi", "model": "ae"},
    {"data": "faces", "model": "vq", "latent": 4},
    {"data": "emoji", "model": "pca", "latent": 3},
    {"model": "dae"},
    {"data": "moons"},
]


@pytest.mark.parametrize("fields", RUNS, ids=str)
def test_shape_of_a_run(fields):
    frames, _ = short(**fields)
    params, shape = Params(steps=10, **fields), SHAPES[fields.get("data", "digits")]
    train, (walk,) = playing.phase(frames, "train"), playing.phase(frames, "walk")
    n = min(1_000, len(shelf(params.data).test))
    assert [f.step for f in train] == snapshot_steps(params)
    assert len(frames) == load("vae").frames(params)
    assert all(finite(f) for f in frames)
    for frame in (*train, walk):
        assert frame.arrays["z"].shape == (n, 2)
        assert frame.arrays["z"].dtype == np.float32
        assert (frame.arrays["label"].shape, frame.arrays["label"].dtype) == ((n,), np.uint8)
    heavy = [f for f in train if "manifold" in f.arrays]
    assert [f.step for f in heavy] == sorted(heavy_steps(params))
    assert len(heavy) + 1 <= 12
    for frame in (*heavy, walk):
        assert frame.arrays["manifold"].shape[2:] == shape
        assert frame.arrays["manifold"].shape[0] == frame.arrays["manifold"].shape[1] <= 25
        assert frame.arrays["original"].shape[1:] == frame.arrays["reconstruction"].shape[1:] == shape
        assert frame.arrays["reconstruction"].dtype == (np.float32 if params.data == "moons" else np.uint8)
    for name in ("z", "label", "original", "reconstruction", "manifold"):
        assert np.array_equal(walk.arrays[name], train[-1].arrays[name])


@pytest.mark.parametrize("fields", RUNS, ids=str)
def test_only_a_vae_has_a_bound(fields):
    frames, _ = short(**fields)
    for frame in (f for f in frames if f.phase in ("train", "walk")):
        if fields.get("model", "vae") == "vae":
            told = frame.metrics
            assert told["elbo"] == pytest.approx(told["reconstruction"] - told["kl"])
            assert 0 <= told["active_dimensions"] <= fields.get("latent", 2)
        else:
            assert not ABSENT & frame.metrics.keys()
        assert ("psnr" in frame.metrics) == (fields.get("data") != "moons")


def test_the_last_frame_bounds_from_below():
    told = playing.phase(short()[0], "walk")[0].metrics
    assert told["elbo"] < told["importance_bound"] < 0
    assert told["elbo_binary"] < told["importance_bound_binary"] < 0


@pytest.mark.parametrize("fields", [{}, {"model": "vq", "latent": 4}, {"latent": 5}], ids=str)
def test_a_found_state_shows_what_a_made_one_did(fields):
    frames, state = short(**fields)
    again, _ = playing.collect("vae", state, **({"steps": 10} | fields))
    assert b"".join(encode(again)) == b"".join(encode(frames))
    assert all(t.is_contiguous() and not t.requires_grad for t in state.values())


def test_what_diverges_ends_regularly():
    frames, _ = short(optimiser="momentum", rate=1.0, likelihood="gaussian", sigma=0.02, steps=60)
    assert frames[-1].phase == "diverged"
    assert frames[-1].metrics["diverged"] == 1
    assert all(finite(f) for f in frames)
    assert not playing.phase(frames, "walk")


def test_networks_keep_below_the_bound_for_every_width():
    for name in Params.choices("model"):
        for latent in (2, 3, 16, 31, 32):
            for shape in set(SHAPES.values()):
                design = Design(name, shape, latent, hidden(name, shape, latent, 400))
                assert all(size(layers) <= MOST_WEIGHTS for layers in design.layers), (name, latent)
                w = draw(design, seeded()) if name != "pca" else linear.principal(torch.rand(50, design.pixels), latent)
                for side, layers in zip(("enc", "dec"), design.layers, strict=True):
                    assert sum(t.numel() for key, t in w.items() if key.startswith(side)) == size(layers)


def by_hand(numbers: np.ndarray, widths: tuple[int, ...], x: np.ndarray) -> np.ndarray:
    """What a browser does: layer after layer, W row by row and then b, with x sigmoid(x) between them."""
    for i, (n_in, n_out) in enumerate(pairwise(widths)):
        w, b, numbers = np.split(numbers.astype(np.float64), [n_in * n_out, (n_in + 1) * n_out])
        x = x @ w.reshape(n_out, n_in).T + b
        x = x / (1 + np.exp(-x)) if i < len(widths) - 2 else x
    assert not len(numbers)
    return x


@pytest.mark.parametrize("fields", RUNS, ids=str)
def test_what_is_sent_decodes_to_what_is_shown(fields):
    """From the arrays of the walk alone: the items' codes, and the manifold from the map's plane."""
    frames, _ = short(**fields)
    arrays, walker = frames[-1].arrays, load("vae").scene(Params(steps=10, **fields)).walker
    assert walker is not None
    z = by_hand(arrays["encoder"], walker.encoder, given(arrays["items"]))[:, : walker.latent]
    middle = EXTENT * (1 - 1 / GRID)
    if fields.get("data") != "moons" and fields.get("model") != "vq":
        corner = arrays["centre"] + np.array([-middle, middle]) @ arrays["axes"][:2] / np.square(arrays["axes"][0]).sum()
        made = by_hand(arrays["decoder"], walker.decoder, corner[None])[0]
        seen = {"sigmoid": lambda y: 1 / (1 + np.exp(-y)), "clip": lambda y: y.clip(0, 1)}[walker.squash](made)
        assert np.abs(255 * seen - arrays["manifold"][0, 0].ravel()).max() < 1.5
    coder = trained(Params(steps=10, **fields), short(**fields)[1])
    mu = apply(coder.w, "enc", torch.from_numpy(given(arrays["items"])).float())[:, : walker.latent]
    assert np.abs(z - mu.detach().numpy()).max() < 0.02 * max(1, np.abs(z).max())
    if "codebook" in arrays:
        far = np.square(z.reshape(len(z), -1, 1, 4) - arrays["codebook"].astype(float)).sum(3)
        assert (far.argmin(2) == arrays["codes"]).mean() > 0.97, "f2 may decide a close call otherwise"


def given(items: np.ndarray) -> np.ndarray:
    return items.reshape(len(items), -1) / 255 if items.dtype == np.uint8 else items.astype(float)


@cache
def learnt() -> tuple[Params, State]:
    params = Params(steps=120, latent=4)
    training = Training(params, flat(shelf("digits").train))
    training.until(120)
    return params, model.kept(training.coder, Looker(params))


def test_half_precision_changes_no_grey():
    """The picture from the weights as they are sent, against the one from the trained weights."""
    params, state = learnt()
    coder = trained(params, state)
    halved = Coder(coder.design, {name: tensor.half().float() for name, tensor in coder.w.items()})
    z = torch.randn(200, 4, generator=seeded())
    far = (coder.pixels(z) - halved.pixels(z)).abs()
    assert far.max() < 2 / 255
    assert far.mean() < 0.1 / 255


def test_training_learns():
    params, state = learnt()
    coder, looker = trained(params, state), Looker(params)
    told = looker.metrics(coder)
    mean = flat(shelf("digits").train).mean(0).clamp(1e-4, 1 - 1e-4)
    x = looker.x
    guess = (x * mean.log() + (1 - x) * (1 - mean).log()).sum(1).mean().item()
    assert told["elbo"] > guess + 20, "better than to guess every pixel's mean"


@pytest.mark.parametrize("data", ["digits", "emoji"])
def test_pca_is_the_svd(data):
    """numpy's singular vectors of the training data; what is lost is what is left of the singular values."""
    x, latent = flat(shelf(data).train), 5
    coder = Coder(Params(data=data, model="pca", latent=latent).design, linear.principal(x, latent))
    centred = x.double().numpy() - x.double().numpy().mean(0)
    _, s, right = np.linalg.svd(centred, full_matrices=False)
    overlap = np.abs(right[:latent] @ coder.w["enc0"].double().numpy().T)
    assert np.allclose(overlap, np.eye(latent), atol=1e-3)
    lost = (x - coder.logits(coder.code(x))).square().sum().item()
    assert lost == pytest.approx(np.square(s[latent:]).sum(), rel=1e-4)


def test_no_linear_autoencoder_beats_pca():
    """Eckart & Young 1936, against random bases near it."""
    x, g = flat(shelf("digits").train)[:500], seeded()
    coder = Coder(Params(model="pca", latent=3).design, linear.principal(x, 3))
    best = (x - coder.logits(coder.code(x))).square().mean()
    for scale in (0.01, 0.1, 1.0):
        basis, _ = torch.linalg.qr((coder.w["enc0"] + scale * torch.randn(3, 784, generator=g) / 28).T)
        centred = x - x.mean(0)
        assert (centred - centred @ basis @ basis.T).square().mean() > best


def test_the_map_and_the_codes_lead_to_each_other():
    z = torch.randn(400, 7, generator=seeded()) @ torch.randn(7, 7, generator=seeded(1)) + 3
    for prior in (True, False):
        plane = plane_of(z, prior)
        here = torch.randn(50, 2, generator=seeded(2))
        assert torch.allclose(plane.onto(plane.off(here)), here, atol=1e-3)
        gram = plane.axes @ plane.axes.T
        assert torch.allclose(gram, gram[0, 0] * torch.eye(7), atol=1e-3)
        assert not prior or gram[0, 0] == pytest.approx(1, abs=1e-4)
    far = plane_of(z, prior=False).onto(z).abs().amax(1)
    assert (far > EXTENT).float().mean() < 0.01


def test_two_dimensions_are_the_map_itself():
    z = torch.randn(100, 2, generator=seeded())
    assert torch.equal(plane_of(z, prior=True).onto(z), z)


def test_principal_directions_are_numpys():
    z = torch.randn(300, 6, generator=seeded()) * torch.arange(6, 0, -1)
    _, _, right = np.linalg.svd(z.numpy() - z.numpy().mean(0))
    assert np.allclose(np.abs(principal(z).numpy() @ right.T), np.eye(6), atol=1e-3)


def test_a_map_turns_back_to_the_one_before():
    here = torch.randn(200, 2, generator=seeded())
    angle = torch.tensor(2.1)
    rotation = torch.stack((torch.stack((angle.cos(), -angle.sin())), torch.stack((angle.sin(), angle.cos()))))
    mirror = torch.tensor([[1.0, 0.0], [0.0, -1.0]])
    for r in (rotation, rotation @ mirror):
        assert torch.allclose(turn(here, here @ r.T), r, atol=1e-4)
    z = torch.randn(300, 5, generator=seeded(3)) * torch.tensor([5.0, 4.0, 1.0, 1.0, 1.0])
    before = plane_of(z, prior=True).onto(z)
    again = plane_of(z + 0.01 * torch.randn(300, 5, generator=seeded(4)), prior=True, before=before @ rotation.T)
    assert (again.onto(z) - before @ rotation.T).abs().max() < 0.2


def test_places_are_read_from_the_top():
    middle = EXTENT * (1 - 1 / 4)
    here = places(4, pictures=True)
    assert here[0].tolist() == [-middle, middle]
    assert here[3].tolist() == [middle, middle]
    assert here[-1].tolist() == [middle, -middle]
    assert places(4, pictures=False)[0].tolist() == [-EXTENT, EXTENT]


def test_the_codes_gaussian_is_their_covariance():
    z = torch.randn(500, 3, generator=seeded()) @ torch.tensor([[1.0, 0.5, 0.0], [0.0, 2.0, 0.3], [0.0, 0.0, 0.1]])
    factor = gaussian(z).numpy()
    assert np.allclose(factor @ factor.T, np.cov(z.numpy().T), atol=1e-4)
    assert np.isfinite(gaussian(torch.zeros(10, 3)).numpy()).all(), "collapsed codes have one too"


def test_beta_warms_up_and_follows_edits():
    params = Params(steps=100, warm_up=0.5, beta=4, edits="60:beta=2")
    training = Training(params, flat(shelf("moons").train).repeat(1, 392))
    seen = []
    for step in (0, 25, 50, 59, 60, 100):
        training.step = step
        seen.append(training.now().beta)
    assert seen == [0, 2, 4, 4, 2, 2]


def test_a_batch_meets_every_item_once_before_any_twice():
    x = torch.arange(512.0)[:, None].repeat(1, 2)
    training = Training(Params(data="moons", steps=10), x)
    seen = torch.cat([next(training.batches)[:, 0] for _ in range(2)])
    assert sorted(seen.tolist()) == list(range(512))


@pytest.mark.parametrize("steps", [10, 100, 800, 4000])
def test_looks_begin_and_end_with_the_training(steps):
    looks = snapshot_steps(Params(steps=steps))
    assert (looks[0], looks[-1]) == (0, steps)
    assert len(set(looks)) == len(looks) <= 60
    assert steps in heavy_steps(Params(steps=steps)) <= set(looks)
    assert math.isclose(Plane(torch.eye(2), torch.zeros(2)).onto(torch.ones(1, 2)).sum().item(), 2)

"""Autoencoders: a few numbers for a picture, and the picture again from them; a VAE's numbers are a distribution."""

from collections.abc import Generator as Yields
from collections.abc import Iterator
from dataclasses import replace

import torch
from torch import Generator

from playground.concepts.vae import linear
from playground.concepts.vae.bounds import holes, importance_bound
from playground.concepts.vae.coder import Coder
from playground.concepts.vae.compression import chapter
from playground.concepts.vae.data import shelf
from playground.concepts.vae.looks import Looker, Plane, flat, sent
from playground.concepts.vae.params import Params
from playground.concepts.vae.training import Training
from playground.frame import Frame, finite
from playground.state import State, learn, phases

SNAPSHOTS, HEAVY = 20, 8  # frames of the training less one; of these, with pictures
Frames = Yields[Frame, None, State]


def snapshot_steps(params: Params) -> list[int]:
    """From 0 to the last, denser early."""
    if params.model == "pca":
        return [0]
    return sorted({round(params.steps * (i / SNAPSHOTS) ** 1.5) for i in range(SNAPSHOTS + 1)})


def heavy_steps(params: Params) -> set[int]:
    """The snapshots that also have pictures: as many as a run may carry, the last among them."""
    steps = snapshot_steps(params)
    return set(steps[:: -max(1, -(-len(steps) // HEAVY))])


def train(params: Params) -> Frames:
    """Minimise the model's loss. The state is the weights and the map's plane."""
    looker = Looker(params)
    if params.model == "pca":
        coder = Coder(params.design, linear.principal(flat(looker.shelf.train), params.latent))
        yield Frame(0, looker.arrays(coder, heavy=True), looker.metrics(coder), phase="train")
        return kept(coder, looker)
    training, heavy, last = Training(params, flat(looker.shelf.train)), heavy_steps(params), Frame(0, {}, {})
    for step in snapshot_steps(params):
        frame = snapshot(training, looker, step, step in heavy)
        if frame is None:
            yield replace(last, step=step, metrics={**last.metrics, "diverged": 1.0}, phase="diverged")
            break
        yield (last := frame)
    return kept(training.coder, looker)


def snapshot(training: Training, looker: Looker, step: int, heavy: bool) -> Frame | None:
    """The model after so many steps; None once its numbers are no numbers any more."""
    loss = training.until(step)
    coder = training.coder
    if not all(tensor.isfinite().all() for tensor in coder.w.values()):
        return None
    told = {"objective": loss} | ({"beta": training.now(back=1).beta} if training.params.model == "vae" else {})
    frame = Frame(step, looker.arrays(coder, heavy), told | looker.metrics(coder), phase="train")
    return frame if finite(frame) else None


def kept(coder: Coder, looker: Looker) -> State:
    w = {name: tensor.detach().contiguous() for name, tensor in coder.w.items()}
    return w | {"axes": looker.plane.axes.contiguous(), "centre": looker.plane.centre.contiguous()}


def trained(params: Params, state: State) -> Coder:
    return Coder(params.design, {name: tensor for name, tensor in state.items() if name.startswith(("enc", "dec", "codebook"))})


def compressed(params: Params, state: State) -> Iterator[Frame]:
    """What a VAE of pictures is worth as a code for them."""
    if params.compresses:
        yield from chapter(trained(params, state), shelf(params.data), params.seed)


def walk(params: Params, state: State) -> Iterator[Frame]:
    """The trained model as it is sent, and what it is worth in the end."""
    coder, looker, plane = trained(params, state), Looker(params), Plane(state["axes"], state["centre"])
    with torch.no_grad():
        arrays = looker.arrays(coder, heavy=True, plane=plane) | sent(coder, looker, coder.code(looker.x))
        metrics = looker.metrics(coder) | bounds(params, coder, looker)
    yield Frame(0, arrays, metrics, phase="walk")  # out of there: whoever leaves a generator alone stays in its modes


def bounds(params: Params, coder: Coder, looker: Looker) -> dict[str, float]:
    """Of a VAE a tighter bound; of digits also both bounds on their binarised twins, of which they are bounds on a likelihood."""
    if params.model != "vae":
        return {}
    g, told = Generator().manual_seed(params.seed + 2**31 + 1), {}
    with torch.autocast("cpu", torch.bfloat16):
        told["importance_bound"] = importance_bound(params, coder, looker.x, g)
        if params.binary:
            told["importance_bound_binary"] = importance_bound(params, coder, looker.ink, g)
    if params.design.code == 2:
        told |= {"holes": holes(coder, flat(looker.shelf.train), g)}
    return told


def run(params: Params, state: State | None = None) -> Frames:
    """Chapters: train, while the model learns; of a VAE of pictures compression (see there); walk, all that a browser needs to go on.

    Every frame of train has z (n, 2) f4, where n test items lie on the map, and label (n,) u1; some also original and reconstruction
    (k, h, w[, 3]) u1 and manifold (g, g, h, w[, 3]) u1, first row at the top of the map, over [-3, 3]²; of moons (n, 2) and (g, g, 2) f4.
    walk, one frame, has them too, and encoder and decoder (m,) f2: layer after layer W (out, in) row by row, then b; items (k, h, w[, 3])
    u1, item_label (k,) u1, axes (d, d), centre, spread, mean (d,) and chol (d, d) f4; beyond two dimensions mu (n, d) f2; with a
    codebook codes (k, places) i2 and codebook (codes, 4) f2.
    """
    state = yield from learn(train(params), state)
    if "diverged" not in phases(state):
        yield from compressed(params, state)
        yield from walk(params, state)
    return state

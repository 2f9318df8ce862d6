"""Latent diffusion: the same diffusion for the same number of multiply-adds among pixels, PCA coordinates and an autoencoder's numbers."""

from collections.abc import Generator as Yields
from collections.abc import Iterator
from itertools import zip_longest

import torch
from jaxtyping import Float, Int64, UInt8
from pydantic import Field
from torch import Generator, Tensor

import playground.params
from playground.concepts.latent_diffusion.looks import CLASSES, MADE, as_numpy, bound, errors, judged, limits, shown
from playground.concepts.latent_diffusion.spaces import PIXELS, Learned, Space, components, learned, pixels
from playground.datasets import mnist
from playground.frame import Frame
from playground.nets import mlp, vae
from playground.nets.descent import Descent
from playground.nets.mlp import Weights
from playground.samplers import LOOKS, flow
from playground.state import State, learn

SPACES = ("pixels", "pca", "vae")
WIDTH, BATCH, RATE = 320, 128, 3e-3  # of the diffusion, in every space
BETA, VAE_RATE = 0.3, 5e-3  # a low price on KL, as in latent diffusion: what is to be kept is the picture
DROPPED = 0.1  # share of training labels withheld, so that the network also learns to do without
GUIDANCE, LOOK_STEPS = 1.5, 5  # of the walks that look in on training: looking again never trains again
AUTOENCODE_LOOKS, TRAIN_LOOKS, REVERSE_LOOKS = 7, 6, 10  # frames of each chapter at most, less one
Frames = Yields[Frame, None, State]


class Params(playground.params.Params):
    steps: int = Field(150, ge=10, le=600)
    components: int = Field(96, ge=2, le=256)
    latent: int = Field(24, ge=2, le=64)
    guidance: float = Field(GUIDANCE, ge=0, le=8, json_schema_extra={"step": 0.25})
    sampling_steps: int = Field(10, ge=1, le=40)

    def work(self) -> float:
        return 10 + 0.095 * self.steps + 0.12 * self.sampling_steps

    def megabytes(self) -> float:
        """A variational autoencoder and three diffusions, beside their data."""
        return 500.0

    @property
    def budget(self) -> int:
        """Multiply-adds of each of the four trainings: `steps` is how many training steps it buys among pixels."""
        return self.steps * BATCH * mlp.labelled_macs(PIXELS, WIDTH).training

    @property
    def dimensions(self) -> dict[str, int]:
        return {"pixels": PIXELS, "pca": self.components, "vae": self.latent}

    @property
    def steps_in(self) -> dict[str, int]:
        """Training steps of diffusion that the budget buys in each space."""
        return {name: round(self.budget / BATCH / mlp.labelled_macs(d, WIDTH).training) for name, d in self.dimensions.items()}

    @property
    def autoencoder_steps(self) -> int:
        return round(self.budget / BATCH / vae.macs(self.latent).training)


def noise(params: Params) -> Float[Tensor, "n p"]:
    """What every walk starts from: each space takes as many of the coordinates as it has."""
    return torch.randn(MADE, PIXELS, generator=Generator().manual_seed(params.seed + 2**31))


def autoencoder(params: Params) -> Descent:
    """Maximise E log p(x|z) − β KL over the weights."""
    x, g = mnist().train.x.flatten(1).float() / 255, Generator().manual_seed(params.seed)

    def loss(w: Weights) -> Float[Tensor, ""]:
        i, eps = torch.randint(len(x), (BATCH,), generator=g), torch.randn(BATCH, params.latent, generator=g)
        with torch.autocast("cpu", torch.bfloat16):
            return -vae.elbo(w, x[i], eps, BETA).mean()

    return Descent(vae.draw(g, params.latent), VAE_RATE, params.autoencoder_steps, loss)


def autoencode(params: Params) -> Yields[Frame, None, Weights]:
    """Train the autoencoder; the state is its weights."""
    descent, linear = autoencoder(params), components(params.components)
    known = limits({"pixels": pixels(mnist().train.x), "pca": linear}) | errors(linear, "pca")
    for step in autoencoder_looks(params):
        descent.until(step)
        yield reconstructions(params, linear, descent.mean, step, known)
    return descent.mean


def autoencoder_looks(params: Params) -> list[int]:
    """Training steps at which the autoencoder is looked at."""
    return snapshot_steps(params.autoencoder_steps, few(AUTOENCODE_LOOKS, params.autoencoder_steps))


def reconstructions(params: Params, linear: Space, w: Weights, step: int, known: dict[str, float]) -> Frame:
    """How much of unseen digits there still is after encoding and decoding."""
    x, space = shown(), Learned(w, torch.zeros(params.latent), torch.tensor(1.0))  # no diffusion yet, no scaling
    arrays = {"pixels": x, "pca": linear.decode(linear.encode(x)), "vae": space.decode(space.encode(x))}
    spent = {"gmacs": step * BATCH * vae.macs(params.latent).training / 1e9}
    measured = bound(w, Generator().manual_seed(params.seed)) | errors(space, "vae") | limits({"vae": space})
    return Frame(step, as_numpy(arrays), spent | known | measured, phase="autoencode")


def spaces_of(params: Params, autoencoder: Weights) -> dict[str, Space]:
    x = mnist().train.x
    return {"pixels": pixels(x), "pca": components(params.components), "vae": learned(autoencoder, x)}


def diffusion(params: Params, name: str, space: Space) -> Descent:
    """Flow matching in a space: minimise E |network(x_t, t, label) − (ε − x_0)|² over x_0, ε and t."""
    x, y, g = space.encode(mnist().train.x), mnist().train.y, Generator().manual_seed(params.seed)
    process = flow()

    def loss(w: Weights) -> Float[Tensor, ""]:
        i = torch.randint(len(x), (BATCH,), generator=g)
        label = torch.where(torch.rand(BATCH, generator=g) < DROPPED, 10, y[i])
        t = ((torch.arange(BATCH) / BATCH + torch.rand(1, generator=g)) % 1)[:, None]  # evenly spread: Kingma et al. 2021, I.1
        eps = torch.randn(BATCH, x.shape[1], generator=g)
        x_t = process.signal(t) * x[i] + process.noise(t) * eps
        return (network(w, x_t, t, label) - process.target(x[i], eps)).square().mean()

    return Descent(mlp.labelled(g, dimensions=x.shape[1], width=WIDTH), RATE, params.steps_in[name], loss)


def network(w: Weights, x: Float[Tensor, "n d"], t: Float[Tensor, "n 1"], label: Int64[Tensor, " n"]) -> Float[Tensor, "n d"]:
    with torch.autocast("cpu", torch.bfloat16):
        return mlp.labelled_apply(w, x, t, label).float()


@torch.no_grad()
def walk(w: Weights, x: Float[Tensor, "n d"], steps: int, guidance: float) -> Iterator[tuple[Tensor, Tensor]]:
    """t and x_t from noise to data by Heun's method, along u + w (c − u): Ho & Salimans 2022."""
    both = torch.cat((CLASSES, torch.full((MADE,), 10)))

    def velocity(x: Tensor, t: Tensor) -> Tensor:
        c, u = network(w, x.repeat(2, 1), t.expand(2 * MADE, 1), both).chunk(2)
        return u + guidance * (c - u)

    process = flow()
    yield from ((t, x_t) for t, x_t, _ in process.walks["heun"](velocity, x, process.times(steps)))


def snapshot_steps(steps: int, count: int) -> list[int]:
    """At most count + 1 steps from 0 to the last, denser early."""
    return sorted({round(steps * (i / count) ** 2) for i in range(count + 1)})


def few(most: int, steps: int) -> int:
    """The looks at a short training are few."""
    return min(most, max(1, steps // 20))


def looks_in(params: Params) -> list[int]:
    """Training steps among pixels at which all three diffusions are looked at."""
    return snapshot_steps(params.steps, few(TRAIN_LOOKS, params.steps))


def train(params: Params) -> Frames:
    """Four trainings of one budget: the autoencoder's first, then the three diffusions', side by side."""
    autoencoder = yield from autoencode(params)
    spaces = spaces_of(params, autoencoder)
    known = limits(spaces)
    descents = {name: diffusion(params, name, space) for name, space in spaces.items()}
    for step in looks_in(params):
        losses = {f"loss_{name}": d.until(round(d.steps * step / params.steps)) for name, d in descents.items()}
        made = {name: end(params, spaces[name], d.mean) for name, d in descents.items()}
        spent = {"gmacs": params.budget * step / params.steps / 1e9} | {f"steps_{name}": d.step for name, d in descents.items()}
        yield Frame(step, as_numpy(made), spent | losses | known | judged(made), phase="train")
    nets = {"autoencoder": autoencoder} | {name: d.mean for name, d in descents.items()}
    return {f"{net}.{name}": tensor.contiguous() for net, w in nets.items() for name, tensor in w.items()}


def end(params: Params, space: Space, w: Weights) -> UInt8[Tensor, "n 28 28"]:
    """Where the noise ends in the few steps of a look at the training."""
    dimensions = w["w_out"].shape[0]
    *_, (_, x) = walk(w, noise(params)[:, :dimensions], LOOK_STEPS, GUIDANCE)
    return space.decode(x)


def part(state: State, net: str) -> Weights:
    return {name.removeprefix(f"{net}."): tensor for name, tensor in state.items() if name.startswith(f"{net}.")}


def reverse(params: Params, state: State) -> Iterator[Frame]:
    """The same noise walks back in all three spaces at once."""
    spaces = spaces_of(params, part(state, "autoencoder"))
    known, seen = limits(spaces), shown_steps(params.sampling_steps)
    walks = [walk(part(state, name), noise(params)[:, :d], params.sampling_steps, params.guidance) for name, d in params.dimensions.items()]
    for step, at in enumerate(zip_longest(*walks)):
        if step in seen:
            made = {name: spaces[name].decode(x) for name, (_, x) in zip(SPACES, at, strict=True)}
            measured = {"t": at[0][0].item()} | cost_of_a_picture(params, step) | known | judged(made)
            yield Frame(step, as_numpy(made), measured, phase="reverse")


def cost_of_a_picture(params: Params, steps: int) -> dict[str, float]:
    """Millions of multiply-adds up to here, decoding included: Heun looks twice a step, guidance asks with and without the class."""
    decoding = {"pixels": 0, "pca": params.components * PIXELS, "vae": vae.decoder_macs(params.latent)}
    looks = 2 * LOOKS["heun"] * steps
    return {f"cost_{name}": (looks * mlp.labelled_macs(d, WIDTH).look + decoding[name]) / 1e6 for name, d in params.dimensions.items()}


def shown_steps(steps: int) -> list[int]:
    """At most REVERSE_LOOKS + 1 of the steps from 0 to the last, evenly spread."""
    count = min(steps, REVERSE_LOOKS)
    return [round(i * steps / count) for i in range(count + 1)]


def run(params: Params, state: State | None = None) -> Frames:
    """Three chapters. autoencode: unseen digits encoded and decoded while the autoencoder learns; train: what diffusion makes of one
    noise in each space, at equal multiply-adds; reverse: the same noise walks to digits.

    Every frame has label (20,) and pixels, pca, vae (20, 28, 28), u1: what each space gives back, then what is made in it.
    """
    state = yield from learn(train(params), state)
    yield from reverse(params, state)
    return state

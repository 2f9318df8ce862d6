"""The game: one update of each player, in the sub-steps that slow motion shows."""

import math
from collections.abc import Callable, Iterator
from functools import partial

import torch
from jaxtyping import Float
from torch import Generator, Tensor

from playground.concepts.gan import nets
from playground.concepts.gan.losses import LOSSES, Critic, Outputs, gradient_penalty, r1
from playground.concepts.gan.params import PICTURES, Params
from playground.concepts.gan.spaces import Space

SMALL = 0.25  # of the usual scale, G's last matrix at first: fakes begin as a small heap, from where more modes are found
CHUNK = 50  # batches drawn at once, for speed
Sub = tuple[str, dict[str, Tensor]]  # a sub-step's name and what is at hand then


def stream(draw: Callable[[int, Generator], Tensor], batch: int, generators: list[Generator]) -> Iterator[Float[Tensor, "m n d"]]:
    """Batches for all members, each from its own generator."""
    while True:
        yield from torch.stack([draw(CHUNK * batch, g).view(CHUNK, batch, -1) for g in generators], 1)


class Game:
    """Generators and discriminators of all members, what they are fed, and their updates. `mean` is the running mean of G's weights."""

    def __init__(self, params: Params, space: Space):
        self.space, self.loss = space, LOSSES[params.loss]
        generators = [Generator().manual_seed(params.seed + k) for k in range(params.seeds)]
        self.g = nets.Player(nets.draw(space.g_sizes, generators, small=SMALL), nets.OPTIMISERS[params.g_optimiser](space.beta1))
        self.d = nets.Player(nets.draw(space.d_sizes, generators, space.d_extra), nets.OPTIMISERS[params.d_optimiser](space.beta1))
        self.smooth = self.g.flat.clone()
        self.mean = nets.views(self.smooth, self.g.shapes)
        self.spectral = nets.Spectral(self.d.w, generators) if params.spectral_norm else None
        fed = [[Generator().manual_seed(params.seed + k + i * 2**32) for k in range(params.seeds)] for i in range(1, 5)]
        self.real = stream(space.real, params.batch, fed[0])
        self.noise = stream(space.noise, params.batch, fed[1])
        self.blur = stream(lambda n, g: torch.randn(n, 2 * space.dimensions, generator=g), params.batch, fed[2])
        self.between = stream(lambda n, g: torch.rand(n, 1, generator=g), params.batch, fed[3])

    def critic(self, x: Float[Tensor, "m n d"], label: Tensor | None = None) -> Outputs:
        """The discriminator's outputs."""
        w = self.spectral(self.d.w) if self.spectral else self.d.w
        return self.space.critic(w, x, label)

    def critic_of(self, member: int) -> Critic:
        """The discriminator of one member, for (1, n, d)."""
        w = nets.of(self.spectral(self.d.still) if self.spectral else self.d.still, member)
        return partial(self.space.critic, w)

    def play(self, now: Params, step: int) -> Iterator[Sub]:
        """All that happens between `step` updates and the next, with the parameters in force."""
        self.loss = LOSSES[now.loss]
        left = decayed(now, step)
        for _ in range(now.d_steps):
            yield from self.d_step(now, now.d_rate * left, step)
        for _ in range(now.g_steps):
            yield from self.g_step(now, now.g_rate * left, step)

    def d_step(self, now: Params, rate: float, step: int) -> Iterator[Sub]:
        """The discriminator learns to tell real from fake."""
        real, label = self.space.apart(next(self.real))
        z = next(self.noise)
        asked = self.space.asked(z)
        fake = self.space.generate(self.g.still, z)
        if now.instance_noise:
            real, fake = (x + now.instance_noise * n for x, n in zip((real, fake), next(self.blur).chunk(2, 2), strict=True))
        if self.spectral:
            self.spectral.iterate(self.d.w)
        yield "d_sample", {"real": real, "fake": fake}
        both = None if label is None or asked is None else torch.cat((label, asked), 1)
        on_real, on_fake = self.critic(torch.cat((real, fake), 1), both).chunk(2, 1)
        seen = {"real": real, "fake": fake, "on_real": on_real, "on_fake": on_fake}
        if label is not None and asked is not None:
            seen |= {"label": label, "asked": asked}
        yield "d_forward", seen
        loss = self.loss.real(on_real, 1 - now.label_smoothing).mean(1) + self.loss.fake(on_fake).mean(1)
        gamma = now.picture_r1 if now.data in PICTURES else now.r1
        if gamma and step % self.space.lazy == 0:
            loss = loss + gamma * self.space.lazy * r1(partial(self.critic, label=label), real)
        if now.loss == "wgan_gp":
            loss = loss + now.penalty * gradient_penalty(partial(self.critic, label=label), real, fake, next(self.between))
        seen |= {"d_loss": loss.detach()}
        yield "d_loss", seen
        self.d.backward(loss.sum())
        yield "d_backward", seen
        self.d.update(rate)
        if now.loss == "wgan":
            self.d.flat.clamp_(-now.clip, now.clip)
        yield "d_update", seen

    def g_step(self, now: Params, rate: float, step: int) -> Iterator[Sub]:
        """The generator learns to be taken for real."""
        z = next(self.noise)
        asked = self.space.asked(z)
        yield "g_sample", {"z": z}
        fake = self.space.generate(self.g.w, z)
        seen_as = fake + now.instance_noise * next(self.blur)[..., : self.space.dimensions] if now.instance_noise else fake
        on_fake = self.critic(seen_as, asked)
        yield "g_forward", {"z": z, "fake": fake, "on_fake": on_fake}
        loss = self.loss.generator(on_fake).mean(1)
        seen = {"z": z, "fake": fake, "on_fake": on_fake, "g_loss": loss.detach()}
        yield "g_loss", seen
        self.g.backward(loss.sum())
        yield "g_backward", seen
        self.g.update(rate)
        self.smooth.lerp_(self.g.flat, 1 - min(now.ema, (1 + step) / (10 + step)))
        yield "g_update", seen


def decayed(now: Params, step: int) -> float:
    """The learning rate over its first: by a cosine down to `final_rate`."""
    return now.final_rate + (1 - now.final_rate) * (1 + math.cos(math.pi * step / now.steps)) / 2

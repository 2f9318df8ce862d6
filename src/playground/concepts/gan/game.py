"""The game: one update of each player, in the sub-steps that slow motion shows."""

import math
from collections.abc import Callable, Iterator
from functools import partial

import torch
from jaxtyping import Float
from torch import Generator, Tensor

from playground.concepts.gan import nets
from playground.concepts.gan.layers import Pass, Weights
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

    def used(self, w: Weights) -> Weights:
        """Weights of D as they work."""
        return self.spectral(w) if self.spectral else w

    def critic(self, x: Float[Tensor, "m n d"], label: Tensor | None = None) -> Outputs:
        """The discriminator's outputs, for autograd."""
        return self.space.critic(self.used(self.d.w), x, label)

    def critic_of(self, member: int) -> Critic:
        """The discriminator of one member, for (1, n, d)."""
        w = nets.of(self.used(self.d.still), member)
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
        used = self.used(self.d.w if self.spectral else self.d.still)
        way = Pass([tensor.detach() for tensor in used], torch.cat((real, fake), 1), self.space.d_activation, both)
        on_real, on_fake = way.out.squeeze(2).chunk(2, 1)
        seen = {"real": real, "fake": fake, "on_real": on_real, "on_fake": on_fake}
        if label is not None and asked is not None:
            seen |= {"label": label, "asked": asked}
        yield "d_forward", seen
        target = 1 - now.label_smoothing
        penalty = self.penalty(now, step, real, fake, label)
        loss = self.loss.real(on_real, target).mean(1) + self.loss.fake(on_fake).mean(1)
        seen |= {"d_loss": loss if penalty is None else loss + penalty.detach()}
        yield "d_loss", seen
        slope = torch.cat((self.loss.real.slope(on_real, target), self.loss.fake.slope(on_fake, target)), 1) / now.batch
        way.to_weights(slope[..., None], self.d.slopes)
        if self.spectral:
            self.d.came_by(used)
        if penalty is not None:
            self.d.add(penalty.sum())
        yield "d_backward", seen
        self.d.update(rate)
        if now.loss == "wgan":
            self.d.flat.clamp_(-now.clip, now.clip)
        yield "d_update", seen

    def penalty(self, now: Params, step: int, real: Tensor, fake: Tensor, label: Tensor | None) -> Float[Tensor, " m"] | None:
        """What D pays for its slope, where it does."""
        critic, parts = partial(self.critic, label=label), []
        gamma = now.picture_r1 if now.data in PICTURES else now.r1
        if gamma and step % self.space.lazy == 0:
            parts.append(gamma * self.space.lazy * r1(critic, real))
        if now.loss == "wgan_gp":
            parts.append(now.penalty * gradient_penalty(critic, real, fake, next(self.between)))
        return torch.stack(parts).sum(0) if parts else None

    def g_step(self, now: Params, rate: float, step: int) -> Iterator[Sub]:
        """The generator learns to be taken for real."""
        z = next(self.noise)
        asked = self.space.asked(z)
        yield "g_sample", {"z": z}
        made = Pass(self.g.still, z, self.space.g_activation)
        fake = made.out
        seen_as = fake + now.instance_noise * next(self.blur)[..., : self.space.dimensions] if now.instance_noise else fake
        judged = Pass(self.used(self.d.still), seen_as, self.space.d_activation, asked)
        on_fake = judged.out.squeeze(2)
        yield "g_forward", {"z": z, "fake": fake, "on_fake": on_fake}
        seen = {"z": z, "fake": fake, "on_fake": on_fake, "g_loss": self.loss.generator(on_fake).mean(1)}
        yield "g_loss", seen
        slope = self.loss.generator.slope(on_fake, 1.0) / now.batch
        made.to_weights(judged.to_input(slope[..., None]), self.g.slopes)
        yield "g_backward", seen
        self.g.update(rate)
        self.smooth.lerp_(self.g.flat, 1 - min(now.ema, (1 + step) / (10 + step)))
        yield "g_update", seen


def decayed(now: Params, step: int) -> float:
    """The learning rate over its first: by a cosine down to `final_rate`."""
    return now.final_rate + (1 - now.final_rate) * (1 + math.cos(math.pi * step / now.steps)) / 2

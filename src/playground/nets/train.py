"""Trains the shipped classifiers on the train splits: python -m playground.nets.train digits|emoji

They see pictures moved, blurred, speckled and with too little or too much contrast, so that they judge shapes: told apart by
their greys alone, good digits from 96 PCA coordinates would count as foreign.
"""

import math
import sys
from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from jaxtyping import Float
from safetensors.torch import save_file
from torch import Generator, Tensor

from playground import datasets
from playground.datasets import Pictures, Split
from playground.device import computing
from playground.nets import classifier
from playground.nets.mlp import Weights

SEED, BATCH = 7, 100
Planes = Float[Tensor, "n c h w"]


@dataclass(frozen=True)
class Recipe:
    """How one of the classifiers is trained."""

    split: Callable[[], Split]
    epochs: int
    highest_rate: float
    wear: Callable[[Planes, Generator], Planes]
    dropped: float = 0.0  # share of the convolved numbers withheld
    weight_decay: float = 0.0


def moved(x: Planes, g: Generator) -> Planes:
    """Each turned by up to 11°, scaled by up to a tenth and shifted by up to a fourteenth of its side."""
    turn, scale, dx, dy = (2 * torch.rand(4, len(x), generator=g) - 1) * torch.tensor([[0.2], [0.1], [1 / 7], [1 / 7]])
    cos, sin = (1 + scale) * turn.cos(), (1 + scale) * turn.sin()
    grid = F.affine_grid(torch.stack((cos, -sin, dx, sin, cos, dy), 1).view(-1, 2, 3), list(x.shape), align_corners=False)
    return F.grid_sample(x, grid, align_corners=False)


def worn(x: Planes, g: Generator) -> Planes:
    """Each blurred, speckled and changed in contrast, by an amount of its own."""
    blur, speckle, contrast = torch.rand(3, len(x), 1, 1, 1, generator=g)
    x = x.lerp(F.avg_pool2d(x, 3, 1, 1), 0.7 * blur)
    x = x + 0.4 * speckle * F.avg_pool2d(torch.randn(x.shape, generator=g), 3, 1, 1)
    low = 0.25 * (2 * contrast - 1)
    return ((x - low) / (1 - 2 * low)).clamp(0, 1)


def mirrored_and_tinted(x: Planes, g: Generator) -> Planes:
    """Pictures on white: every second one mirrored, then moved, worn by half as much, and each colour changed by up to a tenth."""
    left, tint = torch.rand(len(x), 1, 1, 1, generator=g) < 0.5, 0.1 * (2 * torch.rand(*x.shape[:2], 1, 1, generator=g) - 1)
    ink = moved(1 - torch.where(left, x.flip(3), x), g)
    return (1 - ink.lerp(worn(ink, g), 0.5) + tint).clamp(0, 1)


RECIPES = {
    "digits": Recipe(datasets.mnist, 60, 4e-3, lambda x, g: worn(moved(x, g), g)),
    "emoji": Recipe(datasets.emoji, 240, 3e-3, mirrored_and_tinted, dropped=0.4, weight_decay=0.05),
}


def train(name: str, pictures: Pictures, epochs: int) -> Weights:
    """Cross-entropy by AdamW, its rate up in the first twentieth and down by a cosine."""
    recipe, g = RECIPES[name], Generator().manual_seed(SEED)
    w = {name: tensor.requires_grad_() for name, tensor in classifier.draw(classifier.SHAPES[name], g).items()}
    adam = torch.optim.AdamW(w.values(), weight_decay=recipe.weight_decay, fused=True)
    batches = [batch for _ in range(epochs) for batch in torch.randperm(len(pictures.y), generator=g).split(BATCH)]
    for step, i in enumerate(batches):
        h = classifier.convolved(w, recipe.wear(classifier.planes(pictures.x[i]), g))
        if recipe.dropped:
            h = h * (torch.rand(h.shape, generator=g) >= recipe.dropped) / (1 - recipe.dropped)
        loss = F.cross_entropy(classifier.logits(w, classifier.hidden(w, h)), pictures.y[i], label_smoothing=0.05)
        for tensor, gradient in zip(w.values(), torch.autograd.grad(loss, list(w.values())), strict=True):
            tensor.grad = gradient
        progress = step / len(batches)
        adam.param_groups[0]["lr"] = recipe.highest_rate * min(1.0, 20 * (progress + 1e-3)) * (1 + math.cos(math.pi * progress)) / 2
        adam.step()
    return {name: tensor.detach() for name, tensor in w.items()}


@torch.no_grad()
def accuracy(w: Weights, pictures: Pictures) -> float:
    named = classifier.logits(w, classifier.embed(w, classifier.planes(pictures.x))).argmax(1)
    return (named == pictures.y).float().mean().item()


def main(name: str) -> None:
    computing()
    split = RECIPES[name].split()
    w = train(name, split.train, RECIPES[name].epochs)
    save_file(w, classifier.path(name))
    classifier.path(name).chmod(0o644)
    right = [f"{accuracy(w, part):.1%} of {part_name}" for part_name, part in (("validation", split.validation), ("test", split.test))]
    print(f"{classifier.path(name).stat().st_size / 1000:.0f} kB, right on {right[0]} and {right[1]}")


if __name__ == "__main__":
    main(*sys.argv[1:])

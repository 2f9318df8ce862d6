"""Trains the shipped classifier of digits on the train split: python -m playground.nets.train

It sees digits moved, blurred, speckled and with too little or too much contrast, so that it judges shapes: told apart by
their greys alone, good digits from 96 PCA coordinates would count as foreign.
"""

import math

import torch
import torch.nn.functional as F
from jaxtyping import Float
from safetensors.torch import save_file
from torch import Generator, Tensor

from playground.datasets import Pictures, mnist
from playground.device import one_thread
from playground.nets import classifier
from playground.nets.mlp import Weights

SEED, EPOCHS, BATCH, HIGHEST_RATE = 7, 60, 100, 4e-3


def moved(x: Float[Tensor, "n 28 28"], g: Generator) -> Float[Tensor, "n 28 28"]:
    """Each turned by up to 11°, scaled by up to a tenth and shifted by up to two pixels."""
    turn, scale, dx, dy = (2 * torch.rand(4, len(x), generator=g) - 1) * torch.tensor([[0.2], [0.1], [1 / 7], [1 / 7]])
    cos, sin = (1 + scale) * turn.cos(), (1 + scale) * turn.sin()
    grid = F.affine_grid(torch.stack((cos, -sin, dx, sin, cos, dy), 1).view(-1, 2, 3), [len(x), 1, 28, 28], align_corners=False)
    return F.grid_sample(x[:, None], grid, align_corners=False)[:, 0]


def worn(x: Float[Tensor, "n 28 28"], g: Generator) -> Float[Tensor, "n 28 28"]:
    """Each blurred, speckled and changed in contrast, by an amount of its own."""
    blur, speckle, contrast = torch.rand(3, len(x), 1, 1, generator=g)
    x = x.lerp(F.avg_pool2d(x, 3, 1, 1), 0.7 * blur)
    x = x + 0.4 * speckle * F.avg_pool2d(torch.randn(x.shape, generator=g), 3, 1, 1)
    low = 0.25 * (2 * contrast - 1)
    return ((x - low) / (1 - 2 * low)).clamp(0, 1)


def train(pictures: Pictures, epochs: int = EPOCHS) -> Weights:
    """Cross-entropy by Adam, its rate up in the first twentieth and down by a cosine."""
    g = Generator().manual_seed(SEED)
    w = {name: tensor.requires_grad_() for name, tensor in classifier.draw(g).items()}
    adam = torch.optim.Adam(w.values(), fused=True)
    batches = [batch for _ in range(epochs) for batch in torch.randperm(len(pictures.y), generator=g).split(BATCH)]
    for step, i in enumerate(batches):
        x = worn(moved(pictures.x[i].float() / 255, g), g)
        loss = F.cross_entropy(classifier.logits(w, classifier.embed(w, x)), pictures.y[i], label_smoothing=0.05)
        for tensor, gradient in zip(w.values(), torch.autograd.grad(loss, list(w.values())), strict=True):
            tensor.grad = gradient
        progress = step / len(batches)
        adam.param_groups[0]["lr"] = HIGHEST_RATE * min(1.0, 20 * (progress + 1e-3)) * (1 + math.cos(math.pi * progress)) / 2
        adam.step()
    return {name: tensor.detach() for name, tensor in w.items()}


@torch.no_grad()
def accuracy(w: Weights, pictures: Pictures) -> float:
    named = classifier.logits(w, classifier.embed(w, pictures.x.float() / 255)).argmax(1)
    return (named == pictures.y).float().mean().item()


def main() -> None:
    one_thread()
    w = train(mnist().train)
    save_file(w, classifier.path())
    classifier.path().chmod(0o644)
    right = [f"{accuracy(w, part):.1%} of {name}" for name, part in (("validation", mnist().validation), ("test", mnist().test))]
    print(f"{classifier.path().stat().st_size / 1000:.0f} kB, right on {right[0]} and {right[1]}")


if __name__ == "__main__":
    main()

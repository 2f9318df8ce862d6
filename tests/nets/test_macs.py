"""Multiply-adds as they are written down here, against those that torch counts while the networks run."""

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from playground.nets import mlp, vae

BATCH = 7


def g() -> torch.Generator:
    return torch.Generator().manual_seed(0)


def flops(work) -> int:
    with FlopCounterMode(display=False) as counter:
        work()
    return counter.get_total_flops()


@pytest.mark.parametrize(("dimensions", "width", "blocks"), [(784, 320, 3), (96, 320, 3), (2, 64, 1)])
def test_the_labelled_network(dimensions: int, width: int, blocks: int) -> None:
    w = mlp.labelled(g(), dimensions=dimensions, width=width, blocks=blocks)
    x, t, y = torch.randn(BATCH, dimensions, generator=g()), torch.rand(BATCH, 1, generator=g()), torch.zeros(BATCH, dtype=torch.long)
    learned = [tensor.requires_grad_() for tensor in mlp.trainable(w)]
    macs = mlp.labelled_macs(dimensions, width, blocks)

    def look() -> torch.Tensor:
        return mlp.labelled_apply(w, x, t, y, blocks)

    assert flops(look) == 2 * BATCH * macs.look
    assert flops(lambda: torch.autograd.grad(look().square().mean(), learned)) == 2 * BATCH * macs.training


@pytest.mark.parametrize(("latent", "hidden"), [(24, (400,)), (2, (400, 200)), (3, (50, 40, 30))])
def test_the_autoencoder(latent: int, hidden: tuple[int, ...]) -> None:
    w = vae.draw(g(), latent, hidden=hidden)
    x, eps = torch.rand(BATCH, 784, generator=g()), torch.randn(BATCH, latent, generator=g())
    learned = [tensor.requires_grad_() for tensor in w.values()]
    macs = vae.macs(latent, hidden=hidden)

    def look() -> torch.Tensor:
        return vae.elbo(w, x, eps)

    assert flops(look) == 2 * BATCH * macs.look
    assert flops(lambda: torch.autograd.grad(look().mean(), learned)) == 2 * BATCH * macs.training
    assert flops(lambda: vae.decode(w, eps)) == 2 * BATCH * vae.decoder_macs(latent, hidden=hidden)

"""Descent: finds a least-squares solution that is known, and can be halted anywhere."""

import pytest
import torch

from playground.nets.descent import Descent, warm_and_decay

X = torch.randn(200, 3, generator=torch.Generator().manual_seed(0))
Y = X @ torch.tensor([1.0, -2.0, 0.5]) + 0.1 * torch.randn(200, generator=torch.Generator().manual_seed(1))


def line(steps: int = 400) -> Descent:
    return Descent({"w": torch.zeros(3)}, 0.05, steps, lambda w: (X @ w["w"] - Y).square().mean())


def test_it_ends_at_the_least_squares_solution() -> None:
    descent = line()
    loss = descent.until(400)
    exact = torch.linalg.lstsq(X, Y[:, None]).solution[:, 0]
    assert torch.allclose(descent.mean["w"], exact, atol=1e-3)
    assert loss > (X @ exact - Y).square().mean()


def test_halts_change_nothing() -> None:
    whole, halted = line(), line()
    whole.until(400)
    losses = [halted.until(step) for step in (0, 1, 1, 50, 400)]
    assert torch.equal(whole.mean["w"], halted.mean["w"])
    assert losses[0] == pytest.approx(Y.square().mean().item(), rel=1e-5)
    assert sorted(losses, reverse=True)[-1] == losses[-1]


def test_the_rate_rises_then_falls_to_a_twentieth() -> None:
    rates = [warm_and_decay(i / 1000) for i in range(1001)]
    assert 0 < rates[0] < 0.1
    assert 0.95 < max(rates) <= 1
    assert rates[-1] == pytest.approx(0.05)

import pytest
import torch
import torch.nn.functional as F

from playground.concepts.gan import layers, nets

LEAKY = layers.ACTIVATIONS["leaky_relu"]


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_a_member_is_the_network_alone():
    """Side by side or by torch's own layers, one member after another."""
    w = nets.draw((2, 5, 4, 1), [seeded(k) for k in range(3)])
    x = torch.randn(3, 6, 2, generator=seeded(9))
    together = layers.apply(w, x, LEAKY)
    for k in range(3):
        h = x[k]
        for matrix, bias in zip(w[:-2:2], w[1:-2:2], strict=True):
            h = F.leaky_relu(F.linear(h, matrix[k].T, bias[k, 0]), 0.2)
        assert torch.allclose(together[k], F.linear(h, w[-2][k].T, w[-1][k, 0]), atol=1e-6)


@pytest.mark.parametrize("classes", [0, 3])
@pytest.mark.parametrize("name", layers.ACTIVATIONS)
def test_the_way_back_is_that_of_autograd(name, classes):
    theirs = {"leaky_relu": lambda z: F.leaky_relu(z, 0.2), "relu": F.relu, "tanh": torch.tanh, "silu": F.silu}[name]
    w = nets.draw((2, 5, 4, 1), [seeded(k) for k in range(2)], extra=(classes, 4) if classes else ())
    x, g = torch.randn(2, 6, 2, generator=seeded(9)), torch.randn(2, 6, 1, generator=seeded(8))
    label = F.one_hot(torch.arange(12).view(2, 6) % 3, 3).float() if classes else None
    way = layers.Pass(w, x, layers.ACTIVATIONS[name], label)
    way.to_weights(g, into := [torch.empty_like(tensor) for tensor in w])

    leaves = [tensor.clone().requires_grad_() for tensor in (*w, x)]
    h = leaves[-1]
    for i in (0, 2):
        h = theirs(h @ leaves[i] + leaves[i + 1])
    out = h @ leaves[4] + leaves[5]
    if label is not None:
        out = out + (label @ leaves[6] * h).sum(2, keepdim=True)
    assert torch.allclose(way.out, out, atol=1e-5)
    for found, expected in zip((*into, way.to_input(g)), torch.autograd.grad(out, leaves, g), strict=True):
        assert torch.allclose(found, expected, atol=1e-5)


@pytest.mark.parametrize("name", ["adam", "momentum", "sgd"])
def test_updates_are_those_of_torch(name):
    theirs = {
        "adam": lambda w: torch.optim.Adam(w, lr=0.01, betas=(0.5, 0.99)),
        "momentum": lambda w: torch.optim.SGD(w, lr=0.01, momentum=0.9),
        "sgd": lambda w: torch.optim.SGD(w, lr=0.01),
    }
    start, slopes = torch.randn(3, 7, generator=seeded()), torch.randn(20, 3, 7, generator=seeded(1))
    w = start.clone().requires_grad_()
    optimiser, ours, rule = theirs[name]([w]), start.clone(), nets.OPTIMISERS[name](0.5)
    for slope in slopes:
        w.grad = slope.clone()
        optimiser.step()
        rule(ours, slope, 0.01)
    assert torch.allclose(ours, w.detach(), atol=1e-6)


def test_spectral_normalisation_makes_the_largest_singular_value_one():
    w = nets.draw((2, 16, 16, 1), [seeded(k) for k in range(2)])
    spectral = nets.Spectral(w, [seeded(5), seeded(6)])
    for _ in range(100):
        spectral.iterate(w)
    for matrix in spectral(w)[0::2]:
        assert torch.linalg.matrix_norm(matrix, 2).tolist() == pytest.approx([1, 1], rel=1e-3)


def test_a_projecting_critic_adds_the_class_direction():
    """The last layer's output, and the inner product of the class's vector with what that layer sees: the layer made the identity."""
    w = nets.draw((4, 8, 1), [seeded()], extra=(3, 8))
    x, label = torch.randn(1, 5, 4, generator=seeded(1)), F.one_hot(torch.tensor([[0, 1, 2, 0, 1]]), 3).float()
    plain, told = layers.apply(w[:-1], x, LEAKY), layers.apply(w, x, LEAKY, label)
    h = layers.apply([*w[:2], torch.eye(8)[None], torch.zeros(1, 1, 8)], x, LEAKY)
    for i, c in enumerate((0, 1, 2, 0, 1)):
        assert told[0, i].item() == pytest.approx((plain[0, i] + w[-1][0, c] @ h[0, i]).item(), rel=1e-4)

"""Decoders without a part: positions, norms, residual stream, each against the published form or torch's own modules."""

import math

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from playground.concepts.attention import decoder, design, learning
from playground.concepts.attention.design import STANDARD, Design
from playground.concepts.attention.params import TRAINING, Params
from playground.params import Refused
from tests.concepts.attention.test_attention import CLOSE, ids, net
from tests.playing import collect, phase

WIDTH, HEADS, T = 32, 4, 12
WITHOUT = [
    Design("none"),
    Design("learned"),
    Design("sinusoidal"),
    Design(norm=False),
    Design(residual=False),
    Design("none", False, False),
]


def drawn(of: Design) -> dict[str, torch.Tensor]:
    return of.drawn(torch.Generator().manual_seed(5), net())


def by_torch(w: dict[str, torch.Tensor], x: torch.Tensor, of: Design) -> torch.Tensor:
    """The same network of torch.nn.functional's own parts, token by token's vector, in the order of the paper."""
    scaled = (lambda a: F.rms_norm(a, a.shape[-1:])) if of.norm else (lambda a: a)
    h = scaled(w["embed"][x])
    t = x.shape[1]
    if of.positions == "learned":
        h = h + w["place"][:t]
    if of.positions == "sinusoidal":
        h = h + by_hand(t, h.shape[-1])
    for i in range(decoder.layers_of(w)):
        q, k, v = (part.unflatten(-1, (HEADS, -1)).transpose(1, 2) for part in (scaled(h) @ w[f"qkv{i}"].T).chunk(3, -1))
        if of.positions == "rotary":
            q, k = (turned(each) for each in (q, k))
        taken = F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).flatten(2) @ w[f"mix{i}"].T
        h = h + taken if of.residual else taken
        more = F.relu(scaled(h) @ w[f"up{i}"].T) ** 2 @ w[f"down{i}"].T
        h = h + more if of.residual else more
    return scaled(h) @ w["guess"].T


def by_hand(t: int, width: int) -> torch.Tensor:
    """Vaswani et al. 2017: PE(p, 2i) = sin(p / 10000^(2i/d)), PE(p, 2i + 1) = cos of the same."""
    wave = (math.sin, math.cos)
    return torch.tensor([[wave[i % 2](p / 10_000 ** (2 * (i // 2) / width)) for i in range(width)] for p in range(t)])


def turned(x: torch.Tensor) -> torch.Tensor:
    """Su et al. 2021, equation 15: each pair of neighbours by a matrix of its own."""
    pairs, places = x.unflatten(-1, (-1, 2)), torch.arange(x.shape[-2])[:, None]
    angle = places * torch.tensor([design.BASE ** (-2 * i / x.shape[-1]) for i in range(pairs.shape[-2])])
    cos, sin = angle.cos(), angle.sin()
    matrix = torch.stack((torch.stack((cos, -sin), -1), torch.stack((sin, cos), -1)), -2)
    return torch.einsum("tpij,bhtpj->bhtpi", matrix, pairs).flatten(-2)


@pytest.mark.parametrize("of", [STANDARD, *WITHOUT], ids=str)
def test_each_design_is_what_it_says(of: Design) -> None:
    w, x = drawn(of), ids(T)
    ours = decoder.logits(w, decoder.stream(w, x, HEADS, design=of), of)
    assert torch.allclose(ours, by_torch(w, x, of), atol=1e-4, rtol=1e-4)
    looked = decoder.stream(w, x, HEADS, decoder.no_operation(2, HEADS), design=of)
    assert torch.allclose(decoder.logits(w, looked, of), ours, atol=1e-4, rtol=1e-4), "looked at as it trains"


def test_sines_are_the_published_ones_and_know_distances() -> None:
    found = design.sinusoidal(40, WIDTH)
    assert torch.allclose(found, by_hand(40, WIDTH), atol=1e-5)
    products = found @ found.T
    for distance in (0, 1, 9):
        waves = sum(math.cos(distance / 10_000 ** (2 * i / WIDTH)) for i in range(WIDTH // 2))
        assert torch.allclose(products.diagonal(distance), torch.full((40 - distance,), waves), atol=1e-3)


@pytest.mark.parametrize("of", WITHOUT, ids=str)
def test_no_design_sees_what_comes_later(of: Design) -> None:
    w, x = drawn(of), ids(T)
    other = x.clone()
    other[0, 7:] = (other[0, 7:] + 1) % 11
    one, two = (decoder.stream(w, each, HEADS, decoder.no_operation(2, HEADS), design=of) for each in (x, other))
    assert torch.equal(one[:, :7], two[:, :7])
    assert not torch.allclose(one[:, 7:], two[:, 7:])


def test_without_positions_order_leaks_through_the_mask_alone() -> None:
    """Those before a token may change places and one layer does not notice; a second does, since the mask showed the first their order."""
    x, none = ids(T), Design("none")
    order = torch.cat((torch.arange(T - 1).flip(0), torch.tensor([T - 1])))
    for layers, same in ((1, True), (2, False)):
        w = net(layers)
        plain, moved = (decoder.stream(w, each, HEADS, design=none)[:, -1] for each in (x, x[:, order]))
        assert torch.allclose(plain, moved, **CLOSE) == same
        assert not torch.allclose(decoder.stream(w, x, HEADS)[:, -1], decoder.stream(w, x[:, order], HEADS)[:, -1], **CLOSE)


@pytest.mark.parametrize("fields", [{"positions": "learned"}, {"residual": False}, {"positions": "none", "norm": False}])
def test_every_design_begins_alike_and_meets_the_same_windows(fields: dict) -> None:
    plain, other = (learning.Learning(Params(**each), learning.corpus(Params())) for each in ({}, fields))
    named = {"place"} if fields.get("positions") == "learned" else set()
    assert set(other.w) - set(plain.w) == named
    changed = () if fields.get("residual", True) else ("mix", "down")
    for name, tensor in plain.w.items():
        assert torch.equal(tensor, other.w[name]) != name.startswith(changed or "-"), name
    assert torch.equal(plain.of.windows(4, 9, plain.g), other.of.windows(4, 9, other.g))


def test_places_are_learnt_as_far_as_they_were_met() -> None:
    _, state = collect("attention", steps=10, generate=0, context=48, positions="learned", data="repeat")
    first = Params(positions="learned").design.drawn(torch.Generator().manual_seed(7 + learning.DESIGN_SEED), {"embed": torch.zeros(9, 64)})
    moved = (state["place"] != first["place"]).any(1)
    assert moved[:48].all()
    assert not moved[48:].any()


def test_what_is_trained_is_what_is_looked_at() -> None:
    for fields in ({"positions": "learned"}, {"norm": False}, {"residual": False}):
        frames, state = collect("attention", steps=10, generate=2, text="to be or not", **fields)
        again, _ = collect("attention", state, steps=10, generate=2, text="to be or not", mode="look", model="trained", **fields)
        assert np.array_equal(phase(frames, "look")[0].arrays["attention"], phase(again, "look")[0].arrays["attention"])
        w = {name: tensor for name, tensor in state.items() if name in drawn(Params(**fields).design)}
        x = learning.corpus(Params()).read("to be or not")[None]
        losses = F.cross_entropy(by_torch(w, x, Params(**fields).design)[0, :-1], x[0, 1:], reduction="none") / math.log(2)
        assert np.allclose(phase(frames, "look")[0].arrays["token_loss"][1:], losses.numpy(), atol=1e-3)


def test_designs_are_trained_apart_and_checked() -> None:
    assert {"positions", "norm", "residual"} <= set(TRAINING)
    assert Params.from_query("positions=none&norm=false&residual=false").design == Design("none", False, False)
    for query in ("positions=<b>", "positions=", "norm=maybe", "residual=\u202e", "positions=" + "9" * 5000):
        with pytest.raises(Refused):
            Params.from_query(query)


@pytest.mark.parametrize("fields", [{}, {"residual": False}, {"norm": False, "positions": "learned"}], ids=str)
def test_before_the_first_step_every_character_is_alike(fields: dict) -> None:
    """Which is why the first snapshot need not be measured."""
    params = Params(data="repeat", **fields)
    of = learning.corpus(params)
    assert learning.unseen(learning.Learning(params, of)) == pytest.approx(learning.uniform_bits(of), abs=1e-4)

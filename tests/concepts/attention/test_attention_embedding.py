"""What a model begins with, against closed forms and transformers' own modules."""

import math

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from transformers import AutoModelForCausalLM, BertModel, GPT2Config, GPT2LMHeadModel

from playground.concepts.attention import decoder, embedding, minilm
from playground.concepts.attention.design import Design
from playground.concepts.attention.embedding import KINDS
from playground.concepts.attention.models import Encoder, Pretrained, Trained
from playground.concepts.attention.shipped import folder
from tests.concepts.attention.test_attention import ids, net, randn
from tests.concepts.attention.test_attention import trained as standard

T, WIDTH = 20, 32


def trained(of: Design, layers: int = 2) -> Trained:
    w = of.drawn(torch.Generator().manual_seed(5), net(layers))
    return Trained(w, standard(w).of, layers, 4, 64, of)


def named(found: dict[str, np.ndarray], what: str) -> dict[str, np.ndarray]:
    """The tables by their kind."""
    return {KINDS[i]: table.astype(np.float64) for i, table in zip(found[f"{what}_of"], found[what], strict=True)}


@pytest.mark.parametrize("positions", ["rotary", "sinusoidal", "learned", "none"])
def test_the_tables_are_what_the_network_adds_or_turns_by(positions: str) -> None:
    model, x = trained(Design(positions)), ids(T)[0]
    codes = named(embedding.arrays(model, x), "codes")
    begun = F.rms_norm(model.w["embed"][x], (WIDTH,))
    assert np.allclose(codes.pop("token"), begun, atol=2e-3)
    seen = decoder.Seen()
    decoder.stream(model.w, x[None], 4, decoder.no_operation(2, 4), seen, model.design)
    added = (seen.states[0] - begun).numpy()
    if positions in ("none", "rotary"):
        assert np.allclose(added, 0, atol=1e-6)
    else:
        assert np.allclose(codes.pop(positions), added, atol=2e-3)
    if positions == "rotary":
        table, half = torch.from_numpy(codes.pop(positions)).float(), WIDTH // 8
        q = randn(T, WIDTH // 4)
        for head in table.split(2 * half, 1):
            cos, sin = head.chunk(2, 1)
            a, b = q[:, ::2], q[:, 1::2]
            by_hand = torch.stack((a * cos - b * sin, b * cos + a * sin), 2).flatten(1)
            assert torch.allclose(by_hand, Design().turned(q), atol=5e-3)
    assert not codes


def test_places_are_as_alike_as_the_closed_forms_say() -> None:
    """Of sines: the mean of cos((p − q) / 10000^(2i/w)). Of a vector turned, alike in all pairs: the mean of cos((p − q) 100^(−2i/d))."""
    found = named(embedding.arrays(trained(Design()), ids(T)[0]), "alike")
    assert list(found) == ["sinusoidal", "rotary"]
    for name, base, d in (("sinusoidal", 10_000, WIDTH), ("rotary", 100, WIDTH // 4)):
        for p, q in ((0, 0), (3, 4), (2, 19), (19, 2)):
            waves = [math.cos((p - q) * base ** (-2 * i / d)) for i in range(d // 2)]
            assert found[name][p, q] == pytest.approx(sum(waves) / len(waves), abs=2e-3)


def test_learned_places_are_compared_as_they_are() -> None:
    model = trained(Design("learned"))
    found = named(embedding.arrays(model, ids(T)[0]), "alike")
    assert list(found) == ["sinusoidal", "learned", "rotary"]
    assert np.allclose(found["learned"], F.cosine_similarity(model.w["place"][:T, None], model.w["place"][None, :T], dim=-1), atol=2e-3)


@torch.no_grad()
def test_of_a_shipped_llama_the_turns_are_its_own() -> None:
    model, whole = Pretrained("shakespeare"), AutoModelForCausalLM.from_pretrained(folder("shakespeare"), dtype=torch.float32)
    x = model.read("Shall I compare thee")
    codes = named(embedding.arrays(model, x), "codes")
    assert list(codes) == ["token", "rotary"]
    assert np.allclose(codes["token"], whole.model.embed_tokens(x), atol=2e-3)
    d, base = 32, whole.config.rope_parameters["rope_theta"]
    for place, i in ((0, 0), (7, 3), (19, 15)):
        angle = place * base ** (-2 * i / d)
        assert codes["rotary"][place, [i, i + d // 2, i + d]] == pytest.approx(
            [math.cos(angle), math.sin(angle), math.cos(angle)], abs=2e-3
        )


@torch.no_grad()
def test_of_another_gpt_the_places_are_found() -> None:
    with torch.random.fork_rng(devices=[]):
        gpt = GPT2LMHeadModel(GPT2Config(vocab_size=11, n_positions=64, n_embd=WIDTH, n_layer=1, n_head=4))
    found = embedding.of_theirs(gpt, ids(T)[0])
    assert list(found) == ["token", "learned"]
    assert torch.equal(found["learned"], gpt.transformer.wpe.weight[:T])
    assert torch.equal(found["token"], gpt.transformer.wte.weight[ids(T)[0]])


@pytest.mark.skipif(not (minilm.packaged() or minilm.cached()), reason="MiniLM is not on this machine")
@torch.no_grad()
def test_of_minilm_places_are_learned() -> None:
    model, bert = Encoder(), BertModel.from_pretrained(minilm.folder(), dtype=torch.float32, add_pooling_layer=False)
    x = model.read("The animal was tired")
    codes = named(embedding.arrays(model, x), "codes")
    assert list(codes) == ["token", "learned"]
    assert np.allclose(codes["token"], bert.embeddings.word_embeddings(x), atol=2e-3)
    assert np.allclose(codes["learned"], bert.embeddings.position_embeddings.weight[: len(x)], atol=2e-3)


def test_order_is_a_divergence_and_one_layer_without_positions_sees_none() -> None:
    x = ids(T)[0]
    for of, layers, sees in ((Design("none"), 1, False), (Design("none"), 2, True), (Design(), 1, True)):
        model, untouched, told = trained(of, layers), decoder.no_operation(layers, 4), []
        for i in embedding.places(T).tolist():
            turned = torch.cat((x[:i].flip(0), x[i : i + 1]))
            p, q = (model.guess(model.stream(each[None], untouched)[0, -1]).double().softmax(-1) for each in (x[: i + 1], turned))
            told.append((p * (p / q).log2()).sum().item())
        found = embedding.order(model, x, untouched)
        assert found == pytest.approx(sum(told) / len(told), abs=1e-5)
        assert (found > 1e-3) == sees
        assert [embedding.order(model, x[:t], untouched) for t in (1, 2)] == [0, 0], "there is but one order"
    assert embedding.places(3).tolist() == [2]
    assert embedding.places(128)[[0, -1]].tolist() == [2, 127]


def test_tokens_are_named_with_their_numbers() -> None:
    assert embedding.numbered(("a", "␣", "<b>"), torch.tensor([3, 0, 70_000])) == ("a 3", "␣ 0", "<b> 70000")

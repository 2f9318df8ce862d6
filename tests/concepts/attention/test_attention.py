"""Attention's maths, against torch's own attention, transformers, and sums written out."""

import math
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from transformers import AutoModelForCausalLM, AutoTokenizer
from transformers.generation.logits_process import TopKLogitsWarper, TopPLogitsWarper

from playground import lesson, texts
from playground.concepts.attention import decoder, design, learning, looking
from playground.concepts.attention.corpora import Corpus, bigram_bits, of_text, pasted, repeats, surprise, uniform_bits
from playground.concepts.attention.decoder import Operation, Seen, attend, barred, no_operation, weights
from playground.concepts.attention.models import Model, Pretrained, Trained
from playground.concepts.attention.params import Params
from playground.concepts.attention.shipped import UNKNOWN, folder
from playground.params import Params as Base
from playground.params import Refused
from playground.words import LANGUAGES, sentence
from tests.playing import collect, phase

CLOSE = {"atol": 1e-5, "rtol": 1e-5}


def randn(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def net(layers: int = 2, width: int = 32, vocabulary: int = 11) -> dict[str, torch.Tensor]:
    """Weights of which none is 0."""
    w = decoder.draw(torch.Generator().manual_seed(1), vocabulary, layers, width)
    return {name: tensor if tensor.any() else 0.2 * randn(*tensor.shape, seed=len(name)) for name, tensor in w.items()}


def ids(t: int, vocabulary: int = 11) -> torch.Tensor:
    return torch.randint(vocabulary, (1, t), generator=torch.Generator().manual_seed(2))


# one attention


def test_attention_is_torchs_own() -> None:
    q, k, v = (randn(3, 4, 9, 8, seed=i) for i in range(3))
    for causal in (True, False):
        taken, a = attend(q, k, v, no_operation(1, 4), 0, causal)
        assert torch.allclose(taken, F.scaled_dot_product_attention(q, k, v, is_causal=causal), **CLOSE)
        assert torch.allclose(a.sum(-1), torch.ones(3, 4, 9), **CLOSE)
        assert (a >= 0).all()
        assert (a.triu(1) == 0).all() == causal


def test_training_and_looking_compute_the_same() -> None:
    w, x = net(), ids(20)
    assert torch.allclose(decoder.stream(w, x, 4), decoder.stream(w, x, 4, no_operation(2, 4)), **CLOSE)


def test_no_later_token_changes_an_earlier_output() -> None:
    w, x = net(), ids(20)
    other = x.clone()
    other[0, 12:] = (other[0, 12:] + 1) % 11
    one, two = (decoder.stream(w, each, 4, no_operation(2, 4)) for each in (x, other))
    assert torch.equal(one[:, :12], two[:, :12])
    assert not torch.allclose(one[:, 12:], two[:, 12:])


def test_without_positions_and_mask_a_permutation_only_permutes() -> None:
    q, k, v = (randn(1, 2, 9, 8, seed=i) for i in range(3))
    order = torch.randperm(9, generator=torch.Generator().manual_seed(3))
    plain, _ = attend(q, k, v, no_operation(1, 2), 0, causal=False)
    moved, _ = attend(q[:, :, order], k[:, :, order], v[:, :, order], no_operation(1, 2), 0, causal=False)
    assert torch.allclose(plain[:, :, order], moved, **CLOSE)
    masked, _ = attend(q[:, :, order], k[:, :, order], v[:, :, order], no_operation(1, 2), 0)
    assert not torch.allclose(attend(q, k, v, no_operation(1, 2), 0)[0][:, :, order], masked, **CLOSE), "order leaks through the mask"


def test_rope_knows_distances_only_and_keeps_lengths() -> None:
    q, k = randn(8), randn(8, seed=1)
    turned_q, turned_k = (design.rope(each.expand(30, 8)) for each in (q, k))
    products = turned_q @ turned_k.T
    for distance in (0, 1, 7):
        along = products.diagonal(-distance)
        assert torch.allclose(along, along[0].expand_as(along), atol=1e-5)
    assert torch.allclose(turned_q.norm(dim=1), q.norm().expand(30), **CLOSE)
    pairs = torch.complex(q[::2], q[1::2])  # the same turn, as a product of complex numbers
    for place in (0, 3, 29):
        angle = torch.tensor([place * design.BASE ** (-2 * i / 8) for i in range(4)])
        by_hand = pairs * torch.polar(torch.ones(4), angle)
        assert torch.allclose(turned_q[place], torch.view_as_real(by_hand).flatten(), **CLOSE)


# operations


def test_a_head_taken_out_is_its_columns_taken_out() -> None:
    """What head 1 of layer 0 adds goes through columns 8 to 15 of that layer's mixing matrix."""
    w, x, gates = net(), ids(20), torch.ones(1, 2, 4)
    gates[0, 0, 1] = 0
    without = decoder.stream(w, x, 4, Operation(gates, torch.zeros(2, 4, dtype=torch.bool)))
    w["mix0"] = w["mix0"].clone()
    w["mix0"][:, 8:16] = 0
    assert torch.allclose(without, decoder.stream(w, x, 4), **CLOSE)


def test_a_uniform_head_looks_at_all_it_may_alike() -> None:
    seen, uniform = Seen(), torch.zeros(2, 4, dtype=torch.bool)
    uniform[1, 2] = True
    decoder.stream(net(), ids(6), 4, Operation(torch.ones(1, 2, 4), uniform), seen)
    by_hand = torch.tensor([[1 / (i + 1) if j <= i else 0 for j in range(6)] for i in range(6)])
    assert torch.allclose(seen.attention[1][2], by_hand, **CLOSE)
    assert not torch.allclose(seen.attention[1][1], by_hand, **CLOSE)


def test_nobody_but_itself_looks_at_a_hidden_token() -> None:
    a = weights(randn(2, 8, 4), randn(2, 8, 4, seed=1), barred(8, (0, 3)))
    for place in (0, 3):
        assert a[:, place + 1 :, place].abs().max() == 0
        assert (a[:, place, place] > 0).all()
    assert torch.allclose(a.sum(-1), torch.ones(2, 8), **CLOSE)


def trained(w: dict[str, torch.Tensor]) -> Trained:
    return Trained(w, Corpus("□abcdefghij", ids(99)[0], ids(60)[0]), 2, 4, 16)


def subject(model: Model, **fields: str | int) -> looking.Subject:
    return looking.subject(Params(**({"layers": 2, "heads": 4} | fields)), model)


def test_doing_nothing_changes_nothing() -> None:
    frame, _ = looking.look(subject(trained(net()), text="abcabcabc"))
    assert np.array_equal(frame.arrays["token_loss"], frame.arrays["token_loss_before"])
    assert frame.metrics["loss"] == frame.metrics["loss_before"]


def test_effects_are_measured_by_doing_it() -> None:
    model, text = trained(net()), "abcdabcdab"
    ids_now, operation = _under(model, text, "0.3")
    told = looking.effects(operation, lambda each: looking.mean(looking.token_bits(model, ids_now, each)))
    whole = looking.mean(looking.token_bits(model, *_under(model, text, "0.3")))
    for layer in range(2):
        for head in range(4):
            without = looking.mean(looking.token_bits(model, *_under(model, text, f"0.3,{layer}.{head}")))
            assert told[layer, head].item() == pytest.approx((without - whole).item(), abs=1e-5)
    assert told[0, 3] == 0, "it is out already"
    assert told.abs().max() > 1e-3


def _under(model: Model, text: str, ablate: str) -> tuple[torch.Tensor, Operation]:
    found = subject(model, text=text, ablate=ablate)
    return found.ids, found.operation


def test_the_heads_that_matter_come_first() -> None:
    arrays, heads = looking.ranked(torch.tensor([[0.1, -0.2, 0.5], [0.3, 0.0, 0.2]]))
    assert heads == ("0.2", "1.0", "1.2", "0.0", "1.1", "0.1")
    assert arrays["worth"].tolist() == pytest.approx([0.5, 0.3, 0.2, 0.1, 0.0, -0.2])


def test_keeping_is_taking_out_the_others() -> None:
    keep, ablate = (Params(**{name: heads}).taken_out for name, heads in (("keep", "0.1,1.2"), ("ablate", "0.0,0.2,0.3,1.0,1.1,1.3")))
    assert keep == ablate
    assert Params().taken_out == frozenset()


def test_replaced_tokens_are_read_in_place() -> None:
    found = subject(trained(net()), text="abcd", replace="1:j;3:☃")
    assert found.ids.tolist() == [1, 10, 3, 0], "what the alphabet lacks is number 0"
    assert found.before.tolist() == [1, 2, 3, 4]


def test_rollout_is_the_product_written_out() -> None:
    a = weights(randn(3, 2, 7, 4), randn(3, 2, 7, 4, seed=1), barred(7))
    by_hand = np.eye(7)
    for layer in a.numpy().astype(float):
        mixed = layer.mean(0) + np.eye(7)
        by_hand = mixed / mixed.sum(1, keepdims=True) @ by_hand
    assert np.allclose(looking.rollout(a).numpy(), by_hand, atol=1e-6)
    assert np.allclose(by_hand.sum(1), 1)


# what is measured


def test_baselines_are_counts() -> None:
    of = of_text("abracadabra abracadabra", "cadabra bard")
    known, train, told = of.alphabet, "abracadabra abracadabra", "cadabra bard"
    by_hand = [
        -math.log2((sum(train[i : i + 2] == a + b for i in range(len(train) - 1)) + 1) / (train[:-1].count(a) + len(known)))
        for a, b in pairwise(told)
    ]
    assert surprise(of).tolist() == pytest.approx(by_hand, abs=1e-5)
    assert bigram_bits(of) == pytest.approx(sum(by_hand) / len(by_hand), abs=1e-5)
    assert uniform_bits(of) == math.log2(len(set(train + told)) + 1)


@pytest.mark.parametrize("length", [2, 5, 9, 16, 17, 40, 61])
def test_bits_are_each_characters_own(length: int) -> None:
    """A context of 8 in windows that begin every 4: each guess but the first ones sees 4 to 7 characters before the last."""
    w, x = net(), ids(length)[0]
    found = learning.bits(w, x, 4, 8)
    assert len(found) == length - 1
    for i in range(1, length):
        start = 0 if i <= 8 else (i - 5) // 4 * 4
        logits = decoder.logits(w, decoder.stream(w, x[None, start:i], 4))[0, -1]
        assert found[i - 1].item() == pytest.approx(-logits.log_softmax(-1)[x[i]].item() / math.log(2), abs=1e-4)


def test_ways_of_looking_are_told_from_one_another() -> None:
    x = torch.tensor([1, 2, 3, 1, 2, 3, 1])
    back, finding, nothing = torch.eye(7).roll(-1, 1), torch.zeros(7, 7), torch.full((7, 7), 1 / 7)
    for i in range(3, 7):
        finding[i, i - 2] = 1  # the same stood three before; what followed it, two before
    assert learning.last_seen(x) == [None, None, None, 0, 1, 2, 3]
    assert learning.previous(torch.stack((back, nothing))[None]) == 1
    assert learning.induction(torch.stack((finding, nothing))[None], x) == 1
    assert learning.induction(back[None, None], x) == 0
    assert learning.induction(nothing[None, None], x) == pytest.approx(1 / 7)
    assert learning.induction(finding[None, None], torch.arange(7)) == 0, "nothing stood there before"


def test_what_is_cut_is_what_transformers_cuts() -> None:
    chances = randn(40).mul(2).softmax(-1)
    for k, p in ((0, 1.0), (5, 1.0), (0, 0.7), (8, 0.6), (1, 1.0), (0, 0.05)):
        scores = chances.log()[None]
        for warp in (TopKLogitsWarper(k or 40), TopPLogitsWarper(p)):
            scores = warp(torch.empty(1, 0), scores)
        assert torch.allclose(looking.cut(chances, k, p), scores.softmax(-1)[0], **CLOSE), (k, p)


# texts


@pytest.mark.parametrize("name", ["shakespeare", "tang"])
def test_tails_are_long_and_apart(name: str) -> None:
    text = texts.TEXTS[name]()
    assert len(text.held_out) >= 20_000
    for start in range(0, len(text.held_out) - 64, 64):
        assert text.held_out[start : start + 64] not in text.train
    assert set(text.held_out) <= set(text.alphabet)


def test_repeats_repeat() -> None:
    of = repeats()
    assert len(of.held_out) >= 20_000
    for row in of.train[: 128 * 50].view(50, 128):
        assert any(torch.equal(row[period:], row[:-period]) for period in range(4, 13))


def test_of_a_pasted_text_the_end_is_held_out() -> None:
    text = "".join(chr(97 + i * i % 26) for i in range(600))
    of = pasted(text)
    assert "".join(of.alphabet[i] for i in torch.cat((of.train, of.held_out))) == text
    assert len(of.held_out) == 120


def code(params: type[Base] = Params, **fields: object) -> str:
    with pytest.raises(Refused) as refused:
        params.checked(fields)
    for flaw in refused.value.flaws:
        for lang in LANGUAGES:
            told = sentence(lang, flaw)
            assert "{" not in told
            assert "can't be used here" not in told
    return refused.value.flaws[0].code


def test_what_cannot_be_read_is_one_sentence() -> None:
    for name in ("ablate", "keep", "uniform"):
        for text in ("0", "0.0.0", "0.0;1.1", "a.b", "-1.0", "0.0,,1.1"):
            assert code(**{name: text}) == "heads_bad"
        assert code(**{name: "2.0"}) == "heads_none"
        assert code(**{name: "0.4"}) == "heads_none"
        Params.checked({name: " 0.0 , 1.3 "})
        Params.checked({name: "3.3", "mode": "look"})
    assert code(mask="1;2") == "places_bad"
    assert code(mask="48") == "place_none"
    assert code(text="abc", mask="3") == "place_none"
    assert code(text="abc", replace="3:x") == "place_none"
    for text in ("x", "1", "1:", ":x", "1:a;1:b", "1:a;;2:b"):
        assert code(replace=text) == "replace_bad", text
    assert code(replace="1:the") == "replace_one"
    assert code(mode="look", model="minilm?") == "literal_error"
    assert code(heads=3) == "heads_width"
    assert code(text="x" * 129) == "text_too_long"
    assert code(data="pasted", pasted="short") == "pasted_too_short"
    assert code(data="pasted", pasted="诗" * 2000) == "pasted_too_long"


def test_any_text_is_read() -> None:
    assert Params(text="a\tb\r\nc\x00\x07\u202e\u200fd").passage == "a b\ncd"
    assert Params(text="e\u0301").passage == "é"
    assert Params(text="\u202e\x00").passage == "", "nothing to see is as good as nothing: the model's own passage is shown"
    assert Params(text="<b>🙂").passage == "<b>🙂"


# the run


@cache
def shown(**fields: object) -> list:
    frames, _ = collect("attention", **fields)
    return frames


def test_the_trained_model_is_looked_at_without_new_training() -> None:
    frames, state = collect("attention", steps=10, generate=3)
    before = {name: tensor.clone() for name, tensor in state.items()}
    looked, again = collect("attention", state, mode="look", model="trained", steps=10, generate=3, ablate="0.0")
    assert {frame.phase for frame in looked} == {"look", "lens", "generate", "beam"}
    assert all(torch.equal(before[name], again[name]) for name in before)
    assert not np.array_equal(looked[0].arrays["token_loss"], phase(frames, "look")[0].arrays["token_loss"])
    assert np.array_equal(looked[0].arrays["token_loss_before"], phase(frames, "look")[0].arrays["token_loss"])


def test_it_learns_and_says_so_truly() -> None:
    first, last = (phase(shown(steps=60, generate=0), "train")[i].metrics for i in (0, -1))
    assert first["bits_per_char"] == pytest.approx(first["uniform"], abs=1e-3), "at first all characters are equally likely"
    assert last["bits_per_char"] < last["bigram"] + 0.15
    assert last["loss"] < first["loss"] - 2


def test_a_uniform_text_of_ones_own_is_learnt() -> None:
    last = phase(shown(data="pasted", pasted="the cat sat on the mat, and the dog sat on the cat. " * 6, steps=60, generate=0), "train")[-1]
    assert last.metrics["bits_per_char"] < 1
    assert last.metrics["bits_per_char"] < last.metrics["bigram"]


@pytest.mark.parametrize("fields", [{"steps": 10, "generate": 4}, {"mode": "look", "generate": 4, "text": "What is love"}])
def test_frames_are_what_run_says(fields: dict) -> None:
    frames = shown(**fields)
    layers, heads = Params(**fields).size
    for frame in [frame for frame in frames if frame.phase != "beam"]:
        a, t = frame.arrays["attention"], len(frame.texts["tokens"])
        assert a.dtype == np.uint8
        assert a.shape == (layers, heads, 1 if frame.phase == "generate" else t, t)
        assert np.abs(a.astype(int).sum(-1) - 255).max() <= t / 2, "rows sum to 1, but for rounding"
    (look,) = phase(frames, "look")
    t = len(look.texts["tokens"])
    assert look.arrays["effect"].shape == (layers, heads)
    assert look.arrays["query"].shape == look.arrays["key"].shape
    assert look.arrays["query"].shape[:3] == (layers, heads, t)
    assert look.arrays["token_loss"].shape == (t,)
    assert len(phase(frames, "lens")) == layers + 1
    assert phase(frames, "lens")[-1].metrics["rank"] == 1
    assert len(phase(frames, "generate")) == 4


def test_queries_and_keys_give_the_attention() -> None:
    (look,) = phase(shown(mode="look", generate=4, text="What is love"), "look")
    q, k = (torch.from_numpy(look.arrays[name].astype(np.float32)) for name in ("query", "key"))
    assert np.abs(weights(q, k, barred(q.shape[-2])).numpy() * 255 - look.arrays["attention"]).max() < 2, "but for rounding to halves"


# the shipped models


@cache
def theirs(name: str):
    """As anyone loads it."""
    return AutoModelForCausalLM.from_pretrained(folder(name), dtype=torch.float32, attn_implementation="eager").eval()


TEXTS = {"shakespeare": "Shall I compare thee to a summer's day?", "tang": "床前明月光，疑是地上霜。"}


@pytest.mark.parametrize("name", TEXTS)
def test_shipped_attention_is_transformers_own(name: str) -> None:
    model, seen = Pretrained(name), Seen()
    x = model.read(TEXTS[name])
    assert x.tolist() == AutoTokenizer.from_pretrained(folder(name)).encode(TEXTS[name])
    with torch.no_grad():
        said = theirs(name)(x[None], output_attentions=True, output_hidden_states=True)
        stream = model.stream(x[None], no_operation(model.layers, model.heads), seen)
    for ours, other in zip(seen.attention, said.attentions, strict=True):
        assert torch.allclose(ours, other[0], **CLOSE)
    assert torch.allclose(model.guess(stream), said.logits, atol=1e-4)
    for ours, other in zip(seen.states[:-1], said.hidden_states[:-1], strict=True):
        assert torch.allclose(ours, other[0], atol=1e-4)


@pytest.mark.parametrize("name", TEXTS)
def test_a_shipped_head_taken_out_is_its_columns_taken_out(name: str) -> None:
    model, gates = Pretrained(name), torch.ones(1, 4, 4)
    gates[0, 2, 1] = 0
    x, plain = model.read(TEXTS[name])[None], AutoModelForCausalLM.from_pretrained(folder(name), dtype=torch.float32).eval()
    with torch.no_grad():
        plain.model.layers[2].self_attn.o_proj.weight[:, 32:64] = 0
        without = model.guess(model.stream(x, Operation(gates, torch.zeros(4, 4, dtype=torch.bool))))
        assert torch.allclose(without, plain(x).logits, atol=1e-4)


def test_the_coldest_writing_is_transformers_greedy_one() -> None:
    frames = phase(shown(mode="look", text=TEXTS["shakespeare"], generate=12, temperature=0.05), "generate")
    model = Pretrained("shakespeare")
    x = model.read(TEXTS["shakespeare"])[None]
    made = theirs("shakespeare").generate(x, attention_mask=torch.ones_like(x), max_new_tokens=12, do_sample=False, pad_token_id=0)
    assert frames[-1].texts["written"] == ("".join(model.token(int(i)) for i in made[0]),)


@pytest.mark.parametrize("name", TEXTS)
def test_what_is_shipped(name: str) -> None:
    assert sum(path.stat().st_size for path in folder(name).iterdir()) <= 3_000_000
    assert {path.suffix for path in folder(name).iterdir()} <= {".json", ".safetensors", ".md"}
    model = Pretrained(name)
    assert (model.layers, model.heads) == Params(mode="look", model=name).size
    text = texts.TEXTS[name]()
    x = model.read(text.held_out)[: 64 * 40 + 1]
    losses = []
    with torch.no_grad():
        for at in range(0, 64 * 39, 64):
            said = theirs(name)(x[None, at : at + 128]).logits[0, 63:-1]
            losses.append(F.cross_entropy(said, x[at + 64 : at + 128]) / math.log(2))
    assert torch.stack(losses).mean() < bigram_bits(of_text(text.train, text.held_out)) - 0.5


def test_what_a_model_never_met_is_said_to_be_unknown() -> None:
    (look,) = phase(shown(mode="look", text="a🙂b春\u202ec", generate=0), "look")
    assert look.metrics["unknown"] == 2
    assert look.texts["tokens"] == ("a", UNKNOWN, "b", UNKNOWN, "c")


# the lessons


def test_both_languages_have_the_same_parts() -> None:
    english, chinese = lesson.load("attention", "en"), lesson.load("attention", "zh")
    for part in ("data-when", "<h2", "<h3", "<li", "math block", 'data-key="', "<strong"):
        assert english.body.count(part) == chinese.body.count(part), part
    assert len(english.glossary) == len(chinese.glossary)
    assert len(english.checks) == len(chinese.checks)

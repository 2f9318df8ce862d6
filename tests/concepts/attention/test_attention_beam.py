"""Beam search against every sequence there is, and against transformers' own."""

import math
from functools import cache
from itertools import product

import numpy as np
import pytest
import torch
from transformers import AutoModelForCausalLM

from playground.concept import load
from playground.concepts.attention import decoder, looking
from playground.concepts.attention.beam import Grown, search, surprises
from playground.concepts.attention.corpora import Corpus
from playground.concepts.attention.models import Pretrained, Trained
from playground.concepts.attention.params import BEAM_TOKENS, Params
from playground.concepts.attention.shipped import folder
from playground.frame import Frame
from tests.playing import collect, phase

TEXT = "Shall I compare thee to a summer's day?"


def random_net(vocabulary: int = 5) -> dict[str, torch.Tensor]:
    """Weights of which none is 0."""
    g = torch.Generator().manual_seed(1)
    w = decoder.draw(g, vocabulary, 2, 32)
    return {name: tensor if tensor.any() else 0.3 * torch.randn(tensor.shape, generator=g) for name, tensor in w.items()}


def subject(**fields: str) -> looking.Subject:
    ids = torch.arange(60) % 5
    model = Trained(random_net(), Corpus("□abcd", ids, ids), 2, 4, 16)
    return looking.subject(Params(layers=2, heads=4, text="abcab", **fields), model)


def last(of: looking.Subject, width: int, tokens: int) -> Grown:
    return list(search(surprises(of), of.ids, width, tokens))[-1]


def bits_of(of: looking.Subject, more: tuple[int, ...]) -> float:
    """−log₂ of the chance of these tokens after the text, one forward pass for each."""
    ids, found = of.ids, 0.0
    for token in more:
        chances = of.model.guess(of.model.stream(ids[None], of.operation)[0, -1]).softmax(-1)
        found -= math.log2(chances[token])
        ids = torch.cat((ids, torch.tensor([token])))
    return found


@pytest.mark.parametrize("fields", [{}, {"ablate": "0.1", "mask": "1"}])
def test_a_beam_wide_enough_finds_the_best_of_all_sequences(fields: dict[str, str]) -> None:
    of = subject(**fields)
    every = {more: bits_of(of, more) for more in product(range(5), repeat=3)}
    order = sorted(every, key=lambda more: every[more])
    grown = last(of, 125, 3)
    assert [tuple(branch[5:].tolist()) for branch in grown.branches] == order
    assert [grown.tree[end].bits for end in grown.ends] == pytest.approx([every[more] for more in order], abs=1e-4)
    assert last(of, 4, 3).best >= every[order[0]] - 1e-4, "a narrow one may miss it, and never does better"


def test_the_tree_adds_up() -> None:
    grown, of = last(subject(), 3, 6), subject()
    assert (grown.tree[0].parent, grown.tree[0].bits, grown.tree[0].token) == (-1, 0, 2)
    for node in grown.tree[1:]:
        above = grown.tree[node.parent]
        assert above.kept, "a branch that was dropped goes no further"
        assert node.bits == pytest.approx(above.bits + node.own, abs=1e-9)
    for branch, end in zip(grown.branches, grown.ends, strict=True):
        assert grown.tree[end].bits == pytest.approx(bits_of(of, tuple(branch[5:].tolist())), abs=1e-4)
    newest = sorted(grown.tree[-grown.weighed :], key=lambda node: node.bits)
    assert [node.kept for node in newest] == [True] * 3 + [False] * 6


@cache
def theirs():
    """As anyone loads it."""
    return AutoModelForCausalLM.from_pretrained(folder("shakespeare"), dtype=torch.float32, attn_implementation="eager").eval()


@cache
def shown(width: int) -> list[Frame]:
    frames, _ = collect("attention", mode="look", text=TEXT, generate=0, beams=width)
    return phase(frames, "beam")


@pytest.mark.parametrize("width", [1, 2, 3, 4])
def test_what_is_found_is_what_transformers_finds(width: int) -> None:
    model = Pretrained("shakespeare")
    x = model.read(TEXT)[None]
    told = {"num_beams": width, "num_return_sequences": width, "length_penalty": 0.0} if width > 1 else {}
    with torch.no_grad():
        made = theirs().generate(
            x,
            attention_mask=torch.ones_like(x),
            max_new_tokens=BEAM_TOKENS,
            do_sample=False,
            pad_token_id=0,
            output_scores=True,
            return_dict_in_generate=True,
            **told,
        )
        written = ["".join(model.token(int(i)) for i in ids[x.shape[1] :]).replace("\n", "⏎") for ids in made.sequences]
        priced = [price.partition("  ")[::2] for price in shown(width)[-1].texts["branches"]]
        assert [text for _, text in priced] == written
        if width > 1:
            costs = (-made.sequences_scores / math.log(2)).tolist()
            assert [float(bits) for bits, _ in priced] == pytest.approx(costs, abs=0.006)
            assert shown(width)[-1].metrics["branch_bits"] == pytest.approx(costs[0], abs=1e-3)
            greedy = theirs().generate(x, attention_mask=torch.ones_like(x), max_new_tokens=BEAM_TOKENS, do_sample=False, pad_token_id=0)
            logits = theirs()(greedy).logits[0, x.shape[1] - 1 : -1].log_softmax(-1)
            cost = -logits[range(BEAM_TOKENS), greedy[0, x.shape[1] :]].sum().item() / math.log(2)
            assert shown(width)[-1].metrics["greedy_bits"] == pytest.approx(cost, abs=1e-3)


@pytest.mark.parametrize("width", [1, 3, 4])
def test_frames_are_what_run_says(width: int) -> None:
    assert [frame.step for frame in shown(width)] == list(range(1, BEAM_TOKENS + 1))
    for before, frame in zip([None, *shown(width)], shown(width), strict=False):
        tree = frame.arrays["tree"]
        assert tree.dtype == np.float32
        assert tree.shape == (len(frame.texts["tree"]), 4)
        assert tree[0].tolist() == [-1, 0, 0, 1]
        assert (tree[1:, 0] < np.arange(1, len(tree))).all(), "a parent comes first"
        assert tree[-int(frame.metrics["weighed"]) :, 3].sum() == frame.metrics["kept"] == width == len(frame.texts["branches"])
        bits = frame.arrays["candidate_bits"]
        assert len(bits) == frame.metrics["weighed"] == len(frame.texts["candidates"]) == len(frame.arrays["position"])
        assert (np.diff(bits) >= 0).all()
        assert bits[0] == pytest.approx(frame.metrics["branch_bits"])
        if before is not None:
            assert np.array_equal(tree[: len(before.arrays["tree"])], before.arrays["tree"]), "what has grown stays"
    assert len(shown(width)[-1].arrays["tree"]) <= 1 + width + (BEAM_TOKENS - 1) * max(width, 2) * width + 2


def test_no_beam_is_no_chapter() -> None:
    frames, _ = collect("attention", mode="look", text=TEXT, generate=0, beams=0)
    assert "beam" not in {frame.phase for frame in frames}


def test_luck_has_no_part_in_it() -> None:
    other, _ = collect("attention", mode="look", text=TEXT, generate=0, beams=3, seed=99, temperature=2.0, top_k=1)
    assert [frame.texts for frame in phase(other, "beam")] == [frame.texts for frame in shown(3)]


def test_what_the_lesson_says_of_the_poem_and_of_hamlet() -> None:
    presets = load("attention").presets
    for name, branch, greedy in (("tang", 18.5, 26), ("shakespeare", None, None)):
        frames, _ = collect("attention", **presets[name], generate=0)
        told = frames[-1].metrics
        assert Params(**presets[name]).beams == 3
        if branch is None:
            assert told["branch_bits"] == pytest.approx(told["greedy_bits"], abs=1e-3)
        else:
            assert (told["branch_bits"], told["greedy_bits"]) == pytest.approx((branch, greedy), abs=0.05)

"""Which heads switch, two sentences, mixed heads: against transformers' own attentions and sums written out."""

from collections.abc import Callable, Mapping
from functools import cache

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from transformers import AutoTokenizer, BertModel

from playground import lesson
from playground.concept import load
from playground.concepts.attention import decoder, looking, minilm
from playground.concepts.attention.comparing import shared, switches
from playground.concepts.attention.corpora import Corpus
from playground.concepts.attention.decoder import Operation, Seen, attend, no_operation
from playground.concepts.attention.models import Encoder, Trained
from playground.concepts.attention.params import Params, mixed_in
from playground.frame import Frame
from playground.params import Refused
from playground.words import LANGUAGES, sentence
from tests.playing import baked, collect, phase

CONCEPT = load("attention")
CLOSE = {"atol": 1e-5, "rtol": 1e-5}
MARKS = ("[CLS]", "[SEP]")
installed = pytest.mark.skipif(not (minilm.packaged() or minilm.cached()), reason="MiniLM is not on this machine")


def randn(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def flaws(**fields: object) -> list[tuple[str, str]]:
    """What is wrong with these, each with a sentence in both languages: before the run, else in it."""
    with pytest.raises(Refused) as refused:
        list(CONCEPT.run(CONCEPT.params.checked(fields)))
    assert all("{" not in sentence(lang, flaw) for flaw in refused.value.flaws for lang in LANGUAGES)
    return [(flaw.field, flaw.code) for flaw in refused.value.flaws]


# heads that mix


def mixing(layer: int, *heads: int) -> Operation:
    return Operation(torch.ones(1, 2, 4), torch.zeros(2, 4, dtype=torch.bool), mixed=((layer, heads),))


def test_mixed_heads_use_the_mean_of_their_attention() -> None:
    q, k, v = (randn(2, 4, 7, 8, seed=i) for i in range(3))
    taken, a = attend(q, k, v, mixing(1, 0, 2), 1)
    alone = [F.scaled_dot_product_attention(q, k, torch.eye(7).expand(2, 4, 7, 7), is_causal=True)[:, head] for head in range(4)]
    mean = (alone[0] + alone[2]) / 2  # torch's own, with values that spell the weights out
    for head, weights in enumerate((mean, alone[1], mean, alone[3])):
        assert torch.allclose(a[:, head], weights, **CLOSE)
        assert torch.allclose(taken[:, head], weights @ v[:, head], **CLOSE)
    assert torch.equal(attend(q, k, v, mixing(1, 0, 2), 0)[1], attend(q, k, v, no_operation(2, 4), 0)[1]), "the other layer is left alone"


def test_mixing_all_uniform_heads_changes_nothing() -> None:
    q, k, v = (randn(1, 4, 6, 8, seed=i) for i in range(3))
    uniform = torch.ones(2, 4, dtype=torch.bool)
    mixed, plain = (Operation(torch.ones(1, 2, 4), uniform, mixed=groups) for groups in (((0, (0, 1, 2, 3)),), ()))
    assert torch.allclose(attend(q, k, v, mixed, 0)[0], attend(q, k, v, plain, 0)[0], **CLOSE)


@installed
def test_minilms_mixed_heads_are_the_mean_of_transformers_own() -> None:
    look = shown(text=ANIMAL.format("tired"), mix="0.2+0.5+0.11")
    own = attentions(ANIMAL.format("tired"))[1][0]
    for head in (2, 5, 11):
        assert np.abs(look.arrays["attention"][0, head] / 255 - own[[2, 5, 11]].mean(0)).max() < 1 / 255
    assert np.abs(look.arrays["attention"][0, 3] / 255 - own[3]).max() < 1 / 255
    assert look.metrics["change"] > 1e-4


def test_mixing_costs_bits_in_a_model_that_guesses() -> None:
    (look,) = phase(collect("attention", mode="look", text="To be, or not to be", mix="0.0+0.1+0.2+0.3", generate=0)[0], "look")
    assert np.array_equal(look.arrays["attention"][0, 0], look.arrays["attention"][0, 3])
    assert look.metrics["loss"] != pytest.approx(look.metrics["loss_before"], abs=1e-3)


def test_groups_of_heads_are_read() -> None:
    assert mixed_in(" 3.2+3.1, 0.0+0.1+0.3") == ((3, (1, 2)), (0, (0, 1, 3)))
    assert mixed_in(" ") == ()
    for text in ["3.1", "3.1+2.1", "3.1+3.1", "0.0+0.1,0.1+0.2", "0.0+", "+", ",", "0.0+0.1,", "a+b", "0.0 0.1", "🙂🙂", "\u202e0.0+0.1"]:
        assert flaws(mix=text) == [("mix", "mix_bad")], text
    assert flaws(mix="0.0+0.4") == [("mix", "heads_none")]
    assert flaws(mix="9" * 10_000_000) == [("mix", "string_too_long")]


# two texts


ANIMAL, TROPHY = (CONCEPT.presets[name]["text"].replace(f"{word}.", "{}.") for name, word in (("tired", "tired"), ("large", "large")))


@cache
def shown(**fields: str) -> Frame:
    ((look,), _) = collect("attention", **({"mode": "look", "model": "minilm"} | fields))
    return look


@cache
def attentions(*texts: str) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Tokens, weights (layers, heads, t, t) and token types, as anyone gets them who loads MiniLM."""
    bert = BertModel.from_pretrained(minilm.folder(), dtype=torch.float32, attn_implementation="eager", add_pooling_layer=False).eval()
    tokenizer = AutoTokenizer.from_pretrained(minilm.folder())
    read = tokenizer(*texts, return_tensors="pt")
    with torch.no_grad():
        said = bert(**read, output_attentions=True).attentions
    tokens = [token.removeprefix("##") for token in tokenizer.convert_ids_to_tokens(read["input_ids"][0])]
    return tokens, torch.cat(said).numpy(), read["token_type_ids"][0].numpy()


def switched_by_hand(first: str, second: str) -> dict[str, tuple[str, str]]:
    """For texts that differ in one token: where `it` looks most among the others, by a loop."""
    (tokens, a, _), (others, b, _) = attentions(first), attentions(second)
    it, found = tokens.index("it"), {}
    places = [i for i, (x, y) in enumerate(zip(tokens, others, strict=True)) if x == y and x not in (*MARKS, "it")]
    for layer in range(6):
        for head in range(12):
            here = max(places, key=lambda i: a[layer, head, it, i])
            there = max(places, key=lambda i: b[layer, head, it, i])
            if here != there:
                found[f"{layer}.{head}"] = (tokens[here], others[there])
    return found


@installed
@pytest.mark.parametrize("preset", ["tired", "wide", "large", "small"])
def test_the_heads_that_switch_are_those_of_transformers(preset: str) -> None:
    fields = CONCEPT.presets[preset]
    look, by_hand = shown(**fields), switched_by_hand(fields["text"], fields["against"])
    assert {line.split()[0] for line in look.texts["switching"]} == set(by_hand)
    assert look.metrics["switched"] == len(by_hand) > 0 == look.metrics["unswitched"]
    assert look.metrics["heads_total"] == 72
    for line in look.texts["switching"]:
        here, there = by_hand[line.split()[0]]
        assert f"  {here} " in line
        assert f"→ {there} " in line


@installed
def test_the_chart_has_the_heads_of_which_most_moved() -> None:
    look = shown(**CONCEPT.presets["tired"])
    (tokens, a, _), (_, b, _) = attentions(ANIMAL.format("tired")), attentions(ANIMAL.format("wide"))
    it, last = tokens.index("it"), tokens.index("tired")
    words = [i for i in range(1, len(tokens) - 1) if i not in (it, last)]
    shift = np.abs(a[:, :, it, words] - b[:, :, it, words]).sum(-1) / 2
    assert np.allclose(look.arrays["shift"], shift, atol=1e-5)
    order = [divmod(int(i), 12) for i in np.argsort(-shift.ravel())[:10]]
    assert [turn.split()[0] for turn in look.texts["turns"]] == [f"{layer}.{head}" for layer, head in order]
    for name, weights in (("favourite", a), ("favourite_against", b)):
        assert np.allclose(look.arrays[name], [weights[layer, head, it, words].max() for layer, head in order], atol=1e-5)
    assert look.texts["turns"][0] == "3.1 animal", "it stays"
    assert "4.0 animal → street" in look.texts["turns"]


@installed
@pytest.mark.parametrize("preset", ["tired", "wide"])
def test_it_opens_on_the_head_that_moved_most_and_on_it(preset: str) -> None:
    look = shown(**CONCEPT.presets[preset])
    assert look.arrays["focus"].dtype == np.int16
    assert look.arrays["focus"].tolist() == [3, 1, look.texts["tokens"].index("it")]


@installed
def test_without_the_word_nothing_is_opened_and_without_another_text_the_head_that_matters() -> None:
    look = shown(text="Time flies.")
    assert look.arrays["focus"][2] == -1
    assert f"{look.arrays['focus'][0]}.{look.arrays['focus'][1]}" == look.texts["heads"][0]
    assert not {"switched", "unswitched", "across"} & look.metrics.keys()


@installed
def test_a_text_compared_with_itself_switches_nowhere_and_says_so() -> None:
    look = shown(text=ANIMAL.format("tired"), against=ANIMAL.format("tired"), ablate="2.3", mask="4")
    assert look.metrics["switched"] == 0
    assert look.metrics["unswitched"] == 72
    assert "switching" not in look.texts
    assert look.arrays["shift"].max() == pytest.approx(0, abs=1e-6)
    notes = {lang: lesson.load("attention", lang).captions["notes"] for lang in LANGUAGES}
    assert "No head" in notes["en"]["unswitched"]
    assert "没有一个头" in notes["zh"]["unswitched"]


def test_a_turn_is_one_less_the_cosine_and_exactly_none_of_what_is_equal() -> None:
    x, y = randn(5, 9), randn(5, 9, seed=1)
    by_hand = 1 - (x * y).sum(-1) / x.norm(dim=-1) / y.norm(dim=-1)
    assert torch.allclose(looking.turned(x, y), by_hand, **CLOSE)
    assert looking.turned(x, 3 * x).max() < 1e-12
    assert not looking.turned(x, x.clone()).any()


def test_switching_is_having_another_highest() -> None:
    both = torch.tensor([[[[0.5, 0.2, 0.1], [0.3, 0.3, 0.1]]], [[[0.1, 0.2, 0.4], [0.4, 0.2, 0.1]]]])
    found = switches(both)
    assert found.switched.tolist() == [[True, False]]
    assert found.shift[0].tolist() == pytest.approx([0.35, 0.1])
    assert found.weights[:, 0].flatten().tolist() == pytest.approx([0.5, 0.3, 0.4, 0.4])


def test_what_is_shared_stands_in_the_same_order_in_both() -> None:
    a, b = [7, 1, 2, 3, 4, 9], [7, 1, 5, 5, 3, 4, 2, 9]
    pairs = shared(a, b)
    assert pairs == [(0, 0), (1, 1), (3, 4), (4, 5), (5, 7)]
    assert shared([1, 2], [3]) == []


@installed
def test_texts_of_other_lengths_are_compared_where_they_agree() -> None:
    look = shown(text="The old dog barked because it was hungry.", against="The dog barked loudly because it was hungry and old.")
    assert look.metrics["heads_total"] == 72
    assert look.arrays["favourite"].max() <= 1
    assert not any(line.split()[1] == "loudly" or "→ loudly" in line for line in look.texts["switching"]), "the first text hasn't it"


@installed
def test_what_cannot_be_compared_is_one_sentence() -> None:
    minilm_looks = {"mode": "look", "model": "minilm", "text": ANIMAL.format("tired")}
    for fields, expected in (
        ({"against": "床前明月光"}, ("against", "english_only")),
        ({"second": "床前明月光"}, ("second", "english_only")),
        ({"against": "Nothing of the kind."}, ("word", "word_none")),
        ({"against": "it"}, ("against", "nothing_shared")),
        ({"against": ANIMAL.format("wide"), "word": "street animal"}, ("word", "word_none")),
        ({"against": ANIMAL.format("wide"), "word": ""}, ("word", "word_none")),
        ({"against": ANIMAL.format("wide"), "word": "[CLS]"}, ("word", "word_none")),
        ({"against": "it " * 140}, ("against", "text_too_long")),
        ({"second": "it " * 140}, ("text", "text_too_long")),
        ({"against": "a" * 10_000_000}, ("against", "string_too_long")),
        ({"second": "a" * 10_000_000}, ("second", "string_too_long")),
        ({"word": "a" * 10_000_000}, ("word", "string_too_long")),
    ):
        assert flaws(**minilm_looks, **fields) == [expected], fields


@installed
@pytest.mark.parametrize(
    "hostile", ["\u202eit\u202c <script>alert(1)</script>", "it 🙂👩‍👩‍👧", "it \x00\x07\ufeff", "שלום it", "[SEP] it [CLS]"]
)
def test_hostile_texts_are_read_like_any(hostile: str) -> None:
    look = shown(text=hostile + " and it", against=hostile + " or it", second=hostile)
    t = len(look.texts["tokens"])
    assert look.arrays["attention"].shape[-1] == look.arrays["special"].shape[0] == look.arrays["sentence"].shape[0] == t
    assert not any("\u202e" in text or "\x00" in text for texts in look.texts.values() for text in texts)


def test_texts_with_nothing_to_see_are_none() -> None:
    for text in ("", " \t", "\u202e\x00"):
        params = Params(mode="look", model="minilm", against=text, second=text) if minilm.offered() else Params(against=text)
        assert not params.compares
        assert params.other("second") == ""
    assert not Params(against="It is.").compares, "a model that guesses compares nothing"


# two sentences


@installed
def test_two_sentences_are_read_as_transformers_reads_them() -> None:
    preset = CONCEPT.presets["two"]
    look, (tokens, a, types) = shown(**preset), attentions(preset["text"], preset["second"])
    assert look.texts["tokens"] == tuple(tokens)
    assert look.arrays["sentence"].tolist() == types.tolist()
    assert look.arrays["special"].tolist() == [token in MARKS for token in tokens]
    assert look.arrays["special"].dtype == look.arrays["sentence"].dtype == np.uint8
    assert np.abs(look.arrays["attention"] / 255 - a).max() < 1 / 255
    assert look.metrics["change"] == 0
    crossing = [
        a[:, :, i, [j for j, token in enumerate(tokens) if types[j] != types[i] and token not in MARKS]].sum(-1).mean()
        for i, token in enumerate(tokens)
        if token not in MARKS
    ]
    assert look.metrics["across"] == pytest.approx(np.mean(crossing), abs=1e-5)


@installed
def test_one_sentence_is_the_first() -> None:
    look = shown(text=ANIMAL.format("tired"))
    assert not look.arrays["sentence"].any()
    assert look.arrays["special"].tolist() == [1, *[0] * 14, 1]


@installed
def test_which_sentence_a_token_is_of_matters_to_the_model() -> None:
    model, seen = Encoder(), (Seen(), Seen())
    ids, sentence = model.pair("The dog chased the cat.", "It ran up a tree.")
    with torch.no_grad():
        for each, types in zip(seen, (sentence, None), strict=True):
            model.vectors(ids[None], no_operation(6, 12), each, types)
    assert (seen[0].attention[0] - seen[1].attention[0]).abs().max() > 1e-3


# longer than was practised


def test_a_text_longer_than_the_context_is_remarked_on() -> None:
    w = decoder.draw(torch.Generator().manual_seed(1), 11, 2, 32)
    model = Trained(w, Corpus("□abcdefghij", torch.arange(11), torch.arange(11)), 2, 4, 48)
    for length in (100, 49, 48, 3):
        look, _ = looking.look(looking.subject(Params(text="a" * length), model))
        assert look.metrics["beyond"] == max(0, length - 48)
        assert look.metrics["context"] == 48
    assert "beyond" in CONCEPT.scene(Params()).notes
    (look,) = phase(collect("attention", mode="look", text="a" * 128, generate=0)[0], "look")
    assert look.metrics["beyond"] == 0, "the shipped models have practised 128"


# what the lessons say


@installed
def test_what_the_lesson_says_of_switching() -> None:
    tired, large = (
        switched_by_hand(text.format(one), text.format(two)) for text, one, two in ((ANIMAL, "tired", "wide"), (TROPHY, "large", "small"))
    )
    nouns = {head for head, pair in tired.items() if set(pair) == {"animal", "street"}}
    assert len(tired) == 12
    assert nouns == {"4.0", "4.2", "5.10"}
    assert tired["4.0"] == ("animal", "street")
    assert tired["4.2"] == tired["5.10"] == ("street", "animal")
    assert any(line.startswith("4.0  animal 0.10 → street 0.19") for line in shown(**CONCEPT.presets["tired"]).texts["switching"])
    assert len(large) == 3
    assert not any(set(pair) == {"trophy", "suitcase"} for pair in large.values())
    weights = [float(word) for line in shown(**CONCEPT.presets["large"]).texts["switching"] for word in line.split() if "0." in word[:2]]
    assert len(weights) == 6
    assert max(weights) < 0.1
    assert shown(**CONCEPT.presets["two"]).metrics["across"] == pytest.approx(0.18, abs=0.005)
    for lang, said in (("en", ("12 of 72", "3 of 72", "18%")), ("zh", ("72 个头中有 12 个", "72 个头中有 3 个", "18%"))):
        body = lesson.load("attention", lang).body
        assert all(part in body for part in said)


def answer(check: dict, metrics: dict) -> int:
    """As checks.js judges."""
    value = metrics[check["value"]] / (metrics[check["over"]] if "over" in check else 1)
    return next(i for i, option in enumerate(check["options"]) if value < option.get("below", np.inf))


def asked(check: dict, fields: dict) -> bool:
    """As when.js decides; * is any text."""
    params = Params(**fields)
    own = {name: str(getattr(params, name)) for name in check["when"]}
    return all(own[name].strip() if values == "*" else own[name] in values.split("|") for name, values in check["when"].items())


def answers(check: dict, measured: Callable[[str], Mapping[str, float]]) -> set[int]:
    """Which of a check's options the presets that it asks about prove right."""
    return {answer(check, measured(name)) for name in HERE if asked(check, CONCEPT.presets[name])}


HERE = [name for name, fields in CONCEPT.presets.items() if minilm.packaged() or minilm.cached() or fields.get("model") != "minilm"]


@cache
def looked_at(preset: str) -> Mapping[str, float]:
    (look,) = phase(collect("attention", **(CONCEPT.presets[preset] | {"generate": 0}))[0], "look")
    return look.metrics


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_is_asked_before_a_look_has_more_than_one_answer(lang: str) -> None:
    checks = [check for check in lesson.load("attention", lang).checks if check["when"]["mode"] == "look"]
    assert [check["phase"] for check in checks] == ["look", "look"]
    for check in checks:
        found = answers(check, looked_at)
        assert len(found) > 1 or (not found and check["when"]["model"] == "minilm")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_is_asked_before_a_training_has_more_than_one_answer(lang: str) -> None:
    check = lesson.load("attention", lang).checks[0]
    assert len(answers(check, lambda preset: phase(baked("attention", preset), check["phase"])[-1].metrics)) > 1

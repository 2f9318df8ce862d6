"""MiniLM, looked into and operated on, against transformers' own and sums written out."""

import gzip
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import BertModel

from playground.concept import load
from playground.concepts.attention import minilm
from playground.concepts.attention.decoder import Seen, no_operation
from playground.concepts.attention.models import Encoder
from playground.concepts.attention.params import Params
from playground.frame import Frame, encode
from playground.params import Refused
from tests.concepts.attention.test_attention import CLOSE, code
from tests.playing import collect

installed = pytest.mark.skipif(not (minilm.packaged() or minilm.cached()), reason="MiniLM is not on this machine")
ANIMAL = "The animal didn't cross the street because it was too {}."


def shown(**fields: object) -> list[Frame]:
    frames, _ = collect("attention", mode="look", model="minilm", **fields)
    return frames


@cache
def bert():
    """As anyone loads it."""
    return BertModel.from_pretrained(minilm.folder(), dtype=torch.float32, attn_implementation="eager", add_pooling_layer=False).eval()


@installed
def test_minilms_attention_is_transformers_own() -> None:
    model, seen = Encoder(), Seen()
    x = model.read(ANIMAL.format("tired"))[None]
    with torch.no_grad():
        said = bert()(x, output_attentions=True)
        vectors = model.vectors(x, no_operation(6, 12), seen)
    assert torch.allclose(vectors, said.last_hidden_state, atol=1e-5)
    for ours, other in zip(seen.attention, said.attentions, strict=True):
        assert torch.allclose(ours, other[0], **CLOSE)


@installed
@pytest.mark.parametrize(("word", "animal", "street"), [("tired", 0.68, 0.05), ("wide", 0.28, 0.12)])
def test_what_the_lesson_says_of_the_animal(word: str, animal: float, street: float) -> None:
    (look,) = shown(text=ANIMAL.format(word))
    tokens = look.texts["tokens"]
    row = look.arrays["attention"][3, 1, tokens.index("it")] / 255
    assert row[tokens.index("animal")] == pytest.approx(animal, abs=0.01)
    assert row[tokens.index("street")] == pytest.approx(street, abs=0.01)


@installed
def test_minilms_effects_are_angles() -> None:
    (look,) = shown(text=ANIMAL.format("tired"), ablate="3.1")
    assert look.arrays["effect"].shape == (6, 12)
    assert look.arrays["effect"][3, 1] == pytest.approx(0, abs=1e-6)
    x, gone = Encoder().read(ANIMAL.format("tired"))[None], BertModel.from_pretrained(minilm.folder(), add_pooling_layer=False).eval()
    with torch.no_grad():
        plain = bert()(x).last_hidden_state[0]
        gone.encoder.layer[3].attention.output.dense.weight[:, 32:64] = 0
        without = gone(x).last_hidden_state[0]
    by_hand = 1 - (plain * without).sum(-1) / plain.norm(dim=-1) / without.norm(dim=-1)
    assert np.allclose(look.arrays["token_change"], by_hand.numpy(), atol=1e-4)
    assert look.metrics["change"] > 1e-3
    (same,) = shown(text=ANIMAL.format("tired"))
    assert same.metrics["change"] == pytest.approx(0, abs=1e-6)


@installed
def test_minilm_refuses_what_it_cannot_read_in_one_sentence() -> None:
    assert code(mode="look", model="minilm", text="床前明月光") == "english_only"
    for fields, expected in (
        ({"text": "a " * 140}, "text_too_long"),
        ({"text": "a b", "mask": "9"}, "place_none"),
        ({"text": "a b", "replace": "1:xqzt"}, "replace_one"),
    ):
        with pytest.raises(Refused) as refused:
            shown(**fields)
        assert [flaw.code for flaw in refused.value.flaws] == [expected]


@installed
def test_all_heads_of_64_tokens_are_light() -> None:
    frames = shown(text="the king and the queen of the sea " * 8)
    assert 62 <= len(frames[0].texts["tokens"]) <= 68
    assert len(gzip.compress(b"".join(encode(frames)), 6)) <= 500_000


def test_minilm_is_refused_where_it_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(minilm, "packaged", lambda: None)
    monkeypatch.setattr(minilm, "cached", lambda: None)
    assert "minilm" not in Params.model_json_schema()["properties"]["model"]["enum"]
    assert code(mode="look", model="minilm") == "minilm_missing"


def test_another_minilm_is_not_opened(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"something else")
    monkeypatch.setattr(minilm, "packaged", lambda: tmp_path)
    minilm.folder.cache_clear()
    with pytest.raises(Refused, match="minilm_other"):
        minilm.folder()


@installed
def test_a_mark_that_a_person_types_is_letters_like_any_other() -> None:
    model = Encoder()
    for said in ("one [SEP] two", "[CLS] [MASK] [PAD] [UNK]"):
        x = model.read(said)
        assert model.special(x).tolist() == [True, *[False] * (len(x) - 2), True]
        assert model.unknown(x) == 0
    assert [model.token(int(i)) for i in model.read("[SEP]")] == ["[CLS]", "[", "sep", "]", "[SEP]"]
    assert model.pair("a [SEP] b", "c")[1].tolist() == [0] * 7 + [1] * 2
    with pytest.raises(Refused, match="replace_one"):
        model.one("[SEP]")


@installed
def test_what_was_not_operated_on_is_not_compared_with_itself() -> None:
    concept = load("attention")
    for fields, charts in (({}, {"worth"}), ({"ablate": "3.1"}, {"moved", "worth"})):
        scene = concept.scene(concept.params(mode="look", model="minilm", **fields))
        assert {chart.key for chart in scene.charts} == charts
    plain, off = (concept.scene(concept.params(mode="look", ablate=ablate)) for ablate in ("", "0.0"))
    for chart, other in zip(plain.charts, off.charts, strict=True):
        assert len(other.series) - len(chart.series) == (chart.key in ("surprise", "guesses"))

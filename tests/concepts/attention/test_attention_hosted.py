"""Models of a hub that is not there: any small causal one is looked into as transformers itself would; of others one sentence is said."""

import json
import math
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import (
    AutoModelForCausalLM,
    BertConfig,
    BertForMaskedLM,
    BloomConfig,
    BloomForCausalLM,
    GPT2Config,
    GPT2LMHeadModel,
    GPTNeoXConfig,
    GPTNeoXForCausalLM,
    LlamaConfig,
    LlamaForCausalLM,
    OPTConfig,
    OPTForCausalLM,
    PreTrainedTokenizerFast,
)

from playground.concept import load
from playground.concepts.attention import hosted
from playground.concepts.attention.decoder import Operation, Seen, no_operation
from playground.concepts.attention.hosted import Hosted
from playground.concepts.attention.params import SIZES, Params
from playground.frame import Frame
from playground.params import Flaw, Refused
from playground.words import LANGUAGES, sentence
from tests.playing import collect, phase

NAME = "some/model"
TEXT = "the cat sat on the mat, and the dog sat"


@pytest.fixture
def hub_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache, no network, and a host that allows two models."""
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setenv("PLAYGROUND_HUB_MODELS", f"{NAME}, some/other")
    monkeypatch.delitem(SIZES, NAME, raising=False)
    return tmp_path


def words() -> PreTrainedTokenizerFast:
    """A tokeniser of bytes and pairs of them, as GPT-2 has one."""
    tokens = Tokenizer(models.BPE())
    tokens.pre_tokenizer, tokens.decoder = pre_tokenizers.ByteLevel(add_prefix_space=False), decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    tokens.train_from_iterator([TEXT] * 20, trainers.BpeTrainer(vocab_size=300, initial_alphabet=alphabet, show_progress=False))
    return PreTrainedTokenizerFast(tokenizer_object=tokens)


SHAPE = {"vocab_size": 300, "hidden_size": 32, "num_hidden_layers": 3, "num_attention_heads": 4, "max_position_embeddings": 64}
GPT2 = {"vocab_size": 300, "n_embd": 32, "n_layer": 3, "n_head": 4, "n_positions": 64}
ENDS = {"bos_token_id": None, "eos_token_id": None}
KINDS: dict[str, tuple[Any, Any]] = {
    "gpt2": (GPT2LMHeadModel, GPT2Config(**GPT2, **ENDS, scale_attn_by_inverse_layer_idx=True)),
    "pythia": (GPTNeoXForCausalLM, GPTNeoXConfig(**SHAPE, **ENDS, intermediate_size=64)),
    "llama": (LlamaForCausalLM, LlamaConfig(**SHAPE, **ENDS, intermediate_size=64, num_key_value_heads=2)),
    "opt": (OPTForCausalLM, OPTConfig(**SHAPE, ffn_dim=64, word_embed_proj_dim=32)),
}


def drawn(kind: Any, config: Any) -> Any:
    """Random weights, large enough that heads differ."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        net = kind(config).eval()
        for p in net.parameters():
            p.data.add_(0.1 * torch.randn(p.shape))
        return net


def keep(cache: Path, name: str, net: Any) -> Path:
    """Lay a model into a cache as huggingface_hub keeps those it has fetched."""
    folder = cache / f"models--{name.replace('/', '--')}"
    files = folder / "snapshots" / ("0" * 40)
    net.save_pretrained(files)
    words().save_pretrained(files)
    (folder / "refs").mkdir()
    (folder / "refs" / "main").write_text("0" * 40)
    return files


def shown(**fields: Any) -> list[Frame]:
    return collect("attention", **({"mode": "look", "model": NAME, "text": TEXT, "generate": 3, "beams": 2} | fields))[0]


@pytest.mark.parametrize("kind", KINDS)
def test_a_model_of_the_hub_is_looked_into(hub_cache: Path, kind: str) -> None:
    files = keep(hub_cache, NAME, drawn(*KINDS[kind]))
    plain = AutoModelForCausalLM.from_pretrained(files, dtype=torch.float32, attn_implementation="eager").eval()
    model, seen = Hosted(NAME), Seen()
    x = model.read(TEXT)[None]
    with torch.no_grad():
        said = plain(x, output_attentions=True)
        stream = model.stream(x, no_operation(3, 4), seen)
    for ours, theirs in zip(seen.attention, said.attentions, strict=True):
        assert torch.allclose(ours, theirs[0], atol=1e-5)
    assert torch.allclose(model.guess(stream), said.logits, atol=1e-4)
    frames = shown()
    (look,) = phase(frames, "look")
    assert look.arrays["attention"].shape == (3, 4, x.shape[1], x.shape[1])
    assert "".join(look.texts["tokens"]).replace("␣", " ") == TEXT
    bits = torch.nn.functional.cross_entropy(said.logits[0, :-1], x[0, 1:], reduction="none") / math.log(2)
    assert np.allclose(look.arrays["token_loss"][1:], bits.numpy(), atol=1e-3)
    assert len(phase(frames, "lens")) == 4
    assert phase(frames, "lens")[-1].metrics["final"] == pytest.approx(said.logits[0, -1].softmax(-1).max().item(), abs=1e-4)
    made = plain.generate(
        x, attention_mask=torch.ones_like(x), max_new_tokens=8, num_beams=2, length_penalty=0.0, do_sample=False, pad_token_id=0
    )
    if plain.config.eos_token_id is None:
        told = phase(frames, "beam")[-1].texts["branches"][0].partition("  ")[2]
        assert told == model.tokens.decode(made[0, x.shape[1] :]).replace("\n", "⏎")


def test_its_heads_can_be_taken_out(hub_cache: Path) -> None:
    net = drawn(*KINDS["gpt2"])
    keep(hub_cache, NAME, net)
    model, gates = Hosted(NAME), torch.ones(1, 3, 4)
    gates[0, 1, 2] = 0
    x = model.read(TEXT)[None]
    with torch.no_grad():
        ours = model.guess(model.stream(x, Operation(gates, torch.zeros(3, 4, dtype=torch.bool))))
        net.transformer.h[1].attn.c_proj.weight[16:24] = 0
        assert torch.allclose(ours, net(x).logits, atol=1e-4)
    (whole,), (without,) = (phase(shown(ablate=heads, generate=0), "look") for heads in ("", "1.2"))
    assert without.metrics["loss_before"] == whole.metrics["loss"] != without.metrics["loss"]
    assert without.metrics["loss"] - whole.metrics["loss"] == pytest.approx(float(whole.arrays["effect"][1, 2]), abs=1e-4)


def test_words_are_its_own(hub_cache: Path) -> None:
    keep(hub_cache, NAME, drawn(*KINDS["gpt2"]))
    (look,) = phase(shown(text="猫 sat on the 🙂", generate=0, replace="1:c"), "look")
    assert "�" in "".join(look.texts["tokens"]), "a byte alone is no character"
    frames = shown(text="猫 sat", generate=1)
    assert phase(frames, "generate")[0].texts["written"][0].startswith("猫 sat"), "all bytes together are"
    assert Hosted(NAME).one(" the") == Hosted(NAME).read(" the")[0]


# what is said of others


def code_of(**fields: Any) -> str:
    """Of a model that is opened for the first time."""
    SIZES.pop(NAME, None)
    with pytest.raises(Refused) as refused:
        shown(**fields)
    for lang in LANGUAGES:
        said = sentence(lang, refused.value.flaws[0])
        assert said != sentence(lang, Flaw("", "no such code"))
        assert "{" not in said
    return refused.value.flaws[0].code


def test_what_does_not_fit_it_is_one_sentence(hub_cache: Path) -> None:
    keep(hub_cache, NAME, drawn(*KINDS["gpt2"]))
    assert code_of(text="the cat " * 60) == "text_too_long"
    for name in ("ablate", "keep", "uniform"):
        assert code_of(**{name: "3.0"}) == "heads_none"
    assert code_of(mask="99") == "place_none"
    assert code_of(replace="1:xqzt") == "replace_one"


def test_what_guesses_nothing_is_not_loaded(hub_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = keep(hub_cache, NAME, drawn(BertForMaskedLM, BertConfig(**SHAPE, intermediate_size=64)))
    monkeypatch.setattr(hosted, "loaded", lambda _: pytest.fail("it was opened"))
    assert code_of() == "causal_unfit"
    for config in ("[]", "{", "{}", '{"architectures": null}', '{"architectures": [3]}'):
        (files / "config.json").write_text(config)
        assert code_of() == "causal_unfit"


def test_code_from_the_hub_is_not_run(hub_cache: Path) -> None:
    files = keep(hub_cache, NAME, drawn(*KINDS["gpt2"]))
    config = json.loads((files / "config.json").read_text())
    own = {"model_type": "strange", "auto_map": {"AutoConfig": "evil.Config", "AutoModelForCausalLM": "evil.Model"}}
    (files / "config.json").write_text(json.dumps(config | own))
    (files / "evil.py").write_text(f"open({str(hub_cache / 'ran')!r}, 'w')")
    assert code_of() == "causal_unfit"
    assert not (hub_cache / "ran").exists()


def test_weights_in_pickle_are_not_opened(hub_cache: Path) -> None:
    files = keep(hub_cache, NAME, drawn(*KINDS["gpt2"]))
    torch.save(load_file(files / "model.safetensors"), files / "pytorch_model.bin")
    (files / "model.safetensors").unlink()
    assert code_of() == "causal_unfit"


def test_attention_that_is_not_ours_is_not_shown(hub_cache: Path) -> None:
    """Bloom leans on distances inside its own attention."""
    keep(hub_cache, NAME, drawn(BloomForCausalLM, BloomConfig(vocab_size=300, hidden_size=32, n_layer=3, n_head=4, **ENDS)))
    assert code_of() == "causal_unfit"


def test_what_takes_too_long_is_one_sentence(hub_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(hub_cache, NAME, drawn(*KINDS["gpt2"]))
    model = Hosted(NAME)
    products = sum(p.numel() for p in model.net.parameters()) * (3 * 4 + 1)
    monkeypatch.setattr(hosted, "MOST_PRODUCTS", 16.5 * products)
    assert Hosted(NAME).longest == 16
    assert code_of(text=TEXT * 2) == "text_too_long"
    monkeypatch.setattr(hosted, "MOST_PRODUCTS", 15.5 * products)
    assert code_of() == "causal_too_big"
    for lang in LANGUAGES:
        assert f"{hosted.MOST_BYTES // 1_000_000} MB" in sentence(lang, hosted.TOO_BIG)


def test_without_a_network_is_one_sentence(hub_cache: Path) -> None:
    assert code_of(model="some/other") == "hub_unreachable"


def test_what_the_host_does_not_allow_is_refused_before_any_work(hub_cache: Path) -> None:
    with pytest.raises(Refused) as refused:
        Params.from_query("mode=look&model=some/evil")
    assert [flaw.field for flaw in refused.value.flaws] == ["model"]
    assert Params.model_json_schema()["properties"]["model"]["enum"][-2:] == [NAME, "some/other"]


def test_a_host_that_says_nothing_allows_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PLAYGROUND_HUB_MODELS", raising=False)
    assert all("/" not in name for name in Params.model_json_schema()["properties"]["model"]["enum"])


def test_frames_have_room_whatever_it_is(hub_cache: Path) -> None:
    assert load("attention").frames(Params(mode="look", model=NAME, generate=48, beams=4)) <= 130


@pytest.fixture
def hub_server(hub_cache: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[set[str]]:
    """A hub on this machine: some/model weighs too much, some/other is gated. What it was asked for."""
    from huggingface_hub import constants

    asked = set()

    class Hub(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            asked.add(path)
            gated, known = "some/other" in path, path.startswith("/api/models/some/")
            files = [{"rfilename": f"model-{i}.safetensors", "size": hosted.MOST_BYTES // 2 + 1} for i in range(2 - gated)]
            if gated and "/resolve/" in path:
                return self.answer(403, {"error": "gated"}, "GatedRepo")
            if "/tree/" in path:
                return self.answer(200, [{"type": "file", "path": "config.json", "size": 9, "oid": "0" * 40}])
            if not known:
                return self.answer(404, {"error": "Repository not found"}, "RepoNotFound")
            return self.answer(200, {"id": "some/model", "sha": "0" * 40, "siblings": [*files, {"rfilename": "config.json", "size": 9}]})

        def do_HEAD(self) -> None:
            self.do_GET()

        def answer(self, status: int, told: Any, code: str = "") -> None:
            body = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            if code:
                self.send_header("X-Error-Code", code)
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    here = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setattr(constants, "ENDPOINT", here)
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", here + "/{repo_id}/resolve/{revision}/{filename}")
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setenv("PLAYGROUND_HUB_MODELS", f"{NAME}, some/other, gone/away")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield asked
    server.shutdown()


def test_the_hubs_own_answers_are_one_sentence(hub_server: set[str]) -> None:
    assert code_of(model="gone/away") == "hub_not_found"
    assert code_of() == "causal_too_big"
    assert {path for path in hub_server if "some" in path or "away" in path} == {"/api/models/gone/away", "/api/models/some/model"}, (
        "no file"
    )
    with pytest.raises(Refused) as refused:
        shown(model="some/other")
    assert refused.value.flaws[0].code == "hub_gated", repr(refused.value.__cause__)

"""The models that are looked at, all in one form: the decoder trained here, and transformers' own, whose attention is computed by ours."""

from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor

from playground import texts
from playground.concepts.attention import decoder, minilm
from playground.concepts.attention.corpora import Corpus
from playground.concepts.attention.decoder import Operation, Seen
from playground.concepts.attention.design import STANDARD, Design
from playground.concepts.attention.params import PASSAGE, SIZES
from playground.concepts.attention.shipped import UNKNOWN, folder
from playground.nets.mlp import Weights
from playground.params import Flaw, Refused

TOGETHER = 16
NORMS = ("norm", "ln_f", "final_layer_norm", "final_layernorm")  # what models call the one before the guess
AS_TEXT = {"split_special_tokens": True}  # a mark of the model's own, typed by a person, is letters like any other
WRITTEN_OUT = "written_out"  # the name under which transformers calls our attention


class Model(Protocol):
    """What looking asks of a causal model. `context` is how far back it learnt to look, `passage` what it is shown without a text."""

    layers: int
    heads: int
    context: int

    @property
    def passage(self) -> str: ...

    @property
    def together(self) -> int:
        """Heads that are taken out in one batch, each in a copy of the text."""
        ...

    def read(self, text: str) -> Int64[Tensor, " t"]: ...

    def one(self, text: str) -> int:
        """The one token that this is."""
        ...

    def token(self, i: int) -> str: ...

    def text(self, ids: Int64[Tensor, " t"]) -> str: ...

    def stream(self, ids: Int64[Tensor, "b t"], operation: Operation, seen: Seen | None = None) -> Float[Tensor, "b t w"]:
        """The residual stream after the last layer."""
        ...

    def guess(self, x: Float[Tensor, "*b w"]) -> Float[Tensor, "*b v"]:
        """Logits of the next token, of the stream after any layer."""
        ...


@dataclass
class Trained:
    """The decoder that was trained on this page."""

    w: Weights
    of: Corpus
    layers: int
    heads: int
    context: int
    design: Design = STANDARD
    together: int = TOGETHER

    @property
    def passage(self) -> str:
        return "".join(self.of.alphabet[i] for i in self.of.passage)

    def read(self, text: str) -> Int64[Tensor, " t"]:
        return self.of.read(text)

    def one(self, text: str) -> int:
        return int(self.read(text)[0])

    def token(self, i: int) -> str:
        return self.of.alphabet[i]

    def text(self, ids: Int64[Tensor, " t"]) -> str:
        return "".join(self.token(int(i)) for i in ids)

    def stream(self, ids: Int64[Tensor, "b t"], operation: Operation, seen: Seen | None = None) -> Float[Tensor, "b t w"]:
        return decoder.stream(self.w, ids, self.heads, operation, seen, self.design)

    def guess(self, x: Float[Tensor, "*b w"]) -> Float[Tensor, "*b v"]:
        return decoder.logits(self.w, x, self.design)


class Causal:
    """A causal model of transformers, in single precision: its body, the norm at its end, and what makes guesses of that."""

    def __init__(self, net: Any):
        self.net, self.layers, self.heads = net, net.config.num_hidden_layers, net.config.num_attention_heads
        self.body = getattr(net.base_model, "decoder", net.base_model)
        self.norm = next(getattr(self.body, name) for name in NORMS if hasattr(self.body, name))

    def stream(self, ids: Int64[Tensor, "b t"], operation: Operation, seen: Seen | None = None) -> Float[Tensor, "b t w"]:
        kept: list[Tensor] = []
        last = self.norm.register_forward_pre_hook(lambda _, given: kept.append(given[0]))
        try:
            said = self.body(ids, operation=operation, seen=seen, output_hidden_states=seen is not None, use_cache=False)
        finally:
            last.remove()
        if seen is not None:
            seen.states += [*(x[0] for x in said.hidden_states[:-1]), kept[0][0]]
        return kept[0]

    def guess(self, x: Float[Tensor, "*b w"]) -> Float[Tensor, "*b v"]:
        return self.net.get_output_embeddings()(self.norm(x))


class Pretrained(Causal):
    """A shipped Llama, as it was saved. It reads characters."""

    together = TOGETHER

    def __init__(self, name: str):
        self.tokens, net = load(name)
        super().__init__(net)
        self.name, self.context = name, net.config.max_position_embeddings

    @property
    def passage(self) -> str:
        return texts.TEXTS[self.name]().held_out[:PASSAGE]

    def read(self, text: str) -> Int64[Tensor, " t"]:
        return torch.tensor(self.tokens.encode(text, add_special_tokens=False), dtype=torch.long)

    def one(self, text: str) -> int:
        return int(self.read(text)[0])

    def token(self, i: int) -> str:
        return self.tokens.convert_ids_to_tokens(i)

    def text(self, ids: Int64[Tensor, " t"]) -> str:
        return "".join(self.token(int(i)) for i in ids)


def pieces(tokens: Any, text: str) -> list[int]:
    """A text's tokens and none beside."""
    return tokens.encode(text, add_special_tokens=False, **AS_TEXT)


def one_of(tokens: Any, text: str) -> int:
    """The one token that this is. Raises Refused where it is none or several."""
    found = pieces(tokens, text)
    if len(found) != 1:
        raise Refused(Flaw("replace", "replace_one"))
    return found[0]


class Encoder:
    """MiniLM: every token sees all others, and what comes out is a description of each, not a guess."""

    layers, heads = SIZES["minilm"]
    passage = "The animal didn't cross the street because it was too tired."

    def __init__(self) -> None:
        self.tokens, self.net = load_encoder()

    def read(self, text: str) -> Int64[Tensor, " t"]:
        return torch.tensor(self.tokens.encode(text, **AS_TEXT), dtype=torch.long)

    def pair(self, text: str, second: str) -> tuple[Int64[Tensor, " t"], Int64[Tensor, " t"]]:
        """The tokens of one sentence, or of two, and which of the two each belongs to."""
        said = self.tokens(text, second or None, **AS_TEXT)
        return torch.tensor(said["input_ids"]), torch.tensor(said["token_type_ids"])

    def special(self, ids: Int64[Tensor, " t"]) -> Bool[Tensor, " t"]:
        """Which tokens are no part of a text, but mark its beginning and its end."""
        return (ids == self.tokens.cls_token_id) | (ids == self.tokens.sep_token_id)

    def places(self, word: str, ids: Int64[Tensor, " t"]) -> list[int]:
        """Where the text has this word; nowhere, if it is more than one token."""
        found = pieces(self.tokens, word)
        return (~self.special(ids) & (ids == found[0])).nonzero()[:, 0].tolist() if len(found) == 1 else []

    def one(self, text: str) -> int:
        """The one token that this is. Raises Refused where it is none or several."""
        return one_of(self.tokens, text)

    def token(self, i: int) -> str:
        return self.tokens.convert_ids_to_tokens(i).removeprefix("##")

    def unknown(self, ids: Int64[Tensor, " t"]) -> int:
        return int((ids == self.tokens.unk_token_id).sum())

    def vectors(
        self, ids: Int64[Tensor, "b t"], operation: Operation, seen: Seen | None = None, sentence: Int64[Tensor, " t"] | None = None
    ) -> Float[Tensor, "b t w"]:
        """What comes out for each token."""
        types = torch.zeros_like(ids) if sentence is None else sentence.expand_as(ids)
        return self.net(ids, token_type_ids=types, operation=operation, seen=seen).last_hidden_state


def written_out(
    module: Any, query: Tensor, key: Tensor, value: Tensor, mask: Any, *, operation: Operation, seen: Seen | None = None, **rest: Any
) -> tuple[Tensor, Tensor]:
    """Our attention where transformers calls its own: queries and keys come turned by their places already."""
    many = query.shape[1] // key.shape[1]  # queries that share a key, where a model saves on keys
    key, value = (each.repeat_interleave(many, 1) for each in (key, value))
    taken, a = decoder.attend(query, key, value, operation, module.layer_idx, causal=module.is_causal, scale=rest["scaling"])
    if seen is not None:
        seen.note(query, key, a)
    return taken.transpose(1, 2), a


def transformers_with_ours() -> Any:
    """The library, which now knows our attention by its name."""
    import transformers

    transformers.utils.logging.disable_progress_bar()
    transformers.utils.logging.set_verbosity_error()  # it would report the pooling layer that is left out
    transformers.AttentionInterface.register(WRITTEN_OUT, written_out)
    return transformers


@cache
def load_encoder() -> tuple[Any, Any]:
    """Tokeniser and model of MiniLM. Raises Refused."""
    library, here = transformers_with_ours(), minilm.folder()
    with torch.random.fork_rng(devices=[]):
        net = library.BertModel.from_pretrained(
            here,
            dtype=torch.float32,
            attn_implementation=WRITTEN_OUT,
            add_pooling_layer=False,
            use_safetensors=True,
            local_files_only=True,
        )
    return library.AutoTokenizer.from_pretrained(here, local_files_only=True), net.eval().requires_grad_(False)


@cache
def load(name: str) -> tuple[Any, Any]:
    """Tokeniser and model of a shipped folder; read once for all runs that are forked here."""
    library = transformers_with_ours()
    with torch.random.fork_rng(devices=[]):
        net = library.AutoModelForCausalLM.from_pretrained(
            folder(name), dtype=torch.float32, attn_implementation=WRITTEN_OUT, use_safetensors=True, local_files_only=True
        )
    return library.AutoTokenizer.from_pretrained(folder(name), local_files_only=True), net.eval().requires_grad_(False)


def unknown(model: Model, ids: Int64[Tensor, " t"]) -> int:
    """How many tokens stand for characters that the model has never met."""
    return sum(model.token(int(i)) == UNKNOWN for i in ids)

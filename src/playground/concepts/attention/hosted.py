"""Small causal models of the Hugging Face hub, of any architecture in which our attention computes what transformers' own does."""

import json
from pathlib import Path
from typing import Any

import torch
from jaxtyping import Int64
from torch import Tensor

from playground import hub
from playground.concepts.attention.decoder import Seen, no_operation
from playground.concepts.attention.models import AS_TEXT, TOGETHER, WRITTEN_OUT, Causal, one_of, transformers_with_ours
from playground.concepts.attention.params import MOST_SIZE, MOST_TOKENS, SIZES, Params, headless, misfits
from playground.params import Flaw, Refused

MOST_BYTES = 600_000_000  # of weights: GPT-2's smallest has 548 MB
MOST_PRODUCTS = 1.5e12  # multiply-adds of a look: taking each head out once is what takes long
LEAST_TOKENS = 16  # that a model must leave room for
MOST_LOGITS = 2**25  # held at once
FILES = ["config.json", "generation_config.json", "model*.safetensors", "model.safetensors.index.json"]
FILES += ["tokenizer*", "vocab*", "merges.txt", "special_tokens_map.json", "added_tokens.json"]
TOO_BIG = Flaw("model", "causal_too_big")


class Hosted(Causal):
    """A model of the hub, once it is fetched and has shown that it can be looked into."""

    passage = "When Mary and John went to the store, John gave a drink to"  # Wang et al. 2022

    def __init__(self, name: str):
        self.tokens, net = loaded(fetched(name))
        super().__init__(net)
        self.context = getattr(self.net.config, "max_position_embeddings", None) or MOST_TOKENS
        vocabulary = self.net.get_output_embeddings().weight.shape[0]
        self.together = max(1, min(TOGETHER, MOST_LOGITS // (MOST_TOKENS * vocabulary)))
        if self.longest < LEAST_TOKENS or self.layers > MOST_SIZE[0] or self.heads > MOST_SIZE[1]:
            raise Refused(TOO_BIG)

    @property
    def longest(self) -> int:
        """Tokens of a text for which every head can be taken out once in reasonable time."""
        parameters = sum(p.numel() for p in self.net.parameters())
        return min(MOST_TOKENS, self.context, int(MOST_PRODUCTS / (parameters * (self.layers * self.heads + 1))))

    def read(self, text: str) -> Int64[Tensor, " t"]:
        return torch.tensor(self.tokens.encode(text, **AS_TEXT), dtype=torch.long)

    def one(self, text: str) -> int:
        """The one token that this is. Raises Refused where it is none or several."""
        return one_of(self.tokens, text)

    def token(self, i: int) -> str:
        """As it reads, with the space before it: of bytes that make no character alone, the sign for that; "" beyond the vocabulary."""
        piece = self.tokens.convert_ids_to_tokens(i) or ""  # some models have more places than tokens
        return piece.replace("▁", " ") if "▁" in piece else self.tokens.decode([i])

    def text(self, ids: Int64[Tensor, " t"]) -> str:
        return self.tokens.decode(ids)


def opened(params: Params) -> Hosted:
    """The model that is asked for, if it and what is to be done to it fit this page. Raises Refused."""
    model = Hosted(params.model)
    SIZES[params.model] = (model.layers, model.heads)  # known only now, and from now on
    flaws = [*misfits(params, len(model.read(params.passage or model.passage)), model.longest), *headless(params)]
    if flaws:
        raise Refused(*flaws)
    return model


def fetched(name: str) -> Path:
    """The folder of a model that says of itself that it guesses the next token; its weights come only then. Raises Refused."""
    folder = hub.fetch(name, ["config.json"], MOST_BYTES, TOO_BIG)
    try:
        kinds = json.loads((folder / "config.json").read_text("utf-8"))["architectures"]
        guesses = set(kinds) & set(causal())
    except (OSError, ValueError, KeyError, TypeError):
        guesses = set()
    if not guesses:
        raise Refused(Flaw("model", "causal_unfit"))
    return hub.fetch(name, FILES, MOST_BYTES, TOO_BIG)


def causal() -> list[str]:
    """Classes of transformers that guess the next token."""
    from transformers.models.auto.modeling_auto import MODEL_FOR_CAUSAL_LM_MAPPING_NAMES

    return [name for name in MODEL_FOR_CAUSAL_LM_MAPPING_NAMES.values() if isinstance(name, str)]


def loaded(folder: Path) -> tuple[Any, Any]:
    """Tokeniser and model, which runs none of the hub's code. Raises Refused."""
    library, told = transformers_with_ours(), {"local_files_only": True, "trust_remote_code": False}
    try:
        with torch.random.fork_rng(devices=[]):
            net = library.AutoModelForCausalLM.from_pretrained(
                folder, dtype=torch.float32, attn_implementation=WRITTEN_OUT, use_safetensors=True, **told
            )
        tokens = library.AutoTokenizer.from_pretrained(folder, **told)
        net.eval().requires_grad_(False)
        fits = ours_is_theirs(Causal(net))
    except Exception as error:  # a stranger's files may fail in any way
        raise Refused(Flaw("model", "causal_unfit")) from error
    if not fits:
        raise Refused(Flaw("model", "causal_unfit"))
    return tokens, net


@torch.no_grad()
def ours_is_theirs(model: Causal) -> bool:
    """Whether the guesses are the same with our attention in the place of theirs, and nothing of the inside is missing."""
    seen, net = Seen(), model.net
    ids = torch.arange(min(12, net.get_input_embeddings().weight.shape[0]))[None]
    ours = model.guess(model.stream(ids, no_operation(model.layers, model.heads), seen))
    net.set_attn_implementation("eager")
    theirs = net(ids, use_cache=False).logits
    net.set_attn_implementation(WRITTEN_OUT)
    whole = len(seen.attention) == model.layers and len(seen.states) == model.layers + 1
    return whole and seen.attention[0].shape[0] == model.heads and torch.allclose(ours, theirs, atol=1e-3, rtol=1e-3)

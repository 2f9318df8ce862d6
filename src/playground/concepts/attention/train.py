"""Trains the two shipped GPTs: python -m playground.concepts.attention.train shakespeare tang

One core takes about seven minutes for each. What it saves is what `save_pretrained` writes, in half precision.
"""

import math
import sys
from typing import Any

import torch
import torch.nn.functional as F
from torch import Generator

from playground import texts
from playground.concepts.attention.shipped import UNKNOWN, folder
from playground.device import computing

SEED, BATCH, CONTEXT = 7, 16, 128
STEPS = {"shakespeare": 900, "tang": 700}
MATRICES_RATE, OTHERS_RATE = 0.02, 4e-3
REPORTED_EVERY = 100


def tokenizer(alphabet: str) -> Any:
    """One token a character; what is not in the alphabet becomes UNKNOWN."""
    from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    ids = {character: i for i, character in enumerate([UNKNOWN, *alphabet])}
    tokens = Tokenizer(models.WordLevel(ids, unk_token=UNKNOWN))
    tokens.pre_tokenizer = pre_tokenizers.Split(Regex(r"[\s\S]"), "isolated")
    tokens.decoder = decoders.Fuse()
    return PreTrainedTokenizerFast(tokenizer_object=tokens, unk_token=UNKNOWN, clean_up_tokenization_spaces=False)


def untrained(vocabulary: int) -> Any:
    """A Llama of 0.8 M parameters beside its characters'."""
    from transformers import LlamaConfig, LlamaForCausalLM

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(SEED)
        return LlamaForCausalLM(
            LlamaConfig(
                vocab_size=vocabulary,
                hidden_size=128,
                intermediate_size=344,
                num_hidden_layers=4,
                num_attention_heads=4,
                max_position_embeddings=CONTEXT,
                tie_word_embeddings=True,
                bos_token_id=None,
                eos_token_id=None,
            )
        )


def train(name: str) -> None:
    """Minimise the mean surprise at the next character; Muon for the matrices, AdamW for the rest, both down to nothing linearly."""
    text = texts.TEXTS[name]()
    tokens = tokenizer(text.alphabet)
    model = untrained(len(tokens))
    ids = torch.tensor(tokens.encode(text.train))
    inner = [p for key, p in model.named_parameters() if p.ndim == 2 and "embed" not in key]
    others = [p for key, p in model.named_parameters() if p.ndim < 2 or "embed" in key]
    muon = torch.optim.Muon(inner, lr=MATRICES_RATE, weight_decay=0.01)
    adam = torch.optim.AdamW(others, lr=OTHERS_RATE, betas=(0.9, 0.98), weight_decay=0.0, fused=True)
    g = Generator().manual_seed(SEED)
    for step in range(STEPS[name]):
        progress = step / STEPS[name]
        start = torch.randint(len(ids) - CONTEXT, (BATCH, 1), generator=g)
        x = ids[start + torch.arange(CONTEXT + 1)]
        loss = F.cross_entropy(model(x[:, :-1]).logits.flatten(0, 1), x[:, 1:].flatten())
        for group, rate in ((muon.param_groups[0], MATRICES_RATE), (adam.param_groups[0], OTHERS_RATE)):
            group["lr"] = rate * min(1.0, 20 * progress + 0.02) * (1 - progress)
        model.zero_grad()
        loss.backward()
        muon.step()
        adam.step()
        if (step + 1) % REPORTED_EVERY == 0:
            print(f"{name}, step {step + 1}: {loss.item() / math.log(2):.3f} bits", flush=True)
    model.half().save_pretrained(folder(name), safe_serialization=True)
    tokens.save_pretrained(folder(name))
    for file in folder(name).iterdir():
        file.chmod(0o644)


if __name__ == "__main__":
    computing()
    for each in sys.argv[1:]:
        train(each)

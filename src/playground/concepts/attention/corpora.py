"""What a decoder is trained on: texts with a tail held out, in characters, and what can be guessed of the tail without any network."""

import math
from dataclasses import dataclass
from functools import cache

import torch
from jaxtyping import Float, Int64
from torch import Generator, Tensor

from playground import texts
from playground.concepts.attention.params import MOST_TOKENS, PASSAGE, REPEATED, Params, shown_text
from playground.concepts.attention.shipped import UNKNOWN

LETTERS = "abcdefghijklmnopqrstuvwxyz"
REPEATS_SEED = 2**31  # beside the run's own
TAIL_SHARE = 5  # of a pasted text a fifth is held out
PERIODS = (4, 12)  # letters after which a random sequence begins again


@dataclass(frozen=True)
class Corpus:
    """Characters as numbers. Number 0 is every character that the alphabet lacks."""

    alphabet: str
    train: Int64[Tensor, " n"]
    held_out: Int64[Tensor, " m"]
    shown: Int64[Tensor, " t"] | None = None

    @property
    def passage(self) -> Int64[Tensor, " t"]:
        """What is looked at where no other text is given: the beginning of the tail, if it has nothing better to show."""
        return self.held_out[:PASSAGE] if self.shown is None else self.shown

    @property
    def size(self) -> int:
        return len(self.alphabet)

    def read(self, text: str) -> Int64[Tensor, " t"]:
        return numbers(text, self.alphabet)

    def windows(self, n: int, length: int, g: Generator) -> Int64[Tensor, "n length"]:
        """Pieces of the part to train on, from anywhere."""
        start = torch.randint(len(self.train) - length + 1, (n, 1), generator=g)
        return self.train[start + torch.arange(length)]


def numbers(text: str, alphabet: str) -> Int64[Tensor, " t"]:
    known = {character: i for i, character in enumerate(alphabet)}
    return torch.tensor([known.get(character, 0) for character in text], dtype=torch.long)


def of_text(train: str, held_out: str) -> Corpus:
    alphabet = UNKNOWN + "".join(sorted(set(train + held_out) - {UNKNOWN}))
    return Corpus(alphabet, numbers(train, alphabet), numbers(held_out, alphabet))


@cache
def shipped(name: str) -> Corpus:
    text = texts.TEXTS[name]()
    return of_text(text.train, text.held_out)


def pasted(text: str) -> Corpus:
    """The first four fifths to train on, the rest to be judged by."""
    cut = len(text) - max(len(text) // TAIL_SHARE, PASSAGE)
    return of_text(text[:cut], text[cut:])


@cache
def repeats() -> Corpus:
    """Random letters that begin again after 4 to 12: nothing to learn but to look where the same letter stood before.

    What is shown is 12 different letters, twice.
    """
    g = Generator().manual_seed(REPEATS_SEED)
    ids = torch.cat([repeated(g) for _ in range(4_000)])
    cut = len(ids) - texts.HELD_OUT
    twice = 1 + torch.randperm(len(LETTERS), generator=g)[: REPEATED // 2].repeat(2)
    return Corpus(UNKNOWN + LETTERS, ids[:cut], ids[cut:], twice)


def repeated(g: Generator) -> Int64[Tensor, " t"]:
    """A random sequence, as often as fits into the longest text."""
    period = int(torch.randint(PERIODS[0], PERIODS[1] + 1, (), generator=g))
    once = torch.randint(1, len(LETTERS) + 1, (period,), generator=g)
    return once.repeat(-(-MOST_TOKENS // period))[:MOST_TOKENS]


def corpus(params: Params) -> Corpus:
    if params.data == "pasted":
        return pasted(shown_text(params.pasted))
    return repeats() if params.data == "repeat" else shipped(params.data)


def uniform_bits(of: Corpus) -> float:
    """Bits a character where all of the alphabet are equally likely."""
    return math.log2(of.size)


def bigram_bits(of: Corpus) -> float:
    """Mean surprise at each character of the tail but the first, given the one before, by counts of the rest plus one (Laplace)."""
    return surprise(of).mean().item()


def surprise(of: Corpus) -> Float[Tensor, " m"]:
    """−log₂ of each bigram's chance, (count(a b) + 1) / (count(a ·) + alphabet): by sorted pairs, since a table would be large."""
    v, pair = of.size, of.train[:-1] * of.size + of.train[1:]
    kinds, counts = pair.unique(return_counts=True)
    asked = of.held_out[:-1] * v + of.held_out[1:]
    at = torch.searchsorted(kinds, asked).clamp(max=len(kinds) - 1)
    both = torch.where(kinds[at] == asked, counts[at], 0)
    first = torch.bincount(of.train[:-1], minlength=v)[of.held_out[:-1]]
    return (first + v).double().log2().float() - (both + 1).double().log2().float()

"""Shipped texts, each in two parts: no model learns from the tail."""

from dataclasses import dataclass
from functools import cache

from playground.datasets import assets

HELD_OUT = 20_480  # characters, at least, of a text's tail


@dataclass(frozen=True)
class Text:
    """A text in two parts, the second of which nothing learns from, and the characters it is written in, sorted."""

    train: str
    held_out: str

    @property
    def alphabet(self) -> str:
        return "".join(sorted(set(self.train + self.held_out)))


@cache
def shakespeare() -> Text:
    """Nine works of Shakespeare, the edition of Open Shakespeare (CC BY 2.5): 1,065,315 characters; the tail is of the sonnets."""
    text = (assets() / "data" / "shakespeare.txt").read_text("utf-8")
    cut = text.rindex("\n\n", 0, len(text) - HELD_OUT) + 2
    return Text(text[:cut], text[cut:])


@cache
def tang() -> Text:
    """8,658 quatrains of the Tang dynasty, one a line, in simplified characters: 266,618 characters, 2,496 different ones."""
    rows = (assets() / "data" / "tang_jueju.tsv").read_text("utf-8").splitlines()
    text = "".join(row.split("\t")[3] + "\n" for row in rows)
    cut = text.rindex("\n", 0, len(text) - HELD_OUT) + 1
    return Text(text[:cut], text[cut:])


TEXTS = {"shakespeare": shakespeare, "tang": tang}

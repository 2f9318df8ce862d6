"""Formulas: MathML that a narrow page can break between terms and nowhere else."""

import re
from xml.etree import ElementTree as ET

import pytest

from playground.formulas import block, inline


def pieces(latex: str) -> list[str]:
    """The text of each piece."""
    clauses = re.findall(r'<span class="clause">(.*?)</span>', block(latex)) or [block(latex)]
    return ["".join(ET.fromstring(piece).itertext()) for clause in clauses for piece in clause.split("<wbr>")]


@pytest.mark.parametrize(
    ("latex", "expected"),
    [
        (r"a = b", ["a", "=b"]),
        (r"a = -b", ["a", "=−b"]),
        (r"a = -b - c + d", ["a", "=−b", "−c", "+d"]),
        (r"a = f(b - c) - (d + e)", ["a", "=f(b−c)", "−(d+e)"]),
        (r"L = \log\bigl(1 - D\bigr) + \frac{a - b}{c}", ["L", "=log(1−D)", "+a−bc"]),
        (r"m \leftarrow a + b,\quad c \leftarrow -d", ["m", "←a", "+b,", "c", "←−d"]),
        (r"x_{t-1} - y^{2 + k}", ["xt−1", "−y2+k"]),
    ],
)
def test_a_formula_breaks_between_its_terms(latex: str, expected: list[str]) -> None:
    assert pieces(latex) == expected


def test_clauses_stay_whole_as_long_as_they_can() -> None:
    assert block(r"a - b,\quad c + d").count('<span class="clause">') == 2
    assert "clause" not in block("f(a, b) + c"), "a comma within brackets parts nothing"


def test_a_sign_that_begins_a_piece_still_joins_two() -> None:
    """At the start of a row a minus would be drawn as that of a negative number."""
    assert block("a - b").count('form="infix"') == 1
    assert "infix" not in block("-a")


def test_a_symbol_points_at_its_layers() -> None:
    for shown in (inline(r"\class{fake-mesh}{x} + 1"), block(r"\class{fake-mesh}{x} + 1")):
        assert re.search(r'<\w+ class="symbol" data-key="fake mesh" tabindex="0"', shown)


def test_big_brackets_are_of_the_size_that_was_asked_for() -> None:
    assert "minsize" not in block(r"\bigl(a\bigr)")
    assert block(r"\bigl(a\bigr)").count('mathsize="1.2em"') == 2


def test_a_function_stands_apart_from_what_it_is_of() -> None:
    assert inline(r"E\log D").count("mspace") == 2
    assert inline(r"\log D").count("mspace") == 1, "nothing stands before it"
    assert "mspace" not in inline(r"\log(x)")

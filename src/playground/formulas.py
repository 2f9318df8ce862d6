"""Formulas: LaTeX becomes MathML, which needs no script; one that stands by itself comes in pieces between which a narrow page breaks it.

\\class{key}{…} makes a symbol that points at the layer or chart `key`, at several with \\class{one-other}{…}.
"""

import html
import re
from collections.abc import Callable, Iterator
from xml.etree import ElementTree as ET

from latex2mathml.converter import convert

SPACE = "http://www.w3.org/1998/Math/MathML"
OPEN, CLOSED = "([{⟨⌊⌈", ")]}⟩⌋⌉"
JOINING, ENDING = "+−=←≈≤≥", ",;"  # a term begins with these, a clause ends with those
BIG = re.compile(r'stretchy="true" fence="true" minsize="[\d.]+em" maxsize="([\d.]+em)"')  # browsers stretch it without end
THIN = '<mspace width="0.167em" />'
NAMED = re.compile(r"(<mrow>)?(<mi>(?:log|exp|sin|cos)</mi>)(?!<mo[^>]*>&#x00028;)")  # log x needs air, log(x) none

ET.register_namespace("", SPACE)


def inline(latex: str) -> str:
    """Within a sentence."""
    return _pointing(_mathml(latex))


def block(latex: str) -> str:
    """By itself: clauses, and within them terms, each as large as if it stood alone. A line too narrow breaks between clauses first."""
    row = list(ET.fromstring(_mathml(latex))[0])  # our own words, never a visitor's
    clauses = ["<wbr>".join(map(_written, _terms(clause))) for clause in _clauses(row)]
    return clauses[0] if len(clauses) == 1 else "".join(f'<span class="clause">{clause}</span>' for clause in clauses)


def symbol(keys: str) -> str:
    """Attributes of what points at parts of the page."""
    return f'class="symbol" data-key="{html.escape(keys)}" tabindex="0"'


def _mathml(latex: str) -> str:
    mathml = BIG.sub(r'stretchy="false" mathsize="\1"', convert(latex.strip(), display="inline"))
    return NAMED.sub(lambda m: f"{m[1] or THIN}{m[2]}{THIN}", mathml)


def _pointing(mathml: str) -> str:
    return re.sub(r'class="([\w-]+)"', lambda m: symbol(m[1].replace("-", " ")), mathml)


def _clauses(row: list[ET.Element]) -> Iterator[list[ET.Element]]:
    """Parts of a row, each up to a comma and the space after it."""
    return _parts(row, lambda sign, last: last in tuple(ENDING))


def _terms(row: list[ET.Element]) -> Iterator[list[ET.Element]]:
    """Parts of a row, each but the first from a sign on that joins two."""
    for i, term in enumerate(_parts(row, lambda sign, last: sign in tuple(JOINING) and (last == "" or last in CLOSED))):
        if i:
            term[0].set("form", "infix")  # at the start of a row it would be drawn as the sign of a number
        yield term


def _parts(row: list[ET.Element], begins: Callable[[str, str], bool]) -> Iterator[list[ET.Element]]:
    """A row cut before elements outside all brackets that begin a part, by their own sign and the one before ("" for no sign)."""
    part: list[ET.Element] = []
    depth, last = 0, "="
    for element in row:
        if not element.tag.endswith("}mspace"):
            sign = (element.text or "") if element.tag.endswith("}mo") else ""
            depth += (sign in tuple(OPEN)) - (sign in tuple(CLOSED))
            if depth == 0 and begins(sign, last):
                yield part
                part = []
            last = sign
        part.append(element)
    yield part


def _written(piece: list[ET.Element]) -> str:
    math = ET.Element(f"{{{SPACE}}}math", {"displaystyle": "true"})
    ET.SubElement(math, f"{{{SPACE}}}mrow").extend(piece)
    return _pointing(ET.tostring(math, encoding="unicode"))

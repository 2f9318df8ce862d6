"""Words: both languages say everything, and every flaw has its sentence."""

import ast
import re
import string
from pathlib import Path
from typing import Any, Literal

import pytest
from pydantic import Field

import playground
from playground import params, words
from playground.params import Flaw, Refused

SOURCES = Path(playground.__file__).parent


def leaves(table: Any, path: str = "") -> dict[str, str]:
    if isinstance(table, str):
        return {path: table}
    pairs = table.items() if hasattr(table, "items") else enumerate(table)
    return {k: v for name, value in pairs for k, v in leaves(value, f"{path}/{name}").items()}


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_both_languages_say_the_same_things() -> None:
    en, zh = (leaves(words.words(lang)) for lang in words.LANGUAGES)
    assert en.keys() == zh.keys()
    assert {code: places(said) for code, said in words.errors("en").items()} == {
        code: places(said) for code, said in words.errors("zh").items()
    }
    assert [path for path in en if not en[path].strip() or not zh[path].strip()] == []


def test_no_two_say_the_same_code() -> None:
    tables = [words.words("en")["errors"], *(words.read(path).get("errors", {}) for path in words.CONCEPTS.glob("*/lesson/words.en.yaml"))]
    assert sum(map(len, tables)) == len(words.errors("en"))


def test_chinese_is_chinese() -> None:
    errors = words.errors("zh")
    assert [code for code, text in errors.items() if code != "comma" and not re.search(r"[\u4e00-\u9fff]{2}", text)] == []


def test_other_languages_are_none() -> None:
    with pytest.raises(KeyError):
        words.words("../en")


class Every(params.Params):
    """A field for every kind of bound that a concept may set."""

    whole: int = Field(3, gt=0, lt=10)
    real: float = Field(0.5, ge=0, le=1)
    even: int = Field(2, multiple_of=2)
    flag: bool = False
    text: str = Field("ab", min_length=1, max_length=3, pattern="^[a-z]*$")
    kind: Literal["one", "two", "three"] = "one"
    needed: int = 1

    def work(self) -> float:
        return 1e6 if self.needed == 2 else 1


BAD: list[dict[str, Any]] = [
    *({"whole": bad} for bad in (0, 10, "x", 1.5, None, "9" * 5000)),
    *({"real": bad} for bad in (-1, 2, float("nan"), float("inf"), "x", None, [])),
    *({"flag": bad} for bad in ("perhaps", None, 3)),
    *({"text": bad} for bad in ("", "abcd", "A", 3, None, "\ud800")),
    {"kind": "four"},
    {"even": 3},
    {"seed": -1},
    {"needed": 2},
    {"<script>alert(1)</script>": "1"},
]


@pytest.mark.parametrize("values", BAD, ids=str)
@pytest.mark.parametrize("lang", words.LANGUAGES)
def test_every_flaw_has_its_own_sentence(values: dict[str, Any], lang: str) -> None:
    with pytest.raises(Refused) as refused:
        Every.checked(values)
    for flaw in refused.value.flaws:
        said = words.sentence(lang, flaw)
        assert said != words.errors(lang)["other"], flaw
        assert "{" not in said
        assert "<" not in said


def said(lang: str, **values: Any) -> str:
    with pytest.raises(Refused) as refused:
        Every.checked(values)
    return words.sentence(lang, refused.value.flaws[0])


def test_sentences_hold_the_bound() -> None:
    assert said("en", real=2) == "Use 1 or less."
    assert said("zh", real=2) == "请填不超过 1 的数。"
    assert said("en", kind="four") == "Choose one of: one, two, three."
    assert said("zh", kind="four") == "请从以下选项中选一个：one、two、three。"


def test_an_unknown_flaw_gets_the_plain_sentence() -> None:
    for flaw in (Flaw("x", "never_heard_of"), Flaw("x", "less_than_equal", {})):
        assert words.sentence("en", flaw) == "This value can't be used here."


def codes() -> set[tuple[str, frozenset[str]]]:
    """Every flaw that our sources name, with the context they give it."""
    found = set()
    for path in SOURCES.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            at = {"PydanticCustomError": 0, "Flaw": 1, "RunFailed": 0}.get(node.func.id, 9)
            if len(node.args) > at and isinstance(node.args[at], ast.Constant):
                context = node.args[-1] if isinstance(node.args[-1], ast.Dict) else ast.Dict([], [])
                names = frozenset(key.value for key in context.keys if isinstance(key, ast.Constant))
                found.add((node.args[at].value, names))
    return found


def test_every_code_in_our_sources_has_words() -> None:
    found = codes()
    assert {"query_too_long", "worker_died", "too_busy"} <= {code for code, _ in found}
    for lang in words.LANGUAGES:
        errors = words.errors(lang)
        assert [code for code, names in found if code not in errors or not places(errors[code]) <= names] == []

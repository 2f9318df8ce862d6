"""Words of the interface, one file a language; what concepts say in words.<lang>.yaml; and the sentence for a flaw."""

import os
import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from playground.params import Flaw

LANGUAGES = ("en", "zh")
FOLDER = Path(__file__).parent / "words"
CONCEPTS = Path(__file__).parent / "concepts"


@cache
def words(lang: str) -> Mapping[str, Any]:
    """The tables of that language. Raises KeyError for a language that is none."""
    if lang not in LANGUAGES:
        raise KeyError(lang)
    return MappingProxyType(tomllib.loads((FOLDER / f"{lang}.toml").read_text("utf-8")))


@cache
def read(path: Path) -> Mapping[str, Any]:
    """A file of words in YAML. Raises FileNotFoundError."""
    return MappingProxyType(parsed(path.read_text("utf-8")))


def parsed(text: str) -> dict[str, Any]:
    return yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))


@cache
def errors(lang: str) -> Mapping[str, str]:
    """The sentence of each code: the site's, and those that concepts have of their own. Raises KeyError for a language that is none."""
    said = dict(words(lang)["errors"])
    for path in sorted(CONCEPTS.glob(f"*/lesson/words.{lang}.yaml")):
        said |= read(path).get("errors", {})
    return MappingProxyType(said)


def spoken() -> str:
    """The language of the terminal, as the environment names it: what the command line and the server's own lines are written in."""
    named = next(filter(None, (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
    return "zh" if named.lower().startswith("zh") else "en"


def sentence(lang: str, flaw: Flaw) -> str:
    """What is wrong, in one plain sentence. Nothing a visitor typed is repeated in it."""
    known = errors(lang)
    try:
        return known[flaw.code].format_map({name: _said(value, known) for name, value in flaw.context.items()})
    except KeyError:
        return known["other"]


def _said(value: Any, known: Mapping[str, str]) -> str:
    if isinstance(value, float):
        return f"{value:.6g}"
    options = re.findall(r"'([^']*)'", value) if isinstance(value, str) else []
    return known["comma"].join(options) if options else str(value)

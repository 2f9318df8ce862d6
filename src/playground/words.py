"""Words of the interface, one file a language, and the sentence for a flaw."""

import os
import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from playground.params import Flaw

LANGUAGES = ("en", "zh")
FOLDER = Path(__file__).parent / "words"


@cache
def words(lang: str) -> Mapping[str, Any]:
    """The tables of that language. Raises KeyError for a language that is none."""
    if lang not in LANGUAGES:
        raise KeyError(lang)
    return MappingProxyType(tomllib.loads((FOLDER / f"{lang}.toml").read_text("utf-8")))


def spoken() -> str:
    """The language of the terminal, as the environment names it: what the command line and the server's own lines are written in."""
    named = next(filter(None, (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
    return "zh" if named.lower().startswith("zh") else "en"


def sentence(lang: str, flaw: Flaw) -> str:
    """What is wrong, in one plain sentence. Nothing a visitor typed is repeated in it."""
    errors = words(lang)["errors"]
    try:
        return errors[flaw.code].format_map({name: _said(value, errors) for name, value in flaw.context.items()})
    except KeyError:
        return errors["other"]


def _said(value: Any, errors: Mapping[str, str]) -> str:
    if isinstance(value, float):
        return f"{value:.6g}"
    options = re.findall(r"'([^']*)'", value) if isinstance(value, str) else []
    return errors["comma"].join(options) if options else str(value)

"""docs/HOSTING.md: both languages say the same, and name every setting there is."""

import configparser
import re
from pathlib import Path

import pytest

from playground.settings import ROOT, Settings
from playground.words import LANGUAGES

DOCS = ROOT / "docs"
NAMED = {"PLAYGROUND_ASSETS": "assets", "PLAYGROUND_STORE": "~/.cache/aigc-playground"}  # told from where the program is
APART = {"PLAYGROUND_DEVICE": "cpu"}  # read in device.py
OF_A_SPACE = {"space_id", "space_host"}


def text(lang: str) -> str:
    return (DOCS / {"en": "HOSTING.md", "zh": "HOSTING.zh.md"}[lang]).read_text("utf-8")


def told(lang: str) -> dict[str, str]:
    """Each variable's default, as the table has it."""
    return dict(re.findall(r"^\| `(PLAYGROUND_\w+)` \|\s*(?:`(.*?)`)? ?\|", text(lang), re.M))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_setting_is_told_with_its_default(lang: str) -> None:
    defaults = {f"PLAYGROUND_{name.upper()}": field.default for name, field in Settings.model_fields.items() if name not in OF_A_SPACE}
    assert told(lang) == {name: str(default) for name, default in defaults.items()} | NAMED | APART
    assert all(name in text(lang) for name in ("SPACE_ID", "SPACE_HOST", "GRADIO_SERVER_PORT"))


def test_both_languages_say_the_same() -> None:
    en, zh = map(text, LANGUAGES)
    for pattern in (r"^#+", r"^\|(?=.*`)", r"\]\((?!HOSTING)[^)]+\)", r"\d[\d.]* GB"):
        assert re.findall(pattern, en, re.M) == re.findall(pattern, zh, re.M), pattern
    blocks = [re.findall(r"^```bash\n(.*?)^```", re.sub(r"   # .*", "", each), re.M | re.S) for each in (en, zh)]
    assert blocks[0] == blocks[1]


def test_the_service_starts_what_is_there_with_settings_that_there_are() -> None:
    unit = configparser.RawConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read_string((DOCS / "playground.service").read_text("utf-8"))
    assert unit["Service"]["ExecStart"].split() == ["/srv/playground/current/.venv/bin/python", "app.py", "--no-room"]
    assert Path(ROOT, "app.py").is_file()
    set_in_it = set(re.findall(r"^Environment=(PLAYGROUND_\w+)", (DOCS / "playground.service").read_text("utf-8"), re.M))
    assert set_in_it
    assert set_in_it <= told("en").keys()
    assert unit["Service"]["StateDirectory"] == "playground", "the store is below /var/lib/playground"

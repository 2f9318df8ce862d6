"""The card of a Space, README.md: what the hub reads at its head, and a few sentences in both languages, from the concepts' words."""

import re
from pathlib import Path
from typing import Any

import yaml

from playground.concept import FOLDER
from playground.lesson import shared
from playground.words import LANGUAGES, read, words

ROOT = Path(__file__).resolve().parents[1]
LISTED = ("datasets", "models", "preload_from_hub")  # of the hub, that a Space speaks of


def card(slugs: list[str]) -> str:
    """The card of a Space with these concepts: of one its own, of several the site's."""
    whole = len(slugs) > 1
    told = {lang: [read(FOLDER / slug / "lesson" / f"words.{lang}.yaml") for slug in slugs] for lang in LANGUAGES}
    own = {lang: shared(lang)["space"] if whole else told[lang][0]["space"] for lang in LANGUAGES}
    title = " · ".join(words(lang)["site"]["name"] if whole else told[lang][0]["name"] for lang in LANGUAGES)
    spoken = [own[lang]["about"] for lang in LANGUAGES] + [shared(lang)["space"]["common"] for lang in LANGUAGES]
    return f"---\n{_head(title, own['en'], [each['space'] for each in told['en']])}---\n# {title}\n\n" + "\n\n".join(spoken) + "\n"


def _head(title: str, own: dict[str, Any], parts: list[dict[str, Any]]) -> str:
    gradio = re.search(r"^gradio==(\S+)", (ROOT / "requirements.txt").read_text(), re.M)
    assert gradio
    tags = sorted({tag for part in parts for tag in part["tags"]}) if len(parts) > 1 else parts[0]["tags"]
    head = {
        "title": title,
        "emoji": own["emoji"],
        "colorFrom": own["colors"][0],
        "colorTo": own["colors"][1],
        "sdk": "gradio",
        "sdk_version": gradio[1],
        "python_version": "3.11",
        "app_file": "app.py",
        "short_description": own["line"],
        "license": "apache-2.0",
        "header": "mini",
        "fullWidth": True,
        "pinned": False,
        "suggested_hardware": "cpu-basic",
        "tags": ["education", "interactive", "generative-ai", *tags, "english", "chinese"],
    }
    listed = {name: sorted({each for part in parts for each in part.get(name, [])}) for name in LISTED}
    return yaml.safe_dump(head | {name: each for name, each in listed.items() if each}, allow_unicode=True, sort_keys=False, width=1000)

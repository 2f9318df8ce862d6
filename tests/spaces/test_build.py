"""What a Space would be: small, with its own concept alone, and a card that the hub understands."""

import pytest
from huggingface_hub import SpaceCard

from playground.concept import load, slugs
from tests.spaces.house import ROOT, build, card

pytestmark = pytest.mark.xdist_group("spaces")  # which share the folder build
COLOURS = {"red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray"}  # those of the hub's reference
MOST_BYTES = 25_000_000
SPACES = [*slugs(), "all"]


def pin(name: str) -> str:
    return next(line.split("==")[1] for line in (ROOT / "requirements.txt").read_text().splitlines() if line.startswith(name + "=="))


@pytest.mark.parametrize("name", SPACES)
def test_the_card_is_what_the_hub_asks_for(name: str) -> None:
    told = SpaceCard(card(name)).data.to_dict()
    assert (told["sdk"], told["app_file"], told["license"], told["header"]) == ("gradio", "app.py", "apache-2.0", "mini")
    assert told["sdk_version"] == pin("gradio")
    assert tuple(int(part) for part in told["python_version"].split(".")) >= (3, 11)
    assert {told["colorFrom"], told["colorTo"]} <= COLOURS
    assert len(told["short_description"]) <= 60
    assert len(told["emoji"].replace("\ufe0f", "")) == 1
    assert told["pinned"] is False
    assert set(told["tags"]) >= {"education", "english", "chinese"}
    assert any("\u4e00" <= character <= "\u9fff" for character in told["title"])


def test_minilm_is_preloaded_at_the_commit_that_runs_ask_for() -> None:
    from playground.concepts.attention import minilm

    for name in ("attention", "all"):
        told = SpaceCard(card(name)).data.to_dict()
        model, files, revision = told["preload_from_hub"][0].split()
        assert (model, revision) == (minilm.HUB, minilm.REVISION)
        assert set(files.split(",")) == set(minilm.FILES)
        assert minilm.HUB in told["models"]


@pytest.mark.parametrize("name", slugs())
def test_it_has_what_its_concept_needs_and_no_more(name: str) -> None:
    folder = build(name)
    files = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert sum((folder / file).stat().st_size for file in files) <= MOST_BYTES
    others = [slug for slug in slugs() if slug != name]
    assert not [
        file
        for file in files
        if file.startswith(tuple(f"{place}/{slug}/" for slug in others for place in ("src/playground/concepts", "assets/runs")))
    ]
    assert {"README.md", "app.py", "requirements.txt", "LICENSE", "NOTICE"} <= files
    assert any(file.startswith(f"assets/runs/{name}/") for file in files)
    assert not [file for file in files if "__pycache__" in file or file.endswith(".pyc")]
    pins, all_pins = ((place / "requirements.txt").read_text().splitlines() for place in (folder, ROOT))
    assert set(pins) <= set(all_pins)
    heavy = {"transformers", "diffusers"} - set(load(name).preload)
    assert not [line for line in pins if line.split("==")[0] in heavy]


def test_all_in_one_has_everything_that_is_shipped() -> None:
    folder = build("all")
    for place in ("src/playground", "assets/data", "assets/weights", "assets/runs"):
        ours = {str(path.relative_to(ROOT)) for path in (ROOT / place).rglob("*") if path.is_file() and "__pycache__" not in path.parts}
        theirs = {str(path.relative_to(folder)) for path in (folder / place).rglob("*") if path.is_file()}
        assert not {file for file in ours - theirs if "/cards/" not in file}

"""Model cards and data set cards: what they show runs, from the folder and from the hub, and what they say is there."""

import contextlib
import io
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from huggingface_hub import DatasetCard, ModelCard

from playground.datasets import assets, emoji, mnist
from playground.nets import classifier
from playground.nets.pretrained import Classifier
from tests.spaces.hub import running

ROOT = Path(__file__).parents[2]
MODELS = sorted(path.name for path in (assets() / "weights").iterdir())
DATA = sorted(path for path in (assets() / "data").iterdir() if path.suffix in (".npz", ".txt", ".tsv"))


def example(card: str) -> str:
    """The Python that a card shows."""
    (shown,) = re.findall(r"```python\n(.*?)```", card, re.S)
    return shown


@pytest.mark.parametrize("name", MODELS)
def test_a_model_loads_as_its_card_shows(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    card = ModelCard.load(assets() / "weights" / name / "README.md")
    told = card.data.to_dict()
    assert told["license"] == "apache-2.0"
    assert {"library_name", "pipeline_tag", "tags"} <= told.keys()
    assert f"assets/weights/{name}" in example(card.text)
    monkeypatch.chdir(ROOT)
    torch.manual_seed(0)
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(example(card.text), {})
    for shown in re.findall(r"#\s+([\d.]+)$", example(card.text), re.M):
        assert said.getvalue().split()[-1] == shown


@pytest.mark.parametrize("path", DATA, ids=lambda path: path.stem)
def test_data_have_a_card_that_tells_what_is_in_the_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    card = DatasetCard.load(path.parent / "cards" / f"{path.stem}.md")
    assert {"pretty_name", "license", "task_categories", "size_categories"} <= card.data.to_dict().keys()
    monkeypatch.chdir(path.parent)
    exec(example(card.text), {})
    for licence in re.findall(r"`(licenses/[^`]+)`", card.text):
        assert (path.parent / licence).exists()
    if path.suffix == ".npz":
        with np.load(path, allow_pickle=False) as file:
            for key in re.findall(r"^- \*\*`(\w+)`\*\*: \(", card.text, re.M):
                shape = re.search(rf"\*\*`{key}`\*\*: \(([\d, ]+)\)", card.text)
                assert shape
                assert tuple(int(n) for n in shape[1].split(",") if n.strip()) == file[key].shape


@pytest.mark.parametrize(("name", "split"), [("digits", mnist), ("emoji", emoji)])
def test_the_module_is_the_judge_that_concepts_use(name: str, split, tmp_path: Path) -> None:
    module, x = Classifier.from_pretrained(assets() / "weights" / f"{name}_classifier"), split().test.x[:100]
    with torch.no_grad():
        assert torch.equal(module(x), classifier.logits(classifier.weights(name), classifier.features(name, x)))
    module.save_pretrained(tmp_path)
    again = Classifier.from_pretrained(tmp_path)
    assert all(torch.equal(a, b) for a, b in zip(module.parameters(), again.parameters(), strict=True))


LOADS = {
    "digits_classifier": "from playground.nets.pretrained import Classifier as Model",
    "faces": "from diffusers import DDPMPipeline as Model",
    "gpt_shakespeare": "from transformers import LlamaForCausalLM as Model",
}


@pytest.mark.parametrize("name", LOADS)
def test_a_pushed_model_loads_by_its_id_on_the_hub(name: str, tmp_path: Path) -> None:
    told = {"HF_TOKEN": "writer", "HF_HUB_OFFLINE": "0", "HF_HOME": str(tmp_path), "PYTHONPATH": "src"}
    with running() as hub:
        told |= {"HF_ENDPOINT": hub.url}
        push = [sys.executable, "spaces/push.py", "model", name, "teacher/mine"]
        subprocess.run(push, cwd=ROOT, env=os.environ | told, check=True, capture_output=True, timeout=120)
        load = f"{LOADS[name]}\nModel.from_pretrained('teacher/mine')\nprint('loaded')"
        done = subprocess.run([sys.executable, "-c", load], cwd=ROOT, env=os.environ | told, capture_output=True, text=True, timeout=120)
    assert done.stdout.strip().endswith("loaded"), done.stderr

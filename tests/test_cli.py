"""The command line: the same runs, the same refusals, told in a terminal."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from playground import cli
from playground.concept import load, slugs
from playground.frame import decode
from playground.params import Flaw
from playground.words import LANGUAGES, sentence, words

ROOT = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setenv("COLUMNS", "100")


def refused(arguments: Sequence[str], capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit) as ended:
        cli.main(arguments)
    assert ended.value.code == 2
    out, said = capsys.readouterr()
    assert out == ""
    return said


def test_a_run_ends_with_its_last_metrics(capsys: pytest.CaptureFixture[str]) -> None:
    cli.main(["run", "gridworld", "--episodes", "10", "--agent", "sarsa"])
    out, told = capsys.readouterr()
    gridworld = load("gridworld")
    frames = list(gridworld.run(gridworld.params(episodes=10, agent="sarsa")))
    assert json.loads(out) == {name: value for frame in frames for name, value in frame.metrics.items()}
    assert [line.split()[:2] for line in told.splitlines()] == [[frame.phase, str(frame.step)] for frame in frames]


def test_frames_go_over_the_wire(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    cli.main(["run", "gridworld", "--episodes", "10", "--frames"])
    lines = capfdbinary.readouterr().out.splitlines()
    assert json.loads(lines[0])["params"]["episodes"] == 10
    gridworld = load("gridworld")
    frames = list(gridworld.run(gridworld.params(episodes=10)))
    assert json.loads(lines[-1])["frames"] == len(frames)
    for sent, frame in zip(decode(lines), frames, strict=True):
        assert sent.metrics == frame.metrics
        for name, array in frame.arrays.items():
            np.testing.assert_array_equal(sent.arrays[name], array)


@pytest.mark.parametrize("slug", slugs())
def test_help_lists_every_parameter_with_its_default(slug: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["run", slug, "--help"])
    assert ended.value.code == 0
    options = capsys.readouterr().out.split("\n  --")[1:]
    told = {option.split()[0]: " ".join(option.split()) for option in options}
    for name, field in load(slug).params.model_fields.items():
        shown = "".join(told[name].split("default: ")[1:]).replace(" ", "")  # long texts are broken over lines
        assert shown == json.dumps(field.default, ensure_ascii=False).replace(" ", ""), name
        for bound in field.metadata:
            for least in ("ge", "gt", "le", "lt"):
                assert str(getattr(bound, least, "")).removesuffix(".0") in told[name].replace(" ", ""), name
        for choice in load(slug).params.choices(name):
            assert str(choice) in told[name].replace(" ", "")


def test_params_refuses_with_its_own_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert refused(["run", "gan", "--steps", "3", "--g_rate", "x"], capsys) == (
        "playground run gan: steps: Use 10 or more. g_rate: Use a number.\n"
    )
    assert "about 315 s" in refused(["run", "gan", "--steps", "5000", "--seeds", "16", "--data", "digits"], capsys)
    assert refused(["serve", "--port", "99999"], capsys) == "playground serve: port: Use 65535 or less.\n"


def test_a_mistyped_name_is_no_abbreviation(capsys: pytest.CaptureFixture[str]) -> None:
    assert "unrecognized arguments: --step" in refused(["run", "gan", "--step", "20"], capsys)
    assert "invalid choice: 'gams'" in refused(["run", "gams"], capsys)


@pytest.mark.parametrize(("locale", "lang"), [("zh_CN.UTF-8", "zh"), ("de_DE.UTF-8", "en"), ("", "en")])
def test_it_speaks_the_terminals_language(
    locale: str, lang: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LC_ALL", locale)
    for name in ("LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    said = refused(["run", "gan", "--steps", "3"], capsys)
    assert said == f"playground run gan: steps: {sentence(lang, Flaw('steps', 'greater_than_equal', {'ge': 10}))}\n"


def test_the_list_names_every_concept(capsys: pytest.CaptureFixture[str]) -> None:
    cli.main(["list"])
    assert tuple(line.split()[0] for line in capsys.readouterr().out.splitlines()) == slugs()


def test_a_reader_who_has_seen_enough_ends_it_quietly() -> None:
    program = [sys.executable, "-m", "playground", "run", "gridworld", "--frames"]
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    with subprocess.Popen(program, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as run:
        assert run.stdout is not None
        assert run.stderr is not None
        run.stdout.readline()
        run.stdout.close()
        assert b"Traceback" not in run.stderr.read()


def test_bench_measures_every_concept(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The table of one concept, measured in a process of its own; the run itself says how many frames it has."""
    from playground import bench

    monkeypatch.setattr(bench, "slugs", lambda: ("gridworld",))
    monkeypatch.setenv("PYTHONPATH", str(ROOT / "src"))
    cli.main(["bench"])
    row = [cell.strip() for cell in capsys.readouterr().out.splitlines()[-1].strip("|").split("|")]
    assert row[0] == "gridworld"
    gridworld = load("gridworld")
    assert int(row[3]) == len(list(gridworld.run(gridworld.params())))
    cpu, first, kilobytes = float(row[1]), float(row[2]), float(row[4])
    assert first > 0
    assert cpu > 0
    assert 10 < kilobytes < 1000


def test_both_languages_fill_the_same_places() -> None:
    en, zh = (words(lang)["host"] for lang in LANGUAGES)
    assert {k: v.count("{url}") + v.count("{path}") for k, v in en.items()} == {
        k: v.count("{url}") + v.count("{path}") for k, v in zh.items()
    }


@pytest.mark.parametrize(("system", "lang"), [("darwin", "en"), ("win32", "zh")])
def test_another_system_is_told_where_the_site_runs(system: str, lang: str) -> None:
    """app.py itself, without what Python has on Linux alone; the system's name changes last, since Python's own modules read it."""
    without = "import runpy, sys, playground.cli; sys.modules |= dict.fromkeys(['fcntl', 'resource', 'playground.web']); "
    program = f"{without} sys.platform = {system!r}; runpy.run_path('app.py', run_name='__main__')"
    env = os.environ | {"LC_ALL": {"en": "C.UTF-8", "zh": "zh_CN.UTF-8"}[lang], "PYTHONPATH": "src", "PYTHONUTF8": "1"}
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=env, capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr == f"playground serve: {sentence(lang, Flaw('', 'linux_only'))}\n"


def test_the_command_line_itself_needs_nothing_of_linux() -> None:
    program = "import sys; sys.modules |= dict.fromkeys(['fcntl', 'resource', 'pwd', 'grp']); import playground.cli"
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=os.environ | {"PYTHONPATH": "src"}, check=True)

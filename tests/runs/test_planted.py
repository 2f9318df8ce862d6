"""A pickle that someone planted in the store or among the data is never opened, however well it is sealed."""

import gzip
import json
import pickle
from pathlib import Path

import numpy as np
import pytest

from playground import datasets
from playground.concept import load
from playground.runs.engine import compute
from playground.runs.keys import training_key
from playground.runs.store import Store
from playground.settings import Settings
from tests import lab


class Bomb:
    """Whoever opens its pickle makes a file."""

    def __init__(self, mark: Path):
        self.mark = mark

    def __reduce__(self) -> tuple:
        return Path.touch, (self.mark,)


@pytest.fixture
def mark(tmp_path: Path) -> Path:
    made = tmp_path / "opened"
    pickle.loads(pickle.dumps(Bomb(made)))  # noqa: S301
    assert made.exists(), "it does go off"
    made.unlink()
    return made


@pytest.mark.parametrize("wrap", [pickle.dumps, lambda bomb: gzip.compress(pickle.dumps(bomb))])
def test_a_planted_state_is_trained_anew(tmp_path: Path, mark: Path, wrap: object) -> None:
    with lab.installed():
        toy, settings = load("toy"), Settings()
        params = toy.params(steps=5)
        store = Store(tmp_path / "store", settings.store_bytes, settings.assets)
        honest = list(compute("toy", params.canonical(), str(tmp_path / "other")))
        assert store.put("state", training_key(toy, params), wrap(Bomb(mark)))  # type: ignore[operator]
        assert list(compute("toy", params.canonical(), str(tmp_path / "store"))) == honest
    assert not mark.exists()
    assert json.loads(honest[0])


def test_planted_data_are_refused(tmp_path: Path, mark: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "data").mkdir()
    np.savez(tmp_path / "data" / "pixel_faces16.npz", x=np.array([Bomb(mark)], dtype=object))
    monkeypatch.setenv("PLAYGROUND_ASSETS", str(tmp_path))
    with pytest.raises(ValueError, match="allow_pickle"):
        datasets.faces.__wrapped__()
    assert not mark.exists()

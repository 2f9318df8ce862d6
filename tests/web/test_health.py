"""/healthz: ready when a run could begin now, else why not."""

import dataclasses
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from playground.concept import load
from playground.runs import health
from playground.runs.health import Health
from playground.runs.store import Store
from playground.settings import Settings
from playground.web import front


@pytest.fixture
def ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """The answer of a server whose forkserver is ready or not, whose runs read these assets, and whose store may hold so many bytes."""
    monkeypatch.setattr(health, "STALE", 0.0)

    def answer(*, method: str = "GET", ready: bool = True, reads: tuple[str, ...] = (), limit: int = 10**6) -> Any:
        reading = dataclasses.replace(load("toy"), reads=lambda params: reads)
        monkeypatch.setattr(health, "load", lambda slug: reading)
        settings = Settings(store=tmp_path / "store", assets=tmp_path / "assets", store_bytes=limit)
        engine = SimpleNamespace(ready=lambda: ready)
        store = Store(settings.store, limit, settings.assets)
        service: Any = SimpleNamespace(engine=engine, store=store, settings=settings, computations=3)
        app = FastAPI()
        app.include_router(front.router(settings, Health(service)))
        return TestClient(app).request(method, "/healthz")

    return answer


def codes(answer: Any) -> list[str]:
    assert (answer.status_code, answer.json()["ok"]) == (503, False)
    assert all(error["en"] and error["zh"] for error in answer.json()["errors"])
    return [error["code"] for error in answer.json()["errors"]]


def test_it_is_ready_when_a_run_could_begin(ask: Callable[..., Any]) -> None:
    answer = ask()
    assert answer.status_code == 200
    assert answer.json()["ok"] is True
    assert answer.json()["computations"] == 3
    assert answer.json()["version"]
    assert (ask(method="HEAD").status_code, ask(method="HEAD").content) == (200, b"")


def test_a_cold_forkserver_is_no_ready_server(ask: Callable[..., Any]) -> None:
    assert codes(ask(ready=False)) == ["workers_cold"]
    assert ask(method="HEAD", ready=False).status_code == 503


def test_missing_assets_are_told_plainly(ask: Callable[..., Any], tmp_path: Path) -> None:
    assert codes(ask(reads=("data/moons.npz",))) == ["assets_missing"]
    (tmp_path / "assets" / "data").mkdir(parents=True)
    (tmp_path / "assets" / "data" / "moons.npz").touch()
    assert ask(reads=("data/moons.npz",)).status_code == 200


def test_a_store_that_cannot_be_written_is_told_unless_there_is_to_be_none(ask: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "store").write_text("a file is in the way")
    assert codes(ask()) == ["store_closed"]
    assert ask(limit=0).status_code == 200

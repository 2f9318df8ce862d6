"""Calls whose answer nobody reads end, in Gradio's own queue; those that someone waits for don't."""

import asyncio
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from types import SimpleNamespace

import gradio as gr
import httpx
import pytest
import uvicorn
from fastapi import FastAPI

from playground.concept import load
from playground.web import api
from playground.web.wanted import Readers

LINGER = 0.4


class Endless:
    """A service whose runs never end."""

    settings = SimpleNamespace(linger_seconds=LINGER)

    def __init__(self) -> None:
        self.going = self.begun = 0

    async def result(self, slug: str, params: object) -> dict:
        self.begun += 1
        self.going += 1
        try:
            await asyncio.sleep(600)
        finally:
            self.going -= 1
        return {}


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[SimpleNamespace]:
    monkeypatch.setattr(api, "load_lesson", lambda slug, lang: SimpleNamespace(summary=""))
    service = Endless()
    with gr.Blocks() as blocks:
        api.endpoint(load("toy"), service, "en")  # type: ignore[arg-type]
    app = gr.mount_gradio_app(FastAPI(), blocks, path="/en")
    app.add_middleware(Readers)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(app, log_level="critical", timeout_graceful_shutdown=1))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        with httpx.Client(base_url=f"http://127.0.0.1:{listener.getsockname()[1]}/en/gradio_api", timeout=30) as client:
            yield SimpleNamespace(client=client, service=service)
        server.should_exit = True
        thread.join()


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def arguments() -> dict:
    return {"data": list(load("toy").params().model_dump().values())}


def test_fifty_calls_that_nobody_reads_hold_nothing(site: SimpleNamespace) -> None:
    """On 762dd55 each computed to its end, and nobody could stop it."""
    for _ in range(50):
        assert site.client.post("/call/toy", json=arguments()).status_code == 200
    until(lambda: site.service.begun == 50 and site.service.going == 0)


def test_a_call_goes_on_while_its_answer_is_read(site: SimpleNamespace) -> None:
    event = site.client.post("/call/toy", json=arguments()).json()["event_id"]
    with site.client.stream("GET", f"/call/toy/{event}"):
        time.sleep(4 * LINGER)
        assert site.service.going == 1
    until(lambda: site.service.going == 0)


def test_a_call_goes_on_while_its_session_is_read(site: SimpleNamespace) -> None:
    """As gradio_client does it."""
    site.client.post("/queue/join", json=arguments() | {"fn_index": 0, "session_hash": "session"}).raise_for_status()
    with site.client.stream("GET", "/queue/data", params={"session_hash": "session"}):
        until(lambda: site.service.going == 1)
        time.sleep(4 * LINGER)
        assert site.service.going == 1
    until(lambda: site.service.going == 0)


def test_a_call_that_is_waited_for_ends_with_its_client(site: SimpleNamespace) -> None:
    with pytest.raises(httpx.ReadTimeout):
        site.client.post("/run/toy", content=json.dumps(arguments()), headers={"content-type": "application/json"}, timeout=4 * LINGER)
    assert site.service.begun == 1
    until(lambda: site.service.going == 0)

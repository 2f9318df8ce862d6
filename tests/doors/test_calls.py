"""Calls of the endpoints: plain values or a sentence; nothing is fetched or logged of it, and what nobody waits for ends."""

import json
import socket
import subprocess
import sys
import time
from typing import Any

import pytest

from playground.concept import load, slugs
from tests.doors.conftest import ROOT, Site

SECRET = "S3CRET"
FORGED = f"{SECRET}\n2026-01-01 ERROR playground: forged\r\x1b[31mforged"
FAR = "http://far.example/x"
FILES: list[Any] = [
    {"path": FAR, "meta": {"_type": "gradio.FileData"}},
    {"path": "x", "url": FAR, "meta": {"_type": "gradio.FileData"}},
    {"url": FAR},
    [FAR],
    {"value": {"path": FAR, "meta": {"_type": "gradio.FileData"}}},
]


def values(slug: str, **changed: Any) -> list[Any]:
    return [changed.get(name, field.default) for name, field in load(slug).params.model_fields.items()]


def codes(answer: Any) -> list[str]:
    for error in answer.json()["errors"]:
        assert error["en"]
        assert error["zh"]
    return [error["code"] for error in answer.json()["errors"]]


@pytest.mark.parametrize("data", [[], [1], values("gan")[:-1], [*values("gan"), 1], "x", None, {"a": 1}])
def test_a_wrong_number_of_values_is_one_sentence(site: Site, data: Any) -> None:
    answer = site.client.post("/en/gradio_api/call/gan", json={"data": data})
    assert answer.status_code == 422
    assert codes(answer) == ["values_counted"]
    assert str(len(values("gan"))) in answer.json()["detail"][0]["message"], "as gradio_client tells it"


@pytest.mark.parametrize("body", [b"", b"[", b"[1]", b'"x"', b"[" * 100_000, b'{"data": ' + b"9" * 10_000 + b"}", b"\xff\xfe"])
def test_a_body_that_is_none_is_one_sentence(site: Site, body: bytes) -> None:
    for path in ("call/gan", "call/v2/gan", "queue/join", "cancel"):
        answer = site.client.post(f"/en/gradio_api/{path}", content=body, headers={"content-type": "application/json"})
        assert answer.status_code == 400
        assert codes(answer) == ["body_unread"]


def test_nothing_that_could_be_a_file_reaches_gradio(site: Site) -> None:
    config = site.client.get("/en/config").json()
    for file in FILES:
        answer = site.client.post("/en/gradio_api/call/gan", json={"data": values("gan", points=file)})
        assert (answer.status_code, codes(answer)) == (422, ["value_not_plain"])
        assert site.client.post("/en/gradio_api/call/v2/gan", json={"points": file}).status_code == 422
        for event in config["dependencies"]:
            data = [file] * max(1, len(event["inputs"]))
            answer = site.client.post("/en/gradio_api/queue/join", json={"data": data, "fn_index": event["id"], "session_hash": "a"})
            assert answer.status_code in (404, 422)
    assert site.left.read_text() == ""


def test_a_call_in_two_steps_as_the_description_shows_it(site: Site) -> None:
    for path, body in (("call", {"data": values("diffusion", steps=10)}), ("call/v2", {"steps": 10})):
        event = site.client.post(f"/zh/gradio_api/{path}/diffusion", json=body).json()["event_id"]
        told = site.client.get(f"/zh/gradio_api/{path}/diffusion/{event}").text
        assert told.startswith(("event: complete", "event: heartbeat"))
        assert "/runs/diffusion?" in told
        assert codes(site.client.get(f"/zh/gradio_api/{path}/diffusion/{event}")) == ["no_such_call"], "an answer is fetched once"
    assert codes(site.client.post("/en/gradio_api/call/v2/gan", json={"nothing": 1})) == ["extra_forbidden"]


def test_a_call_that_nobody_asks_for_is_forgotten(site: Site) -> None:
    event = site.client.post("/en/gradio_api/call/diffusion", json={"data": values("diffusion", steps=10)}).json()["event_id"]
    time.sleep(8)
    assert site.client.get(f"/en/gradio_api/call/diffusion/{event}").status_code == 404


def test_no_word_from_outside_is_in_the_log(site: Site) -> None:
    config = site.client.get("/en/config").json()
    for number, event in enumerate(config["dependencies"]):
        data = [FORGED] * max(1, len(event["inputs"]))
        body = {"data": data, "fn_index": event["id"], "session_hash": f"s{number}", "event_data": {"a": FORGED}, "trigger_id": 1}
        answers = (200, 404, 422) if event["api_name"] in slugs() else (404, 422)  # as many texts as an endpoint takes values may pass
        assert site.client.post("/en/gradio_api/queue/join", json=body).status_code in answers
        for way in ("run/predict", "api/predict", f"run/{event['api_name']}", "component_server"):
            site.client.post(f"/en/gradio_api/{way}", json=body)
    for slug in slugs():
        field = next(name for name, kind in load(slug).params.model_fields.items() if kind.annotation is str)
        event = site.client.post(f"/en/gradio_api/call/{slug}", json={"data": values(slug, **{field: FORGED})}).json()["event_id"]
        site.client.get(f"/en/gradio_api/call/{slug}/{event}")
        site.client.get(f"/runs/{slug}", params={field: FORGED})
    quoted = f"{SECRET}%0aforged%1b"
    for path in (
        f"/{quoted}",
        f"/en/{quoted}",
        f"/en/assets/{quoted}",
        f"/static/{quoted}/x",
        f"/en/gan?deep_link={quoted}",
        f"/plan/gan?seed={quoted}",
        f"/qr?text={quoted}",
    ):
        site.client.get(path, headers={"user-agent": SECRET, "cookie": SECRET, "x-forwarded-host": SECRET, "accept-language": SECRET})
    for line in (
        f"GET /{SECRET}\x01 HTTP/1.1\r\n\r\n",
        f"{SECRET}\r\n\r\n",
        f"GET / HTTP/1.1\r\n{SECRET}\r\n\r\n",
        f"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: {SECRET}\r\nConnection: upgrade\r\n\r\n",
    ):
        with socket.create_connection(("127.0.0.1", site.port), timeout=30) as connection:
            connection.sendall(line.encode())
            connection.recv(65536)
    told = site.log.read_text()
    assert SECRET not in told
    assert "forged" not in told


@pytest.mark.parametrize(("models", "offline"), [("", "True"), ("someone/model", "False")])
def test_the_hub_is_asked_only_if_the_host_says_so(models: str, offline: str) -> None:
    program = "import playground.web; from huggingface_hub import constants; print(constants.HF_HUB_OFFLINE)"
    told = {"PLAYGROUND_HUB_MODELS": models, "PYTHONPATH": "src", "PATH": "/usr/bin:/bin", "HOME": "/nonexistent"}
    assert subprocess.check_output([sys.executable, "-c", program], cwd=ROOT, env=told, text=True).strip() == offline


def test_every_concept_runs_without_a_way_out(site: Site) -> None:
    """A fixture at its end looks again."""
    small = {"attention": "mode=look&generate=0&beams=0&model=minilm", "pipeline": "steps=2&pictures=1"}
    for slug in slugs():
        least = {"gridworld": "episodes=1"}.get(slug, "steps=10")
        end = site.client.get(f"/runs/{slug}?{small.get(slug, least)}", timeout=150).text.splitlines()[-1]
        assert "end" in json.loads(end) or slug == "attention", end
    assert site.left.read_text() == ""

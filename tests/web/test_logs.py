"""The log: what comes from outside is not in it, one record is one line, and what repeats is told once a minute."""

import asyncio
import io
import logging
import traceback
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from playground.web import logs

SECRET = "S3CRET"
FORGED = f"{SECRET}\n2026-01-01 00:00:00,000 ERROR playground: forged\r\x1b[31m\u202eforged"


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What the log says, with the root logger as it is in the server."""
    root, out = logging.getLogger(), io.StringIO()
    before = root.handlers[:], root.level
    monkeypatch.setattr(traceback, "print_exc", traceback.print_exc)
    logs.install()
    root.handlers[0].setStream(out)  # type: ignore[attr-defined]
    yield out
    logging.captureWarnings(False)
    root.handlers[:], root.level = before


def boom() -> None:
    raise ValueError(FORGED)


def test_an_exception_is_told_by_kind_and_place(told: io.StringIO) -> None:
    for name in ("playground.web", "someone.else", "asyncio", "gradio"):
        try:
            boom()
        except ValueError:
            logging.getLogger(name).exception("Exception in ASGI application\n")
    lines = told.getvalue().splitlines()
    assert len(lines) == 4
    assert all("ValueError" in line and "test_logs.py:" in line for line in lines)
    assert SECRET not in told.getvalue()


def test_what_others_put_into_their_records_stays_out(told: io.StringIO) -> None:
    logging.getLogger("someone.else").warning("Invalid request %s", FORGED)
    logging.getLogger("asyncio").error(f"Task exception was never retrieved\nfuture: <Task exception=ValueError({FORGED!r})>")
    logging.getLogger("someone").error(ValueError(FORGED))
    warnings.warn(FORGED, stacklevel=1)
    assert SECRET not in told.getvalue()
    assert len(told.getvalue().splitlines()) == 4
    assert "Task exception was never retrieved" in told.getvalue()


def test_ours_cannot_be_made_to_forge_lines(told: io.StringIO) -> None:
    logging.getLogger("playground.web").error("the run of %s", "gan\nforged \x1b[31m\u202e")
    (line,) = told.getvalue().splitlines()
    assert "gan\\nforged \\x1b[31m\\u202e" in line


def test_what_ends_in_print_exc_is_a_record(told: io.StringIO, capfd: pytest.CaptureFixture[str]) -> None:
    try:
        boom()
    except ValueError:
        traceback.print_exc()
    assert "ValueError" in told.getvalue()
    assert SECRET not in told.getvalue() + capfd.readouterr().err


def test_the_system_says_what_the_system_says(told: io.StringIO) -> None:
    try:
        Path(f"/nothing/{SECRET}").read_text()
    except OSError as error:
        logging.getLogger("someone.else").error(error)
    assert "[Errno 2] No such file or directory" in told.getvalue()
    assert SECRET not in told.getvalue()


def test_a_loop_of_accept_errors_is_a_line(told: io.StringIO) -> None:
    loop = asyncio.new_event_loop()
    for number in range(2000):
        loop.default_exception_handler(
            {"message": "socket.accept() out of system resource", "exception": OSError(24, "Too many open files"), "socket": number}
        )
    loop.close()
    assert len(told.getvalue().splitlines()) == 1
    assert "Too many open files" in told.getvalue()


def test_a_minute_later_it_is_told_again_with_how_often(told: io.StringIO) -> None:
    now = 0.0
    filtering = logs.Repeats(lambda: now)
    record = logging.makeLogRecord({"name": "asyncio", "levelname": "ERROR", "msg": "again", "pathname": "x", "lineno": 1})
    assert [bool(filtering.filter(record)) for _ in range(100)] == [True] + [False] * 99
    now = 61.0
    assert filtering.filter(record)
    assert "(99 more like it since)" in logs.message(record)

"""The log: one handler for all that the server's process says, ours, uvicorn's, asyncio's and Gradio's.

A record is one line, and holds nothing that came from outside: of an exception its kind and where it was raised, not its
words; of other people's messages the text in their source, not what they put into it. What repeats is told once a minute.
"""

import logging
import re
import time
import traceback
import unicodedata
from collections.abc import Callable
from types import TracebackType

SECONDS = 60.0
OURS = "playground"
PLACES = 4  # of a traceback: the last are where it happened


def install() -> None:
    """From here on. Gradio prints tracebacks where something fails; these become records too."""
    handler = logging.StreamHandler()
    handler.setFormatter(Line("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    handler.addFilter(Repeats())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger(OURS).setLevel(logging.INFO)
    logging.captureWarnings(True)
    traceback.print_exc = _told


class Line(logging.Formatter):
    """A record on one line, without text from outside."""

    def format(self, record: logging.LogRecord) -> str:
        plain = logging.makeLogRecord(
            record.__dict__ | {"msg": message(record), "args": None, "exc_info": None, "exc_text": None, "stack_info": None}
        )
        return super().format(plain)


class Repeats(logging.Filter):
    """Lets a record through if none like it has been told within a minute; the next one says how many were not."""

    def __init__(self, clock: Callable[[], float] = time.monotonic):
        super().__init__()
        self._clock = clock
        self._told: dict[tuple[str, ...], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        kind = (record.name, record.levelname, *likeness(record))
        since, kept = self._told.get(kind, (-SECONDS, 0))
        if self._clock() - since < SECONDS:
            self._told[kind] = (since, kept + 1)
            return False
        self._told[kind] = (self._clock(), 0)
        record.kept = kept
        return True


def likeness(record: logging.LogRecord) -> tuple[str, ...]:
    """What records of one kind share: where they are written, and where the exception in them comes from."""
    return (record.pathname, str(record.lineno), *(where(record.exc_info[1]) if record.exc_info and record.exc_info[1] else ()))


def message(record: logging.LogRecord) -> str:
    told = record.getMessage() if _is_ours(record.name) else _template(record)
    error = record.exc_info[1] if record.exc_info else None
    kept = getattr(record, "kept", 0)
    parts = [told, *([" < ".join(where(error))] if error else []), *([f"({kept} more like it since)"] if kept else [])]
    return printable(" ".join(parts))


def _is_ours(name: str) -> bool:
    return name == OURS or name.startswith(OURS + ".")


def _template(record: logging.LogRecord) -> str:
    """The first line of what stands in the source of another's program. Warnings are told as kind and place alone."""
    if record.name == "py.warnings":
        found = re.match(r"(.*?:\d+: \w+)", record.getMessage())
        return found[1] if found else "a warning"
    if isinstance(record.msg, BaseException):
        return " < ".join(where(record.msg))
    return str(record.msg).partition("\n")[0]


def where(error: BaseException) -> tuple[str, ...]:
    """An exception's kind, and the last places it went through, the innermost first. Of one of the system's, what the system calls it."""
    kind = type(error).__name__
    if isinstance(error, OSError) and error.errno is not None:
        kind += f" [Errno {error.errno}] {error.strerror}"
    return (kind, *(f"{frame.filename.rpartition('site-packages/')[2]}:{frame.lineno}" for frame in _places(error.__traceback__)))


def _places(trace: TracebackType | None) -> list[traceback.FrameSummary]:
    return [*reversed(traceback.StackSummary.extract(traceback.walk_tb(trace), lookup_lines=False))][:PLACES]


def printable(text: str) -> str:
    """On one line, and nothing in it that a terminal obeys or that turns the direction of what follows."""
    return "".join(sign if sign == " " or unicodedata.category(sign)[0] not in "CZ" else repr(sign)[1:-1] for sign in text)


def _told(*_: object, **__: object) -> None:
    logging.getLogger("gradio").error("an error in a call", exc_info=True)

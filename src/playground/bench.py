"""What a run of each concept's defaults costs on this machine. python -m playground.bench SLUG measures one, in this process."""

import importlib
import json
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from unicodedata import east_asian_width

from playground.concept import load, slugs
from playground.words import spoken, words

WIDTHS = (16, 7, 14, 6, 6)


@dataclass(frozen=True)
class Cost:
    cpu: float  # seconds, of the whole run with its frames
    first: float  # seconds on the clock, to the first frame's line
    frames: int
    kilobytes: float  # compressed, as stored and sent


def measure(slug: str) -> Cost:
    """One run of the defaults, warm as a worker is. Meant for a fresh process, which then keeps to one thread."""
    from playground.frame import encode
    from playground.runs import lines
    from playground.runs.store import pack

    concept = load(slug)
    for module in concept.preload:
        importlib.import_module(module)
    importlib.import_module("playground.runs.warm")  # importing it runs the warm-up
    params = concept.params()
    came: list[float] = []
    written = [lines.header(concept, params)]
    clock, cpu = time.perf_counter(), time.process_time()
    for line in encode(concept.run(params)):
        written.append(line)
        came.append(time.perf_counter() - clock)
    cpu = time.process_time() - cpu
    body = pack([*written, lines.end(len(came), came[-1])])
    return Cost(cpu, came[0], len(came), len(body) / 1000)


def table() -> None:
    """Measure every concept in a process of its own, one after the other, and print a line for each."""
    say = words(spoken())["cli"]
    print(say["bench_note"], "", _row(say["benched"]), _row("-" * width for width in WIDTHS), sep="\n", flush=True)
    for slug in slugs():
        done = subprocess.run([sys.executable, "-m", __name__, slug], capture_output=True, text=True)
        if done.returncode:
            print(_row([slug, *[say["bench_failed"]] * 4]), flush=True)
            print(done.stderr, file=sys.stderr)
            continue
        cost = Cost(**json.loads(done.stdout))
        print(_row([slug, f"{cost.cpu:.1f}", f"{cost.first:.2f}", str(cost.frames), f"{cost.kilobytes:.0f}"]), flush=True)


def _row(cells: Iterable[str]) -> str:
    """A line of the table, of Markdown as well: the name to the left, numbers to the right. Chinese letters are two columns wide."""
    padded = []
    for cell, width in zip(cells, WIDTHS, strict=True):
        gap = " " * (width - len(cell) - sum(east_asian_width(letter) == "W" for letter in cell))
        padded.append(gap + cell if padded else cell + gap)
    return f"| {' | '.join(padded)} |"


if __name__ == "__main__":
    print(json.dumps(asdict(measure(sys.argv[1]))))

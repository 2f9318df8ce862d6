"""What a run of each concept's defaults costs on this machine. python -m playground.bench SLUG measures one, in this process."""

import importlib
import json
import subprocess
import sys
import time
from dataclasses import asdict, dataclass

from playground.concept import load, slugs
from playground.words import spoken, words


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
    print(f"{say['bench_note']}\n\n" + "".join(f"| {head} " for head in say["benched"]) + "|\n|---|--:|--:|--:|--:|", flush=True)
    for slug in slugs():
        done = subprocess.run([sys.executable, "-m", __name__, slug], stdout=subprocess.PIPE, text=True)
        cost = Cost(**json.loads(done.stdout)) if done.returncode == 0 else None
        cells = f"{cost.cpu:.1f} | {cost.first:.2f} | {cost.frames} | {cost.kilobytes:.0f} |" if cost else f"{say['bench_failed']} | | | |"
        print(f"| {slug} | {cells}", flush=True)


if __name__ == "__main__":
    print(json.dumps(asdict(measure(sys.argv[1]))))

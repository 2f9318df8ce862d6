"""python -m tests.proof.corners CONCEPT [PLACE…]: what the dearest runs of a concept take, as JSON: CPU and memory over what was told.

Each runs in a fork of a process that is as warm as the forkserver. CPU is the child's own, so that a busy machine counts little.
"""

import importlib
import json
import multiprocessing
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from playground.concept import load
from playground.params import Params
from playground.runs.engine import compute
from tests.bench.figures import Figure
from tests.bench.maths import PER_THREAD
from tests.bench.server import ROOT
from tests.mazes import serpentine

OPEN = "/".join(["S" + "F" * 19, *["F" * 20] * 18, "F" * 19 + "G"])
WANDERS: dict[str, Any] = {"curious": False, "epsilon_end": 1.0, "world": OPEN}
WIDE: dict[str, Any] = {"batch": 512, "g_layers": 4, "d_layers": 4, "g_width": 128, "d_width": 128}
PENALISED: dict[str, Any] = {"loss": "wgan_gp", "r1": 1.0, "spectral_norm": True}
CORNERS: dict[str, list[dict[str, Any]]] = {  # what a concept's cost depends on, each at an end; training is long enough to be seen
    "attention": [{"steps": 100, "layers": 4, "width": 128, "context": 128, "heads": 8, "data": "tang", "generate": 48, "beams": 4}],
    "diffusion": [
        {"data": "emoji", "steps": 200, "sampling_steps": 100},
        {"objective": "ddpm", "steps": 500, "sampling_steps": 100},
    ],
    "gan": [
        {"steps": 100} | PENALISED,
        {"steps": 500, "batch": 512} | PENALISED,
        {"steps": 100} | WIDE | PENALISED,
        {"steps": 50, "d_steps": 5, "g_steps": 5} | WIDE | PENALISED,
        {"steps": 40, "seeds": 16} | WIDE | PENALISED,
        {"steps": 30, "data": "faces", "batch": 512, "loss": "wgan_gp", "spectral_norm": True, "seeds": 8},
        {"steps": 30, "data": "digits", "seeds": 16},
    ],
    "gridworld": [
        {"agent": "value_iteration", "gamma": 1.0, "slip": 0.5, "world": serpentine(20)},
        {"agent": "policy_iteration", "gamma": 1.0, "slip": 0.5, "world": serpentine(20)},
        {"agent": "sarsa", "episodes": 100, "gamma": 1.0, "step_reward": -1.0, "slip": 0.5} | WANDERS | {"world": serpentine(20)},
        {"agent": "lambda", "episodes": 20, "lam": 1.0, "gamma": 0.99} | WANDERS,
        {"agent": "n_step", "n": 20, "episodes": 50} | WANDERS,
        {"agent": "dyna", "planning": 50, "episodes": 20} | WANDERS,
        {"agent": "dyna", "planning": 50, "episodes": 20, "seeds": 64},
        {"agent": "q_learning", "episodes": 20, "seeds": 64, "world": OPEN},
        {"agent": "dqn", "episodes": 2, "hidden": 128, "memory": 1, "sees": "cell", "world": OPEN},
    ],
    "latent_diffusion": [{"steps": 20, "components": 256, "latent": 64, "sampling_steps": 40}],
    "pipeline": [{"steps": 20, "pictures": 36}],
    "vae": [{"model": "vq", "codes": 256, "latent": 32, "steps": 200}, {"latent": 32, "steps": 200}, {"steps": 4000, "data": "moons"}],
}
CHEAP = {"gridworld": (0, 1), "gan": (0,)}  # places of those that every test may run


def corners(slug: str) -> list[dict[str, Any]]:
    """Of a concept that names none, the defaults."""
    return CORNERS.get(slug, [{}])


def held(pid: int | str = "self") -> float:
    """MB that a process has for itself, beyond what it shares with the one it was forked from."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_")) / 1000


def run(pipe: Connection, slug: str, params: Params) -> None:
    """The run as its worker computes it, with its state stored; then the CPU it took."""
    before = resource.getrusage(resource.RUSAGE_SELF)
    with tempfile.TemporaryDirectory() as folder:
        for _ in compute(slug, params.canonical(), folder):
            pass
    after = resource.getrusage(resource.RUSAGE_SELF)
    pipe.send(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def taken(slug: str, params: Params) -> tuple[float, float]:
    """CPU seconds and MB. Raises EOFError where the run fails."""
    fork = multiprocessing.get_context("fork")
    ours, theirs = fork.Pipe(duplex=False)
    process = fork.Process(target=run, args=(theirs, slug, params))
    process.start()
    theirs.close()
    most = 0.0
    while not ours.poll(0.05):
        most = max(most, held(process.pid or "self"))
    seconds = ours.recv()
    process.join()
    return seconds, most


def main(slug: str, places: list[int]) -> list[dict[str, Any]]:
    concept = load(slug)
    for module in (*concept.preload, "playground.runs.warm"):
        importlib.import_module(module)
    told = []
    for place in places or range(len(corners(slug))):
        params = concept.params(**corners(slug)[place])
        seconds, most = taken(slug, params)
        named = {name: value for name, value in corners(slug)[place].items() if name != "world"}
        told.append(
            {"corner": named, "cpu": seconds, "work": params.work(), "mb": most, "told_mb": params.megabytes()}
            | {"cpu_over": seconds / (1.5 * params.work() + 2), "mb_over": most / params.megabytes()}
        )
    return told


def measured(slug: str, *places: int) -> list[dict[str, Any]]:
    """As main, in a process of its own."""
    command = [sys.executable, "-m", "tests.proof.corners", slug, *map(str, places)]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | PER_THREAD, check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def figures(slug: str) -> Iterator[Figure]:
    for told in measured(slug):
        corner = ", ".join(f"{name} {value}" for name, value in told["corner"].items())
        yield Figure(f"corner {corner}: CPU over 1.5 work + 2 s", 1, "", (told["cpu_over"],))
        yield Figure(f"corner {corner}: memory over what is told", 1, "", (told["mb_over"],))


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], [int(place) for place in sys.argv[2:]])))

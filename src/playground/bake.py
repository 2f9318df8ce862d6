"""Bake the runs that pages open on: every preset of every concept, into assets/runs. python -m playground.bake [gan …] [--check] [--all]"""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from playground.concept import Concept, load, slugs
from playground.device import computing, settle
from playground.params import Params
from playground.runs import lines
from playground.runs.engine import compute
from playground.runs.keys import code
from playground.runs.store import Store, pack, write
from playground.settings import Settings


def presets() -> Iterator[tuple[str, Concept, Params]]:
    """Every run to be baked, by a name people know."""
    for slug in slugs():
        concept = load(slug)
        for name, fields in concept.presets.items():
            yield f"{slug} {name}", concept, concept.params.checked(fields)


def problem(store: Store, concept: Concept, params: Params) -> str:
    """What is wrong with the run's file: missing, stale, or "" for nothing. Code alone makes stale, neither torch nor the device."""
    body = store.baked(concept.slug, params)
    if body is None:
        return "missing"
    return "" if lines.head(body).get("v") == code(concept.slug) else "stale"


def orphans(store: Store) -> list[Path]:
    """Files that belong to no preset."""
    wanted = {store.baked_path(concept.slug, params) for _, concept, params in presets()}
    return sorted(set((store.assets / "runs").rglob("*.run")) - wanted)


def bake(store: Store, concept: Concept, params: Params) -> int:
    """Compute the run and put it in place; its size in bytes."""
    began = time.process_time()  # what else the machine does is not the run's
    with tempfile.TemporaryDirectory() as states:
        *frames, last = compute(concept.slug, params.canonical(), states)
    body = pack([lines.header(concept, params), *frames, lines.end(len(frames), time.process_time() - began, lines.told(last))])
    path = store.baked_path(concept.slug, params)
    path.parent.mkdir(parents=True, exist_ok=True)
    write(path, body)
    return len(body)


def check(store: Store) -> list[str]:
    """What `bake` would change, one line each."""
    wrong = [f"{name}: {flaw}" for name, concept, params in presets() if (flaw := problem(store, concept, params))]
    return wrong + [f"{path.relative_to(store.assets)}: orphaned" for path in orphans(store)]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="only say what is stale, missing or orphaned, and fail if anything is")
    parser.add_argument("concepts", nargs="*", help="these alone; every one if none is named")
    parser.add_argument("--all", action="store_true", help="bake fresh ones too")
    asked = parser.parse_args(arguments)
    if unknown := set(asked.concepts) - set(slugs()):
        parser.error(f"no concept is named {', '.join(sorted(unknown))}")
    settings = Settings()
    store = Store(settings.store, settings.store_bytes, settings.assets)
    if asked.check:
        wrong = check(store)
        print("\n".join([*wrong, "Run `make bake`."]) if wrong else "all baked runs are fresh")
        return bool(wrong)
    settle()
    computing()
    for name, concept, params in presets():
        wanted = concept.slug in (asked.concepts or slugs())
        if wanted and (asked.all or problem(store, concept, params)):
            print(f"{name}: {bake(store, concept, params) / 1000:,.0f} kB", flush=True)
    for path in orphans(store):
        print(f"{path.relative_to(store.assets)}: removed")
        path.unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""python -m tests.proof.ends CONCEPT…: each field at each of its ends, on each preset, run with little training; prints what fails.

A preset is what it changes but the length of its training. What is refused with a sentence counts as answered.
"""

import sys
from collections.abc import Iterator

from playground.concept import Concept, load, slugs
from playground.params import Params, Refused
from tests.contract.test_concepts import assert_in_order, fields, inside, modes, play, schema, short, wire


def ends(concept: Concept) -> Iterator[Params]:
    """Each once. Where a text alone is refused, the preset has it refused too."""
    seen: set[str] = set()
    for preset in modes(concept):
        for name in fields(concept):
            for value in inside(schema(concept, name)):
                if name in ("steps", "episodes"):
                    continue
                try:
                    params = short(concept, **preset | {name: value})
                except Refused:
                    continue
                if params.to_query() not in seen:
                    seen.add(params.to_query())
                    yield params


def main(names: list[str]) -> int:
    failed = 0
    for slug in names or slugs():
        concept = load(slug)
        every = list(ends(concept))
        for done, params in enumerate(every, 1):
            try:
                frames, _ = play(concept, params)
                wire(frames)
                assert_in_order(concept, params, frames)
            except Refused:
                pass  # what only the run finds out, said in a sentence
            except Exception as error:
                failed += 1
                print(f"{slug} {done}/{len(every)} {params.to_query()}: {type(error).__name__} {error}", flush=True)
        print(f"{slug}: {len(every)} runs", flush=True)
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

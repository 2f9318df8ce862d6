"""python -m tests.contract.asking CONCEPT…: whatever is asked for, no more than 20 ms of CPU pass until it is planned or refused.

A process of its own: in the tests' shapes are checked, which takes longer than what is measured.
"""

import gc
import sys
import time
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

from hypothesis import example, given, settings
from hypothesis import strategies as st

from playground.concept import Concept, load
from playground.params import INFLATED_BYTES, QUERY_BYTES, Refused, _packed
from playground.web.runs import plan_of
from tests.mazes import serpentine

MOST = 0.020  # seconds of CPU
Pairs = dict[str, str]
SEPARATORS = ";,:/=+.-~% \n"
STRANGE = "\u0300\u0327\u0345\u031b\u0316é李😀\u202e\u0000Aa09"  # among them marks that normal forms sort
NUMBERS = ["9" * 4000, "-" + "9" * 4000, "1e" + "9" * 3000, "0." + "9" * 4000, "-0.0", "nan", "1e-300", "0x1p3", "1_0", "٣"]


def texts(kind: dict[str, Any]) -> st.SearchStrategy[str]:
    """As long as the field allows and longer: an example or a few signs over and over, and anything at all."""
    most = kind.get("maxLength", 1000)
    lengths = st.sampled_from([0, 1, most // 2, most, most + 1, INFLATED_BYTES])
    pieces = st.sampled_from([*kind.get("examples", []), *SEPARATORS, *STRANGE]) | st.text(SEPARATORS + STRANGE, min_size=1, max_size=12)
    return st.builds(
        lambda piece, joint, n: ((piece + joint) * (n // len(piece + joint) + 1))[:n], pieces, st.sampled_from(["", *SEPARATORS]), lengths
    )


def values(kind: dict[str, Any]) -> st.SearchStrategy[str]:
    if kind.get("type") == "string" and "enum" not in kind:
        return texts(kind)
    ends = [kind[end] for end in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "default") if end in kind]
    inside = [*kind.get("enum", []), *ends, *([True, False] if kind.get("type") == "boolean" else [])]
    return st.sampled_from([*map(str, inside)] * 3 + NUMBERS)


def edits(concept: Concept, kinds: dict[str, Any]) -> st.SearchStrategy[str]:
    """Up to twenty changes on the way."""
    one = st.sampled_from(concept.params.live() or ("seed",)).flatmap(
        lambda name: st.sampled_from(
            [*map(str, kinds[name].get("examples", [])), *map(str, kinds[name].get("enum", [])), "0", "1", "0,1,W"]
        ).map(lambda value: f"{name}={value}")
    )
    return st.lists(one, min_size=5, max_size=20).map(lambda parts: ";".join(f"{step}:{part}" for step, part in enumerate(parts, 1)))


def asked(concept: Concept) -> st.SearchStrategy[Pairs]:
    kinds = concept.params.model_json_schema()["properties"]
    fields = {name: values(kind) for name, kind in kinds.items() if name != "edits"} | {
        "edits": edits(concept, kinds) | texts(kinds["edits"])
    }
    return st.sets(st.sampled_from([*fields]), max_size=6).flatmap(
        lambda names: st.fixed_dictionaries({name: fields[name] for name in names})
    )


def spent(concept: Concept, query: str | Pairs) -> float:
    """CPU seconds of this thread until the question is answered."""
    start = time.thread_time()
    with suppress(Refused):
        plan_of(concept, concept.params.from_query(query))
    return time.thread_time() - start


def linked(pairs: Pairs) -> str:
    return urlencode({name: _packed(value) for name, value in pairs.items()}, safe="~")


def check(concept: Concept, pairs: Pairs) -> None:
    for query in (pairs, linked(pairs)):
        assert (took := spent(concept, query)) <= MOST, f"{concept.slug}: {took * 1e3:.1f} ms for {str(query)[:2000]}"


def cells(many: int) -> str:
    """Changes of so many cells, each another wall that is opened."""
    return ";".join(f"{step}:cell={2 * (step % 9) + 1},{step - 1},F" for step in range(1, many + 1))


SERPENTINES = [{"world": serpentine(20), "gamma": "1", "slip": ".5", "edits": cells(many)} for many in (0, 5, 10, 20)]
WINDY = {"world": serpentine(20).replace("F", "3"), "gamma": "1", "edits": cells(20)}
PAINTED = {"world": serpentine(20), "rewards": ";".join(f"{i % 20},{i // 20}=1" for i in range(400)), "edits": cells(20)}
NAMES = "&".join(f"{a}{b}=" for a in "abcdefghijklmnopqrstuvwxyz" for b in "abcdefghijklmnopqrstuvwxyz0123456789")[:QUERY_BYTES]
DRAWN = {"data": "drawn", "points": ";".join(f"{x},{-x}" for x in range(200))}


def main(slug: str) -> None:
    concept = load(slug)
    plan_of(concept, concept.params())  # sources are hashed once

    @settings(max_examples=300, deadline=None, database=None, derandomize=True)
    @given(asked(concept))
    def ask(pairs: Pairs) -> None:
        check(concept, pairs)

    changed = [{"edits": ";".join(f"{step}:{name}=1" for step in range(20))} for name in concept.params.live()]
    presets = [{name: str(value) for name, value in fields.items()} for fields in concept.presets.values()]
    for pairs in (*SERPENTINES, WINDY, PAINTED, *(start | edits for start in (DRAWN, *presets) for edits in changed)):
        ask = example(pairs)(ask)
    gc.disable()  # a collection is nobody's question
    assert spent(concept, NAMES) <= MOST, "names that are none"
    ask()


if __name__ == "__main__":
    for each in sys.argv[1:]:
        main(each)

"""Pages that need no network, a file for each concept: python -m playground.web.offline [gan …] [--runs "presets lesson seed=3"]"""

import argparse
import re
import sys
import time
from collections.abc import Iterator, Sequence
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs

from playground import lesson as lessons
from playground.concept import Concept, load, slugs
from playground.device import computing
from playground.params import Params, Refused
from playground.runs import lines
from playground.runs.engine import compute
from playground.runs.keys import key
from playground.runs.store import Store, pack
from playground.settings import Settings
from playground.web.offline.file import File, Held
from playground.web.offline.page import parts
from playground.web.offline.route import beside
from playground.words import LANGUAGES, sentence

FULL = 45_000_000  # bytes of a file, unless runs are named: all presets of today, and opens in a second
FIXED = 3_000_000  # bytes of it that are not runs
LINK = re.compile(r'href="(\?[^"]+)"')


def chosen(concept: Concept, text: str) -> list[tuple[Params, bool]]:
    """The runs that words ask for, and whether the lesson alone leads to them. Raises Refused.

    A word is "presets", a preset's name, a query, a page's link, or "lesson"; between words stand spaces or semicolons.
    """
    found: dict[Params, bool] = {}
    for word in re.split(r"[;\s]+", text.strip()):
        for params in _meant(concept, word):
            found[params] = found.get(params, True) and word == "lesson"
    return list(found.items())


def _meant(concept: Concept, word: str) -> Iterator[Params]:
    if word == "lesson":
        for link in LINK.findall(lessons.load(concept.slug, LANGUAGES[0]).body):
            yield from _of_link(concept, unescape(link))
    elif word in ("presets", *concept.presets):
        yield from (concept.params.checked(fields) for name, fields in concept.presets.items() if word in ("presets", name))
    else:
        yield from _of_link(concept, word)


def _of_link(concept: Concept, link: str) -> Iterator[Params]:
    """The run of an address or a query, and the one that `vs` puts beside it."""
    query = link.rpartition("?")[2].partition("#")[0]
    yield concept.params.from_query(query)
    second = beside(concept, query, parse_qs(query).get("vs", [""])[0])
    if second is not None:
        yield second


def held(store: Store, concept: Concept, params: Params) -> bytes:
    """The run's lines in gzip: baked, stored, or computed now and stored."""
    name = key(concept, params)
    body = store.baked(concept.slug, params) or store.get("run", name)
    if body is None:
        print(f"computing {params.to_query() or 'the defaults'}, some {params.work():.0f} s", flush=True)
        began = time.process_time()
        *frames, last = compute(concept.slug, params.canonical(), str(store.folder))
        body = pack([lines.header(concept, params), *frames, lines.end(len(frames), time.process_time() - began, lines.told(last))])
        store.put("run", name, body)
    return body


def fitting(store: Store, concept: Concept) -> list[Held]:
    """The baked presets, as many as go into a file, in their order; but the one that the page opens on comes first."""
    opens = lessons.load(concept.slug, LANGUAGES[0]).opens
    names = sorted(concept.presets, key=lambda name: name != opens)
    runs, size = [], FIXED
    for name in names:
        params = concept.params.checked(concept.presets[name])
        body = store.baked(concept.slug, params)
        if body is None or size + len(body) * 4 / 3 > FULL:
            why = "is not baked" if body is None else f"would make it larger than {FULL / 1e6:.0f} MB"
            print(f"{concept.slug}: without {name}, which {why}")
            continue
        size += round(len(body) * 4 / 3)
        runs.append(Held(params, body))
    return runs


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="make offline", description=__doc__)
    parser.add_argument("concepts", nargs="*", metavar="concept", help="all, unless some are named")
    parser.add_argument("--runs", default="", help="presets, preset names, queries or links, and lesson for the runs of its links")
    parser.add_argument("--live", default="", help="where the live site is, for what a file does not hold")
    parser.add_argument("--out", type=Path, default=Path("build/offline"))
    given = parser.parse_args(arguments)
    settings = Settings()
    store = Store(settings.store, settings.store_bytes, settings.assets)
    computing()
    for slug in given.concepts or slugs():
        if slug not in slugs():
            parser.error(f"there is no concept {slug!r}; there are {', '.join(slugs())}")
        concept = load(slug)
        try:
            wanted = chosen(concept, given.runs) if given.runs else []
        except Refused as refused:
            parser.error(" ".join(f"{flaw.field} {sentence('en', flaw)}".strip() for flaw in refused.flaws))
        runs = [Held(params, held(store, concept, params), hidden) for params, hidden in wanted] or fitting(store, concept)
        path = given.out / f"{slug}.html"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            file.writelines(parts(File(concept, runs, live=given.live.rstrip("/"))))
        print(f"{path}: {len(runs)} runs, {path.stat().st_size / 1e6:.1f} MB", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""python -m tests.proof [concept …]: every claim, or those of some concepts, into RESULTS.md.

No date and no host: the code's hash says what was measured.
"""

import sys
from collections.abc import Mapping
from pathlib import Path
from statistics import median

from playground.runs.keys import code
from tests.bench.figures import Figure
from tests.proof.claims import CLAIMS
from tests.proof.corners import figures

RESULTS = Path(__file__).parent / "RESULTS.md"
HEAD = """# Claims over many seeds

Written by `make proof`; seconds are CPU seconds of the whole run on one thread, after a warm-up, on a 2-core machine.
"""


def rows(slug: str, figures: list[Figure]) -> list[str]:
    lines = []
    for figure in figures:
        spread = f"{min(figure.values):.3f} to {max(figure.values):.3f}"
        kept = f"{figure.kept} of {len(figure.values)}"
        cells = (slug, f"`{code(slug)}`", figure.name.strip(), figure.bound, f"{median(figure.values):.3f}", spread, kept)
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def report(measured: Mapping[str, list[Figure]]) -> str:
    """The table; concepts that were not measured this time keep their rows."""
    lines = [HEAD, "| concept | code | claim | bound | median | least to most | seeds that keep it |", "|---|---|---|---|---|---|---|"]
    before = RESULTS.read_text("utf-8").splitlines() if RESULTS.exists() else []
    for slug in CLAIMS:
        lines += rows(slug, measured[slug]) if slug in measured else [line for line in before if line.startswith(f"| {slug} |")]
    return "\n".join(lines) + "\n"


def main(names: list[str]) -> int:
    """Write the table; 1 when a claim's median misses its bound."""
    measured = {slug: [*measure(), *figures(slug)] for slug, measure in CLAIMS.items() if slug in (names or CLAIMS)}
    RESULTS.write_text(report(measured), "utf-8")
    print(report(measured))
    return int(not all(figure.reached for figures in measured.values() for figure in figures))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""python -m tests.proof: every claim, into RESULTS.md. No date and no host: the code's hash says what was measured."""

import sys
from collections.abc import Mapping
from pathlib import Path
from statistics import median

from playground.runs.keys import code
from tests.bench.figures import Figure
from tests.proof.claims import CLAIMS

RESULTS = Path(__file__).parent / "RESULTS.md"
HEAD = """# Claims over many seeds

Written by `make proof`; seconds are CPU seconds of the whole run on one thread, after a warm-up, on a 2-core machine.
"""


def report(claims: Mapping[str, list[Figure]]) -> str:
    lines = [HEAD, "| concept | code | claim | bound | median | least to most | seeds that keep it |", "|---|---|---|---|---|---|---|"]
    for slug, figures in claims.items():
        for figure in figures:
            spread = f"{min(figure.values):.3f} to {max(figure.values):.3f}"
            kept = f"{figure.kept} of {len(figure.values)}"
            cells = (slug, f"`{code(slug)}`", figure.name.strip(), figure.bound, f"{median(figure.values):.3f}", spread, kept)
            lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def main() -> int:
    """Write the table; 1 when a claim's median misses its bound."""
    claims = {slug: list(measure()) for slug, measure in CLAIMS.items()}
    RESULTS.write_text(report(claims), "utf-8")
    print(report(claims))
    return int(not all(figure.reached for figures in claims.values() for figure in figures))


if __name__ == "__main__":
    sys.exit(main())

"""python -m tests.proof: every claim, into RESULTS.md. No date and no host: the code's hash says what was measured."""

import sys
from collections.abc import Iterable
from pathlib import Path
from statistics import median

from playground.runs.keys import code
from tests.proof.claims import CLAIMS, Claim

RESULTS = Path(__file__).parent / "RESULTS.md"
HEAD = """# Claims over many seeds

Written by `make proof`; seconds are CPU seconds of the whole run on one thread, after a warm-up, on a 2-core machine.
"""


def report(claims: Iterable[Claim]) -> str:
    lines = [HEAD, "| concept | code | claim | bound | median | least to most | seeds that keep it |", "|---|---|---|---|---|---|---|"]
    for claim in claims:
        spread = f"{min(claim.values):.2f} to {max(claim.values):.2f}"
        cells = (claim.slug, f"`{code(claim.slug)}`", claim.name, f"≤ {claim.bound:g} {claim.unit}", f"{median(claim.values):.2f}", spread)
        lines.append("| " + " | ".join((*cells, f"{claim.kept} of {len(claim.values)}")) + " |")
    return "\n".join(lines) + "\n"


def main() -> int:
    """Write the table; 1 when a claim's median misses its bound."""
    claims = [claim for measure in CLAIMS.values() for claim in measure()]
    RESULTS.write_text(report(claims), "utf-8")
    print(report(claims))
    return int(any(median(claim.values) > claim.bound for claim in claims))


if __name__ == "__main__":
    sys.exit(main())

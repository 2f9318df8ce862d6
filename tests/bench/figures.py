"""A figure to reach, what was measured, and the table of all of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Figure:
    """Repeats of one measurement, judged by their median: at most `target`, or at least it."""

    name: str
    target: float
    unit: str
    values: tuple[float, ...]
    at_least: bool = False

    @property
    def measured(self) -> float:
        return median(self.values)

    @property
    def reached(self) -> bool:
        return self.meets(self.measured)

    @property
    def kept(self) -> int:
        """How many of the repeats reach the target by themselves."""
        return sum(map(self.meets, self.values))

    @property
    def bound(self) -> str:
        return f"{'≥' if self.at_least else '≤'} {self.target:g} {self.unit}".strip()

    def meets(self, value: float) -> bool:
        return value >= self.target if self.at_least else value <= self.target


def table(figures: Iterable[Figure]) -> str:
    """Markdown; the spread is written where there were repeats."""
    rows: list[tuple[str, ...]] = [("figure", "target", "measured", "least to most", "")]
    for f in figures:
        spread = f"{min(f.values):.3g} to {max(f.values):.3g}" if len(f.values) > 1 else ""
        rows.append((f.name, f.bound, f"{f.measured:.3g}", spread, "✓" if f.reached else "✗ missed"))
    rows.insert(1, tuple("---" for _ in rows[0]))
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return "\n".join("| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows)

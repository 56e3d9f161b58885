"""How often intervals hold the truth of simulated samples: `python -m tests.coverage_of_intervals`.

Simulates 2,000 cases of each interval in `tests/known_truths.py`, and writes the table of docs/statistics.md below its
comment. Ends with 1 where a 95 % interval covers its truth in less than 93 or more than 97 % of them.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from tests.known_truths import CASES, INTERVALS, Interval

PAGE: Final = Path(__file__).resolve().parents[1] / "docs" / "statistics.md"
HEADS: Final = ("interval", "simulated with", "covers (%)", "truth below it (%)", "truth above it (%)")
WANTED: Final = 95.0
MARGIN: Final = 2.0
"""Points by which the share of 2,000 cases may differ from 95 %: 4.1 standard deviations."""
_TABLE: Final = re.compile(r"(<!-- measured: coverage -->\n)(?:\|.*\n)*")


@dataclass(frozen=True)
class Coverage:
    """Of how many cases the interval held the truth, and on which side it missed, in percent."""

    interval: Interval
    cases: int
    covers: float
    below: float
    above: float

    @property
    def margin(self) -> float:
        """Points by which that may differ from 95 %: as many standard deviations as 2 points are of 2,000 cases."""
        return float(MARGIN * (CASES / self.cases) ** 0.5)

    @property
    def as_it_should_be(self) -> bool:
        """Whether it covers 95 %, to within what so many cases can tell; or more, where that is all it promises."""
        return self.covers >= WANTED - self.margin and (self.interval.at_least or self.covers <= WANTED + self.margin)

    @property
    def cells(self) -> tuple[str, ...]:
        """The row of the table."""
        shares = (f"{self.covers:.1f}", f"{self.below:.1f}", f"{self.above:.1f}")
        return (f"`{self.interval.function}`", self.interval.sample, *shares)


def coverage_of(interval: Interval, cases: int = CASES) -> Coverage:
    """Count the cases in which an interval holds its truth; the stream of cases is always the same."""
    low, high = interval.bounds(np.random.default_rng(0), cases)
    assert len(low) == len(high) == cases
    below, above = np.mean(low > interval.truth), np.mean(high < interval.truth)
    covers = np.mean((low <= interval.truth) & (interval.truth <= high))
    return Coverage(interval, cases, 100 * float(covers), 100 * float(below), 100 * float(above))


def table(rows: Iterable[Coverage]) -> str:
    """The table of the page."""
    lines = [HEADS, ("---",) * len(HEADS), *(row.cells for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def rows_in(text: str) -> list[list[str]]:
    """The cells of each row that a page holds now."""
    found = _TABLE.search(text)
    assert found is not None
    return [line.strip("| ").split(" | ") for line in found[0].splitlines()[3:]]


def main() -> int:
    """Simulate, write the table, and give the exit code."""
    rows = []
    for interval in INTERVALS:
        rows.append(coverage_of(interval))
        print(*rows[-1].cells, sep=" | ", file=sys.stderr, flush=True)
    text = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(_TABLE.sub(lambda match: match[1] + table(rows), text), encoding="utf-8")
    wrong = [row.interval.name for row in rows if not row.as_it_should_be]
    print(f"not as it should be: {'; '.join(wrong)}" if wrong else "all as it should be", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

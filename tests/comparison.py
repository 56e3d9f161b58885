"""Five ways to agree under the same clients and faults, as a table: `python tests/comparison.py`.

Runs the built-in study `agreement`, and writes its table into docs/comparison.md, below its comment.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import murmur

if TYPE_CHECKING:
    import pandas as pd

PAGE: Final = Path(__file__).resolve().parents[1] / "docs" / "comparison.md"
HEADS: Final = (
    "system",
    "fault",
    "time to agree on an operation p50, p99 (ms)",
    "messages per operation",
    "availability",
    "longest unavailability (ms)",
    "not linearizable",
    "not sequential",
    "not causal",
)
_TABLE: Final = re.compile(r"(<!-- measured: agreement -->\n)(?:\|.*\n)*")


def cells(frame: pd.DataFrame) -> tuple[str, ...]:
    """The measured columns of one cell of the study: medians over its runs, and shares of runs."""

    def median(metric: str) -> float:
        return float(frame[metric].median())

    def violated(check: str) -> str:
        found = frame[f"check.{check}"]
        known = found[found != "unknown"]
        return f"{sum(known == 'violated')} of {len(known)}" if len(known) else "not known"

    return (
        f"{median('latency_p50') / 1e6:.1f}, {median('latency_p99') / 1e6:.0f}",
        f"{median('messages_per_operation'):.1f}",
        f"{100 * median('availability'):.1f} %",
        f"{median('longest_unavailability') / 1e6:.0f}",
        violated("linearizable"),
        violated("sequentially-consistent"),
        violated("causally-consistent"),
    )


def table(frame: pd.DataFrame) -> str:
    """The table of the page, one row a cell of the study."""
    rows: list[tuple[Any, ...]] = [HEADS, ("---",) * len(HEADS)]
    rows += [(*cell, *cells(runs)) for cell, runs in frame.groupby(["system", "fault"], sort=False)]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def main() -> int:
    """Measure, and write the table."""
    parser = argparse.ArgumentParser(prog="python tests/comparison.py", description=__doc__.splitlines()[0])
    parser.add_argument("--study", help="folder of the study where it has been run already")
    options = parser.parse_args()
    study = murmur.open_study(options.study) if options.study else murmur.study("agreement")
    text, places = _TABLE.subn(lambda match: match[1] + table(study.frame()), PAGE.read_text(encoding="utf-8"))
    assert places == 1, "the page has one comment for the table"
    PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

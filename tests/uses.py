"""What swarms are used for beside other ways to do it, as tables: `python tests/uses.py`.

Runs the built-in studies of uses, or those that are named, and writes their tables into docs/uses.md, each below its
comment.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import murmur

if TYPE_CHECKING:
    import pandas as pd

PAGE: Final = Path(__file__).resolve().parents[1] / "docs" / "uses.md"

Column = tuple[str, Callable[["pd.DataFrame"], str]]


def number(metric: str, digits: int = 1, factor: float = 1.0) -> Callable[[pd.DataFrame], str]:
    """The median of a metric over the runs of a cell, `never` where most runs have none."""

    def median(runs: pd.DataFrame) -> str:
        found = runs[metric].fillna(float("inf")).median()
        return "never" if found == float("inf") else f"{found * factor:,.{digits}f}"

    return median


def range_of(metric: str, digits: int = 0) -> Callable[[pd.DataFrame], str]:
    """The median of a metric over the runs of a cell, and the largest."""
    return lambda runs: f"{runs[metric].median():.{digits}f} ({runs[metric].max():.{digits}f})"


def milliseconds(metric: str, digits: int = 0) -> Callable[[pd.DataFrame], str]:
    """The median of a time over the runs of a cell, in milliseconds."""
    return number(metric, digits, 1e-6)


def share_never(metric: str) -> Callable[[pd.DataFrame], str]:
    """In how many runs of a cell a time never came."""
    return lambda runs: f"{int(runs[metric].isna().sum())} of {len(runs)}"


def recovered(runs: pd.DataFrame) -> str:
    """The median time from the loss of phases to agreement that lasts to the end, in milliseconds."""
    times = (runs["converged_at"].fillna(float("inf")) - 4.1e9).clip(lower=0.0)
    found = times.median()
    return "never" if found == float("inf") else f"{found / 1e6:.0f}"


STUDIES: Final[dict[str, tuple[Column, ...]]] = {
    "batching": (
        ("calls a second", number("calls_per_second")),
        ("requests in a call", number("requests_per_call")),
        ("held, p50 (ms)", milliseconds("call_wait_p50")),
        ("held, p99 (ms)", milliseconds("call_wait_p99")),
        ("answered, p99 (ms)", milliseconds("answer_time_p99")),
        ("messages a node", number("messages_per_node", 0)),
    ),
    "cron": (
        ("most jobs at once, second half: median (largest)", range_of("jobs_running_peak_second_half")),
        ("jobs at once, p99", number("jobs_running_p99", 0)),
        ("jobs that overlap another", lambda runs: f"{100 * runs['job_overlap'].median():.0f} %"),
        ("messages a node", number("messages_per_node", 0)),
    ),
    "connection-pool": (
        ("attempts in 5 ms, most, second half", number("load_peak_second_half", 0)),
        ("mean", number("load_mean")),
        ("wait, p50 (ms)", milliseconds("connect_wait_p50", 1)),
        ("wait, p99 (ms)", milliseconds("connect_wait_p99", 1)),
        ("messages a node", number("messages_per_node", 0)),
    ),
    "phase-agreement": (
        ("time to agree (ms)", milliseconds("first_converged_at")),
        ("time to agree again after 30 % lost their phase (ms)", recovered),
        ("runs that do not agree in the end", share_never("converged_at")),
        ("time in agreement", lambda runs: f"{100 * runs['time_within_tolerance'].median():.1f} %"),
        ("messages a node and second", number("messages_per_node", 1, 1 / 10)),
    ),
}
"""The columns of each table, beside what tells the cells of the study apart."""


def table(name: str, study: murmur.Study) -> str:
    """The table of a study, one row a cell."""
    factors = list(study.factors)
    rows: list[tuple[Any, ...]] = [(*factors, *(head for head, _ in STUDIES[name]))]
    rows.append(("---",) * len(rows[0]))
    for labels, runs in study.frame().groupby(factors, sort=False):
        rows.append((*labels, *(cell(runs) for _, cell in STUDIES[name])))
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def main() -> int:
    """Measure, and write the tables."""
    parser = argparse.ArgumentParser(prog="python tests/uses.py", description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="studies; all of them where none is named")
    parser.add_argument("--studies", type=Path, help="folder of the studies' folders, where they have been run already")
    options = parser.parse_args()
    text = PAGE.read_text(encoding="utf-8")
    for name in options.names or STUDIES:
        study = murmur.open_study(options.studies / name) if options.studies else murmur.study(name)
        written = table(name, study)
        text, places = re.subn(rf"(<!-- measured: {name} -->\n)(?:\|.*\n)*", lambda at: at[1] + written, text)  # noqa: B023
        assert places == 1, f"the page has one comment for the table of {name}"
    PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

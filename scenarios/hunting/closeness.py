"""How close a run came to a violation, by what any protocol can be measured by; and which runs came closest.

Nobody knows beforehand what leads to a violation, so each measure keeps the runs at its top: those that converged last
or not at all, that stood still longest, that fell short at the end, that lost what they had reached; of consensus,
those whose clients waited longest, whose logs were furthest apart, which had most elections. A protocol whose danger
shows elsewhere adds a metric of its own to `analysis.metrics` and its name here; runs without it have no part in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from math import inf
from typing import TYPE_CHECKING, Final

from scenarios.execution.row import number_of
from scenarios.hunting.finding import violations_in

if TYPE_CHECKING:
    from scenarios.execution.row import Row

MEASURES: Final = (
    "converged_at",
    "longest_standstill",
    "shortfall",
    "convergence_losses",
    "longest_unavailability",
    "most_divergent",
    "largest_term",
)
"""Metrics of which more is closer. Of consensus: clients that nobody serves, conflicting entries, many elections."""
CLOSEST: Final = 8
"""Runs that each measure keeps."""
MOST_OF_ONE_LINE: Final = 2
"""Runs with one ancestor that each measure keeps, so that no plan takes all places with its own variants."""


def closeness(row: Row, measure: str) -> float:
    """Return how close a run came by one measure; 0 where it says nothing. Never converged is as close as can be."""
    value = row.get(f"metric.{measure}")
    if value is None and measure == "converged_at" and "metric.convergence_losses" in row:
        return inf
    return float(value or 0)


def closest(rows: Iterable[Row], line_of: Callable[[Row], int]) -> list[Row]:
    """Return the runs that came closest without a violation, by number; `line_of` names the ancestor of each."""
    candidates = [row for row in rows if not any(violations_in(row))]
    chosen = {number_of(row): row for measure in MEASURES for row in _closest_by(candidates, measure, line_of)}
    return [row for _, row in sorted(chosen.items())]


def _closest_by(rows: Sequence[Row], measure: str, line_of: Callable[[Row], int]) -> list[Row]:
    ranked = sorted(
        (row for row in rows if closeness(row, measure) > 0), key=lambda row: (-closeness(row, measure), number_of(row))
    )
    chosen: list[Row] = []
    places: dict[int, int] = {}
    for row in ranked:
        line = line_of(row)
        if places.get(line, 0) < MOST_OF_ONE_LINE:
            places[line] = places.get(line, 0) + 1
            chosen.append(row)
        if len(chosen) == CLOSEST:
            break
    return chosen

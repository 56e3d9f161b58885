"""The runs that are worth a look although they violate nothing: the slowest, and the most expensive."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from scenarios.execution.row import number_of, seed_in

if TYPE_CHECKING:
    from scenarios.execution.row import Row

MEASURES: Final = {"slowest": ("converged_at",), "most expensive": ("messages",)}
"""What the extremes are by: of several metrics, the first that a run has."""

BATCH: Final = 4096


@dataclass(frozen=True, slots=True)
class Extreme:
    """Runs with the largest values of a metric, the largest first; of equal ones, the earlier run."""

    name: str
    metric: str
    values: tuple[float, ...]
    numbers: tuple[int, ...]
    seeds: tuple[int, ...]

    def plain(self) -> dict[str, Any]:
        """Return it as plain data."""
        cases = zip(self.numbers, self.seeds, self.values, strict=True)
        shown = [{"run": number, "seed": seed, "value": value} for number, seed, value in cases]
        return {"name": self.name, "metric": self.metric, "runs": shown}


def extremes_in(rows: Sequence[Row], most: int) -> tuple[Extreme, ...]:
    """Return the runs at the end of each scale, so many of each; scales that no run has are left out."""
    found = []
    for name, metrics in MEASURES.items():
        metric = next((each for each in metrics if any(f"metric.{each}" in row for row in rows)), None)
        if metric is not None:
            found.append(_extreme(name, metric, rows, most))
    return tuple(found)


def at_the_ends(rows: Iterable[Row], most: int) -> list[Row]:
    """Return the rows among these that are at the end of a scale, in their order; few are held at a time."""
    kept: list[Row] = []
    rest = iter(rows)
    while batch := list(islice(rest, BATCH)):
        candidates = [*kept, *batch]
        ends = {number for extreme in extremes_in(candidates, most) for number in extreme.numbers}
        kept = [row for row in candidates if number_of(row) in ends]
    return kept


def _extreme(name: str, metric: str, rows: Sequence[Row], most: int) -> Extreme:
    cases = [(float(row[f"metric.{metric}"] or 0), row) for row in rows if f"metric.{metric}" in row]
    chosen = sorted(cases, key=lambda case: (-case[0], number_of(case[1])))[:most]
    return Extreme(
        name,
        metric,
        values=tuple(value for value, _ in chosen),
        numbers=tuple(number_of(row) for _, row in chosen),
        seeds=tuple(seed_in(row) for _, row in chosen),
    )

"""How one thing that two cells have in common differs between them: a metric, a check, or how many runs failed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from analysis.better import Better, better_of
from analysis.metric import Metric
from analysis.statistics.differences import Difference, StatisticName, paired_difference, unpaired_difference
from analysis.statistics.paired_times import paired_times
from analysis.statistics.share_differences import difference_of_shares, paired_difference_of_shares
from analysis.statistics.significance import Test
from analysis.statistics.survival import logrank
from topologies.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

FAILED = "failed runs"
"""Name of the share of runs that ended in an error."""
Sort = Literal["metric", "check", "runs"]


@dataclass(frozen=True, slots=True)
class Change:
    """What became of `name` from the first cell to the second, over so many `runs` of either.

    `first` and `second` are means, medians or shares. `until` (ns): times beyond it, and those that never came, count
    as it, since not all runs tell of what came later; `order` then tests which side came earlier, and `cut` times came
    later than that. `same`: each run has the value that its partner has. `difference` is None where either cell has no
    value, or no two runs that have one pair.
    """

    cell: str
    name: str
    sort: Sort
    unit: str
    better: Better | None
    first: float | None
    second: float | None
    runs: tuple[int, int]
    difference: Difference | None
    same: bool = False
    until: float | None = None
    order: Test | None = None
    cut: int = 0

    @property
    def pairs(self) -> int:
        """How many pairs of runs were compared; 0 where they do not pair."""
        return self.difference.pairs if self.difference else 0


def change_of_metric(
    cell: str, metric: str, first: pd.DataFrame, second: pd.DataFrame, paired: bool, statistic: StatisticName
) -> Change:
    """Return how a metric differs, in runs that did not fail; `paired`: the n-th rows have the same seed."""
    import numpy as np

    kind = _kind(metric)
    one, other = (rows[metric].to_numpy(dtype=float) for rows in (first, second))
    same = paired and np.array_equal(one, other, equal_nan=True) and not np.isnan(one).all()
    if kind is not None and may_never_come(metric) and (np.isnan(one).any() or np.isnan(other).any()):
        if statistic == "mean":
            return _change_of_times(cell, kind, metric, first, second, paired)
        one, other = (np.where(np.isnan(values), np.inf, values) for values in (one, other))
    both = ~(np.isnan(one) | np.isnan(other)) if paired else np.zeros(0, dtype=bool)
    if both.any():
        one, other = one[both], other[both]
    one, other = one[~np.isnan(one)], other[~np.isnan(other)]
    found = None
    if both.any() or not paired:
        found = (paired_difference if paired else unpaired_difference)(one.tolist(), other.tolist(), statistic)
    middle = np.mean if statistic == "mean" else np.median
    values = [float(middle(each)) if each.size else None for each in (one, other)]
    unit, runs = "" if kind is None else kind.unit, (one.size, other.size)
    return Change(cell, metric, "metric", unit, better_of(metric), values[0], values[1], runs, found, same)


def _change_of_times(
    cell: str, kind: Metric, metric: str, first: pd.DataFrame, second: pd.DataFrame, paired: bool
) -> Change:
    """Return how a time differs that did not come in all runs: the mean of what is known in every run."""
    import numpy as np

    longest = np.nanmax([0.0, *first[metric].astype(float), *second[metric].astype(float)])
    times = [_times(rows, metric, None if kind.from_start else float(longest)) for rows in (first, second)]
    one, other = times
    order: Test | None
    if paired:
        pairs = paired_times(one, other)
        found, until, order = (None, 0.0, None) if pairs is None else (pairs.restricted, pairs.until, pairs.test)
    else:
        ends = [time for values, came in times for time, seen in zip(values, came, strict=True) if not seen]
        until, order = min(ends), logrank(one, other)
        found = unpaired_difference(*(np.minimum(values, until).tolist() for values, _ in times))
    values = [float(np.minimum(each, until).mean()) if each else None for each, _ in times]
    cut = sum(seen and time > until for each in times for time, seen in zip(*each, strict=True))
    runs = len(first), len(second)
    same = paired and one == other
    means = values[0], values[1]
    return Change(cell, metric, "metric", kind.unit, better_of(metric), *means, runs, found, same, until, order, cut)


def _times(rows: pd.DataFrame, metric: str, end: float | None) -> tuple[list[float], list[bool]]:
    """Return when something came in each run, and whether; where not, when its run ended, or the `end` given."""
    import numpy as np

    values = rows[metric].to_numpy(dtype=float)
    came = ~np.isnan(values)
    ends = rows["ended_ns"].to_numpy(dtype=float) if end is None else np.full(len(values), end)
    return np.where(came, values, ends).tolist(), came.tolist()


def change_of_check(cell: str, check: str, first: pd.DataFrame, second: pd.DataFrame, paired: bool) -> Change | None:
    """Return how the share of runs differs in which a check does not hold; None where either has no verdict of it.

    One that is violated and one that is unknown do not hold: a run that ended too early shows nothing.
    """
    column = f"check.{check}"
    if any(column not in rows or rows[column].isna().all() for rows in (first, second)):
        return None
    broken = [[verdict != "holds" for verdict in rows[column]] for rows in (first, second)]
    return _change_of_shares(cell, check, "check", broken, paired)


def change_of_failures(cell: str, first: pd.DataFrame, second: pd.DataFrame, paired: bool) -> Change | None:
    """Return how the share of runs differs that ended in an error, of which nothing else tells; None for none."""
    failed = [rows["error"].notna().tolist() for rows in (first, second)]
    return _change_of_shares(cell, FAILED, "runs", failed, paired) if any(map(any, failed)) else None


def _change_of_shares(cell: str, name: str, sort: Sort, found: list[list[bool]], paired: bool) -> Change:
    one, other = found
    if paired:
        difference = paired_difference_of_shares(one, other)
    else:
        difference = difference_of_shares(sum(one), len(one), sum(other), len(other))
    shares = [sum(each) / len(each) if each else None for each in found]
    same = one == other if paired else not any(one) and not any(other)
    runs = len(one), len(other)
    return Change(cell, name, sort, "share", "less", shares[0], shares[1], runs, difference, same)


def may_never_come(metric: str) -> bool:
    """Whether a run without a value of a metric tells something: that its time did not come."""
    kind = _kind(metric)
    return kind is not None and kind.may_never_come


def _kind(metric: str) -> Metric | None:
    """Return what is known of a metric; None of one that another version measured."""
    from analysis.metrics import known_metric

    try:
        return known_metric(metric)
    except InputError:
        return None


def plain_change(change: Change) -> dict[str, Any]:
    """Return a change as plain data."""
    return {
        "cell": change.cell,
        "name": change.name,
        "sort": change.sort,
        "unit": change.unit,
        "better": change.better,
        "first": change.first,
        "second": change.second,
        "runs": list(change.runs),
        "same": change.same,
        "until": change.until,
        "order": None if change.order is None else change.order.plain(),
        "cut": change.cut,
        **({} if change.difference is None else change.difference.plain()),
    }

"""What one cell of a study came to: an estimate of each metric, and how often each check holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import isfinite
from typing import TYPE_CHECKING, Any, Final

from analysis.estimates import FEWEST, Estimate, mean_of, median_of, share_of
from analysis.repeated_looks import estimate_at, relative_half_width
from analysis.statistics.rare_events import upper_bound
from analysis.statistics.survival import restricted_mean, survival_of

if TYPE_CHECKING:
    import pandas as pd

    from analysis.metric import Metric
    from scenarios.study.cells import Label
    from scenarios.study.stop import Stop

NEVER: Final = "never"
"""Stands in plain data for a time that does not come."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What the runs of a cell say of a metric.

    `missing` runs have no value. Where that is a time that did not come while the run lasted, `may_never_come`, such a
    run counts in the median as later than all others, or than the limit that cut it off; the mean is that of the
    runs which have a value. `restricted` is the mean where no one waits beyond `until`, the end of the longest run, so
    that such runs count as well; None where all came, or where the time does not start with the run.
    """

    unit: str
    may_never_come: bool
    known: int
    missing: int
    median: Estimate | None
    mean: Estimate | None
    restricted: Estimate | None = None
    until: float | None = None

    def plain(self) -> dict[str, Any]:
        """Return it as plain data."""
        waited = _plain("restricted_mean", self.restricted) | {"restricted_until": self.until}
        return {
            "unit": self.unit,
            "known": self.known,
            "missing": self.missing,
            **_plain("median", self.median),
            **_plain("mean", self.mean),
            **({} if self.restricted is None else waited),
        }


@dataclass(frozen=True, slots=True)
class Verdicts:
    """In how many runs of a cell a check holds, is violated, and is unknown."""

    holds: int
    violated: int
    unknown: int

    @property
    def runs(self) -> int:
        """How many runs have a verdict."""
        return self.holds + self.violated + self.unknown

    @property
    def share_violated(self) -> Estimate | None:
        """Share of the runs in which it is violated."""
        return share_of(self.violated, self.runs)

    @property
    def violated_at_most(self) -> float | None:
        """Where it is violated in none: the share that 95 % of such samples would have shown at least once."""
        return upper_bound(0, self.holds) if self.holds and not self.violated else None

    def plain(self) -> dict[str, Any]:
        """Return it as plain data."""
        counts = {"holds": self.holds, "violated": self.violated, "unknown": self.unknown}
        bound = {} if self.violated_at_most is None else {"violated_at_most": self.violated_at_most}
        return counts | _plain("share_violated", self.share_violated) | bound


@dataclass(frozen=True, slots=True)
class Stopped:
    """How a cell stopped that was run until an interval was narrow: its relative half-width, and whether it was."""

    half_width: float
    reached: bool

    def plain(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {"half_width": self.half_width if isfinite(self.half_width) else None, "reached": self.reached}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a cell came to in so many runs, of which `failed` ended in an error and count nowhere else.

    `censored` of the others were cut off by a limit: what did not come until then is missing, and a metric that is not
    a time is not known of them.
    """

    labels: Mapping[str, Label]
    runs: int
    failed: int
    censored: int
    metrics: Mapping[str, Measured]
    verdicts: Mapping[str, Verdicts]
    stopped: Stopped | None = None

    def plain(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "labels": dict(self.labels),
            "runs": self.runs,
            "failed": self.failed,
            "censored": self.censored,
            "metrics": {name: each.plain() for name, each in self.metrics.items()},
            "checks": {name: each.plain() for name, each in self.verdicts.items()},
            **({} if self.stopped is None else {"stopped": self.stopped.plain()}),
        }


def answers_of(
    frames: Iterable[tuple[int, pd.DataFrame]],
    cells: Sequence[Mapping[str, Label]],
    metrics: Sequence[str],
    checks: Sequence[str],
    stop: Stop | None = None,
) -> Iterator[Answer]:
    """Yield what each cell came to, by a frame of its runs, which may have come in by a rule for stopping."""
    from analysis.metrics import known_metric

    kinds = {name: known_metric(name) for name in metrics}
    for number, runs in frames:
        whole = runs[runs["error"].isna()]
        measured = {name: _measured(whole, name, kinds[name]) for name in metrics}
        verdicts = {name: _verdicts(whole[f"check.{name}"]) for name in checks}
        found = {name: each for name, each in verdicts.items() if each.runs}
        censored = int(whole["censored"].notna().sum())
        stopped = None
        if stop is not None:
            measured[stop.metric], stopped = _by_the_rule(measured[stop.metric], whole[stop.metric], stop)
        yield Answer(cells[number], len(runs), len(runs) - len(whole), censored, measured, found, stopped)


def _measured(rows: pd.DataFrame, name: str, metric: Metric) -> Measured:
    known = rows[name].dropna().tolist()
    missing = len(rows) - len(known)
    never = missing if metric.may_never_come else 0
    measured = Measured(
        metric.unit, metric.may_never_come, len(known), missing, median_of(known, never), mean_of(known)
    )
    return _waited(measured, rows, name) if never and metric.from_start else measured


def _waited(measured: Measured, rows: pd.DataFrame, name: str) -> Measured:
    """Return what runs say of a time that did not come in all: by the curve of Kaplan and Meier where it takes one.

    It does where a limit cut a run off before the time came in another. A run that went on to its end is as good as one
    in which the time is later than all others, and then the interval between order statistics assumes less.
    """
    import numpy as np

    ends = rows["ended_ns"].to_numpy(dtype=float)
    values = rows[name].to_numpy(dtype=float)
    came = ~np.isnan(values)
    until = float(max(ends.max(), values[came].max(initial=0.0)))
    lasted = np.where(rows["censored"].notna(), ends, until)
    times = np.where(came, values, lasted)
    restricted = restricted_mean(times.tolist(), came.tolist(), until) if came.any() else None
    told = replace(measured, restricted=restricted, until=None if restricted is None else until)
    if lasted[~came].min() >= values[came].max(initial=0.0):
        return told
    curve = survival_of(times.tolist(), came.tolist())
    assert curve is not None
    bounds_told = len(times) >= FEWEST
    return replace(told, median=curve.median if bounds_told else replace(curve.median, low=None, high=None))


def estimate_to_stop_by(column: pd.Series[Any], stop: Stop) -> Estimate | None:
    """Return the estimate that decides whether a cell stops, by the values of its runs, NaN where one has none."""
    from analysis.metrics import known_metric

    known = column.dropna().tolist()
    never = len(column) - len(known) if known_metric(stop.metric).may_never_come else 0
    return estimate_at(known, never, stop.statistic, stop.confidence)


def _by_the_rule(measured: Measured, column: pd.Series[Any], stop: Stop) -> tuple[Measured, Stopped]:
    """Return what runs say of the metric that stopped them, with the interval that allows for all looks."""
    estimate = estimate_to_stop_by(column, stop)
    width = relative_half_width(estimate)
    told = replace(measured, median=estimate) if stop.statistic == "median" else replace(measured, mean=estimate)
    return told, Stopped(width, width <= stop.half_width)


def _verdicts(column: pd.Series[Any]) -> Verdicts:
    counts = column.value_counts()
    return Verdicts(*(int(counts.get(verdict, 0)) for verdict in ("holds", "violated", "unknown")))


def _plain(name: str, estimate: Estimate | None) -> dict[str, Any]:
    """Return an estimate and its interval as plain data, None for what is not known."""
    if estimate is None:
        return {name: None, f"{name}_interval": None}
    low, high = _number(estimate.low), _number(estimate.high)
    return {name: _number(estimate.value), f"{name}_interval": None if low is None or high is None else [low, high]}


def _number(value: float | None) -> float | str | None:
    return NEVER if value is not None and not isfinite(value) else value

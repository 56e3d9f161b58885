"""What one cell of a study came to: an estimate of each metric, and how often each check holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import isfinite
from typing import TYPE_CHECKING, Any, Final

from analysis.estimates import Estimate, mean_of, median_of, share_of
from analysis.repeated_looks import estimate_at, relative_half_width

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
    run counts in the median as later than all others; the mean is that of the runs which have a value.
    """

    unit: str
    may_never_come: bool
    known: int
    missing: int
    median: Estimate | None
    mean: Estimate | None

    def plain(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "unit": self.unit,
            "known": self.known,
            "missing": self.missing,
            **_plain("median", self.median),
            **_plain("mean", self.mean),
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

    def plain(self) -> dict[str, Any]:
        """Return it as plain data."""
        counts = {"holds": self.holds, "violated": self.violated, "unknown": self.unknown}
        return counts | _plain("share_violated", self.share_violated)


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
        measured = {name: _measured(whole[name], kinds[name]) for name in metrics}
        verdicts = {name: _verdicts(whole[f"check.{name}"]) for name in checks}
        found = {name: each for name, each in verdicts.items() if each.runs}
        censored = int(whole["censored"].notna().sum())
        stopped = None
        if stop is not None:
            measured[stop.metric], stopped = _by_the_rule(measured[stop.metric], whole[stop.metric], stop)
        yield Answer(cells[number], len(runs), len(runs) - len(whole), censored, measured, found, stopped)


def _measured(column: pd.Series[Any], metric: Metric) -> Measured:
    known = column.dropna().tolist()
    missing = len(column) - len(known)
    never = missing if metric.may_never_come else 0
    return Measured(metric.unit, metric.may_never_come, len(known), missing, median_of(known, never), mean_of(known))


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

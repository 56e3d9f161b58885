"""Metrics of quorums and of calls that fan out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from analysis.load import mean_of
from analysis.metric import Metric

if TYPE_CHECKING:
    from collections.abc import Callable

    from analysis.gathers import Gathers
    from analysis.measurements import Measurements


def _gathered(run: Measurements) -> bool:
    return bool(run.gathers.all)


def _completed(run: Measurements) -> bool:
    return bool(run.gathers.complete)


def _each(total: Callable[[Gathers], int]) -> Callable[[Measurements], float]:
    """The mean per gather."""
    return lambda run: total(run.gathers) / run.gathers.all


METRICS_OF_QUORUMS: Final = (
    Metric(
        "gathers",
        "gathers",
        "times that answers of a quorum, or of all leaves of a call, were gathered",
        _gathered,
        lambda run: run.gathers.all,
    ),
    Metric(
        "gathers_complete",
        "share",
        "share of them that had enough answers in time",
        _gathered,
        _each(lambda gathers: len(gathers.complete)),
    ),
    Metric(
        "gather_time_mean",
        "ns",
        "time until there were enough: mean",
        _completed,
        lambda run: mean_of(run.gathers.complete),
    ),
    Metric("gather_time_p50", "ns", "the same, median", _completed, lambda run: run.gathers.took(0.5)),
    Metric("gather_time_p99", "ns", "the same, 99th percentile", _completed, lambda run: run.gathers.took(0.99)),
    Metric(
        "gather_requests",
        "requests",
        "mean number of requests for a gather",
        _gathered,
        _each(lambda one: one.requests),
    ),
    Metric(
        "gather_attempts", "attempts", "mean number of attempts at a gather", _gathered, _each(lambda one: one.attempts)
    ),
    Metric(
        "gathers_hedged",
        "share",
        "share of gathers that asked more than they first had",
        _gathered,
        _each(lambda one: one.hedged),
    ),
    Metric(
        "late_answers",
        "answers",
        "answers that came after their gather had ended",
        _gathered,
        lambda run: run.gathers.late,
    ),
)

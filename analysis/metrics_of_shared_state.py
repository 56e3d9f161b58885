"""Metrics of threads that share state on the cores of a node."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from analysis.metric import Metric, Value

if TYPE_CHECKING:
    from analysis.measurements import Measurements
    from analysis.shared_state import SharedStateRun


def _worked(run: Measurements) -> bool:
    return run.shared_state.operations > 0


def _sampled(run: Measurements) -> bool:
    return bool(run.shared_state.sampled)


def _of(value: Callable[[SharedStateRun], Value]) -> Callable[[Measurements], Value]:
    return lambda run: value(run.shared_state)


def _ratio(above: str, below: str, factor: float = 1.0) -> Callable[[Measurements], Value]:
    """Of two sums the ratio; none where nothing was summed."""

    def ratio(run: Measurements) -> Value:
        total = getattr(run.shared_state, below)
        return getattr(run.shared_state, above) * factor / total if total else None

    return ratio


METRICS_OF_SHARED_STATE: Final = (
    Metric(
        "thread_operations",
        "operations",
        "operations of threads on what they share",
        _worked,
        _of(lambda at: at.operations),
    ),
    Metric(
        "thread_operations_per_second",
        "operations/s",
        "the same per second until all threads were at their end",
        _worked,
        _ratio("operations", "took", 1e9),
    ),
    Metric(
        "tries_per_update",
        "tries",
        "how often an update had to begin, in the mean",
        _worked,
        _ratio("tries", "updates"),
    ),
    Metric(
        "steps_per_update",
        "steps",
        "reads and swaps of compare-and-swap for an update that went through",
        lambda run: run.shared_state.steps > 0,
        _ratio("steps", "value"),
    ),
    Metric("line_moves", "moves", "moves of cache lines between cores", _worked, _of(lambda at: at.moves)),
    Metric("read_time_mean", "ns", "time of a read, with all waiting: mean", _worked, _ratio("read_time", "reads")),
    Metric(
        "update_time_mean", "ns", "time of an update, with all waiting: mean", _worked, _ratio("update_time", "updates")
    ),
    Metric(
        "operation_time_p50",
        "ns",
        "time of an operation that was sampled, median",
        _sampled,
        _of(lambda at: at.slowest(0.5)),
    ),
    Metric("operation_time_p99", "ns", "the same, 99th percentile", _sampled, _of(lambda at: at.slowest(0.99))),
    Metric("mixed_reads", "reads", "reads that saw a mixture of several updates", _worked, _of(lambda at: at.mixtures)),
    Metric(
        "lost_updates",
        "updates",
        "updates that went through and are not in what is shared at the end",
        lambda run: run.shared_state.took > 0,
        _of(lambda at: at.updates - at.value),
    ),
)

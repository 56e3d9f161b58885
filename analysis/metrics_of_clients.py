"""Metrics of what clients asked for: how much was done, how fast, and when nothing was."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from analysis.metric import Metric, Value

if TYPE_CHECKING:
    from analysis.availability import Availability
    from analysis.client_operations import ClientOperations
    from analysis.measurements import Measurements
    from analysis.recovery import Recovery


def _were_asked(run: Measurements) -> bool:
    return run.clients is not None and run.clients.begun > 0


def _wrote(run: Measurements) -> bool:
    return run.availability is not None and run.availability.writes > 0


def _struck(run: Measurements) -> bool:
    return _wrote(run) and run.recovery is not None and run.recovery.struck


def _clients(value: Callable[[ClientOperations], Value]) -> Callable[[Measurements], Value]:
    return lambda run: value(run.clients) if run.clients else None


def _available(value: Callable[[Availability], Value]) -> Callable[[Measurements], Value]:
    return lambda run: value(run.availability) if run.availability else None


def _recovered(value: Callable[[Recovery], Value]) -> Callable[[Measurements], Value]:
    return lambda run: value(run.recovery) if run.recovery else None


def _messages_per_operation(run: Measurements) -> Value:
    done = len(run.clients.latencies) if run.clients else 0
    return run.balance.sent / done if run.balance and done else None


METRICS_OF_CLIENTS: Final = (
    Metric(
        "operations_completed",
        "operations",
        "clients' operations that were carried out, as they were told",
        _were_asked,
        _clients(lambda clients: clients.outcomes["ok"]),
    ),
    Metric(
        "operations_failed",
        "operations",
        "those that were certainly not carried out",
        _were_asked,
        _clients(lambda clients: clients.outcomes["fail"]),
    ),
    Metric(
        "operations_unknown",
        "operations",
        "those of which nobody knows, or that had not ended with the run",
        _were_asked,
        _clients(lambda clients: clients.outcomes["unknown"] + clients.open),
    ),
    Metric(
        "throughput",
        "operations/s",
        "operations carried out per second, from the first that was asked for to the last that was heard of",
        _were_asked,
        _clients(lambda clients: clients.throughput),
    ),
    Metric(
        "latency_p50",
        "ns",
        "time from asking to the answer, all attempts included: median of the operations carried out",
        _were_asked,
        _clients(lambda clients: clients.latency(0.5)),
    ),
    Metric("latency_p90", "ns", "the same, 90th percentile", _were_asked, _clients(lambda each: each.latency(0.9))),
    Metric("latency_p99", "ns", "the same, 99th percentile", _were_asked, _clients(lambda each: each.latency(0.99))),
    Metric("latency_max", "ns", "the same, longest", _were_asked, _clients(lambda each: each.latency(1.0))),
    Metric(
        "attempts_per_operation",
        "attempts",
        "mean number of times that an operation which has ended was sent to a server",
        _were_asked,
        _clients(lambda clients: clients.attempts_per_operation),
    ),
    Metric(
        "messages_per_operation",
        "messages",
        "messages that servers sent each other, for each operation carried out",
        _were_asked,
        _messages_per_operation,
    ),
    Metric(
        "availability",
        "share",
        "share of time without outages, in which writes wait and none is carried out",
        _wrote,
        _available(lambda availability: availability.share),
    ),
    Metric(
        "longest_unavailability",
        "ns",
        "longest time in which writes waited and none was carried out, an outage or not",
        _wrote,
        _available(lambda availability: availability.longest),
    ),
    Metric(
        "recovery_time_by_fault",
        "ns",
        "time from a strike until a write was carried out that began after it: longest of each kind of fault",
        _struck,
        _recovered(lambda recovery: dict(sorted(recovery.longest.items()))),
    ),
    Metric(
        "recovery_time_median",
        "ns",
        "the same, median of all strikes",
        _struck,
        _recovered(lambda recovery: recovery.median),
    ),
    Metric(
        "recovery_time_max",
        "ns",
        "the same, longest of all",
        _struck,
        _recovered(lambda recovery: max(recovery.times, default=None)),
    ),
    Metric(
        "unrecovered_strikes",
        "strikes",
        "strikes after which writes began and none of them was carried out",
        _struck,
        _recovered(lambda recovery: recovery.unrecovered),
    ),
)

"""Metrics of a trading swarm."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from analysis.load import mean_of
from analysis.metric import Metric

if TYPE_CHECKING:
    from analysis.measurements import Measurements


def _traded(run: Measurements) -> bool:
    return bool(run.trading.latencies)


def _limited(run: Measurements) -> bool:
    return run.trading.positions.used is not None


METRICS_OF_TRADING: Final = (
    Metric("orders_executed", "orders", "orders carried out", _limited, lambda run: len(run.trading.latencies)),
    Metric(
        "orders_declined",
        "orders",
        "orders that the risk manager turned down, by reason: `limit`, `late`, `repeated`, `standby`",
        _limited,
        lambda run: dict(sorted(run.trading.declined.items())),
    ),
    Metric(
        "orders_rejected",
        "orders",
        "orders that the execution engine turned down, by reason: `late`, `venue`",
        _limited,
        lambda run: dict(sorted(run.trading.rejected.items())),
    ),
    Metric(
        "tick_to_order_mean",
        "ns",
        "time from a tick to the execution of its order: mean",
        _traded,
        lambda run: mean_of(run.trading.latencies),
    ),
    Metric("tick_to_order_p50", "ns", "the same, median", _traded, lambda run: run.trading.latency(0.5)),
    Metric("tick_to_order_p99", "ns", "the same, 99th percentile", _traded, lambda run: run.trading.latency(0.99)),
    Metric("tick_to_order_max", "ns", "the same, longest", _traded, lambda run: run.trading.latency(1.0)),
    Metric(
        "limit_used",
        "share",
        "largest share of a risk limit, of one instrument or of all, that positions have used",
        _limited,
        lambda run: run.trading.positions.used,
    ),
)

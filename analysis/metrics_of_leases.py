"""Metrics of leases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from analysis.metric import Metric

if TYPE_CHECKING:
    from analysis.measurements import Measurements


def _leases(run: Measurements) -> bool:
    return run.leases is not None


METRICS_OF_LEASES: Final = (
    Metric(
        "lease_extension_share",
        "questions/use",
        "questions for a lease, or for more time, for each use of what is leased",
        _leases,
        lambda run: run.leases.extension_share if run.leases else None,
    ),
    Metric(
        "lease_changes",
        "leases",
        "leases that were had by a new token",
        _leases,
        lambda run: run.leases.changes if run.leases else None,
    ),
    Metric(
        "writes_turned_away",
        "writes",
        "writes that came with an older token than the storage had seen",
        _leases,
        lambda run: run.leases.turned_away if run.leases else None,
    ),
)

"""Metrics of swarms that are to spread out: how even the gaps between agents in phase are."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from analysis.metric import Metric, Value

if TYPE_CHECKING:
    from analysis.measurements import Measurements
    from analysis.swarm.spacing import Spacing


def _spreads_out(run: Measurements) -> bool:
    return run.spacing is not None and bool(run.spacing.errors)


def _spacing(value: Callable[[Spacing], Value]) -> Callable[[Measurements], Value]:
    return lambda run: value(run.spacing) if run.spacing else None


METRICS_OF_SPACING: Final = (
    Metric(
        "gap_error",
        "share of a gap",
        "largest difference of a gap between neighbours in phase from an even one, at the end of the last period",
        _spreads_out,
        _spacing(lambda spacing: spacing.errors[-1]),
    ),
    Metric(
        "gap_error_factor",
        "ratio",
        "geometric mean of the factor by which that changes in a period, while it falls from 5 % to a millionth",
        _spreads_out,
        _spacing(lambda spacing: spacing.factor),
    ),
    Metric(
        "evenly_spaced_at",
        "ns",
        "end of the period since which all gaps are within 1 % of even ones; none where they are not at the end",
        _spreads_out,
        _spacing(lambda spacing: spacing.even_since),
        may_never_come=True,
        from_start=True,
    ),
)

"""Metrics of local clocks."""

from __future__ import annotations

from typing import Final

from analysis.metric import Metric

METRICS_OF_CLOCKS: Final = (
    Metric(
        "clock_skew",
        "ns",
        "how far the corrected clocks of nodes that are not down are apart at the end, at most, as they last recorded",
        lambda run: run.clocks.skew is not None,
        lambda run: run.clocks.skew,
    ),
)

"""What a sample says of the whole, with 95 % intervals: medians, means and shares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, inf, isfinite
from typing import Any, Final

CONFIDENCE: Final = 0.95
RESAMPLES: Final = 2000
"""Samples that the bootstrap draws; its stream is always the same, so that equal data have equal intervals."""
FEWEST: Final = 6
"""Values below which there is no interval: all of five lie on one side of the truth in one of sixteen samples."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with the bounds of its interval; infinite where that is a time that does not come.

    Bounds are None where the sample is too small for an interval of that confidence.
    """

    value: float
    low: float | None
    high: float | None

    def plain(self) -> dict[str, Any]:
        """Return it as plain data, with None for what is not finite."""
        numbers = {"value": self.value, "low": self.low, "high": self.high}
        return {name: value if value is not None and isfinite(value) else None for name, value in numbers.items()}


def median_of(values: Sequence[float], never: int = 0, confidence: float = CONFIDENCE) -> Estimate | None:
    """Return the median, and the interval between two order statistics; None where there is nothing.

    `never` values are larger than all others: times that did not come while the run lasted. Assumes independent values;
    the interval is that of `quantile_of`.
    """
    if not values and not never:
        return None
    sample = [*values, *[inf] * never]
    return Estimate(_median(sorted(map(float, sample))), *_between_order_statistics(sample, 0.5, confidence))


def quantile_of(values: Sequence[float], probability: float, never: int = 0) -> Estimate | None:
    """Return the least value that at least `probability` of the sample does not exceed, with its interval, or None.

    The interval is the narrowest central one that the binomial distribution of the ranks allows, whatever the
    distribution of the values is (Conover, "Practical Nonparametric Statistics", 1999, section 3.2). `never` as for
    the median. Assumes independent values.
    """
    if not values and not never:
        return None
    sample = sorted([*map(float, values), *[inf] * never])
    rank = max(0, ceil(probability * len(sample)) - 1)
    return Estimate(sample[rank], *_between_order_statistics(sample, probability))


def _between_order_statistics(
    sample: Sequence[float], probability: float, confidence: float = CONFIDENCE
) -> tuple[float | None, float | None]:
    import numpy as np
    from scipy.stats import quantile_test

    interval = quantile_test(np.array(sample, dtype=float), q=0.0, p=probability).confidence_interval(confidence)
    return _bound(interval.low), _bound(interval.high)


def _median(ordered: Sequence[float]) -> float:
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def _bound(value: float) -> float | None:
    return None if value != value else float(value)


def mean_of(values: Sequence[float]) -> Estimate | None:
    """Return the mean, with a bootstrap interval that is corrected for bias and acceleration (BCa); None for nothing.

    Efron, "Better Bootstrap Confidence Intervals", 1987, expanded as a mean of few values needs (Hesterberg, "What
    teachers should know about the bootstrap", 2015). Assumes independent values with a finite variance;
    of fewer than six there is no interval, as of their median.
    """
    if not values:
        return None
    import numpy as np

    from analysis.statistics.bootstrap import mean_bounds

    sample = np.array(values, dtype=float)
    mean = float(sample.mean())
    if len(values) < FEWEST:
        return Estimate(mean, None, None)
    if sample.min() == sample.max():
        return Estimate(mean, mean, mean)
    low, high = map(float, mean_bounds(sample))
    return Estimate(mean, _bound(low), _bound(high))


def share_of(found: int, runs: int) -> Estimate | None:
    """Return the share of runs in which something was found, with Wilson's interval; None for no runs.

    Wilson, "Probable inference, the law of succession, and statistical inference", 1927. Assumes independent runs.
    """
    if not runs:
        return None
    from scipy.stats import binomtest

    interval = binomtest(found, runs).proportion_ci(CONFIDENCE, method="wilson")
    return Estimate(found / runs, float(interval.low), float(interval.high))

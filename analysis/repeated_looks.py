"""Looking at a sample again and again while it grows, until an interval is narrow enough.

Whoever stops at the first interval that suits stops more often where it is narrow by chance, and covers too rarely.
With so many looks planned, each interval here has the confidence 1 - 0.05 / looks, so that all of them together cover
with 95 % (Bonferroni's inequality), and so that of the look at which one stops, whatever the rule for stopping.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import inf, isfinite
from typing import Final, Literal

from analysis.estimates import CONFIDENCE, Estimate, median_of

Statistic = Literal["median", "mean"]

GROWTH: Final = 2
"""Without a fixed step, there is a look each time when the runs have grown by one in so many: by half."""


def looks_of(at_least: int, at_most: int, every: int | None = None) -> tuple[int, ...]:
    """Return the numbers of runs at which is looked: from `at_least` to `at_most`, by steps or each half as many again.

    >>> looks_of(20, 100), looks_of(20, 50, every=20)
    ((20, 30, 45, 67, 100), (20, 40, 50))
    """
    assert 1 <= at_least <= at_most
    looks = [at_least]
    while looks[-1] < at_most:
        step = every or max(1, looks[-1] // GROWTH)
        looks.append(min(looks[-1] + step, at_most))
    return tuple(looks)


def confidence_of_each(looks: int) -> float:
    """Return the confidence of each of so many looks, for 95 % of all of them together."""
    return 1 - (1 - CONFIDENCE) / looks


def estimate_at(values: Sequence[float], never: int, statistic: Statistic, confidence: float) -> Estimate | None:
    """Return the median or the mean of a sample, with an interval of a confidence; None where there is nothing.

    The median is that of `analysis.estimates.median_of`, of which `never` values are later than all others. The mean
    leaves those out; its interval is Student's, which assumes independent values, so many that their mean is normal.
    """
    if statistic == "median":
        return median_of(values, never, confidence)
    return mean_by_student(values, confidence)


def mean_by_student(values: Sequence[float], confidence: float = CONFIDENCE) -> Estimate | None:
    """Return the mean with Student's interval; None for no values, without bounds for one."""
    import numpy as np
    from scipy.stats import t

    if not values:
        return None
    sample = np.array(values, dtype=float)
    mean = float(sample.mean())
    if len(values) < 2:
        return Estimate(mean, None, None)
    half = float(t.ppf((1 + confidence) / 2, len(values) - 1) * sample.std(ddof=1) / len(values) ** 0.5)
    return Estimate(mean, mean - half, mean + half)


def relative_half_width(estimate: Estimate | None) -> float:
    """Return half the width of an interval as a share of the value; infinite where there is none, or the value is 0."""
    if estimate is None or estimate.low is None or estimate.high is None:
        return inf
    if not isfinite(estimate.value) or not isfinite(estimate.high):
        return inf
    half = (estimate.high - estimate.low) / 2
    if half == 0:
        return 0.0
    return half / abs(estimate.value) if estimate.value else inf

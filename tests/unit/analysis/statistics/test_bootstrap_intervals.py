"""BCa intervals of medians and quantiles."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.statistics import bca_median, bca_quantile


def test_equal_data_have_equal_intervals() -> None:
    """The stream of resamples is fixed, and the bounds lie about the value."""
    values = np.random.default_rng(4).exponential(size=60).tolist()
    found = bca_median(values)
    assert found is not None
    assert found == bca_median(values)
    assert found.low is not None
    assert found.high is not None
    assert found.low < found.value < found.high
    assert found.value == pytest.approx(float(np.median(values)))


def test_a_quantile_lies_above_the_median() -> None:
    """Its interval is wider where fewer values lie beyond it."""
    values = np.random.default_rng(4).exponential(size=400).tolist()
    median, high = bca_median(values), bca_quantile(values, 0.9)
    assert median is not None
    assert high is not None
    assert high.low is not None
    assert median.high is not None
    assert median.low is not None
    assert high.high is not None
    assert high.low > median.high
    assert high.high - high.low > median.high - median.low


def test_samples_without_spread_are_no_error() -> None:
    """Equal values are known exactly; one value has no interval, and none no estimate."""
    same, one = bca_median([2.0] * 9), bca_quantile([2.0], 0.9)
    assert same is not None
    assert one is not None
    assert (same.low, same.high, one.low) == (2.0, 2.0, None)
    assert bca_median([]) is None

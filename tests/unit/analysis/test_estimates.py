"""Estimates with intervals, beside values from tables and by hand."""

from __future__ import annotations

from math import inf

import pytest

from analysis.estimates import mean_of, median_of, share_of


@pytest.mark.parametrize(("runs", "rank"), [(6, 1), (10, 2), (20, 6), (50, 18), (100, 40)])
def test_the_interval_of_a_median_lies_between_the_ranks_of_the_sign_test(runs: int, rank: int) -> None:
    """Its bounds are the order statistics that tables of the sign test give for 95 %."""
    estimate = median_of([float(value) for value in range(1, runs + 1)])
    assert estimate is not None
    assert estimate.value == (runs + 1) / 2
    assert (estimate.low, estimate.high) == (rank, runs + 1 - rank)


def test_few_values_have_a_median_but_no_interval() -> None:
    """Five values cannot bound a median at 95 %, and none has no median."""
    estimate = median_of([1.0, 2.0, 3.0, 4.0, 5.0])
    assert estimate is not None
    assert (estimate.value, estimate.low, estimate.high) == (3.0, None, None)
    assert median_of([]) is None


def test_times_that_never_came_are_later_than_all_others() -> None:
    """They shift the median and its bounds upwards, up to never, and do not depend on the order of values."""
    estimate = median_of([3.0, 1.0, 2.0, 6.0, 5.0, 4.0], never=4)
    assert estimate is not None
    assert (estimate.value, estimate.low, estimate.high) == (5.5, 2.0, inf)
    never = median_of([1.0, 2.0], never=5)
    assert never is not None
    assert never.value == inf


def test_the_interval_of_a_mean_follows_the_skew() -> None:
    """A long tail to the right reaches further up than down, and equal data have equal intervals."""
    values = [1.0] * 15 + [2.0, 3.0, 5.0, 9.0, 20.0]
    estimate = mean_of(values)
    assert estimate is not None
    assert estimate == mean_of(values)
    assert estimate.low is not None
    assert estimate.high is not None
    assert estimate.value == pytest.approx(2.7)
    assert 1.0 < estimate.low < estimate.value < estimate.high < 20
    assert estimate.high - estimate.value > estimate.value - estimate.low


def test_the_interval_of_a_mean_is_close_to_that_of_the_normal_distribution() -> None:
    """Of 400 values without skew it is 1.96 standard errors to each side, within a tenth."""
    values = [float(value % 20) for value in range(400)]
    estimate = mean_of(values)
    assert estimate is not None
    assert estimate.low is not None
    assert estimate.high is not None
    error = (sum((value - 9.5) ** 2 for value in values) / 400) ** 0.5 / 400**0.5
    assert estimate.value - estimate.low == pytest.approx(1.96 * error, rel=0.1)
    assert estimate.high - estimate.value == pytest.approx(1.96 * error, rel=0.1)


def test_a_mean_of_equal_values_or_of_one_is_no_guess() -> None:
    """Values that are all equal have no width, one value has no interval, none has no mean."""
    equal, one = mean_of([4.0] * 9), mean_of([4.0])
    assert equal is not None
    assert one is not None
    assert (equal.value, equal.low, equal.high) == (4.0, 4.0, 4.0)
    assert (one.value, one.low, one.high) == (4.0, None, None)
    assert mean_of([]) is None


@pytest.mark.parametrize(
    ("found", "runs", "low", "high"), [(0, 10, 0.0, 0.2775), (5, 10, 0.2366, 0.7634), (81, 263, 0.2553, 0.3662)]
)
def test_shares_have_the_interval_of_wilson(found: int, runs: int, low: float, high: float) -> None:
    """By the formula worked out by hand; the last is the example of Newcombe 1998, table I."""
    estimate = share_of(found, runs)
    assert estimate is not None
    assert estimate.value == found / runs
    assert (estimate.low, estimate.high) == (pytest.approx(low, abs=1e-4), pytest.approx(high, abs=1e-4))
    assert share_of(0, 0) is None

"""Times that may never come, beside textbook figures and beside the statistics of samples where all come."""

from __future__ import annotations

from math import inf, sqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.estimates import mean_of
from analysis.statistics import Estimate, logrank, pairwise_logrank, restricted_mean, survival_of

TREATED = (
    [6.0, 6, 6, 7, 10, 13, 16, 22, 23, 6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35],
    [True] * 9 + [False] * 12,
)
"""Weeks in remission under 6-mercaptopurine (Freireich and others, Blood 21, 1963), of which twelve went on."""
PLACEBO = ([1.0, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23], [True] * 21)
"""The same without it."""


def bounds(estimate: Estimate | None) -> tuple[float, float]:
    """Both bounds of an interval that is there."""
    assert estimate is not None
    assert estimate.low is not None
    assert estimate.high is not None
    return estimate.low, estimate.high


def test_the_curve_of_the_remission_data_is_that_of_the_textbooks() -> None:
    """S(t), numbers at risk, and medians are those of Klein and Moeschberger, example 4.2 and section 4.5."""
    curve = survival_of(*TREATED)
    assert curve is not None
    assert curve.times == (6, 7, 10, 13, 16, 22, 23)
    assert curve.share == pytest.approx([0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448], abs=5e-4)
    assert curve.at_risk == (21, 17, 15, 12, 11, 7, 6)
    assert (curve.events, curve.censored) == (9, 12)
    assert (curve.median.value, curve.median.low, curve.median.high) == (23, 13, inf)
    placebo = survival_of(*PLACEBO)
    assert placebo is not None
    assert placebo.median.value == 8
    assert curve.at_risk_at([0, 6, 6.5, 40]) == [21, 21, 17, 0]
    assert curve.share_at([0, 6, 12, 40]) == pytest.approx([1, 0.857, 0.753, 0.448], abs=5e-4)


def test_intervals_of_the_curve_are_greenwoods() -> None:
    """At ten weeks the standard error is 0.0963, and the interval of log(-log S) is 0.503 to 0.889."""
    curve = survival_of(*TREATED)
    assert curve is not None
    place = curve.times.index(10)
    assert (curve.low[place], curve.high[place]) == pytest.approx((0.503, 0.889), abs=1e-3)


def test_the_log_rank_test_of_the_remission_data() -> None:
    """Its square is 16.79, as in Klein and Moeschberger's and every package's example."""
    found = logrank(PLACEBO, TREATED)
    assert found.statistic**2 == pytest.approx(16.79, abs=0.01)
    assert found.statistic > 0, "it ends earlier without treatment"
    assert found.p == pytest.approx(4.17e-5, rel=0.01)


def test_nothing_tells_samples_apart_in_which_nothing_came() -> None:
    """Runs that all ended first give a curve without steps, a median that is not known, and p = 1."""
    nothing = ([5.0, 7.0, 9.0], [False] * 3)
    curve = survival_of(*nothing)
    assert curve is not None
    assert (curve.times, curve.median.value, curve.at_risk_at([6])) == ((), inf, [2])
    assert logrank(nothing, nothing).p == 1
    assert survival_of([], []) is None
    assert restricted_mean([], []) is None


def test_many_samples_are_compared_in_pairs_with_holms_correction() -> None:
    """Three samples give three pairs; the smallest p is multiplied by three."""
    found = pairwise_logrank({"placebo": PLACEBO, "treated": TREATED, "again": PLACEBO})
    assert [(each.first, each.second) for each in found] == [
        ("placebo", "treated"),
        ("placebo", "again"),
        ("treated", "again"),
    ]
    assert found[0].adjusted == pytest.approx(3 * found[0].test.p)
    assert found[1].test.p == pytest.approx(1)


@given(st.lists(st.floats(0.1, 100), min_size=3, max_size=40))
@settings(max_examples=30, deadline=None)
def test_a_restricted_mean_without_censoring_is_the_mean(values: list[float]) -> None:
    """Where all times come, it and its standard error are those of the sample."""
    from scipy.stats import t

    found, plain = restricted_mean(values, [True] * len(values)), mean_of(values)
    assert found is not None
    assert plain is not None
    assert found.value == pytest.approx(plain.value)
    spread = sum((value - plain.value) ** 2 for value in values) / (len(values) - 1)
    margin = t.ppf(0.975, len(values) - 1) * sqrt(spread / len(values))
    low, high = bounds(found)
    assert low == pytest.approx(max(0, plain.value - margin), rel=1e-6, abs=1e-6)
    assert high == pytest.approx(min(max(values), plain.value + margin), rel=1e-6, abs=1e-6)


def test_a_restricted_mean_ends_at_its_horizon() -> None:
    """Runs count up to the horizon; beyond what any run has seen there is none."""
    times, came = [1.0, 2.0, 3.0, 4.0], [True, True, False, False]
    found = restricted_mean(times, came, until=3.5)
    assert found is not None
    assert found.value == pytest.approx((1 + 2 + 3.5 + 3.5) / 4)
    assert restricted_mean(times, came, until=5) is None
    whole = restricted_mean(times, [True] * 4, until=9)
    assert whole is not None
    assert whole.value == pytest.approx(2.5)
    alone = restricted_mean(times, [True, False, False, False])
    assert alone is not None
    assert alone.low is None


def test_quantiles_of_a_curve_are_times_at_which_enough_have_come() -> None:
    """A quarter of the remissions ended by week 13; of even numbers the median is the middle of the step."""
    curve = survival_of(*TREATED)
    assert curve is not None
    assert curve.quantile(0.25).value == 13
    assert curve.quantile(0.9).value == inf
    even = survival_of([1.0, 2.0, 3.0, 4.0], [True] * 4)
    assert even is not None
    assert even.median.value == 2.5


def test_few_runs_have_no_bounds_of_a_median() -> None:
    """All of five are later than the median in one of 32 samples, more often than a bound of 95 % may be wrong."""
    for runs, bounded in ((1, False), (2, False), (5, False), (6, True), (20, True)):
        for came in (True, False):
            found = survival_of([float(time) for time in range(1, runs + 1)], [came] * runs)
            assert found is not None
            assert (found.median.low is not None, found.median.high is not None) == (bounded, bounded)

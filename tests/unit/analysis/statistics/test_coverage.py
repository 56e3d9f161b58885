"""Intervals cover the truth as often as they say: with every change in few cases, and in the page's table in 2,000."""

from __future__ import annotations

import pytest

from tests.coverage_of_intervals import HEADS, PAGE, Coverage, coverage_of, rows_in, table
from tests.known_truths import CASES, INTERVALS, Interval


@pytest.mark.parametrize("interval", INTERVALS, ids=lambda interval: interval.name)
def test_an_interval_covers_its_truth(interval: Interval) -> None:
    """It does in 95 % of cases, to within 4.1 standard deviations of so many of them: one false alarm in 25,000."""
    assert coverage_of(interval, interval.quick).as_it_should_be


@pytest.mark.parametrize(("covers", "at_least", "fine"), [(92.9, False, False), (97.1, False, False), (99, True, True)])
def test_an_interval_that_covers_too_little_or_too_much_is_found(covers: float, at_least: bool, fine: bool) -> None:
    """Of 2,000 cases it has to cover 93 to 97 %; more is right only for one that promises at least 95 %."""
    interval = Interval("any", "any", 0.0, INTERVALS[0].bounds, at_least=at_least)
    assert Coverage(interval, CASES, covers, 0, 0).as_it_should_be == fine


def test_a_wrong_truth_is_not_covered() -> None:
    """The count sees an interval that is of something else."""
    means = next(each for each in INTERVALS if each.name == "mean_of: 30 exponential values")
    wrong = Interval(means.function, means.sample, 1.2, means.bounds)
    found = coverage_of(wrong, 400)
    assert not found.as_it_should_be
    assert found.covers + found.below + found.above == pytest.approx(100)


def test_the_page_has_every_interval_and_all_are_as_they_should_be() -> None:
    """The table was made of the intervals that there are, and each covers what it promises."""
    rows = rows_in(PAGE.read_text(encoding="utf-8"))
    assert [row[:2] for row in rows] == [[f"`{each.function}`", each.sample] for each in INTERVALS]
    for interval, row in zip(INTERVALS, rows, strict=True):
        found = Coverage(interval, CASES, *map(float, row[2:]))
        assert found.as_it_should_be, interval.name
        assert table([found]).splitlines()[2] == f"| {' | '.join(row)} |"
        assert len(row) == len(HEADS)

"""What a cell says of times that did not come in all of its runs, and of checks that none of them violates."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from analysis.statistics import survival_of
from scenarios.study.answer import Answer, Measured, answers_of

NONE = float("nan")


def answer(times: list[float], ends: list[float], cut: list[str | None], metric: str = "converged_at") -> Answer:
    """The answer of one cell, of which the runs had these times, ended at these, and were cut off by these limits."""
    runs: dict[str, Any] = {"error": None, metric: times, "ended_ns": ends, "censored": cut}
    frame = pd.DataFrame({**runs, "check.converged": ["holds" if time == time else "unknown" for time in times]})
    (found,) = answers_of([(0, frame)], [{}], [metric], ["converged"])
    return found


def measured(*rows: Any, metric: str = "converged_at") -> Measured:
    """The same of the metric alone."""
    return answer(*rows, metric=metric).metrics[metric]


def test_a_mean_waits_no_longer_than_the_runs() -> None:
    """Runs in which it never came count with the whole time that was waited; the mean of the others stays beside it."""
    found = measured([2.0, 4.0, 6.0, NONE], [2.0, 4.0, 6.0, 10.0], [None] * 4)
    assert found.mean is not None
    assert found.restricted is not None
    assert (found.mean.value, found.restricted.value, found.until) == (4, 5.5, 10)
    assert found.plain()["restricted_mean"] == 5.5
    assert found.plain()["restricted_until"] == 10
    assert found.median is not None
    assert found.median.value == 5, "a run that went on to its end is later than all others"


def test_where_all_came_the_mean_is_enough() -> None:
    """Nothing is restricted, and nothing more is told."""
    found = measured([2.0, 4.0], [2.0, 4.0], [None] * 2)
    assert found.restricted is None
    assert "restricted_mean" not in found.plain()


def test_a_run_that_was_cut_off_early_says_nothing_of_later() -> None:
    """The median is then that of the curve of Kaplan and Meier, with its interval."""
    times = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, NONE, NONE]
    ends = [9.0, 9.0, 9.0, 9.0, 9.0, 9.0, 0.5, 2.5]
    found = measured(times, ends, [None] * 6 + ["event limit"] * 2)
    curve = survival_of([1, 2, 3, 4, 5, 6, 0.5, 2.5], [True] * 6 + [False] * 2)
    assert curve is not None
    assert found.median == curve.median
    assert found.median.value == 4, "of the five that went on beyond 2.5, three had to come to halve what was left"
    assert found.restricted is not None
    late = measured(times, [9.0] * 8, [None] * 6 + ["event limit"] * 2)
    assert late.median is not None
    assert late.median.value == 4.5, "cut off after all others it is as good as never"


def test_few_runs_have_no_interval_of_a_median() -> None:
    """As of other medians, fewer than six runs do not bound one."""
    found = measured([1.0, 3.0, NONE], [9.0, 9.0, 2.0], [None, None, "event limit"])
    assert found.median is not None
    assert (found.median.value, found.median.low) == (3, None)


def test_a_time_since_something_else_is_not_restricted() -> None:
    """How long was waited for it is not known, so that its mean is that of the runs in which it came."""
    found = measured([2.0, 4.0, NONE], [9.0, 9.0, 9.0], [None] * 3, metric="recovery_time_max")
    assert found.restricted is None
    assert found.mean is not None
    assert found.mean.value == 3


def test_a_cell_in_which_nothing_came_has_no_mean() -> None:
    """Its median is never, and no time is made up."""
    found = measured([NONE, NONE], [9.0, 9.0], [None, "event limit"])
    assert found.plain()["median"] == "never"
    assert (found.mean, found.restricted) == (None, None)


def test_what_no_run_violates_has_a_bound() -> None:
    """It is the exact one-sided one of the runs in which the check holds; unknown runs do not speak for it."""
    verdicts = answer([1.0] * 40 + [NONE] * 5, [1.0] * 45, [None] * 45).verdicts["converged"]
    assert verdicts.violated_at_most == pytest.approx(1 - 0.05 ** (1 / 40))
    assert verdicts.plain()["violated_at_most"] == verdicts.violated_at_most
    nothing = answer([NONE], [1.0], [None]).verdicts["converged"]
    assert nothing.violated_at_most is None

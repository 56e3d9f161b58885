"""Survival curves of studies: their steps, medians, numbers at risk, and which groups tests tell apart."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from analysis.plots.study_plots import STUDY_PLOTS
from analysis.plots.survival import MOST_LINES, curves_of, survival_frame
from analysis.plots.theme import SERIES
from analysis.study_view import StudyView
from tests.unit.analysis.plots.small_studies import legend_of, seconds, study_of, title_of
from topologies.errors import InputError

DRAW = STUDY_PLOTS["survival"].draw


def systems(**changes: Any) -> StudyView:
    """Two systems of which one is ten times as slow, and does not come in two of its eight runs."""
    fast, slow = seconds(4, 5, 6, 7, 8, 9, 10, 11), seconds(10, 20, 30, 40, 50, 60, None, None)
    cells = [({"system": "fast"}, {"converged_at": fast}), ({"system": "slow"}, {"converged_at": slow})]
    return study_of(cells, **changes)


def test_a_curve_falls_where_times_came() -> None:
    """One of eight by an eighth each; a curve that does not come to zero goes on to the end of its last run."""
    axes = DRAW(systems()).axes[0]
    fast, slow = (line for line in axes.lines if not line.get_label().startswith("_"))  # type: ignore[union-attr]
    assert list(map(float, fast.get_xdata())) == [0, 4, 5, 6, 7, 8, 9, 10, 11, 11]
    assert np.allclose(np.asarray(fast.get_ydata(), float), [1 - event / 8 for event in range(9)] + [0])
    assert list(map(float, slow.get_xdata()))[-2:] == [60, 100]
    assert np.allclose(np.asarray(slow.get_ydata(), float)[-2:], [2 / 8, 2 / 8])
    (tick,) = (line for line in axes.lines if line.get_marker() == "|")
    assert (list(tick.get_xdata()), list(tick.get_ydata()), tick.get_color()) == ([100], [0.25], SERIES[1])


def test_words_tell_medians_tests_and_what_was_censored() -> None:
    """Medians by hand: of 4 to 11 s the middle of the step from 7 to 8; p of two groups as it is."""
    figure = DRAW(systems())
    fast, slow = legend_of(figure)
    assert fast.startswith("fast: median 7.5 s (")
    assert slow.startswith("slow: median 45 s (")
    assert title_of(figure).startswith(
        "small 8 runs each; band: 95 % interval at each time; |: the run ended before it"
    )
    assert "log\N{NON-BREAKING HYPHEN}rank test: p < 0.001" in title_of(figure)
    assert "before it came (2)" in title_of(figure)


def test_numbers_at_risk_stand_below_their_ticks() -> None:
    """At 0 all runs wait; at 50 s none of the fast ones and four of the slow, of which one comes just then."""
    axes = DRAW(systems()).axes[0]
    rows = {
        color: [text.get_text() for text in axes.texts if text.get_color() == color] for color in (SERIES[0], SERIES[1])
    }
    assert rows == {SERIES[0]: ["8", "0", "0", "0", "0", "0"], SERIES[1]: ["8", "7", "5", "3", "2", "2"]}
    assert curves_of(survival_frame(systems()))[1].at_risk_at([50e9]) == [4]


def test_pairs_that_do_not_differ_are_named() -> None:
    """Of three groups the two that are alike are said with p, which Holm has corrected."""
    cells = [
        ({"system": name}, {"converged_at": seconds(*(factor * time for time in range(1, 13)))})
        for name, factor in (("one", 1), ("same", 1.05), ("slow", 30))
    ]
    told = title_of(DRAW(study_of(cells)))
    assert "rank tests with Holm's correction: 2 of 3 pairs differ (p < 0.05), not one from same (p = " in told


def test_a_time_that_never_came_at_all_is_a_level_line() -> None:
    """Nothing falls, the median is not in half of the runs, and nothing tells the groups apart."""
    never = seconds(None, None, None)
    view = study_of([({"system": name}, {"converged_at": never}) for name in ("one", "two")])
    figure = DRAW(view, "converged_at")
    assert legend_of(figure) == ["one: not in half of the runs", "two: not in half of the runs"]
    assert "log\N{NON-BREAKING HYPHEN}rank test: p = 1" in title_of(figure)


@pytest.mark.parametrize(
    ("view", "metric", "message"),
    [
        (
            study_of([({"n": 1}, {"messages": [1.0]})]),
            None,
            "the study small reports messages; the plot survival needs a time that may never come",
        ),
        (study_of([({"n": 1}, {"messages": [1.0]})]), "messages", "found the metric messages, which is no time"),
        (
            study_of([({"n": n}, {"converged_at": seconds(1)}) for n in range(MOST_LINES + 1)]),
            None,
            f"found {MOST_LINES + 1} lines; the plot survival has at most {MOST_LINES}: sweep fewer values",
        ),
    ],
)
def test_what_is_no_time_is_refused(view: StudyView, metric: str | None, message: str) -> None:
    """Other metrics and too many groups are one clear error."""
    with pytest.raises(InputError) as caught:
        DRAW(view, metric)
    assert message in str(caught.value)

"""Paired slopes: which runs are pairs, by how much they differ, and what is drawn of those that never came."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analysis.plots.paired import paired_differences, paired_frame
from analysis.plots.paired_slopes import draw_paired, paired_figure
from analysis.plots.study_plots import STUDY_PLOTS
from analysis.plots.theme import COLUMN_MM, PAGE_MM, width_mm
from analysis.study_view import StudyView
from tests.unit.analysis.plots.small_studies import legend_of, seconds, study_of, title_of
from topologies.errors import InputError

BEFORE = seconds(10, 12, 14, 16, 18, 20, None)
AFTER = seconds(11, 14, 17, 20, 23, 26, 30)


def versions() -> StudyView:
    """Seven seeds under two versions; the time never came in one run of the first."""
    return study_of([({"version": "old"}, {"converged_at": BEFORE}), ({"version": "new"}, {"converged_at": AFTER})])


def test_pairs_are_runs_of_one_seed() -> None:
    """Each run is a row with its level and its seed, in the order of the study; one that never came is known."""
    frame = paired_frame(versions())
    assert frame[["level", "place", "seed"]].to_numpy().tolist()[:2] == [["old", 0, 1000], ["old", 0, 1001]]
    assert list(frame["came"]) == [True] * 6 + [False] + [True] * 7
    assert frame.loc[(frame["level"] == "new") & (frame["seed"] == 1002), "value"].item() == 17e9


def test_differences_are_means_over_pairs_in_which_both_came() -> None:
    """Second minus first, 1 to 6 s, of the six seeds whose times came on both sides; the other pair is counted."""
    (row,) = paired_differences(paired_frame(versions())).itertuples()
    assert (row.level, row.against, row.pairs, row.unfinished) == ("new", "old", 6, 1)
    assert row.value == pytest.approx(3.5e9)
    assert 1e9 < row.low < 3.5e9 < row.high < 6e9


def test_few_pairs_have_no_interval() -> None:
    """Below six pairs there is a mean difference without bounds."""
    view = versions()
    few = replace(view, frame=view.frame[view.frame["replicate"] < 5])
    (row,) = paired_differences(paired_frame(few)).itertuples()
    assert row.pairs == 5
    assert np.isnan(row.low)
    assert "interval" not in title_of(paired_figure(few))


def test_seeds_are_lines_and_differences_lie_below() -> None:
    """A line a seed from level to level in seconds, up to `never` where it never came; below the mean difference."""
    figure = paired_figure(versions())
    upper, lower = figure.axes
    lines = [
        np.asarray(line.get_ydata(), float) for line in upper.get_lines() if len(np.atleast_1d(line.get_xdata())) == 2
    ]
    assert [10.0, 11.0] in [line.tolist() for line in lines]
    assert any(text.get_text() == "never" for text in upper.texts)
    points = [line for line in lower.get_lines() if line.get_marker() == "o"]
    assert [(line.get_xdata()[0], round(float(line.get_ydata()[0]), 6)) for line in points] == [(1, 3.5)]
    assert upper.get_ylabel() == "Converged at (s)"
    assert lower.get_ylabel() == "Change from\nold (s)"
    assert title_of(figure) == (
        "small 7 seeds, each a line; below: mean difference with its 95 % interval (bootstrap of pairs), without 1 of "
        "7 pairs, of which one never came"
    )
    assert set(legend_of(figure)) == {"more than before", "one never came"}


def test_groups_are_the_levels_of_the_other_factors() -> None:
    """Other factors part the pairs: a panel for each of their sets, whose numbers have their factor's name."""
    values = seconds(1, 2, 3, 4, 5, 6)
    cells = [({"topology": kind, "nodes": n}, {"converged_at": values}) for kind in ("ring", "star") for n in (8, 16)]
    view = study_of(cells)
    assert list(paired_frame(view)["group"].unique()) == ["nodes 8", "nodes 16"]
    assert list(paired_frame(view, by="nodes")["group"].unique()) == ["ring", "star"]
    figure = paired_figure(view)
    assert [axes.get_title(loc="left") for axes in figure.axes if axes.get_title(loc="left")] == ["nodes 8", "nodes 16"]
    assert width_mm(figure) == pytest.approx(COLUMN_MM)


def test_many_groups_take_a_page() -> None:
    """More than two rows of groups at the width of a column are as wide as a page."""
    values = {"converged_at": seconds(1, 2, 3)}
    view = study_of([({"way": way, "nodes": n}, values) for way in "abc" for n in (1, 2, 3)])
    assert width_mm(paired_figure(view)) == pytest.approx(PAGE_MM)


def test_hostile_labels_are_text_and_short() -> None:
    """Levels with signs of formulas are drawn as they are, and cut where they are long."""
    cells = [({"kind": kind}, {"messages": [1.0, 2.0]}) for kind in ("$x^{2}$", "a" * 90)]
    ticks = [label.get_text() for label in paired_figure(study_of(cells), "messages").axes[-1].get_xticklabels()]
    assert ticks[0] == r"\$x^{2}\$"
    assert ticks[1].endswith("a…")
    assert len(ticks[1]) <= 21


def test_a_study_in_which_nothing_came_is_drawn() -> None:
    """Where no time came there is no difference, and the picture says so."""
    never = {"converged_at": [None, None], "messages": [1.0, 2.0]}
    view = study_of([({"version": "old"}, never), ({"version": "new"}, never)])
    frame = paired_frame(view)
    assert not frame["came"].any()
    figure = draw_paired(frame, "converged_at")
    assert "without 2 of 2 pairs" in title_of(figure)


@pytest.mark.parametrize(
    ("view", "by", "message"),
    [
        (
            study_of([({"version": "old"}, {"messages": [1.0, 2.0]})]),
            None,
            "no factor of the study small varies; the plot paired compares 2 to 6 levels of one",
        ),
        (versions(), "verzion", "found the factor 'verzion'; the study small has version; did you mean 'version'?"),
        (
            study_of([({"n": n}, {"messages": [1.0]}) for n in range(7)]),
            None,
            "n of the study small has more than 6 levels; the plot paired compares 2 to 6 levels of one",
        ),
        (
            study_of([({"n": n}, {"messages": [1.0]}) for n in range(7)]),
            "n",
            "n has 7 levels; the plot paired compares",
        ),
        (
            study_of([({"n": n, "m": m}, {"messages": [1.0]}) for n in range(2) for m in range(7)]),
            "n",
            "found 7 sets of cells that differ in n alone; the plot paired has at most 6",
        ),
    ],
)
def test_what_has_no_levels_to_compare_is_refused(view: StudyView, by: str | None, message: str) -> None:
    """One cell, no such factor, and too many levels or groups are one clear error each."""
    with pytest.raises(InputError) as caught:
        STUDY_PLOTS["paired"].draw(view, None, None, by=by)
    assert message in str(caught.value)


def test_runs_of_different_seeds_are_no_pairs() -> None:
    """A study whose cells have seeds of their own is refused, with what makes seeds common."""
    view = versions()
    apart = view.frame.assign(seed=range(len(view.frame)))
    with pytest.raises(InputError, match="have the study file say `chance: common`"):
        paired_frame(replace(view, frame=apart))


def test_points_of_a_sampled_design_are_no_pairs() -> None:
    """Points that share their seeds but differ in all factors are refused, with what would make pairs."""
    view = study_of([({"n": n, "m": n * 1.5}, {"messages": [1.0, 2.0]}) for n in range(4)])
    sampled = replace(view, frame=view.frame.assign(point=view.frame["cell"]))
    with pytest.raises(InputError, match=r"no two points of the design .* differ in n alone") as caught:
        paired_frame(sampled)
    assert "chance: common" not in str(caught.value)
    assert "sweep n in a study without a design, or draw the plot sensitivity" in str(caught.value)


def test_failed_runs_leave_their_pairs() -> None:
    """A run that ended in an error is in no pair; those of other seeds stay."""
    view = versions()
    broken = view.frame.assign(error=["it failed" if row == 0 else None for row in range(len(view.frame))])
    frame = paired_frame(replace(view, frame=broken))
    assert 1000 not in set(frame["seed"])
    assert len(frame) == 12

"""Plots of studies in which nothing came, or nothing went well: a figure that says so, or one clear error."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analysis.plots.study_plots import STUDY_PLOTS
from analysis.study_view import StudyView
from tests.unit.analysis.plots.small_studies import seconds, study_of, title_of
from topologies.errors import InputError

PLOTS = ("paired", "scaling", "sensitivity", "trade-off")


def rumours(*times: float | None) -> StudyView:
    """Two kinds and three sizes, whose runs have these times."""
    metrics = {"converged_at": seconds(*times), "messages_per_node": [1.0] * len(times)}
    return study_of([({"kind": kind, "nodes": n}, metrics) for kind in ("ring", "star") for n in (4, 8, 16)])


@pytest.mark.parametrize("name", PLOTS)
def test_a_study_in_which_all_runs_failed_is_refused(name: str) -> None:
    """There is nothing to draw, and it is said where to look for the reasons."""
    view = rumours(1, 2)
    with pytest.raises(
        InputError, match="found no run to draw in the study small: all failed; `murmur study` says why"
    ):
        STUDY_PLOTS[name].draw(replace(view, frame=view.frame.assign(error="boom")))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("paired", "without 9 of 9 pairs, of which one never came"),
        ("scaling", "no mean where a time never came in some runs"),
        ("sensitivity", "main effects on ranks over 18 runs"),
        ("trade-off", "18 runs in which a time never came"),
    ],
)
def test_a_study_in_which_nothing_came_is_drawn(name: str, said: str) -> None:
    """That no time came is an answer: the figure has no values, and says so."""
    assert said in title_of(STUDY_PLOTS[name].draw(rumours(None, None, None)))


@pytest.mark.parametrize("name", ["paired", "scaling", "trade-off"])
def test_a_single_run_of_each_cell_is_drawn_without_intervals(name: str) -> None:
    """One value has no interval, and none is spoken of."""
    assert "interval" not in title_of(STUDY_PLOTS[name].draw(rumours(2)))

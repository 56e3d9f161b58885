"""The values that plots of studies draw: one for each seed, what never came, what was put together and left out."""

from __future__ import annotations

from dataclasses import replace
from math import inf, nan
from typing import Any

import pytest

from analysis.plots.factor_axis import factor_along, factor_axis
from analysis.plots.study_values import (
    factor_levels,
    facts_of,
    median_with_interval,
    shortened,
    told_groups,
    values_frame,
)
from analysis.study_view import StudyView
from tests.unit.analysis.plots.small_studies import seconds, study_of
from topologies.errors import InputError


def grid() -> StudyView:
    """Two systems of two sizes under three seeds; one time never came."""
    return study_of(
        [
            ({"system": "raft", "nodes": 16}, {"converged_at": seconds(4, 5, 9)}),
            ({"system": "raft", "nodes": 4}, {"converged_at": seconds(1, 2, 3)}),
            ({"system": "gossip", "nodes": 16}, {"converged_at": seconds(8, None, 6)}),
            ({"system": "gossip", "nodes": 4}, {"converged_at": seconds(2, 2, 2)}),
        ]
    )


def rows_of(frame: Any, *columns: str) -> list[tuple[Any, ...]]:
    """The rows of some columns."""
    return list(frame[list(columns)].itertuples(index=False, name=None))


def test_there_is_a_row_for_each_seed_of_each_cell() -> None:
    """A time that never came is the end of its run, and says that it did not come; levels keep their order."""
    frame = values_frame(grid(), "converged_at", x="nodes")
    assert rows_of(frame[frame["group"] == "gossip"], "x", "place", "replicate", "value", "came") == [
        (4, 0, 0, 2e9, True),
        (4, 0, 1, 2e9, True),
        (4, 0, 2, 2e9, True),
        (16, 1, 0, 8e9, True),
        (16, 1, 1, 100e9, False),
        (16, 1, 2, 6e9, True),
    ]
    assert frame.attrs["order"] == ["raft", "gossip"]
    assert frame.attrs["over"] == []


def test_cells_that_are_put_together_give_one_value_for_each_seed() -> None:
    """It is the median of the seed's runs, and has come only where that has: intervals count seeds, not runs."""
    frame = values_frame(grid(), "converged_at", by=["system"])
    assert rows_of(frame, "group", "replicate", "value", "came") == [
        ("raft", 0, 2.5e9, True),
        ("raft", 1, 3.5e9, True),
        ("raft", 2, 6e9, True),
        ("gossip", 0, 5e9, True),
        ("gossip", 1, 51e9, False),
        ("gossip", 2, 4e9, True),
    ]
    assert facts_of(frame) == "3 runs each; each the median over nodes"


def test_panels_have_rows_and_columns() -> None:
    """Each run is in the panel of its levels, which are in their order."""
    frame = values_frame(grid(), "converged_at", panels=("nodes", "system"))
    assert set(rows_of(frame, "row", "row_place", "column", "column_place")) == {
        (4, 0, "raft", 0),
        (4, 0, "gossip", 1),
        (16, 1, "raft", 0),
        (16, 1, "gossip", 1),
    }
    assert set(frame["group"]) == {""}


def test_what_is_left_out_is_said() -> None:
    """Failed runs, runs without a value that is no time to come, and runs that were cut short are counted."""
    view = study_of([({"nodes": 4}, {"latency_p50": [1.0, None, 3.0, 4.0]})])
    frame = view.frame.assign(error=[None, None, None, "it failed"], censored=["event limit", None, None, None])
    found = values_frame(replace(view, frame=frame), "latency_p50")
    assert found["value"].tolist() == [1.0, 3.0]
    told = "2 runs; 1 run failed and left out; 1 run without a value left out; 1 run cut short"
    assert facts_of(found) == told


def test_a_check_is_one_where_it_is_violated() -> None:
    """Only what is violated counts: what holds, or is unknown, is 0."""
    view = study_of([({"nodes": 4}, {"messages": [1.0, 2.0, 3.0]})])
    frame = view.frame.assign(**{"check.agreement": ["holds", "violated", "unknown"]})
    found = values_frame(replace(view, frame=frame, checks=("agreement",)), "check.agreement")
    assert found["value"].tolist() == [0.0, 1.0, 0.0]


def test_a_time_series_has_a_row_for_each_time() -> None:
    """The series of each seed is along time, without what is not known."""
    view = study_of([({"nodes": size}, {"messages": [1.0, 2.0]}) for size in (4, 8)])
    values = [[0.0, 0.5], [0.0, 1.0], [0.1, nan], [0.2, 0.3]]
    kept = replace(view, frame=view.frame.assign(**{"series.progress": values}), series=("progress",))
    found = values_frame(replace(kept, series_times=(0, 5)), "series.progress", x="time")
    assert rows_of(found, "group", "place", "x", "replicate", "value") == [
        ("nodes 4", 0, 0, 0, 0.0),
        ("nodes 4", 0, 0, 1, 0.0),
        ("nodes 4", 1, 5, 0, 0.5),
        ("nodes 4", 1, 5, 1, 1.0),
        ("nodes 8", 0, 0, 0, 0.1),
        ("nodes 8", 0, 0, 1, 0.2),
        ("nodes 8", 1, 5, 1, 0.3),
    ]


def test_a_study_of_failed_runs_alone_is_refused() -> None:
    """There is nothing to draw, which is one clear error."""
    view = grid()
    with pytest.raises(InputError, match="found no run to draw in the study small: all failed"):
        values_frame(replace(view, frame=view.frame.assign(error="boom")), "converged_at")


def test_medians_know_what_never_came() -> None:
    """What ended after all that came is later than they; what ended before may be anywhere after its end."""
    times = [float(time) for time in range(1, 8)]
    late = median_with_interval([*times, 9.0, 9.0], [True] * 7 + [False] * 2)
    assert late is not None
    assert (late.value, late.low, late.high) == (5.0, 2.0, inf)
    early = median_with_interval([1.5, *times], [False] + [True] * 7)
    assert early is not None
    assert early.value == 4.0  # the first at which S = 7/8 · 5/6 · 4/5 · 3/4 = 0.4375 is at most a half
    assert median_with_interval([], []) is None


@pytest.mark.parametrize(
    ("words", "letters", "told"),
    [
        ("short", 10, "short"),
        ("a long name, nodes 16", 12, "a long…es 16"),
        ("two\n  lines", 20, "two lines"),
        ("$x$", 9, r"\$x\$"),
        ("a\N{CJK UNIFIED IDEOGRAPH-4E2D}b", 9, "a\N{WHITE SQUARE}b"),
    ],
)
def test_long_and_hostile_words_are_made_fit(words: str, letters: int, told: str) -> None:
    """They are one line, cut in the middle, no formulas, and have only letters that the font has."""
    assert shortened(words, letters) == told


def test_groups_that_are_cut_alike_are_told_apart() -> None:
    """No two entries of a legend are the same, and one that begins with an underscore is in it."""
    names = ["_hidden", "x" * 50 + "1" + "y" * 50, "x" * 50 + "2" + "y" * 50]
    view = study_of([({"name": name}, {"messages": [1.0]}) for name in names])
    told = told_groups(values_frame(view, "messages"), 10)
    assert told == {0: " _hidden", 1: "xxxxx…yyyy", 2: "xxxxx…yyyy (2)"}


@pytest.mark.parametrize(
    ("levels", "places", "words", "logarithmic"),
    [
        ([16, 64, 256], (16.0, 64.0, 256.0), "Loss", True),
        ([10, 20, 30, 40, 50, 60], (10.0, 20.0, 30.0, 40.0, 50.0, 60.0), "Loss", False),
        (["1%", "5%"], (0.01, 0.05), "Loss", False),
        (["10ms", "1s", "2s"], (0.01, 1.0, 2.0), "Loss (s)", False),
        (["1ms", "10ms", "100ms"], (1.0, 10.0, 100.0), "Loss (ms)", True),
        (["mesh", "ring"], (0.0, 1.0), "Loss", False),
        ([True, False], (0.0, 1.0), "Loss", False),
    ],
)
def test_levels_lie_where_their_numbers_say(
    levels: list[Any], places: tuple[float, ...], words: str, logarithmic: bool
) -> None:
    """Numbers, shares and times by their size, logarithmic where they grow geometrically; names side by side."""
    axis = factor_axis("network.loss", levels)
    assert axis.places == pytest.approx(places)
    assert (axis.words, axis.logarithmic) == (words, logarithmic)


def test_one_looks_along_sizes_first() -> None:
    """A number of nodes before another number, a number before names, and nothing where nothing varies."""
    cells = [
        ({"system": system, "rate": rate, "nodes": 4 * rate}, {"messages": [1.0]}) for system in "ab" for rate in (1, 2)
    ]
    view = study_of(cells)
    assert factor_along(view) == "nodes"
    assert factor_along(replace(view, factors=("system", "rate"))) == "rate"
    assert factor_along(replace(view, factors=("system",))) == "system"
    assert factor_along(study_of(cells[:1])) is None
    assert factor_levels(view, "nodes") == [4, 8]

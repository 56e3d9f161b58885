"""Curves of studies: medians along a factor or over time, with what is drawn of them."""

from __future__ import annotations

from dataclasses import replace
from math import inf, isnan
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from analysis.plots.curves import MOST_LINES, curves_frame, curves_medians, draw_curves
from analysis.plots.study_plots import STUDY_PLOTS
from analysis.plots.theme import SERIES
from analysis.study_view import StudyView
from tests.unit.analysis.plots.small_studies import legend_of, seconds, study_of, title_of
from topologies.errors import InputError

DRAW = STUDY_PLOTS["curves"].draw
TIMES = (1.0, 2.0, 3.0, 4.0, 5.0, 6.0)


def grown(**changes: Any) -> StudyView:
    """Two systems over 16, 64 and 256 nodes under six seeds: times of the one double from size to size."""
    cells = [
        ({"system": system, "topology.nodes": nodes}, {"converged_at": seconds(*(factor * time for time in TIMES))})
        for system, factors in (("raft", (1, 2, 4)), ("gossip", (1, 1, 1)))
        for nodes, factor in zip((16, 64, 256), factors, strict=True)
    ]
    return study_of(cells, **changes)


def points_of(axes: Any, group: int) -> tuple[list[float], list[float]]:
    """Where the line of a group has its points."""
    (line,) = (line for line in axes.lines if line.get_color() == SERIES[group] and line.get_label()[0] != "_")
    return list(map(float, line.get_xdata())), list(map(float, line.get_ydata()))


def test_a_line_goes_through_the_medians_at_their_numbers() -> None:
    """Medians of 1 to 6 s are 3.5 s, in the unit of the axis, which is logarithmic as sizes grow so."""
    figure = DRAW(grown())
    (axes,) = figure.axes
    assert points_of(axes, 0) == ([16, 64, 256], [3.5, 7, 14])
    assert points_of(axes, 1) == ([16, 64, 256], [3.5, 3.5, 3.5])
    assert (axes.get_xscale(), axes.get_xlabel(), axes.get_ylabel()) == ("log", "Nodes", "Converged at (s)")
    assert [label.get_text() for label in axes.get_xticklabels()] == ["16", "64", "256"]
    assert legend_of(figure) == ["raft", "gossip"]
    assert title_of(figure) == "small 6 runs each; median with 95 % interval; faint: runs"


def test_medians_have_the_interval_of_their_ranks() -> None:
    """Of six values it goes from the least to the largest; of fewer there is none."""
    medians = curves_medians(curves_frame(grown()))
    row = medians[(medians["group"] == "raft") & (medians["x"] == 64)].iloc[0]
    assert (row["runs"], row["never"], row["median"], row["low"], row["high"]) == (6, 0, 7e9, 2e9, 12e9)
    few = curves_medians(curves_frame(grown()).query("replicate < 5"))
    assert few["low"].isna().all()


def test_runs_are_faint_points_beside_their_median() -> None:
    """There is one for each run, none hidden by its value."""
    axes = DRAW(grown()).axes[0]
    points = [dots for dots in axes.collections if len(dots.get_offsets()) == 18]
    assert len(points) == 2
    found = sorted(np.asarray(points[0].get_offsets())[:, 1].tolist())
    assert found == pytest.approx(sorted(factor * time for factor in (1, 2, 4) for time in TIMES))


def test_a_median_that_never_came_is_a_triangle_at_the_top() -> None:
    """The line has a gap there, and the words above say what the triangle is."""
    view = study_of(
        [
            ({"nodes": 4}, {"converged_at": seconds(1, 2, 3)}),
            ({"nodes": 8}, {"converged_at": seconds(1, None, None)}),
        ]
    )
    medians = curves_medians(curves_frame(view))
    assert (medians["median"].tolist()[1], medians["never"].tolist()) == (inf, [0, 2])
    figure = DRAW(view)
    axes = figure.axes[0]
    line, triangle = axes.lines
    assert isnan(line.get_ydata()[1])  # type: ignore[index]
    assert (triangle.get_marker(), list(triangle.get_xdata())) == ("^", [8.0])  # type: ignore[arg-type]
    assert triangle.get_ydata()[0] == axes.get_ylim()[1]  # type: ignore[index]
    assert "▲: the time never came in half of the runs" in title_of(figure)


def test_by_one_factor_puts_the_others_together_seed_by_seed() -> None:
    """Along the systems each seed is the median of its sizes; names lie side by side and are not joined."""
    figure = DRAW(grown(), x="system")
    assert legend_of(figure) == ["nodes 16", "nodes 64", "nodes 256"]
    one = DRAW(grown(), x="nodes", by="system")
    assert legend_of(one) == ["raft", "gossip"]
    axes = figure.axes[0]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["raft", "gossip"]
    assert {line.get_linestyle() for line in axes.lines} == {"None"}


def test_long_names_are_broken_into_two_lines_and_markers_stay_whole() -> None:
    """A name is cut only where it has no blank; over many sizes values stay a twentieth of the axis from its edges."""
    cells = [
        ({"system": name}, {"messages": [10.0**power]})
        for power, name in enumerate(("coordinator with standbys", "primary and backups", "raft", "gossip", "z" * 20))
    ]
    axes = DRAW(study_of(cells)).axes[0]
    names = [label.get_text() for label in axes.get_xticklabels()]
    assert names == ["coordinator\nwith standbys", "primary\nand backups", "raft", "gossip", "zzzzzzz…zzzzzz"]
    low, high = np.log10(axes.get_ylim())
    assert (high - 4) / (high - low) > 0.05
    assert (0 - low) / (high - low) > 0.05


def test_a_time_series_is_drawn_over_time_with_a_band() -> None:
    """Its median over runs at each time is a line, in the unit of time, with no points of runs."""
    view = grown()
    series = [[0.0, *(min(1.0, (step + run % 6) / 20) for step in range(20))] for run in range(len(view.frame))]
    kept = replace(view, frame=view.frame.assign(**{"series.progress": series}), series=("progress",))
    kept = replace(kept, series_times=tuple(second * 1_000_000_000 for second in range(21)))
    figure = DRAW(kept, "series.progress", by="system")
    axes = figure.axes[0]
    x, y = points_of(axes, 0)
    assert x == list(range(21))
    assert y[:3] == pytest.approx([0, 2.5 / 20, 3.5 / 20])
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("Simulated time (s)", "Progress")
    bands = [to_hex(band.get_facecolor()[0]) for band in axes.collections]  # type: ignore[index]
    assert bands == [color.lower() for color in SERIES[:2]]
    with pytest.raises(InputError, match=r"the time series series\.progress is drawn over time: leave it out"):
        DRAW(kept, "series.progress", x="nodes")
    with pytest.raises(InputError, match="has kept no time series prgress; it has progress"):
        DRAW(kept, "series.prgress")


def test_a_frame_can_be_filtered_before_it_is_drawn() -> None:
    """Only what is left is drawn, in the colours that it had."""
    frame = curves_frame(grown())
    figure = draw_curves(frame[frame["group"] == "gossip"], "converged_at", "gossip alone")
    assert legend_of(figure) == ["gossip"]
    assert figure.axes[0].lines[0].get_color() == SERIES[1]


@pytest.mark.parametrize(
    ("view", "options", "message"),
    [
        (
            grown(),
            {"x": "nods"},
            "found the factor 'nods'; the study small has system, topology.nodes; did you mean 'nodes'",
        ),
        (grown(), {"x": "nodes", "by": "topology.nodes"}, "found the factor topology.nodes for both x and by"),
        (grown(), {"width": 10.0}, "found a width of 10 mm; expected from 60 to 400 mm"),
        (
            study_of([({"a": a, "b": b, "n": n}, {"messages": [1.0]}) for a in "abc" for b in "def" for n in (1, 2)]),
            {},
            f"found 9 lines; the plot curves has at most {MOST_LINES}: tell them apart by one factor alone, with --by",
        ),
    ],
)
def test_what_cannot_be_drawn_is_refused(view: StudyView, options: dict[str, Any], message: str) -> None:
    """A factor that is none, or twice the same, widths that are none, and too many lines are one error."""
    with pytest.raises(InputError) as caught:
        DRAW(view, **options)
    assert message in str(caught.value)


def test_frames_have_no_place_for_anything_else() -> None:
    """Their columns are those that notebooks rely on."""
    assert isinstance(curves_frame(grown()), pd.DataFrame)
    names = ["group", "number", "x", "place", "replicate", "value", "came"]
    assert list(curves_frame(grown()).columns) == names

"""Plots of sampled designs: cells as points along a factor, and maps that would be empty."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.plots.curves import curves_frame, curves_medians
from analysis.plots.heat_map import heat_map_frame
from analysis.plots.study_plots import STUDY_PLOTS
from analysis.plots.theme import SERIES
from analysis.study_view import StudyView
from tests.unit.analysis.plots.small_studies import legend_of, seconds, study_of, title_of
from topologies.errors import InputError

POINTS = 16


def sampled() -> StudyView:
    """Sixteen points of a period and a fan-out of 3, 1 or 2, under six seeds; the time is that of the period."""
    cells = [
        (
            {"period (ms)": 100.0 * 1.15**n, "fanout": (3, 1, 2)[n % 3]},
            {"converged_at": seconds(*(1.15**n + seed for seed in range(6)))},
        )
        for n in range(POINTS)
    ]
    return study_of(cells)


@pytest.mark.parametrize("options", [{}, {"x": "period"}, {"x": "fanout"}, {"x": "period", "by": "fanout"}])
def test_each_cell_is_a_point_and_none_are_joined(options: dict[str, str]) -> None:
    """Every median is drawn once with its interval, whatever the factor along the axis, and the caption says so."""
    figure = STUDY_PLOTS["curves"].draw(sampled(), **options)
    (axes,) = figure.axes
    assert all(len(line.get_xdata()) == 1 for line in axes.lines)  # type: ignore[arg-type]
    drawn = sorted(float(line.get_ydata()[0]) for line in axes.lines)  # type: ignore[index]
    assert drawn == pytest.approx([1.15**n + 2.5 for n in range(POINTS)])
    assert len(axes.collections) == POINTS
    assert "median with 95 % interval; a point for each cell" in title_of(figure)


def test_colours_are_levels_in_ascending_order() -> None:
    """The study has a fan-out of 3 first; the legend and the colours go from 1 to 3."""
    figure = STUDY_PLOTS["curves"].draw(sampled(), x="period", by="fanout")
    assert legend_of(figure) == ["fanout 1", "fanout 2", "fanout 3"]
    colors = {line.get_color() for line in figure.axes[0].lines if line.get_label() == "fanout 1"}
    assert colors == {SERIES[0]}
    medians = curves_medians(curves_frame(sampled(), by="fanout"))
    assert medians.groupby("number")["group"].unique().map(list).to_dict() == {
        0: ["fanout 1"],
        1: ["fanout 2"],
        2: ["fanout 3"],
    }
    assert np.unique(medians["point"]).tolist() == list(range(POINTS))


def test_what_suits_no_sampled_design_is_refused_with_what_does() -> None:
    """A map whose cells are mostly empty, and a colour for each of sixteen periods, name another way."""
    with pytest.raises(InputError, match=r"found no runs at 32 of the 48 pairs of .* or draw curves"):
        heat_map_frame(sampled())
    with pytest.raises(InputError, match=r"period \(ms\) has 16 levels; .* at most 8 colours: .* leave --by out"):
        curves_frame(sampled(), x="fanout", by="period (ms)")

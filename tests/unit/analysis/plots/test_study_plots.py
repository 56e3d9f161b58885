"""Plots of studies: what is on their lines, and what they refuse."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis.plots.distribution import Distribution, DistributionFigure, draw_distribution
from analysis.plots.study_plots import MOST_LINES, STUDY_PLOTS, StudyView
from topologies.errors import InputError

DRAW = STUDY_PLOTS["distribution"].draw


def study(cells: int = 2, **changes: Any) -> StudyView:
    """A study of some cells with four runs each, of which one failed and one has no time."""
    rows = [
        {
            "system": "gossip",
            "nodes": cell,
            "cell": cell,
            "error": "it failed" if run == 3 else None,
            "converged_at": np.nan if run == 2 else (cell + 1) * 1e9 + run * 1e8,
        }
        for cell in range(cells)
        for run in range(4)
    ]
    columns = {"frame": pd.DataFrame(rows), "factors": ("system", "nodes"), "metrics": ("converged_at",)}
    return StudyView("small", **{**columns, **changes})


def test_a_line_is_the_share_of_runs_at_or_below() -> None:
    """Each line steps up at the values of its cell, in the unit of the axis, to the share of runs that have one."""
    axes = DRAW(study(), None, None).axes[0]
    first, second = axes.get_lines()
    assert np.allclose(np.asarray(first.get_xdata(), float), [1.0, 1.0, 1.1])
    assert np.allclose(np.asarray(first.get_ydata(), float), [0, 1 / 3, 2 / 3])
    assert np.allclose(np.asarray(second.get_xdata(), float), [2.0, 2.0, 2.1])
    assert axes.get_xlabel() == "Converged at (s)"


def test_lines_are_called_by_what_differs() -> None:
    """Labels leave out what all cells share, and the facts say how many runs there are and that some have no value."""
    figure = DRAW(study(), None, None)
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["0", "1"]
    title = " ".join(figure.get_suptitle().split())
    assert title == "small 3 runs in each cell; a line stays below 1 where runs have no value"


@pytest.mark.parametrize(
    ("values", "scale"), [([1.0, 2.0, 15.0], "linear"), ([1.0, 5.0, 30.0], "log"), ([0.0, 90.0], "linear")]
)
def test_values_of_many_sizes_have_a_logarithmic_axis(values: list[float], scale: str) -> None:
    """From a factor of twenty on, where all are positive; the axis holds them all."""
    plot = DistributionFigure([Distribution("a", values, len(values))], "name", "facts", "Messages", "messages")
    axes = draw_distribution(plot).axes[0]
    assert axes.get_xscale() == scale
    low, high = axes.get_xlim()
    assert low <= min(values)
    assert high >= max(values)


def test_a_cell_without_values_is_no_obstacle() -> None:
    """A cell whose times never came has an empty line, also where no cell has any value."""
    empty = Distribution("never", [], 4)
    axes = draw_distribution(DistributionFigure([empty], "name", "facts", "Time", "ns")).axes[0]
    assert len(axes.get_lines()[0].get_xdata()) == 0


@pytest.mark.parametrize(
    ("view", "metric", "message"),
    [
        (
            study(MOST_LINES + 1),
            None,
            f"found {MOST_LINES + 1} cells; the plot distribution has at most {MOST_LINES} lines",
        ),
        (study(metrics=()), None, "the study small reports no metric"),
        (study(), "messages", "no run of the study small has a value of messages; it reports converged_at"),
        (study(), "convergd_at", "unknown metric 'convergd_at'; did you mean converged_at?"),
    ],
)
def test_what_cannot_be_drawn_is_refused(view: StudyView, metric: str | None, message: str) -> None:
    """Too many cells, and metrics that are none or that no run has, are one clear error."""
    with pytest.raises(InputError) as caught:
        DRAW(view, metric, None)
    assert message in str(caught.value)

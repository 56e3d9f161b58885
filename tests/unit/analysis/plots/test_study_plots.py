"""Plots of studies: what is on their lines, and what they refuse."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from analysis.plots.boxes import draw_box, draw_violin
from analysis.plots.curves import draw_curves
from analysis.plots.distribution import MOST_LINES, band, draw_distribution
from analysis.plots.heat_map import draw_heat_map
from analysis.plots.small_multiples import draw_small_multiples
from analysis.plots.study_plots import STUDY_PLOTS
from analysis.plots.survival import draw_survival
from analysis.study_view import StudyView
from tests.unit.analysis.plots.small_studies import legend_of, study_of, title_of
from topologies.errors import InputError

DRAW = STUDY_PLOTS["distribution"].draw


def study(cells: int = 2, **changes: Any) -> StudyView:
    """A study of some cells with four runs each, of which one failed and one has no time."""
    rows = [
        {
            "system": "gossip",
            "nodes": cell,
            "cell": cell,
            "ended_ns": 1e12,
            "error": "it failed" if run == 3 else None,
            "converged_at": np.nan if run == 2 else (cell + 1) * 1e9 + run * 1e8,
        }
        for cell in range(cells)
        for run in range(4)
    ]
    columns = {"frame": pd.DataFrame(rows), "factors": ("system", "nodes"), "metrics": ("converged_at",)}
    return StudyView("small", **{**columns, **changes})


def frame_of(**groups: tuple[list[float], int]) -> pd.DataFrame:
    """A frame of values in groups, each with how many runs there are in all."""
    rows = [
        {"group": name, "number": number, "place": 0, "value": value, "came": came}
        for number, (name, (values, runs)) in enumerate(groups.items())
        for value, came in [(value, True) for value in values] + [(99.0, False)] * (runs - len(values))
    ]
    return pd.DataFrame(rows)


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
    assert [text.get_text() for text in legend.get_texts()] == ["nodes 0", "nodes 1"]
    title = " ".join(figure.get_suptitle().split())
    assert title == (
        "small 3 runs each; band: the whole curve, with 95 % confidence; "
        "a line stays below 1 where the time never came; 2 runs failed and left out"
    )


def test_what_could_not_be_measured_is_left_out() -> None:
    """A run without a value that is no time to come counts neither in its line nor as censored, and is counted."""
    view = study()
    figure = DRAW(replace(view, frame=view.frame.rename(columns={"converged_at": "latency_p50"})), "latency_p50", None)
    for line in figure.axes[0].get_lines():
        assert np.allclose(np.asarray(line.get_ydata(), float), [0, 1 / 2, 1])
    title = " ".join(figure.get_suptitle().split())
    assert title.endswith(
        "2 runs each; band: the whole curve, with 95 % confidence; 2 runs failed and left out; "
        "2 runs without a value left out"
    )


@pytest.mark.parametrize(("runs", "distance"), [(1, 0.975), (5, 0.5633), (10, 0.4093), (20, 0.2941), (100, 0.1340)])
def test_bands_are_as_wide_as_tables_say(runs: int, distance: float) -> None:
    """The critical values of Kolmogorov and Smirnov at 5 %, as Miller's table of 1956 has them; none leaves 0 to 1."""
    low, high = band(np.array([0.0, 0.5, 1.0]), runs)
    assert low == pytest.approx([0, max(0, 0.5 - distance), 1 - distance], abs=6e-5)
    assert high == pytest.approx([distance, min(1, 0.5 + distance), 1], abs=6e-5)


def test_bands_hold_the_whole_distribution_as_often_as_they_say() -> None:
    """Of 4,000 samples of 20 uniform values, 95 % have a band that holds the true distribution at every value."""
    values = np.sort(np.random.default_rng(1).uniform(size=(4_000, 20)), axis=1)
    low, _ = band(np.arange(1, 21) / 20, 20)
    _, high = band(np.arange(20) / 20, 20)
    held = ((low <= values) & (values <= high)).all(axis=1).mean()
    assert held == pytest.approx(0.95, abs=0.0105)  # three standard errors


def test_each_line_has_a_band_in_its_colour() -> None:
    """The band lies about its line from the least to the largest value, also where some values are censored."""
    axes = draw_distribution(frame_of(a=([3.0, 1.0, 2.0, 2.0], 5), b=([4.0] * 9, 9)), "messages").axes[0]
    for line, filled, runs in zip(axes.get_lines(), axes.collections, (5, 9), strict=True):
        assert to_hex(filled.get_facecolor()[0]) == line.get_color().lower()  # type: ignore[index]
        corners = filled.get_paths()[0].vertices
        x, y = np.asarray(line.get_xdata(), float), np.asarray(line.get_ydata(), float)
        assert (corners[:, 0].min(), corners[:, 0].max()) == (x.min(), x.max())
        low, high = band(y, runs)
        assert (corners[:, 1].min(), corners[:, 1].max()) == pytest.approx((low.min(), high.max()))
    first = axes.get_lines()[0]
    assert np.allclose(np.asarray(first.get_ydata(), float), [0, 1 / 5, 3 / 5, 4 / 5])


@pytest.mark.parametrize(
    ("values", "scale"), [([1.0, 2.0, 15.0], "linear"), ([1.0, 5.0, 30.0], "log"), ([0.0, 90.0], "linear")]
)
def test_values_of_many_sizes_have_a_logarithmic_axis(values: list[float], scale: str) -> None:
    """From a factor of twenty on, where all are positive; the axis holds them all."""
    axes = draw_distribution(frame_of(a=(values, len(values))), "messages").axes[0]
    assert axes.get_xscale() == scale
    low, high = axes.get_xlim()
    assert low <= min(values)
    assert high >= max(values)


def test_runs_that_were_cut_short_count_until_then() -> None:
    """A run that ended at 1.5 s is in half of what is left: by hand, one less 4/5, then 4/5 · 2/3 and so on."""
    rows = [{"group": "", "number": 0, "place": 0, "value": value, "came": value != 1.5} for value in (1, 1.5, 2, 3, 4)]
    figure = draw_distribution(pd.DataFrame(rows), "messages")
    (line,) = figure.axes[0].get_lines()
    assert np.allclose(np.asarray(line.get_xdata(), float), [1, 1, 2, 3, 4])
    assert np.allclose(np.asarray(line.get_ydata(), float), [0, 1 / 5, 1 - 4 / 5 * 2 / 3, 1 - 4 / 5 / 3, 1])
    assert "band: 95 % interval at each value" in " ".join(figure.get_suptitle().split())


def test_a_frame_of_nothing_is_refused() -> None:
    """What was filtered until nothing was left says so, in each plot that takes a frame of runs."""
    nothing = frame_of(a=([1.0], 1)).query("value > 2")
    for draw in (draw_distribution, draw_curves, draw_survival, draw_small_multiples, draw_box, draw_violin):
        with pytest.raises(InputError, match="found no run in the frame"):
            draw(nothing, "messages")
    with pytest.raises(InputError, match="found no cell in the frame"):
        draw_heat_map(nothing, "messages")


def test_a_cell_without_values_is_no_obstacle() -> None:
    """A cell whose times never came has an empty line, also where no cell has any value."""
    axes = draw_distribution(frame_of(never=([], 4)), "converged_at").axes[0]
    assert len(axes.get_lines()[0].get_xdata()) == 0


@pytest.mark.parametrize(
    ("view", "metric", "message"),
    [
        (
            study(MOST_LINES + 1),
            None,
            f"found {MOST_LINES + 1} lines; the plot distribution has at most {MOST_LINES}",
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


def test_of_more_cells_than_lines_the_first_factor_has_the_lines() -> None:
    """Nine cells of three systems are three lines, and the facts say over what each run is a median."""
    cells = [
        ({"system": system, "nodes": nodes}, {"messages": [1.0 * nodes]}) for system in "abc" for nodes in (1, 2, 3)
    ]
    figure = DRAW(study_of(cells), None, None)
    assert legend_of(figure) == ["a", "b", "c"]
    assert "each the median over nodes" in title_of(figure)

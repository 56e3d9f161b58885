"""Plots of consensus and of cores can be read at the width of a column and of a page: nothing is cut off or covered."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pandas as pd
import pytest
from matplotlib.figure import Figure

from analysis.plots.distribution import draw_distribution
from analysis.plots.registry import PLOTS
from analysis.plots.run_view import RunView
from analysis.plots.theme import COLUMN_MM, PAGE_MM
from tests.unit.analysis.plots.consensus_runs import CONSENSUS_PLOTS
from tests.unit.analysis.plots.hardware_runs import CORE_PLOTS, pressed_run, traced_run

Draw = Callable[[RunView, float], Figure]


def plot_of(name: str, around: str | None = None) -> Draw:
    """A plot of a run, by its name."""
    return lambda run, width: PLOTS[name].draw([run], width, around=around)


def distribution(_: RunView, width: float) -> Figure:
    """Ten lines."""
    rows = [
        {"group": f"{n}-{2 * n} ms", "number": n - 1, "place": 0, "value": n * 1e6 + value * 1e5, "came": value < 50}
        for n in range(1, 11)
        for value in range(60)
    ]
    return draw_distribution(pd.DataFrame(rows), "leaderless_time", "raft-election-timeouts", width)


def of_cores(name: str) -> Draw:
    """A plot of cores, by its name."""
    return lambda _, width: PLOTS[name].draw([traced_run()], width)


DRAWN: dict[str, Draw] = {
    "mailboxes": lambda _, width: PLOTS["mailboxes"].draw([pressed_run()], width),
    **{name: of_cores(name) for name in sorted(CORE_PLOTS - {"steals"})},
    **{name: plot_of(name) for name in sorted(CONSENSUS_PLOTS)},
    "election": plot_of("space-time", "election:2"),
    "distribution": distribution,
}


@pytest.mark.parametrize("width", [COLUMN_MM, PAGE_MM])
@pytest.mark.parametrize("name", DRAWN)
def test_title_axes_and_legend_lie_apart(name: str, width: float, served: RunView) -> None:
    """All is within the figure, with the title above the axes and their labels, and the legend below them."""
    figure = DRAWN[name](served, width)
    renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]
    drawn = figure.get_tightbbox(renderer)
    width_inches, height_inches = figure.get_size_inches()
    assert width_inches * 25.4 == pytest.approx(width)
    assert min(drawn.x0, drawn.y0) >= -0.01
    assert drawn.x1 <= width_inches + 0.01
    assert drawn.y1 <= height_inches + 0.01
    axes = figure.axes[0]
    title = figure._suptitle.get_window_extent(renderer)  # type: ignore[attr-defined]
    content = axes.get_tightbbox(renderer)
    assert content is not None
    assert title.y0 >= content.y1 - 1
    (legend,) = figure.legends
    assert content.y0 >= legend.get_window_extent(renderer).y1 - 1
    assert min(text.get_fontsize() for text in (*legend.get_texts(), axes.xaxis.label, axes.yaxis.label)) >= 6.5


@pytest.mark.parametrize("width", [COLUMN_MM, PAGE_MM])
@pytest.mark.parametrize("name", DRAWN)
def test_ticks_do_not_touch(name: str, width: float, served: RunView) -> None:
    """Numbers along the time axis, or that of the values, are apart from one another, and the axis has a unit."""
    figure = DRAWN[name](served, width)
    renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]
    axes = next(each for each in figure.axes if each.get_xlabel())
    boxes = [label.get_window_extent(renderer) for label in axes.get_xticklabels() if label.get_text()]
    within = sorted((box for box in boxes if box.x1 > axes.bbox.x0 and box.x0 < axes.bbox.x1), key=lambda box: box.x0)
    assert len(within) >= 3
    assert all(left.x1 < right.x0 for left, right in itertools.pairwise(within))
    assert axes.get_xlabel().endswith(("(s)", "(ms)", "(%)"))

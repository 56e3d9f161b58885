"""How busy cores were over time, and how many tasks waited for one: heat maps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from matplotlib.ticker import MaxNLocator, PercentFormatter

from analysis.plots.shading import shade_faults
from analysis.plots.theme import BLUE, PAGE_MM, amount_colors, new_stack, put_legend, put_title, theme
from analysis.plots.time_axis import TimeUnit, best_unit, set_time_axis

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from analysis.plots.fault_spans import FaultSpan

_HIGHEST_MM: Final = 70
_ROW_MM: Final = 4.2
_LEAST_MM: Final = 22
_LABEL_MM: Final = 3.2


@dataclass(frozen=True)
class HeatRows:
    """A row for each of some cores or nodes, with a value between each two edges (ns); `noun` is what the rows are."""

    labels: Sequence[str]
    values: NDArray[np.float64]
    edges: NDArray[np.int64]
    noun: str


@dataclass(frozen=True)
class Utilisation:
    """What is drawn: the share of time in which cores were busy, and how many tasks waited."""

    busy: HeatRows
    waiting: HeatRows
    name: str
    facts: str
    spans: Sequence[FaultSpan] = ()


def draw_utilisation(plot: Utilisation, width: float = PAGE_MM) -> Figure:
    """Draw a heat map of the busy share above one of the waiting tasks, or a line of these where there is one row."""
    with theme():
        heights = [_height(plot.busy), _height(plot.waiting)]
        figure, (upper, lower) = new_stack(width, sum(heights) + 14, 2)
        _share_height(upper, heights)
        begin, end = int(plot.busy.edges[0]), int(plot.busy.edges[-1])
        unit = best_unit(end - begin)
        _draw_heat(upper, plot.busy, unit, heights[0], "Busy", share=True)
        if len(plot.waiting.labels) == 1:
            _draw_line(lower, plot.waiting, unit)
        else:
            _draw_heat(lower, plot.waiting, unit, heights[1], "Tasks waiting", share=False)
        shade_faults(upper, plot.spans, unit, shaded=False)
        if len(plot.waiting.labels) == 1:
            shade_faults(lower, plot.spans, unit, lanes=False)
        set_time_axis(lower, end, unit, begin)
        put_title(figure, plot.name, plot.facts)
        put_legend(figure, upper, lower)
        figure.draw_without_rendering()
    return figure


def _height(rows: HeatRows) -> float:
    return float(np.clip(_ROW_MM * len(rows.labels), _LEAST_MM, _HIGHEST_MM))


def _share_height(axes: Axes, heights: Sequence[float]) -> None:
    grid = axes.get_subplotspec()
    assert grid is not None
    grid.get_gridspec().set_height_ratios(heights)


def _draw_heat(axes: Axes, rows: HeatRows, unit: TimeUnit, height: float, label: str, share: bool) -> None:
    number = len(rows.labels)
    most = 1.0 if share else max(float(np.nanmax(rows.values, initial=0.0)), 1.0)
    look: dict[str, Any] = {"cmap": amount_colors(), "vmin": 0, "vmax": most, "rasterized": True, "zorder": 1}
    cells = axes.pcolormesh(
        rows.edges / unit.nanoseconds, np.arange(number + 1) - 0.5, np.ma.masked_invalid(rows.values), **look
    )
    axes.set_ylim(number - 0.5, -0.5)
    step = max(1, round(number * _LABEL_MM / height))
    axes.set_yticks(range(0, number, step), rows.labels[::step])
    axes.tick_params(axis="y", length=0)
    axes.set_ylabel(rows.noun)
    figure = axes.get_figure(root=True)
    assert figure is not None
    bar = figure.colorbar(cells, ax=axes, aspect=height / 2.6, pad=0.015)
    bar.set_label(label)
    bar.outline.set_linewidth(0.4)
    bar.ax.yaxis.set_major_locator(MaxNLocator(nbins=4, integer=not share))
    if share:
        bar.ax.yaxis.set_major_formatter(PercentFormatter(1.0))


def _draw_line(axes: Axes, rows: HeatRows, unit: TimeUnit) -> None:
    values = rows.values[0]
    axes.stairs(values, rows.edges / unit.nanoseconds, color=BLUE, linewidth=1.1)
    axes.set_ylim(0, 1.1 * max(float(np.nanmax(values, initial=0.0)), 1.0))
    axes.set_ylabel("Tasks waiting")
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4, integer=True))
    axes.spines[["top", "right"]].set_visible(False)

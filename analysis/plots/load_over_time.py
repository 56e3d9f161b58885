"""What a shared resource has to bear over time: calls, running jobs or attempts, and how often it is how much."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import seaborn
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter

from analysis.plots.shading import lanes_height, shade_faults
from analysis.plots.theme import (
    BLACK,
    BLUE,
    COLUMN_MM,
    FAINT,
    VERMILION,
    new_rows_of_two,
    put_legend,
    put_title,
    theme,
)
from analysis.plots.time_axis import TimeUnit, best_unit, set_time_axis

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from analysis.plots.fault_spans import FaultSpan

MARKS: Final = ((0.5, "median", BLACK, (0, (4, 2))), (0.99, "99th percentile", VERMILION, (0, (1.2, 1.2))))
"""Shares of the intervals, with the words and the look of the line that marks them."""
MOST_BINS: Final = 40
LOGARITHMIC_FROM: Final = 8
"""How often the lowest peak has to fit into the highest for a logarithmic axis of loads."""
_ROW_MM: Final = 26.0
_LEAST_MM: Final = 38.0
_AXIS_MM: Final = 10.0


@dataclass(frozen=True)
class LoadSeries:
    """One run: its words, the load in each interval, how long these are (ns), and what was broken."""

    label: str
    loads: NDArray[np.int64]
    interval: int
    spans: Sequence[FaultSpan] = ()

    def at_share(self, share: float) -> int:
        """Return the least load that is not exceeded in this share of the intervals."""
        return int(np.quantile(self.loads, share, method="inverted_cdf"))


@dataclass(frozen=True)
class LoadFigure:
    """A whole plot: its runs, one row each, the quantity, where time ends (ns), and words."""

    series: Sequence[LoadSeries]
    quantity: str
    end: int
    name: str
    facts: str


def draw_load_over_time(plot: LoadFigure, width: float = COLUMN_MM) -> Figure:
    """Draw the loads, `width` in millimetres: over time at the left, at the right how often each was there."""
    count = len(plot.series)
    peaks = [int(series.loads.max(initial=0)) for series in plot.series]
    highest, logarithmic = max(peaks), max(peaks) > LOGARITHMIC_FROM * max(min(peaks), 1)
    with theme():
        figure, rows = new_rows_of_two(width, _AXIS_MM + max(_ROW_MM * count, _LEAST_MM), count)
        unit = best_unit(plot.end)
        for series, (over_time, how_often) in zip(plot.series, rows, strict=True):
            _draw_over_time(over_time, series, unit)
            _draw_how_often(how_often, series, _bins(highest, logarithmic))
            _mark(over_time, how_often, series)
            _scale(over_time, highest, logarithmic)
            set_time_axis(over_time, plot.end, unit)
            over_time.set_title(_heading(series), fontsize=6.5, loc="left", pad=3 + lanes_height(series.spans))
        for over_time, how_often in rows[:-1]:
            over_time.set_xlabel("")
            how_often.set_xlabel("")
        figure.supylabel(
            plot.quantity.replace(" in ", "\nin ") if count == 1 else plot.quantity,
            fontsize=over_time.yaxis.label.get_fontsize(),
        )
        put_title(figure, plot.name, plot.facts)
        put_legend(figure, *(axes for axes, _ in rows))
        figure.draw_without_rendering()
    return figure


def _heading(series: LoadSeries) -> str:
    marks = ", ".join(f"{name} {series.at_share(share):,}" for share, name in ((0.5, "median"), (0.99, "p99")))
    told = f"{marks}, peak {int(series.loads.max(initial=0)):,}"
    return f"{series.label}: {told}" if series.label else told


def _draw_over_time(axes: Axes, series: LoadSeries, unit: TimeUnit) -> None:
    shade_faults(axes, series.spans, unit)
    edges = np.arange(len(series.loads) + 1) * series.interval / unit.nanoseconds
    look: dict[str, Any] = {"facecolor": BLUE, "edgecolor": "none", "zorder": 2}
    axes.stairs(series.loads, edges, fill=True, rasterized=len(series.loads) > 5_000, **look)
    seaborn.despine(ax=axes)


def _scale(axes: Axes, highest: int, logarithmic: bool) -> None:
    """Have the axis of loads be the same in all rows."""
    if logarithmic:
        axes.set_yscale("symlog", linthresh=1, linscale=0.5)
        axes.set_ylim(0, 1.6 * highest)
    else:
        axes.set_ylim(0, 1.12 * max(highest, 1))
        axes.yaxis.set_major_locator(MaxNLocator(nbins=4, integer=True))
    axes.yaxis.set_major_formatter("{x:,.0f}")


def _bins(highest: int, logarithmic: bool) -> NDArray[np.float64]:
    """Return the edges, between whole numbers, of at most 40 bins: of equal length, or of equal ratio."""
    if logarithmic:
        edges = np.unique(np.geomspace(1, highest + 1, MOST_BINS).round())
        return np.asarray(np.concatenate(([-0.5], edges - 0.5)), np.float64)
    step = -(-(highest + 1) // MOST_BINS)
    return np.arange(0, highest + 1 + step, step, dtype=np.float64) - 0.5


def _draw_how_often(axes: Axes, series: LoadSeries, edges: NDArray[np.float64]) -> None:
    """Draw which share of the intervals had which load, on the axis of loads of the panel at the left."""
    counts, _ = np.histogram(series.loads, edges)
    shares = counts / max(len(series.loads), 1)
    axes.barh(edges[:-1], shares, height=np.diff(edges), align="edge", color=BLUE, linewidth=0, zorder=2)
    axes.set_xscale("log")
    axes.set_xlim(0.5 / max(len(series.loads), 2), 1.5)
    axes.set_xlabel("Share of\nintervals")
    axes.tick_params(axis="y", length=0, labelleft=False)
    axes.xaxis.set_major_locator(LogLocator(base=100))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda share, _: f"{100 * share:g} %"))
    axes.xaxis.set_minor_formatter(NullFormatter())
    seaborn.despine(ax=axes)


def _mark(over_time: Axes, how_often: Axes, series: LoadSeries) -> None:
    for share, label, color, style in MARKS:
        look: dict[str, Any] = {"color": color, "linewidth": 0.8, "linestyle": style, "zorder": 3}
        over_time.axhline(series.at_share(share), label=label, **look)
        how_often.axhline(series.at_share(share), **look)
    peak = int(series.loads.max(initial=0))
    how_often.axhline(peak, color=FAINT, linewidth=0.6, zorder=1)

"""How far something has spread over time: a line for a run, a band for runs that differ in their seeds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import seaborn

from analysis.plots.course import Curve
from analysis.plots.fault_spans import FaultSpan
from analysis.plots.shading import shade_faults
from analysis.plots.theme import COLUMN_MM, SERIES, new_figure, put_legend, put_title, theme
from analysis.plots.time_axis import TimeUnit, best_unit, set_time_axis

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

INTERVAL: Final = (0.05, 0.95)
"""Share of the runs below the lower and the upper edge of the band."""
LINE_STYLES: Final = ("-", (0, (5, 1.5)), (0, (1.2, 1.2)), (0, (5, 1.2, 1.2, 1.2)))
_MOST_POINTS: Final = 1_000
_LEAST_SHOWN: Final = 1e-15


@dataclass(frozen=True)
class SpreadSeries:
    """What is drawn as one line: the runs of one scenario, each with its own seed. `label` is for the legend."""

    label: str
    curves: Sequence[Curve]


@dataclass(frozen=True)
class SpreadFigure:
    """A whole plot: its series, what was broken and when, where time ends (ns), and its words.

    `logarithmic`: the quantity is drawn on a logarithmic axis.
    """

    series: Sequence[SpreadSeries]
    end: int
    name: str
    facts: str
    quantity: str = "Informed (fraction of nodes up)"
    spans: Sequence[FaultSpan] = field(default=())
    logarithmic: bool = False


def draw_spread(plot: SpreadFigure, width: float = COLUMN_MM) -> Figure:
    """Draw the curves over time, `width` in millimetres.

    Of several runs the line is the median at each instant, and the band holds the middle 90 % of the runs (quantiles
    0.05 to 0.95, linear between runs, taken over runs at one instant). A run that ended early keeps its last value.
    """
    with theme():
        figure, axes = new_figure(width, min(0.55 * width, 75))
        unit = best_unit(plot.end)
        shade_faults(axes, plot.spans, unit)
        for number, series in enumerate(plot.series):
            draw_series(axes, series, number, plot.end, unit)
        set_time_axis(axes, plot.end, unit)
        if plot.logarithmic:
            _set_logarithmic(axes, plot)
        else:
            axes.set_ylim(0, 1.02)
            axes.set_yticks([0, 0.25, 0.5, 0.75, 1])
        axes.set_ylabel(plot.quantity.replace(" (", "\n("))
        axes.grid(axis="y", linewidth=0.4, alpha=0.5)
        seaborn.despine(ax=axes)
        put_title(figure, plot.name, plot.facts)
        put_legend(figure, axes)
        figure.draw_without_rendering()
    return figure


def draw_series(axes: Axes, series: SpreadSeries, number: int, end: int, unit: TimeUnit) -> None:
    """Draw the line of a series, and its band where it has several runs, up to `end` (ns)."""
    color, style = SERIES[number % len(SERIES)], LINE_STYLES[number % len(LINE_STYLES)]
    runs = len(series.curves)
    times = _instants(series.curves, end)
    values = np.stack([curve.at(times) for curve in series.curves])
    x = times / unit.nanoseconds
    label = f"{series.label}, median" if runs > 1 else series.label
    seaborn.lineplot(
        x=x,
        y=np.median(values, axis=0),
        ax=axes,
        errorbar=None,
        drawstyle="steps-post",
        color=color,
        linestyle=style,
        label=label.removeprefix(", "),
        legend=False,
        zorder=4,
    )
    if runs > 1:
        low, high = np.quantile(values, INTERVAL, axis=0)
        band = f"{_percent(INTERVAL[0])}–{_percent(INTERVAL[1])} % of {runs} runs"
        look: dict[str, Any] = {"step": "post", "color": color, "alpha": 0.25, "linewidth": 0, "zorder": 2}
        axes.fill_between(x, low, high, label=band, **look)


def _percent(share: float) -> str:
    return f"{100 * share:g}"


def _set_logarithmic(axes: Axes, plot: SpreadFigure) -> None:
    """Choose the powers of ten that are shown: down to the least value above rounding."""
    values = np.concatenate([curve.values for series in plot.series for curve in series.curves] or [np.ones(1)])
    least = float(values[values > _LEAST_SHOWN].min(initial=0.1))
    axes.set_yscale("log")
    axes.set_ylim(10.0 ** np.floor(np.log10(least)), max(1.5, float(values.max(initial=1.0)) * 1.2))


def _instants(curves: Sequence[Curve], end: int) -> NDArray[np.int64]:
    """Return the instants at which curves are drawn: each change, or, where these are many, an even grid of 1,000."""
    changes = np.unique(np.concatenate([curve.times for curve in curves]))
    changes = changes[changes <= end]
    if len(changes) > _MOST_POINTS:
        changes = np.linspace(0, end, _MOST_POINTS, dtype=np.int64)
    return np.unique(np.concatenate(([0], changes, [end]))).astype(np.int64)

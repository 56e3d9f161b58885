"""The cumulative distribution of a metric over the runs of a study: a line for each cell.

Drawn like figure 16 of Ongaro and Ousterhout, "In Search of an Understandable Consensus Algorithm", 2014: the share of
runs whose value is at most x, over x.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import seaborn
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from analysis.plots.spread import LINE_STYLES
from analysis.plots.theme import COLUMN_MM, SERIES, new_figure, put_legend, put_title, theme
from analysis.plots.time_axis import best_unit

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LOGARITHMIC_FROM: Final = 20
"""How often the least positive value has to fit into the largest for a logarithmic axis."""


@dataclass(frozen=True)
class Distribution:
    """One line: its words for the legend, the values of the runs that have one, and how many runs there are in all."""

    label: str
    values: Sequence[float]
    runs: int


@dataclass(frozen=True)
class DistributionFigure:
    """A whole plot: its lines, and its words. `unit` is that of the metric; times (ns) get one that suits them."""

    lines: Sequence[Distribution]
    name: str
    facts: str
    quantity: str
    unit: str


def draw_distribution(plot: DistributionFigure, width: float = COLUMN_MM) -> Figure:
    """Draw the distributions, `width` in millimetres; a line stays below 1 where runs have no value."""
    with theme():
        figure, axes = new_figure(width, min(0.6 * width, 80))
        everything = np.concatenate([np.asarray(line.values, dtype=float) for line in plot.lines])
        largest = float(np.abs(everything).max(initial=0.0))
        size, symbol = _size(plot.unit, largest)
        for number, line in enumerate(plot.lines):
            color, style = SERIES[number % len(SERIES)], LINE_STYLES[number // len(SERIES) % len(LINE_STYLES)]
            x, y = _steps(np.sort(np.asarray(line.values, dtype=float)) / size, line.runs)
            axes.step(x, y, where="post", color=color, linestyle=style, label=line.label or None)
        _set_axis(axes, everything / size)
        axes.set_xlabel(f"{plot.quantity} ({symbol})")
        axes.set_ylabel("Share of runs at or below")
        axes.set_ylim(0, 1.02)
        axes.set_yticks([0, 0.25, 0.5, 0.75, 1])
        axes.grid(linewidth=0.4, alpha=0.5)
        seaborn.despine(ax=axes)
        put_title(figure, plot.name, plot.facts)
        put_legend(figure, axes)
        figure.draw_without_rendering()
    return figure


def _steps(values: np.ndarray[tuple[int], np.dtype[np.float64]], runs: int) -> tuple[list[float], list[float]]:
    """Return the corners of a distribution, from 0 at the least value."""
    if not len(values):
        return [], []
    shares = np.arange(1, len(values) + 1) / runs
    return [float(values[0]), *values.tolist()], [0.0, *shares.tolist()]


def _size(unit: str, largest: float) -> tuple[float, str]:
    """Return by what to divide values for the axis, and what they are in then."""
    if unit != "ns":
        return 1.0, unit
    chosen = best_unit(int(largest))
    return float(chosen.nanoseconds), chosen.symbol


def _set_axis(axes: Axes, values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> None:
    """Have the x axis hold all values, on a logarithmic scale where they are of many sizes."""
    if not len(values):
        return
    least, largest = float(values.min()), float(values.max())
    if least > 0 and largest >= LOGARITHMIC_FROM * least:
        axes.set_xscale("log")
        axes.xaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0) if largest < 1000 * least else (1.0,)))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,g}"))
        axes.xaxis.set_minor_formatter(NullFormatter())
        axes.set_xlim(least / 1.1, largest * 1.1)

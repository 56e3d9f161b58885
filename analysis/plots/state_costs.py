"""What an operation on shared state costs, against the number of threads or the share of reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import seaborn
from matplotlib.ticker import FixedLocator, FuncFormatter, LogLocator, NullFormatter, NullLocator, PercentFormatter

from analysis.plots.spread import LINE_STYLES
from analysis.plots.sweep import Sweep, SweptLine, sweep_of
from analysis.plots.theme import COLUMN_MM, SERIES, new_figure, put_legend, put_title, theme
from analysis.plots.throughput import draw_points
from analysis.plots.time_axis import best_unit

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from analysis.study_view import StudyView

COSTS: Final = ("update_time_mean", "read_time_mean")
"""Metrics that are looked for first."""
_LOGARITHMIC_FROM: Final = 6.0
"""Ratio of the largest to the smallest number from which on the axis of numbers is logarithmic."""


def state_costs_figure(study: StudyView, metric: str | None, **width: float) -> Figure:
    """Draw a time of a study that sweeps a number of threads or the share of reads."""
    return draw_state_costs(sweep_of(study, "state-costs", metric, COSTS, "ns"), **width)


def draw_state_costs(sweep: Sweep, width: float = COLUMN_MM) -> Figure:
    """Draw a line for each way to share state, with the intervals of its points; `width` in millimetres."""
    with theme():
        figure, axes = new_figure(width, min(0.66 * width, 90))
        values = [each.value for line in sweep.lines for each in line.means.values() if each.value > 0]
        unit = best_unit(int(min(values, default=1.0))) if sweep.unit == "ns" else None
        scale = 1 if unit is None else unit.nanoseconds
        for number, line in enumerate(sweep.lines):
            _draw_line(axes, line, number, scale)
        _set_numbers(axes, sorted({number for line in sweep.lines for number in line.means}))
        axes.set_xlabel(sweep.factor)
        words = sweep.metric.replace("_", " ").replace(".", " ")
        symbol = sweep.unit if unit is None else unit.symbol
        axes.set_ylabel(f"{words[:1].upper()}{words[1:]}" + (f" ({symbol})" if symbol else ""))
        if values and max(values) > _LOGARITHMIC_FROM * min(values):
            axes.set_yscale("log")
            axes.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0), numticks=14))
            axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,g}"))
            axes.yaxis.set_minor_formatter(NullFormatter())
        else:
            axes.set_ylim(0, None)
        axes.grid(linewidth=0.4, alpha=0.5)
        seaborn.despine(ax=axes)
        put_title(figure, sweep.name, sweep.facts)
        put_legend(figure, axes)
        figure.draw_without_rendering()
    return figure


def _draw_line(axes: Axes, line: SweptLine, number: int, scale: int) -> None:
    from dataclasses import replace

    from analysis.estimates import Estimate

    means = {
        at: Estimate(*(None if part is None else part / scale for part in (each.value, each.low, each.high)))  # type: ignore[arg-type]
        for at, each in line.means.items()
    }
    style: Any = LINE_STYLES[number % len(LINE_STYLES)]
    color = SERIES[number % len(SERIES)]
    axes.plot(list(means), [each.value for each in means.values()], color=color, linewidth=0.9, linestyle=style)
    draw_points(axes, replace(line, means=means), number, line.label or "mean of the runs")


def _set_numbers(axes: Axes, numbers: list[float]) -> None:
    """Have the numbers of the study along the axis: shares in percent, numbers of many sizes on a logarithmic one."""
    if numbers[0] >= 0 and numbers[-1] <= 1:
        axes.xaxis.set_major_formatter(PercentFormatter(1.0))
        return
    if numbers[0] > 0 and numbers[-1] > _LOGARITHMIC_FROM * numbers[0]:
        axes.set_xscale("log", base=2)
    kept = numbers if len(numbers) <= 9 else [numbers[int(place)] for place in np.linspace(0, len(numbers) - 1, 9)]
    axes.xaxis.set_major_locator(FixedLocator(kept))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))

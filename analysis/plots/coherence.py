"""The coherence of a swarm over time, with its goal, and when it counts as converged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import seaborn

from analysis.plots.course import Curve
from analysis.plots.fault_spans import FaultSpan
from analysis.plots.shading import shade_faults
from analysis.plots.spread import SpreadSeries, draw_series
from analysis.plots.theme import BLACK, COLUMN_MM, GREY, SERIES, new_figure, put_legend, put_title, theme
from analysis.plots.time_axis import TimeUnit, best_unit, set_time_axis

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LANE: Final = -0.045
"""Where, below a coherence of 0, the first bar lies that tells when a swarm was converged."""
_LANE_STEP: Final = 0.05
_GOAL: Final = "#2F6B4F"


@dataclass(frozen=True)
class CoherenceSeries:
    """One line: the runs of one scenario; `converged` has, for each, the spans (ns) in which it was; None: unknown."""

    label: str
    curves: Sequence[Curve]
    converged: Sequence[Sequence[tuple[int, int]]] | None = None


@dataclass(frozen=True)
class CoherenceFigure:
    """A whole plot: its series, the goals (target, tolerance) of their scenarios, faults, and words. `end` is in ns."""

    series: Sequence[CoherenceSeries]
    goals: Sequence[tuple[float, float]]
    end: int
    name: str
    facts: str
    spans: Sequence[FaultSpan] = ()


def draw_coherence(plot: CoherenceFigure, width: float = COLUMN_MM) -> Figure:
    """Draw the coherence over time, `width` in millimetres.

    Of several runs the line is the median at each instant, and the band holds the middle 90 % of them. A bar below
    tells when the run was converged, of several runs when at least half of them were.
    """
    with theme():
        figure, axes = new_figure(width, min(0.6 * width, 80))
        unit = best_unit(plot.end)
        shade_faults(axes, plot.spans, unit)
        for target, tolerance in plot.goals:
            _draw_goal(axes, target, tolerance)
        for number, series in enumerate(plot.series):
            draw_series(axes, SpreadSeries(series.label, series.curves), number, plot.end, unit)
        lanes = [series for series in plot.series if series.converged is not None]
        for lane, series in enumerate(lanes):
            _draw_converged(axes, series, lane, plot, unit)
        set_time_axis(axes, plot.end, unit)
        axes.set_ylim(LANE - _LANE_STEP * (max(len(lanes), 1) - 0.4), 1.03)
        axes.set_yticks([0, 0.25, 0.5, 0.75, 1])
        axes.set_ylabel("Coherence\n(order parameter R)")
        axes.grid(axis="y", linewidth=0.4, alpha=0.5)
        seaborn.despine(ax=axes)
        put_title(figure, plot.name, plot.facts)
        put_legend(figure, axes)
        figure.draw_without_rendering()
    return figure


def _draw_goal(axes: Axes, target: float, tolerance: float) -> None:
    label = f"goal {target:g} ± {tolerance:g}"
    axes.axhspan(max(0, target - tolerance), min(1, target + tolerance), color=GREY, alpha=0.22, linewidth=0, zorder=1)
    axes.axhline(target, color=BLACK, linewidth=0.7, linestyle=(0, (4, 2)), label=label, zorder=3)


def _draw_converged(axes: Axes, series: CoherenceSeries, lane: int, plot: CoherenceFigure, unit: TimeUnit) -> None:
    assert series.converged is not None
    runs = len(series.converged)
    words = "converged" if runs == 1 else "half of the runs converged"
    color = SERIES[plot.series.index(series) % len(SERIES)] if len(plot.series) > 1 else _GOAL
    label: str | None = f"{series.label}: {words}" if series.label else words
    look: dict[str, Any] = {"color": color, "linewidth": 2.6, "solid_capstyle": "butt", "zorder": 4}
    for begin, end in half_converged(series.converged):
        y = LANE - _LANE_STEP * lane
        axes.plot((begin / unit.nanoseconds, end / unit.nanoseconds), (y, y), label=label, **look)
        label = None


def half_converged(converged: Sequence[Sequence[tuple[int, int]]]) -> list[tuple[int, int]]:
    """Return the spans of time in which at least half of the runs were converged, from the spans of each run."""
    changes = sorted(
        (time, step) for spans in converged for pair in spans for time, step in zip(pair, (1, -1), strict=True)
    )
    times, steps = np.array(changes, np.int64).reshape(-1, 2).T
    held: list[tuple[int, int]] = []
    since, count = None, 0
    for place, (time, step) in enumerate(zip(times.tolist(), steps.tolist(), strict=True)):
        count += step
        if place + 1 < len(times) and times[place + 1] == time:
            continue
        if 2 * count >= len(converged) and count and since is None:
            since = time
        elif since is not None and (2 * count < len(converged) or not count):
            held.append((since, time))
            since = None
    return held

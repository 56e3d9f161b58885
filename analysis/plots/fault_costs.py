"""What each fault cost: bars of how much later the run converged, and how many more messages it took, than without."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, isfinite, isnan
from typing import TYPE_CHECKING, Final

import seaborn
from matplotlib.ticker import MaxNLocator

from analysis.plots.shading import LAYER_COLORS
from analysis.plots.theme import BLACK, GREY, PAGE_MM, new_panels, put_title, theme
from analysis.plots.time_axis import best_unit

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_BARS: Final = 60
_ROW_MM: Final = 5.0
_AXIS_MM: Final = 13.0
_BAR: Final = 0.62
"""Height of a bar, as a share of its row."""
_ROOM: Final = 0.05
"""How far the axis goes on beyond the bars, as a share of what they take up."""
_ALL: Final = "#5A5A5A"
"""Colour of the bar for all faults together."""
_LONGEST_NAME: Final = 34

Cost = tuple[float, float | None, float | None]
"""How much more it was with the fault than without, and the bounds of that; infinite where one did not converge."""


@dataclass(frozen=True)
class CostBar:
    """One fault that was left out: its name, its layer (None: no single fault), cost in ns, cost in messages."""

    name: str
    layer: str | None
    time: Cost
    messages: Cost


@dataclass(frozen=True)
class CostBars:
    """What is drawn: a row for each fault that was left out, and the words above."""

    rows: Sequence[CostBar]
    name: str
    facts: str


def draw_costs(bars: CostBars, width: float = PAGE_MM) -> Figure:
    """Draw the bars, `width` in millimetres: those of time only where the protocol says what convergence is."""
    rows = bars.rows[:MOST_BARS]
    times, messages = [row.time for row in rows], [row.messages for row in rows]
    unit = best_unit(int(max((abs(cost[0]) for cost in times if isfinite(cost[0])), default=0)))
    panels = [("Messages", messages, 1)]
    if not all(isnan(cost[0]) for cost in times):
        panels.insert(0, (f"Time to converge ({unit.symbol})", times, unit.nanoseconds))
    with theme():
        figure, axes = new_panels(width, _AXIS_MM + _ROW_MM * max(3, len(rows)), len(panels))
        for panel, (label, costs, size) in zip(axes, panels, strict=True):
            _draw_panel(panel, rows, [_in_units(cost, size) for cost in costs])
            panel.set_xlabel(label)
        axes[0].set_ylim(len(rows) - 0.5, -0.5)
        axes[0].set_yticks(range(len(rows)), [_short(row.name) for row in rows])
        put_title(figure, bars.name, bars.facts)
        figure.draw_without_rendering()
    return figure


def _in_units(cost: Cost, size: int) -> Cost:
    value, low, high = cost
    return value / size, None if low is None else low / size, None if high is None else high / size


def _draw_panel(axes: Axes, rows: Sequence[CostBar], costs: Sequence[Cost]) -> None:
    """Draw one bar for each row; one that has no end goes to the edge and says why."""
    left, right = _extent(costs)
    for place, (row, cost) in enumerate(zip(rows, costs, strict=True)):
        _draw_bar(axes, place, row, cost, (left, right))
    axes.axvline(0, color=BLACK, linewidth=0.6)
    axes.set_xlim(left, right)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=6))
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:+,g}".replace("-", "−") if value else "0")
    axes.grid(axis="x", linewidth=0.4, alpha=0.5)
    axes.set_axisbelow(True)
    axes.tick_params(axis="y", length=0)
    seaborn.despine(ax=axes, left=True)


def _extent(costs: Sequence[Cost]) -> tuple[float, float]:
    """Return how far an axis reaches to both sides: beyond every bar, and some way for one that has no end."""
    values = [value for cost in costs for value in cost if value is not None and not isnan(value)]
    finite = [value for value in values if isfinite(value)]
    left, right = min(0.0, *finite, 0.0), max(0.0, *finite, 0.0)
    endless = 0.6 * max(right - left, 0.0) or 1.0
    left = min(left, -endless) if -inf in values else left
    right = max(right, endless) if inf in values or not finite else right
    room = _ROOM * (right - left) if right > left else 1.0
    return left - room, right + room


def _draw_bar(axes: Axes, place: int, row: CostBar, cost: Cost, extent: tuple[float, float]) -> None:
    value, low, high = cost
    color = _ALL if row.layer is None else LAYER_COLORS[row.layer]
    if isnan(value):
        axes.text(0, place, " never", va="center", color=GREY, fontsize="small")
        return
    if not isfinite(value):
        length = extent[1] if value > 0 else extent[0]
        axes.barh(place, length, _BAR, facecolor="none", edgecolor=color, hatch="////", linewidth=0.6)
        said = "never with it" if value > 0 else "never without it"
        box = {"facecolor": "white", "edgecolor": "none", "pad": 1.0}
        axes.text(length / 2, place, said, va="center", ha="center", fontsize="small", bbox=box)
        return
    axes.barh(place, value, _BAR, color=color)
    if low is not None and high is not None:
        ends = [max(extent[0], low), min(extent[1], high)]
        axes.plot(ends, [place, place], color=BLACK, linewidth=1.0, marker="|", markersize=4)


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"

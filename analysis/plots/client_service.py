"""What clients were served over time: latencies with their quantiles, and operations per second with outages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import seaborn
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from analysis.plots.shading import shade_faults
from analysis.plots.theme import BLACK, BLUE, GREY, PAGE_MM, SERIES, VERMILION, new_figure, put_legend, put_title, theme
from analysis.plots.time_axis import TimeUnit, best_unit, set_time_axis, told_time

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from analysis.plots.fault_spans import FaultSpan

MOST_POINTS: Final = 20_000
"""Operations that are drawn; of more, every second, third, ..."""


@dataclass(frozen=True)
class Window:
    """A part of the run from `begin` to `end` (ns), and the quantiles of latencies that ended in it (ns), if any."""

    begin: int
    end: int
    completed: int
    quantiles: Sequence[int | None]


@dataclass(frozen=True)
class ClientService:
    """What is drawn: `completed`, when operations ended and their latencies; when `unknown` ones began; outages (ns).

    `shares` says which quantiles the windows have; `facts` are without those of either plot.
    """

    completed: Sequence[tuple[int, int]]
    unknown: Sequence[int]
    windows: Sequence[Window]
    shares: Sequence[float]
    outages: Sequence[tuple[int, int]]
    availability: float | None
    end: int
    name: str
    facts: str
    spans: Sequence[FaultSpan] = ()


def _height(width: float) -> float:
    """Return the height of the axes, in millimetres, at which their label has room."""
    return max(46.0, min(0.4 * width, 70.0))


def draw_latency(plot: ClientService, width: float = PAGE_MM) -> Figure:
    """Draw a point for each operation at its end, and steps for the quantiles; `width` in millimetres."""
    with theme():
        figure, axes = new_figure(width, _height(width))
        unit, size = best_unit(plot.end), best_unit(max((latency for _, latency in plot.completed), default=0))
        every = -(-len(plot.completed) // MOST_POINTS) or 1
        drawn = plot.completed[::every]
        axes.plot(
            [time / unit.nanoseconds for time, _ in drawn],
            [latency / size.nanoseconds for _, latency in drawn],
            linestyle="none",
            marker=".",
            markersize=2.2,
            markeredgewidth=0,
            color=GREY,
            label="operation carried out" + (f" (one in {every})" if every > 1 else ""),
        )
        _draw_quantiles(axes, plot, unit, size)
        _mark_unknown(axes, plot, unit)
        shade_faults(axes, plot.spans, unit)
        set_time_axis(axes, plot.end, unit)
        axes.set_ylabel(f"Latency ({size.symbol})")
        axes.set_yscale("log")
        axes.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0), numticks=12))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,g}"))
        axes.yaxis.set_minor_formatter(NullFormatter())
        seaborn.despine(ax=axes)
        width_of_window = plot.windows[0].end - plot.windows[0].begin
        told = f"; quantiles of the operations that ended in each {told_time(width_of_window)}"
        put_title(figure, plot.name, plot.facts + told)
        put_legend(figure, axes)
        figure.draw_without_rendering()
    return figure


def _draw_quantiles(axes: Axes, plot: ClientService, unit: TimeUnit, size: TimeUnit) -> None:
    """Draw a line for each quantile, with gaps where nothing ended."""
    for place, share in enumerate(plot.shares):
        values = [window.quantiles[place] for window in plot.windows]
        y = [float("nan") if value is None else value / size.nanoseconds for value in values]
        x = [window.begin / unit.nanoseconds for window in plot.windows]
        x.append(plot.end / unit.nanoseconds)
        axes.stairs(y, x, baseline=None, color=SERIES[place], linewidth=1.2, label=f"p{share * 100:g}")


def _mark_unknown(axes: Axes, plot: ClientService, unit: TimeUnit) -> None:
    """Mark, above the axes' points, when operations began of which nobody knows whether they were carried out."""
    if plot.unknown:
        x = [time / unit.nanoseconds for time in plot.unknown]
        axes.plot(
            x,
            [0.97] * len(x),
            transform=axes.get_xaxis_transform(),
            linestyle="none",
            marker="x",
            markersize=4,
            markeredgewidth=0.9,
            color=VERMILION,
            zorder=4,
            label="began, and its outcome is unknown",
        )


def draw_availability(plot: ClientService, width: float = PAGE_MM) -> Figure:
    """Draw operations carried out per second, and the outages in which no client could commit; `width` in mm."""
    with theme():
        figure, axes = new_figure(width, _height(width))
        unit = best_unit(plot.end)
        rates = [window.completed / ((window.end - window.begin) / 1e9) for window in plot.windows]
        x = [*(window.begin / unit.nanoseconds for window in plot.windows), plot.end / unit.nanoseconds]
        axes.stairs(rates, x, color=BLUE, linewidth=1.2, zorder=3, label="operations carried out")
        label: str | None = "outage: no client could commit"
        for place, (begin, end) in enumerate(plot.outages):
            extent = begin / unit.nanoseconds, end / unit.nanoseconds
            label = "" if place else "outage: writes wait"
            axes.axvspan(*extent, facecolor="none", edgecolor=BLACK, hatch="////", linewidth=0.5, zorder=2, label=label)
        shade_faults(axes, plot.spans, unit)
        set_time_axis(axes, plot.end, unit)
        axes.set_ylabel("Operations per second")
        axes.set_ylim(0, 1.08 * max([*rates, 1.0]))
        seaborn.despine(ax=axes)
        put_title(figure, plot.name, plot.facts + _availability(plot))
        put_legend(figure, axes)
        figure.draw_without_rendering()
    return figure


def _availability(plot: ClientService) -> str:
    if plot.availability is None:
        return "; no writes, so that availability is not known"
    longest = max((end - begin for begin, end in plot.outages), default=0)
    told = f", the longest of {told_time(longest)}" if longest else ""
    number = len(plot.outages)
    return f"; available {plot.availability:.1%} of the time, {number} {'outage' if number == 1 else 'outages'}{told}"

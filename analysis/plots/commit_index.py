"""The commit index of each server over time, as steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import seaborn

from analysis.plots.shading import shade_faults
from analysis.plots.spread import LINE_STYLES
from analysis.plots.theme import PAGE_MM, SERIES, new_figure, put_legend, put_title, theme
from analysis.plots.time_axis import best_unit, set_time_axis

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from analysis.plots.fault_spans import FaultSpan

MOST_NAMED: Final = len(SERIES) * len(LINE_STYLES)
"""Servers that have a line of their own look; beyond, all lines look alike."""

_THICKEST: Final = 2.6
_THINNEST: Final = 0.8
"""Widths of the first and the last line, in points: what lies beneath is seen on both sides of what covers it."""

Stretch = Sequence[tuple[int, int]]
"""Times (ns) and the commit index from then on, while a server is up."""


@dataclass(frozen=True)
class CommitIndexFigure:
    """What is drawn: the stretches of each server, and what installed a snapshot: (server, time, index)."""

    servers: Mapping[int, Sequence[Stretch]]
    installed: Sequence[tuple[int, int, int]]
    end: int
    name: str
    facts: str
    spans: Sequence[FaultSpan] = ()


def draw_commit_index(plot: CommitIndexFigure, width: float = PAGE_MM) -> Figure:
    """Draw the steps, `width` in millimetres; a server that is down has no line."""
    with theme():
        figure, axes = new_figure(width, min(0.5 * width, 80))
        unit = best_unit(plot.end)
        looks = {server: _look(place, len(plot.servers)) for place, server in enumerate(plot.servers)}
        thinner = (_THICKEST - _THINNEST) / max(len(plot.servers) - 1, 1)
        for place, (server, stretches) in enumerate(plot.servers.items()):
            color, style = looks[server]
            thickness = _THICKEST - place * thinner
            label: str | None = f"server {server}" if len(plot.servers) <= MOST_NAMED else None
            for stretch in stretches:
                x, y = [time / unit.nanoseconds for time, _ in stretch], [index for _, index in stretch]
                axes.plot(x, y, drawstyle="steps-post", color=color, linestyle=style, linewidth=thickness, label=label)
                label = None
        if plot.installed:
            x = [time / unit.nanoseconds for _, time, _ in plot.installed]
            y = [index for _, _, index in plot.installed]
            colors = [looks[server][0] for server, _, _ in plot.installed]
            axes.scatter(
                x, y, s=14, marker="D", facecolors="white", edgecolors=colors, zorder=4, label="snapshot installed"
            )
        shade_faults(axes, plot.spans, unit)
        set_time_axis(axes, plot.end, unit)
        axes.set_ylabel("Commit index")
        axes.set_ylim(bottom=0)
        seaborn.despine(ax=axes)
        put_title(figure, plot.name, plot.facts)
        put_legend(figure, axes)
        figure.draw_without_rendering()
    return figure


def _look(place: int, servers: int) -> tuple[str, Any]:
    """Return colour and line style of a server."""
    if servers > MOST_NAMED:
        return SERIES[0], LINE_STYLES[0]
    return SERIES[place % len(SERIES)], LINE_STYLES[place // len(SERIES)]

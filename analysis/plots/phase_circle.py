"""Agents on the circle of phases, with the mean field as an arrow: small multiples of one run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, pi, tau
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from matplotlib.collections import PolyCollection

from analysis.plots.theme import (
    BLACK,
    COLUMN_MM,
    FAINT,
    GREY,
    VERMILION,
    new_grid,
    phase_colors,
    put_title,
    theme,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

MOST_DOTS: Final = 150
"""Agents that are dots; more are bars of a histogram around the circle."""
_BARS: Final = 72
_PANEL_MM: Final = 26.0
_WITH_EDGES: Final = 0.6
"""Share of the room that stacked dots ask for, below which they have it without their edges."""
_LINE_MM: Final = 3.2
_REACH: Final = 1.62
"""Half of what an axis shows, in radii of the circle."""


@dataclass(frozen=True)
class Moment:
    """The phases of the agents (radians, NaN where there is none) at a moment, and the words above them.

    `goal` is the phase that the swarm is to have then, where its goal names one.
    """

    phases: NDArray[np.float64]
    caption: str
    goal: float | None = None


@dataclass(frozen=True)
class PhaseCircles:
    """What is drawn: moments in order of time, and words."""

    moments: Sequence[Moment]
    name: str
    facts: str


def draw_phases(plot: PhaseCircles, width: float = COLUMN_MM) -> Figure:
    """Draw a circle for each moment, `width` in millimetres; phase 0 is at the right, and phases grow to the left."""
    columns = min(len(plot.moments), max(2, int(width / _PANEL_MM)))
    rows = ceil(len(plot.moments) / columns)
    side = min((width - 2) / columns, 60.0)
    lines = max(moment.caption.count("\n") + 1 for moment in plot.moments)
    with theme():
        figure, grid = new_grid(width, rows * (side + lines * _LINE_MM), rows, columns)
        for axes in grid[len(plot.moments) :]:
            axes.set_visible(False)
        for axes, moment in zip(grid, plot.moments, strict=False):
            draw_circle(axes, moment, side)
            axes.set_title(moment.caption, fontsize=6.5, pad=2, linespacing=1.25)
        put_title(figure, plot.name, plot.facts)
        figure.draw_without_rendering()
    return figure


def draw_circle(axes: Axes, moment: Moment, side_mm: float) -> list[Any]:
    """Draw one circle, `side_mm` wide with its margin, and return what of it is for this moment alone."""
    axes.set_axis_off()
    axes.set_aspect("equal")
    axes.set_xlim(-_REACH, _REACH)
    axes.set_ylim(-_REACH, _REACH)
    turn = np.linspace(0, tau, 181)
    axes.plot(np.cos(turn), np.sin(turn), color=FAINT, linewidth=0.7, zorder=1)
    axes.plot([0.94, 1.06], [0, 0], color=GREY, linewidth=0.7, zorder=1)
    return draw_agents(axes, moment, side_mm)


def draw_agents(axes: Axes, moment: Moment, side_mm: float) -> list[Any]:
    """Draw the agents, their mean field and their goal on a circle that is there."""
    from analysis.plots.swarm_course import mean_field

    phases = moment.phases
    known = np.sort(phases[np.isfinite(phases)] % tau)
    draw = _draw_dots if len(phases) <= MOST_DOTS else _draw_bars
    drawn = draw(axes, known, side_mm) if len(known) else []
    mean = mean_field(phases) if len(known) else 0j
    look: dict[str, Any] = {"arrowstyle": "-|>,head_width=0.16,head_length=0.32", "shrinkA": 0, "shrinkB": 0}
    arrow = axes.annotate(
        "", (mean.real, mean.imag), (0, 0), arrowprops={"color": BLACK, "linewidth": 1.0, **look}, zorder=5
    )
    if moment.goal is not None:
        mark: dict[str, Any] = {"marker": (3, 0, np.degrees(moment.goal) + 90), "color": VERMILION, "markersize": 4}
        drawn += axes.plot([0.86 * np.cos(moment.goal)], [0.86 * np.sin(moment.goal)], zorder=1, **mark)
    return [*drawn, arrow]


def _draw_dots(axes: Axes, known: NDArray[np.float64], side_mm: float) -> list[Any]:
    """A dot for each agent; those that would lie on one another are stacked outwards."""
    size = float(np.clip(10 / np.sqrt(len(known)), 0.9, 2.2))  # diameter in millimetres
    step = size / side_mm * 2 * _REACH
    radii = 1 + step * _levels(known, step)
    squeezed = min(1.0, (_REACH - step - 1) / max(radii.max() - 1, step))
    radii = 1 + (radii - 1) * squeezed
    points = axes.scatter(
        radii * np.cos(known),
        radii * np.sin(known),
        s=(size * 72 / 25.4) ** 2,
        c=known,
        cmap=phase_colors(),
        vmin=0,
        vmax=tau,
        edgecolor=BLACK,
        linewidth=0.3 if squeezed > _WITH_EDGES else 0.05,
        zorder=4,
    )
    return [points]


def _levels(known: NDArray[np.float64], step: float) -> NDArray[np.int64]:
    """Return on which level each of the phases, in ascending order, lies so that it touches none of its level."""
    last: list[float] = []
    levels = np.zeros(len(known), np.int64)
    for place, phase in enumerate(known):
        level = next((level for level, before in enumerate(last) if phase - before >= step), len(last))
        if level == len(last):
            last.append(phase)
        last[level] = phase
        levels[place] = level
    return levels


def _draw_bars(axes: Axes, known: NDArray[np.float64], side_mm: float) -> list[Any]:
    """Bars that stand on the circle, as high as the root of their counts, the highest alike in all panels."""
    counts, edges = np.histogram(known, _BARS, (0, tau))
    heights = (_REACH - 1.05) * np.sqrt(counts / counts.max())
    middles = (edges[:-1] + edges[1:]) / 2
    half = pi / _BARS
    corners = [
        [(radius * np.cos(angle), radius * np.sin(angle)) for radius, angle in _bar(middle, half, height)]
        for middle, height in zip(middles, heights, strict=True)
    ]
    bars = PolyCollection(corners, facecolors=phase_colors()(middles / tau), edgecolors=GREY, linewidths=0.2, zorder=4)
    axes.add_collection(bars)
    return [bars]


def _bar(middle: float, half: float, height: float) -> list[tuple[float, float]]:
    return [(1, middle - half), (1 + height, middle - half), (1 + height, middle + half), (1, middle + half)]

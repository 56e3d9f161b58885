"""The phases of all agents over time: a row for each agent, coloured by its phase, and a mark for each tick."""

from __future__ import annotations

from dataclasses import dataclass
from math import pi, tau
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from analysis.plots.shading import shade_faults
from analysis.plots.theme import (
    BLACK,
    COLUMN_MM,
    ORANGE,
    new_figure,
    phase_colors,
    put_legend,
    put_title,
    theme,
)
from analysis.plots.time_axis import best_unit, set_time_axis

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.cm import ScalarMappable
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from analysis.plots.fault_spans import FaultSpan

PHASE_TICKS: Final = ((0, "0"), (pi / 2, "π/2"), (pi, "π"), (3 * pi / 2, "3π/2"), (tau, "2π"))
_FEW_ROWS: Final = 12
_ROW_POINTS: Final = (1.2, 7.0)
"""Height of a mark, at least and at most."""
_NOTHING: Final = "#E4E4E4"


@dataclass(frozen=True)
class PhaseRaster:
    """What is drawn up to `end` (ns): `phases` of agents (rows) at times (columns), NaN where there is none.

    `agents` are the numbers of the rows; `times` those of the columns, in ns. `ticks` are row and time (ns) of what
    is marked. `phase` says what the colours are.
    """

    agents: Sequence[int]
    times: NDArray[np.int64]
    phases: NDArray[np.float64]
    ticks: tuple[NDArray[np.int64], NDArray[np.int64]]
    end: int
    name: str
    facts: str
    phase: str = "Phase (rad)"
    order: str = "Agent"
    spans: Sequence[FaultSpan] = ()


def draw_raster(plot: PhaseRaster, width: float = COLUMN_MM) -> Figure:
    """Draw the raster, `width` in millimetres; agents that are down are grey."""
    rows = len(plot.agents)
    height = float(np.clip(12 + 3.4 * rows, 30, min(0.7 * width, 95)))
    with theme():
        figure, axes = new_figure(width, height)
        unit = best_unit(plot.end)
        if plot.phases.size:
            add_phase_bar(axes, _draw_cells(axes, plot, unit.nanoseconds), plot.phase)
        if len(plot.ticks[0]):
            _mark_ticks(axes, plot, height, unit.nanoseconds)
        shade_faults(axes, plot.spans, unit, shaded=False)
        set_time_axis(axes, plot.end, unit)
        axes.set_ylim(rows - 0.5, -0.5)
        axes.set_ylabel(plot.order)
        _number_rows(axes, plot)
        put_title(figure, plot.name, plot.facts)
        put_legend(figure, axes)
        figure.draw_without_rendering()
    return figure


def _draw_cells(axes: Axes, plot: PhaseRaster, unit: int) -> ScalarMappable:
    edges = np.append(plot.times, plot.end) / unit
    axes.set_facecolor(_NOTHING)
    look: dict[str, Any] = {"cmap": phase_colors(), "vmin": 0, "vmax": tau, "rasterized": True, "zorder": 1}
    return axes.pcolormesh(edges, np.arange(len(plot.agents) + 1) - 0.5, np.ma.masked_invalid(plot.phases), **look)


def _mark_ticks(axes: Axes, plot: PhaseRaster, height: float, unit: int) -> None:
    rows, times = plot.ticks
    points = float(np.clip(0.6 * (height - 12) / len(plot.agents) * 72 / 25.4, *_ROW_POINTS))
    marker: dict[str, Any] = {"marker": "|", "markersize": points, "markeredgewidth": min(0.7, points / 3)}
    many = len(rows) > 2_000
    axes.plot(
        times / unit, rows, linestyle="none", color=_tick_color(plot), rasterized=many, label="tick", zorder=3, **marker
    )


def _tick_color(plot: PhaseRaster) -> str:
    """One that is seen on phases near 0, where ticks are, or on white."""
    return ORANGE if plot.phases.size else BLACK


def _number_rows(axes: Axes, plot: PhaseRaster) -> None:
    if len(plot.agents) <= _FEW_ROWS:
        axes.set_yticks(range(len(plot.agents)), [str(agent) for agent in plot.agents])
        axes.tick_params(axis="y", length=0)
    else:
        axes.set_yticks([])


def add_phase_bar(axes: Axes, colored: ScalarMappable, label: str, **place: Any) -> None:
    """Set a bar beside the axes that says which colour is which phase."""
    figure = axes.get_figure(root=True)
    assert figure is not None
    bar = figure.colorbar(colored, ax=axes, **({"aspect": 22, "pad": 0.02} | place))
    bar.set_ticks([value for value, _ in PHASE_TICKS], labels=[words for _, words in PHASE_TICKS])
    bar.set_label(label)
    bar.outline.set_linewidth(0.4)

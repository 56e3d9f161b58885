"""The energy of a swarm's agents beside their coherence over time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import seaborn

from analysis.plots.shading import shade_faults
from analysis.plots.theme import BLACK, BLUE, COLUMN_MM, GREEN, new_stack, put_legend, put_title, theme
from analysis.plots.time_axis import best_unit, set_time_axis

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from analysis.plots.course import Curve
    from analysis.plots.fault_spans import FaultSpan

INTERVAL: Final = (0.05, 0.95)
"""Share of the agents below the lower and the upper edge of the band."""


@dataclass(frozen=True)
class EnergyFigure:
    """What is drawn of one run: its coherence, and the energy of agents that are up at times (ns).

    `mean`, `low` and `high` are over agents, at each of the times, NaN where none is up. `minimum` is the energy
    below which an agent does not act, None where it always does; `end` is in ns.
    """

    coherence: Curve
    times: NDArray[np.int64]
    mean: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    end: int
    name: str
    facts: str
    minimum: float | None = None
    spans: Sequence[FaultSpan] = ()


def draw_energy(plot: EnergyFigure, width: float = COLUMN_MM) -> Figure:
    """Draw both over one axis of time, `width` in millimetres: the mean energy, and the middle 90 % of the agents."""
    with theme():
        figure, (above, below) = new_stack(width, min(0.8 * width, 105), 2)
        unit = best_unit(plot.end)
        shade_faults(above, plot.spans, unit)
        shade_faults(below, plot.spans, unit, lanes=False)
        x = plot.coherence.times / unit.nanoseconds
        above.plot(x, plot.coherence.values, color=BLUE, drawstyle="steps-post", zorder=3)
        above.set_ylim(0, 1.03)
        above.set_yticks([0, 0.5, 1])
        above.set_ylabel("Coherence R")
        times = plot.times / unit.nanoseconds
        look: dict[str, Any] = {"step": "post", "color": GREEN, "alpha": 0.25, "linewidth": 0}
        below.fill_between(times, plot.low, plot.high, label="5–95 % of the agents", zorder=2, **look)
        below.plot(times, plot.mean, color=GREEN, drawstyle="steps-post", label="mean of the agents", zorder=3)
        if plot.minimum:
            dashes: dict[str, Any] = {"color": BLACK, "linewidth": 0.7, "linestyle": (0, (4, 2))}
            below.axhline(plot.minimum, label="least with which an agent acts", zorder=3, **dashes)
        below.set_ylim(0, 1.05 * max(float(np.nanmax(plot.high)), 1e-9))
        below.set_ylabel("Energy")
        set_time_axis(below, plot.end, unit)
        for axes in (above, below):
            axes.grid(axis="y", linewidth=0.4, alpha=0.5)
            seaborn.despine(ax=axes)
        put_title(figure, plot.name, plot.facts)
        put_legend(figure, above, below)
        figure.draw_without_rendering()
    return figure

"""Phases on the topology: each node in the colour of its phase, and what is broken at that moment."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from math import tau
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from analysis.plots.layout import Positions, positions
from analysis.plots.phase_raster import add_phase_bar
from analysis.plots.theme import BLACK, COLUMN_MM, GREY, new_figure, phase_colors, put_legend, put_title, theme
from analysis.plots.topology_snapshot import (
    TopologySnapshot,
    draw_links,
    explain,
    height_of,
    mark_faults,
    marker_size,
    name_regions,
    scatter_nodes,
)
from topologies.topology import Topology

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.collections import PathCollection
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

_MOST_NUMBERED: Final = 36


@dataclass(frozen=True)
class PhaseMap:
    """What is drawn: the phase of each node (radians, NaN where there is none), and what is broken.

    `down`: nodes that are crashed; `restarted`: nodes that were and came back; `cut`: links that a partition cuts.
    """

    topology: Topology
    phases: NDArray[np.float64]
    name: str
    facts: str
    down: Collection[int] = field(default=frozenset())
    restarted: Collection[int] = field(default=frozenset())
    cut: Collection[tuple[int, int]] = field(default=frozenset())


def draw_phase_map(plot: PhaseMap, width: float = COLUMN_MM) -> Figure:
    """Draw the map, `width` in millimetres; links are left out beyond 1,500 nodes or 6,000 links."""
    with theme():
        places = positions(plot.topology)
        figure, axes = new_figure(width, height_of(places, width))
        points, links_drawn = draw_map(axes, plot, places, width)
        add_phase_bar(axes, points, "Phase (rad)", shrink=0.8)
        left_out = "" if links_drawn else "; links not drawn"
        put_title(figure, plot.name, plot.facts + left_out)
        put_legend(figure, axes)
        figure.draw_without_rendering()
    return figure


def draw_map(axes: Axes, plot: PhaseMap, places: Positions, width: float) -> tuple[PathCollection, bool]:
    """Draw the map on axes, `width` in millimetres; return the coloured nodes, and whether links were drawn."""
    axes.set_axis_off()
    axes.set_aspect("equal")
    axes.margins(0.06)
    size = marker_size(places, width)
    marks = TopologySnapshot(plot.topology, {}, "", "", down=plot.down, restarted=plot.restarted, cut=plot.cut)
    links_drawn = draw_links(axes, marks, places)
    points = _draw_nodes(axes, plot, places, size)
    mark_faults(axes, marks, places, size, "crashed")
    if plot.topology.regions is not None:
        name_regions(axes, plot.topology, places)
    return points, links_drawn


def _draw_nodes(axes: Axes, plot: PhaseMap, places: Positions, size: float) -> PathCollection:
    """Draw all nodes; those that have no phase and are not crashed are empty."""
    edge = 0.5 if size > 3 else 0.15
    empty = [node for node in np.flatnonzero(np.isnan(plot.phases)) if node not in plot.down]
    if empty:
        look: dict[str, Any] = {"facecolor": "white", "edgecolor": GREY, "linewidth": max(edge, 0.3), "zorder": 3}
        scatter_nodes(axes, places[empty], size, **look)
        explain(axes, "without a phase", marker="o", markeredgecolor=GREY, markeredgewidth=0.6)
    known = np.flatnonzero(np.isfinite(plot.phases))
    points = scatter_nodes(
        axes,
        places[known],
        size,
        c=plot.phases[known],
        cmap=phase_colors(),
        vmin=0,
        vmax=tau,
        edgecolor=BLACK,
        linewidth=edge,
        zorder=4,
    )
    if plot.topology.nodes <= _MOST_NUMBERED and size >= 8:
        for node, (x, y) in enumerate(places):
            look = {"color": _ink(float(plot.phases[node])), "fontsize": 5.2, "zorder": 6}
            axes.text(x, y, str(node), ha="center", va="center_baseline", **look)
    return points


def _ink(phase: float) -> str:
    """White on the dark half of the colours of phases, black on the light one and where there is no phase."""
    return "white" if np.cos(phase) > -0.2 else BLACK

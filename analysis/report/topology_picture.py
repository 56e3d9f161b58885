"""A topology as it is before anything happens on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.plots.layout import positions
from analysis.plots.theme import BLUE, COLUMN_MM, new_figure, put_title, theme
from analysis.plots.topology_snapshot import (
    TopologySnapshot,
    draw_links,
    height_of,
    marker_size,
    name_regions,
    scatter_nodes,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from topologies.topology import Topology


def draw_plain_topology(topology: Topology, width: float = COLUMN_MM) -> Figure:
    """Draw nodes and links, `width` in millimetres; links are left out beyond 1,500 nodes or 6,000 links."""
    with theme():
        places = positions(topology, 0)
        figure, axes = new_figure(width, height_of(places, width))
        axes.set_axis_off()
        axes.set_aspect("equal")
        axes.margins(0.06)
        drawn = draw_links(axes, TopologySnapshot(topology, {}, "", ""), places)
        size = marker_size(places, width)
        scatter_nodes(
            axes, places, size, facecolor=BLUE, edgecolor="white", linewidth=0.4 if size > 3 else 0.1, zorder=3
        )
        if topology.regions is not None:
            name_regions(axes, topology, places)
        facts = topology_words(topology)
        put_title(figure, f"{facts[0].upper()}{facts[1:]}", "" if drawn else "links not drawn")
        figure.draw_without_rendering()
    return figure


def topology_words(topology: Topology) -> str:
    """Return the kind and the size of a topology in words: `ring: 16 nodes, 16 links, diameter 8`."""
    across = "not connected" if topology.diameter is None else f"diameter {topology.diameter}"
    return f"{topology.kind}: {_count(topology.nodes, 'node')}, {_count(topology.links, 'link')}, {across}"


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"

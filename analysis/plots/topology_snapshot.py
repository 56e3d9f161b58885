"""The topology with each node coloured by when it first received what was spread."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.lines import Line2D

from analysis.plots.layout import Positions, positions
from analysis.plots.theme import (
    BLACK,
    COLUMN_MM,
    FAINT,
    GREY,
    VERMILION,
    new_figure,
    put_legend,
    put_title,
    theme,
    time_colors,
)
from analysis.plots.time_axis import best_unit
from topologies.topology import Topology

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_NODES_WITH_LINKS: Final = 1_500
MOST_LINKS: Final = 6_000
_MOST_NUMBERED: Final = 36
_DENSE: Final = 250
"""Cut links from which on they are thin lines without dashes, which would make patterns of their own."""


@dataclass(frozen=True)
class TopologySnapshot:
    """What is drawn: the time of the event on each node (ns; nodes without are absent), and what was broken.

    `down`: nodes that were crashed at the end; `restarted`: nodes that crashed and came back; `cut`: links (i, j)
    that a partition cut at any time.
    """

    topology: Topology
    moments: Mapping[int, int]
    name: str
    facts: str
    event: str = "first receipt"
    down: Collection[int] = field(default=frozenset())
    restarted: Collection[int] = field(default=frozenset())
    cut: Collection[tuple[int, int]] = field(default=frozenset())


def draw_topology(snapshot: TopologySnapshot, width: float = COLUMN_MM) -> Figure:
    """Draw the snapshot, `width` in millimetres; links are left out beyond 1,500 nodes or 6,000 links."""
    topology = snapshot.topology
    first = min(snapshot.moments, key=lambda node: (snapshot.moments[node], node), default=0)
    with theme():
        places = positions(topology, first)
        figure, axes = new_figure(width, height_of(places, width))
        axes.set_axis_off()
        axes.set_aspect("equal")
        axes.margins(0.06)
        size = marker_size(places, width)
        drawn = draw_links(axes, snapshot, places)
        _draw_nodes(axes, snapshot, places, size)
        mark_faults(axes, snapshot, places, size)
        if topology.regions is not None:
            name_regions(axes, topology, places)
        left_out = "" if drawn else "; links not drawn"
        put_title(figure, snapshot.name, snapshot.facts + left_out)
        put_legend(figure, axes)
        figure.draw_without_rendering()
    return figure


def height_of(places: Positions, width: float) -> float:
    """Return the height in millimetres that the form of the layout asks for."""
    across, down = np.ptp(places, axis=0)
    form = float(np.clip(down / across if across else 1.0, 0.12, 1.0))
    return 6 + 0.78 * width * form


def marker_size(places: Positions, width: float) -> float:
    """Return the diameter of a node in points: a good part of the distance of near neighbours on paper."""
    from scipy.spatial import cKDTree

    if len(places) < 2:
        return 9.0
    across = float(np.max(np.ptp(places, axis=0))) or 1.0
    distances, _ = cKDTree(places).query(places, k=2)
    points = float(np.median(distances[:, 1])) / across * width * 0.82 * 72 / 25.4
    return float(np.clip(0.72 * points, 2.0 if len(places) <= 500 else 1.3, 11.0))


def draw_links(axes: Axes, snapshot: TopologySnapshot, places: Positions) -> bool:
    """Draw the links, cut ones dashed on top; return whether there were few enough to draw."""
    topology = snapshot.topology
    few = topology.nodes <= MOST_NODES_WITH_LINKS and topology.links <= MOST_LINKS
    cut = {(min(pair), max(pair)) for pair in snapshot.cut}
    if few:
        whole = [(places[i], places[j]) for i, j in topology.edges() if (i, j) not in cut]
        thickness = float(np.clip(250 / max(len(whole), 1), 0.08, 0.7))
        axes.add_collection(LineCollection(whole, colors=FAINT, linewidths=thickness, zorder=1))
    if cut and len(cut) <= MOST_LINKS:
        lines = [(places[i], places[j]) for i, j in sorted(cut)]
        thickness, alpha = (0.9, 1.0) if len(cut) < 60 else (0.4, 0.5) if len(cut) < _DENSE else (0.25, 0.3)
        dashes: Any = [(0, (3, 2)) if len(cut) < _DENSE else "-"]
        axes.add_collection(
            LineCollection(lines, colors=VERMILION, linewidths=thickness, linestyles=dashes, alpha=alpha, zorder=2)
        )
        axes.add_line(
            Line2D([], [], color=VERMILION, linewidth=0.9, linestyle=dashes[0], label="link cut by a partition")
        )
    return few or not topology.links


def _draw_nodes(axes: Axes, snapshot: TopologySnapshot, places: Positions, size: float) -> None:
    reached = sorted(snapshot.moments)
    missed = sorted(set(range(snapshot.topology.nodes)).difference(reached))
    edge = 0.5 if size > 3 else 0.15
    if missed:
        scatter_nodes(axes, places[missed], size, facecolor="white", edgecolor=GREY, linewidth=max(edge, 0.3), zorder=3)
        explain(axes, "never reached", marker="o", markeredgecolor=GREY, markeredgewidth=0.6)
    if reached:
        times = np.array([snapshot.moments[node] for node in reached])
        unit = best_unit(int(times.max()))
        earliest, latest = times.min() / unit.nanoseconds, max(times.max(), times.min() + 1) / unit.nanoseconds
        look = {
            "cmap": time_colors(),
            "edgecolor": BLACK,
            "linewidth": edge,
            "zorder": 4,
            "vmin": earliest,
            "vmax": latest,
        }
        points = scatter_nodes(axes, places[reached], size, c=times / unit.nanoseconds, **look)
        _add_color_bar(axes, points, f"Time of {snapshot.event} ({unit.symbol})")
    if snapshot.topology.nodes <= _MOST_NUMBERED and size >= 8:
        _number_nodes(axes, snapshot, places)


def scatter_nodes(axes: Axes, places: Positions, size: float, **look: Any) -> PathCollection:
    """Draw nodes of a diameter in points; very many become one picture within an SVG, not a shape each."""
    many = len(places) > MOST_NODES_WITH_LINKS
    return axes.scatter(places[:, 0], places[:, 1], s=size**2, rasterized=many, **look)


def _add_color_bar(axes: Axes, points: PathCollection, label: str) -> None:
    figure = axes.get_figure(root=True)
    assert figure is not None
    bar = figure.colorbar(points, ax=axes, shrink=0.8, aspect=22, pad=0.02)
    bar.set_label(label)
    bar.outline.set_linewidth(0.4)


def _number_nodes(axes: Axes, snapshot: TopologySnapshot, places: Positions) -> None:
    """Write each node's number on it, in white on dark colours."""
    earliest, latest = min(snapshot.moments.values(), default=0), max(snapshot.moments.values(), default=0)
    for node, (x, y) in enumerate(places):
        time = snapshot.moments.get(node)
        dark = time is not None and time - earliest < 0.55 * (latest - earliest)
        axes.text(
            x, y, str(node), ha="center", va="center_baseline", fontsize=5.2, color="white" if dark else BLACK, zorder=6
        )


def mark_faults(
    axes: Axes, snapshot: TopologySnapshot, places: Positions, size: float, down_label: str = "crashed, down at the end"
) -> None:
    """Ring the nodes that came back, and cross out those that are down."""
    down, restarted = sorted(snapshot.down), sorted(set(snapshot.restarted).difference(snapshot.down))
    if restarted:
        scatter_nodes(axes, places[restarted], size + 3, facecolor="none", edgecolor=VERMILION, linewidth=0.9, zorder=5)
        explain(axes, "crashed, restarted", marker="o", markeredgecolor=VERMILION, markeredgewidth=0.9)
    if down:
        scatter_nodes(axes, places[down], size + 1.5, marker="x", color=VERMILION, linewidth=1.3, zorder=7)
        explain(axes, down_label, marker="x", markeredgecolor=VERMILION, markeredgewidth=1.3)


def explain(axes: Axes, label: str, **marker: Any) -> None:
    """Add an entry to the legend whose marker has the legend's size, whatever the size of the nodes."""
    axes.add_line(Line2D([], [], linestyle="none", markersize=5, markerfacecolor="none", label=label, **marker))


def name_regions(axes: Axes, topology: Topology, places: Positions) -> None:
    """Write each region's name on the far side of it, seen from the middle."""
    assert topology.regions is not None
    for region in dict.fromkeys(topology.regions):
        members = places[[node for node, name in enumerate(topology.regions) if name == region]]
        middle = members.mean(axis=0)
        outwards = middle / (float(np.hypot(*middle)) or 1.0)
        reach = float((members @ outwards).max())
        across, up = outwards
        axes.annotate(
            region,
            tuple(outwards * reach),
            xytext=tuple(9 * outwards),
            textcoords="offset points",
            fontsize="small",
            ha="left" if across > 0.3 else "right" if across < -0.3 else "center",
            va="bottom" if up > 0.3 else "top" if up < -0.3 else "center",
        )

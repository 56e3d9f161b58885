"""A film of a swarm: its circle, its topology and its coherence, one moment after another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import tau
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.cm import ScalarMappable
from matplotlib.collections import LineCollection
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from analysis.plots.layout import Positions, positions
from analysis.plots.phase_circle import Moment, draw_agents, draw_circle
from analysis.plots.phase_raster import add_phase_bar
from analysis.plots.shading import shade_faults
from analysis.plots.theme import (
    BLACK,
    BLUE,
    MM_PER_INCH,
    PAGE_MM,
    VERMILION,
    phase_colors,
    put_legend,
    put_title,
    theme,
)
from analysis.plots.time_axis import TimeUnit, best_unit, set_time_axis, told_time
from analysis.plots.topology_snapshot import (
    TopologySnapshot,
    draw_links,
    marker_size,
    name_regions,
    scatter_nodes,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from analysis.plots.course import Curve
    from analysis.plots.fault_spans import FaultSpan
    from topologies.topology import Topology

FRAMES: Final = 200
MOST_FRAMES: Final = 1_000
_CIRCLE_SHARE: Final = 0.42
_COURSE_SHARE: Final = 0.24
"""Parts of the width that the circle has, and of it the height of the coherence."""


class MovingFigure(Figure):
    """A figure with `frames`; `set_frame` shows one of them and gives what that changed. At first the last is shown."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.frames = 1
        self.set_frame: Callable[[int], list[Artist]] = lambda frame: []


@dataclass(frozen=True)
class Frame:
    """One moment: its time (ns), the phases of the agents, crashed nodes, and links that are cut."""

    time: int
    moment: Moment
    down: Sequence[int] = ()
    cut: Sequence[tuple[int, int]] = ()


@dataclass(frozen=True)
class Film:
    """What is drawn: frames in order of time, the topology, and the coherence up to `end` (ns) with the faults."""

    frames: Sequence[Frame]
    topology: Topology
    coherence: Curve
    end: int
    name: str
    facts: str
    phase: str = "Phase (rad)"
    spans: Sequence[FaultSpan] = ()


def draw_film(film: Film, width: float = PAGE_MM) -> MovingFigure:
    """Draw the film, `width` in millimetres, and show its last frame."""
    side = _CIRCLE_SHARE * width
    with theme():
        height = (side + _COURSE_SHARE * width) / MM_PER_INCH
        figure = MovingFigure(figsize=(width / MM_PER_INCH, height), layout="constrained")
        FigureCanvasAgg(figure)
        grid = figure.add_gridspec(2, 2, height_ratios=(side, _COURSE_SHARE * width), width_ratios=(1, 1.15))
        circle, network = figure.add_subplot(grid[0, 0]), figure.add_subplot(grid[0, 1])
        course = figure.add_subplot(grid[1, :])
        unit = best_unit(film.end)
        shows = (_circle(circle, film, side), _network(network, film, side), _course(course, film, unit))
        put_title(figure, film.name, film.facts)
        put_legend(figure, course)
        figure.frames = len(film.frames)

        def show(frame: int) -> list[Artist]:
            return [artist for each in shows for artist in each(film.frames[frame])]

        figure.set_frame = show
        show(figure.frames - 1)
        figure.draw_without_rendering()
        figure.set_layout_engine("none")  # what moves does not move the rest
    return figure


def _circle(axes: Axes, film: Film, side: float) -> Callable[[Frame], list[Artist]]:
    nothing = np.full_like(film.frames[0].moment.phases, np.nan)
    drawn: list[Any] = draw_circle(axes, Moment(nothing, ""), side)
    words = axes.text(0, 1, "", transform=axes.transAxes, ha="left", va="top", fontsize=7, animated=True)

    def show(frame: Frame) -> list[Artist]:
        for artist in drawn:
            artist.remove()
        drawn[:] = draw_agents(axes, frame.moment, side)
        for artist in drawn:
            artist.set_animated(True)
        words.set_text(f"{told_time(frame.time, 4)}\n{frame.moment.caption}")
        return [*drawn, words]

    return show


def _network(axes: Axes, film: Film, side: float) -> Callable[[Frame], list[Artist]]:
    topology, places = film.topology, positions(film.topology)
    axes.set_axis_off()
    axes.set_aspect("equal")
    axes.margins(0.06)
    draw_links(axes, TopologySnapshot(topology, {}, "", ""), places)
    if topology.regions is not None:
        name_regions(axes, topology, places)
    size = marker_size(places, side)
    colors = phase_colors().with_extremes(bad="white")
    look: dict[str, Any] = {"cmap": colors, "vmin": 0, "vmax": tau, "edgecolor": BLACK, "zorder": 4}
    edge = 0.4 if size > 3 else 0.15
    nodes = scatter_nodes(axes, places, size, c=np.zeros(topology.nodes), linewidth=edge, animated=True, **look)
    add_phase_bar(axes, ScalarMappable(Normalize(0, tau), phase_colors()), film.phase, shrink=0.85)
    cut: Any = LineCollection([], colors=VERMILION, linewidths=0.8, linestyles=[(0, (3, 2))], zorder=2, animated=True)
    axes.add_collection(cut, autolim=False)
    crosses = axes.plot([], [], "x", color=VERMILION, markersize=size + 1, zorder=7, animated=True)[0]

    def show(frame: Frame) -> list[Artist]:
        nodes.set_array(np.ma.masked_invalid(frame.moment.phases))
        cut.set_segments(_segments(frame, places))
        crosses.set_data(*places[list(frame.down)].T)
        return [cut, nodes, crosses]

    return show


def _segments(frame: Frame, places: Positions) -> list[NDArray[np.float64]]:
    return [places[[i, j]] for i, j in frame.cut]


def _course(axes: Axes, film: Film, unit: TimeUnit) -> Callable[[Frame], list[Artist]]:
    shade_faults(axes, film.spans, unit)
    curve = film.coherence
    axes.plot(curve.times / unit.nanoseconds, curve.values, color=BLUE, drawstyle="steps-post", zorder=3)
    set_time_axis(axes, film.end, unit)
    axes.set_ylim(0, 1.03)
    axes.set_yticks([0, 0.5, 1])
    axes.set_ylabel("Coherence R")
    axes.spines[["top", "right"]].set_visible(False)
    line = axes.axvline(0, color=BLACK, linewidth=0.9, zorder=5, animated=True)

    def show(frame: Frame) -> list[Artist]:
        line.set_xdata([frame.time / unit.nanoseconds] * 2)
        return [line]

    return show

"""What each core ran over time: a row for each, with a bar for each stint of a task."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Any, Final

from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from analysis.plots.core_trace import CoreName, CoreTrace, Stint, sort_of
from analysis.plots.shading import shade_faults
from analysis.plots.theme import (
    BLACK,
    BLUE,
    BROWN,
    GREEN,
    GREY,
    ORANGE,
    PAGE_MM,
    PURPLE,
    SKY_BLUE,
    VERMILION,
    YELLOW,
    new_figure,
    put_legend,
    put_title,
    theme,
)
from analysis.plots.time_axis import TimeUnit, best_unit, set_time_axis

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from analysis.plots.fault_spans import FaultSpan

TASK_COLORS: Final = (SKY_BLUE, ORANGE, GREEN, PURPLE, YELLOW, BLUE, BROWN)
OTHER_TASKS: Final = GREY
PARKED: Final = "#D9D9D9"
MOST_NAMED: Final = 120
"""Stints from which on their bars hold no names."""
MOST_STEALS: Final = 100
"""Steals from which on there is a mark for each, but no line from the victim."""
_BAR: Final = 0.66
_HIGHEST_MM: Final = 150
_ROW_MM: Final = 5.0
_LETTER_MM: Final = 1.2
_LANE_MM: Final = 2.2
_HAIR_MM: Final = 0.09
"""Length up to which a bar is as wide as a hair."""
_PARTED_MM: Final = 0.5
"""Length from which on a bar has a white edge, which would hide a shorter one."""


@dataclass(frozen=True)
class CoreGantt:
    """What is drawn: a trace of cores, and the faults of the run."""

    trace: CoreTrace
    name: str
    facts: str
    spans: Sequence[FaultSpan] = ()


def draw_cores(plot: CoreGantt, width: float = PAGE_MM) -> Figure:
    """Draw the bars, `width` in millimetres; there is none where a core was idle."""
    trace = plot.trace
    with theme():
        deepest = 1 + max((lane for lane, _ in trace.lanes()), default=0)
        row = max(_ROW_MM, _LANE_MM * deepest)
        height = 4.0 + min(_HIGHEST_MM, max(4 * _ROW_MM, row * len(trace.cores)))
        figure, axes = new_figure(width, height + 8)
        unit = best_unit(trace.end - trace.begin)
        rows = {core: row for row, core in enumerate(trace.cores)}
        _draw_parked(axes, trace, rows, unit)
        _draw_stints(axes, trace, rows, unit, width)
        _draw_names(axes, trace, rows, unit, width)
        _draw_steals(axes, trace, rows, unit)
        shade_faults(axes, plot.spans, unit)
        set_time_axis(axes, trace.end, unit, trace.begin)
        set_core_rows(axes, trace, height)
        put_title(figure, plot.name, plot.facts)
        put_legend(figure, axes)
        figure.draw_without_rendering()
    return figure


def set_core_rows(axes: Axes, trace: CoreTrace, height: float) -> None:
    """Name the rows of cores, as many as have room in a height in millimetres."""
    step = max(1, round(len(trace.cores) * 3.2 / height))
    axes.set_ylim(len(trace.cores) - 0.5, -0.5)
    axes.set_yticks(range(0, len(trace.cores), step), [trace.label(core) for core in trace.cores[::step]])
    axes.set_ylabel(trace.rows)
    axes.tick_params(axis="y", length=0)
    axes.spines[["top", "right", "left"]].set_visible(False)


def _draw_parked(axes: Axes, trace: CoreTrace, rows: dict[CoreName, int], unit: TimeUnit) -> None:
    """Draw a thin band where a core was parked: asleep until something wakes it."""
    for core, row in rows.items():
        bars = [_bar(begin, end, unit) for parked, begin, end in trace.parked if parked == core]
        axes.broken_barh(bars, (row - 0.1, 0.2), facecolors=PARKED, linewidth=0, zorder=1.5)
    if trace.parked:
        axes.add_line(Line2D([], [], color=PARKED, linewidth=2, solid_capstyle="butt", label="parked"))


def _draw_stints(axes: Axes, trace: CoreTrace, rows: dict[CoreName, int], unit: TimeUnit, width: float) -> None:
    """Draw all stints of a sort of task at once, the sorts with the most time in colours of their own."""
    kept = trace.sorts if len(trace.sorts) <= len(TASK_COLORS) else trace.sorts[: len(TASK_COLORS) - 1]
    colors = dict(zip(sorted(kept), TASK_COLORS, strict=False))
    mm = (trace.end - trace.begin) / width
    lanes = trace.lanes()
    height = _BAR / (1 + max((lane for lane, _ in lanes), default=0))
    for sort in [*colors, None]:
        color = OTHER_TASKS if sort is None else colors[sort]
        members = [(rows[s.node, s.core], lane, s) for lane, s in lanes if _shown(s, colors) == sort]
        for row, lane in sorted({(row, lane) for row, lane, _ in members}):
            there = [stint for *place, stint in members if place == [row, lane]]
            for shortest, longest, look in _looks(color):
                bars = [_bar(s.begin, s.end, unit) for s in there if shortest * mm <= s.end - s.begin < longest * mm]
                axes.broken_barh(bars, (row - _BAR / 2 + lane * height, height), facecolors=color, zorder=2, **look)
        if members:
            others = f"{len(trace.sorts) - len(kept)} other sorts of tasks"
            axes.add_patch(_key(color, others if sort is None else sort))


def _looks(color: str) -> list[tuple[float, float, dict[str, Any]]]:
    """Return from which to which length in millimetres a bar has which edge, so that the shortest ones are seen too."""
    return [
        (0.0, _HAIR_MM, {"edgecolor": color, "linewidth": 0.25}),
        (_HAIR_MM, _PARTED_MM, {"linewidth": 0.0}),
        (_PARTED_MM, inf, {"edgecolor": "white", "linewidth": 0.4}),
    ]


def _shown(stint: Stint, colors: dict[str, str]) -> str | None:
    sort = sort_of(stint.task)
    return sort if sort in colors else None


def _key(color: str, label: str) -> Patch:
    from matplotlib.patches import Rectangle

    return Rectangle((0, 0), 0, 0, facecolor=color, edgecolor="none", label=label)


def _bar(begin: int, end: int, unit: TimeUnit) -> tuple[float, float]:
    return begin / unit.nanoseconds, (end - begin) / unit.nanoseconds


def _draw_names(axes: Axes, trace: CoreTrace, rows: dict[CoreName, int], unit: TimeUnit, width: float) -> None:
    """Write the names of tasks into their bars, where there are few and they have room."""
    if trace.shared or len(trace.stints) > MOST_NAMED or len(rows) * _ROW_MM > _HIGHEST_MM:
        return
    for stint in trace.stints:
        begin, end = max(stint.begin, trace.begin), min(stint.end, trace.end)
        room = (end - begin) / max(trace.end - trace.begin, 1) * (width - 15)
        if len(stint.task) * _LETTER_MM < room:
            middle = (begin + end) / 2 / unit.nanoseconds
            look: dict[str, Any] = {"color": BLACK, "fontsize": 5.5, "zorder": 5}
            axes.text(middle, rows[stint.node, stint.core], stint.task, ha="center", va="center_baseline", **look)


def _draw_steals(axes: Axes, trace: CoreTrace, rows: dict[CoreName, int], unit: TimeUnit) -> None:
    """Draw a line from the victim of each steal to a mark on the thief; of many only the marks."""
    found = [
        (steal.time / unit.nanoseconds, rows[steal.node, steal.thief], rows[steal.node, steal.victim])
        for steal in trace.steals
    ]
    look: dict[str, Any] = {"linestyle": "none", "markersize": 3.4, "markeredgewidth": 0.3, "markeredgecolor": "white"}
    label: str | None = "steal, at the thief"
    for marker, below in (("v", True), ("^", False)):
        points = [(time, thief) for time, thief, victim in found if (thief > victim) == below]
        if points:
            x, y = zip(*points, strict=True)
            axes.plot(x, y, marker=marker, color=VERMILION, zorder=4, label=label, clip_on=False, **look)
            label = None
    if found and len(found) <= MOST_STEALS:
        times, thieves, victims = zip(*found, strict=True)
        axes.vlines(times, thieves, victims, color=VERMILION, linewidth=0.7, zorder=3)

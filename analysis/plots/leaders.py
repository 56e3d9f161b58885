"""The time line of leaders: a band for each server in the colour of its role, elections marked, terms labelled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from matplotlib.lines import Line2D

from analysis.plots.shading import shade_faults
from analysis.plots.theme import (
    BLACK,
    BLUE,
    FAINT,
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

ROLE_COLORS: Final = {
    "leader": BLUE,
    "candidate": VERMILION,
    "pre-candidate": YELLOW,
    "follower": FAINT,
    "learner": PURPLE,
    "non-member": "#EDEDED",
}
OTHER_ROLE: Final = SKY_BLUE
_BAR: Final = 0.62
"""Height of a band, as a share of its row."""
_HIGHEST_MM: Final = 160
_ROW_MM: Final = 5.5
_AXIS_MM: Final = 12.0
_LETTER_MM: Final = 1.35


@dataclass(frozen=True)
class RoleSpan:
    """From when to when (ns) a server had a role in a term; None where its protocol has no terms."""

    server: int
    role: str
    term: int | None
    begin: int
    end: int


@dataclass(frozen=True)
class LeaderTimeline:
    """What is drawn: the spans in which servers were up, in order of time, and the faults, up to `end` (ns)."""

    servers: Sequence[int]
    roles: Sequence[RoleSpan]
    end: int
    name: str
    facts: str
    spans: Sequence[FaultSpan] = ()


def draw_leaders(timeline: LeaderTimeline, width: float = PAGE_MM) -> Figure:
    """Draw the bands, `width` in millimetres; where a server was down there is none."""
    with theme():
        figure, axes = new_figure(width, _AXIS_MM + min(_HIGHEST_MM, _ROW_MM * max(3, len(timeline.servers))))
        unit = best_unit(timeline.end)
        rows = {server: row for row, server in enumerate(timeline.servers)}
        _draw_bands(axes, timeline, rows, unit)
        _mark_elections(axes, timeline, rows, unit)
        _label_terms(axes, timeline, rows, unit, width)
        shade_faults(axes, timeline.spans, unit)
        set_time_axis(axes, timeline.end, unit)
        _set_rows(axes, timeline.servers)
        put_title(figure, timeline.name, timeline.facts)
        put_legend(figure, axes)
        figure.draw_without_rendering()
    return figure


def _draw_bands(axes: Axes, timeline: LeaderTimeline, rows: dict[int, int], unit: TimeUnit) -> None:
    """Draw all spans of a role at once, in the order of the table of colours."""
    present = {span.role for span in timeline.roles}
    for role in [*ROLE_COLORS, *sorted(present - ROLE_COLORS.keys())]:
        color = ROLE_COLORS.get(role, OTHER_ROLE)
        for server, row in rows.items():
            bars = [
                (span.begin / unit.nanoseconds, (span.end - span.begin) / unit.nanoseconds)
                for span in timeline.roles
                if span.role == role and span.server == server
            ]
            axes.broken_barh(bars, (row - _BAR / 2, _BAR), facecolors=color, linewidth=0, zorder=2)
        if role in present:
            axes.add_line(Line2D([], [], color=color, linewidth=5, solid_capstyle="butt", label=role))


def _mark_elections(axes: Axes, timeline: LeaderTimeline, rows: dict[int, int], unit: TimeUnit) -> None:
    """Mark each candidacy, which may be too short for its band to be seen, and each election that was won."""
    marks: dict[str, dict[str, Any]] = {
        "candidate": {
            "marker": "|",
            "color": VERMILION,
            "markersize": 7,
            "markeredgewidth": 1.1,
            "label": "stands for election",
        },
        "leader": {"marker": "v", "color": BLACK, "markersize": 3.6, "markeredgewidth": 0, "label": "elected"},
    }
    for role, look in marks.items():
        found = [span for span in timeline.roles if span.role == role]
        if found:
            rise = _BAR / 2 if role == "leader" else 0.0
            x = [span.begin / unit.nanoseconds for span in found]
            y = [rows[span.server] - rise for span in found]
            axes.plot(x, y, linestyle="none", zorder=4, clip_on=False, **look)


def _label_terms(axes: Axes, timeline: LeaderTimeline, rows: dict[int, int], unit: TimeUnit, width: float) -> None:
    """Write the term into the band of its leader, where there is room for it."""
    if len(rows) * _ROW_MM > _HIGHEST_MM:
        return
    for span in timeline.roles:
        if span.role != "leader" or span.term is None:
            continue
        room = (span.end - span.begin) / max(timeline.end, 1) * (width - 15)
        words = next((each for each in (f"term {span.term}", str(span.term)) if len(each) * _LETTER_MM < room), None)
        if words:
            middle = (span.begin + span.end) / 2 / unit.nanoseconds
            look: dict[str, Any] = {"color": "white", "fontsize": 6, "zorder": 5}
            axes.text(middle, rows[span.server], words, ha="center", va="center_baseline", **look)


def _set_rows(axes: Axes, servers: Sequence[int]) -> None:
    step = max(1, round(len(servers) * 3 / _HIGHEST_MM))
    axes.set_ylim(len(servers) - 0.5, -0.5)
    axes.set_yticks(range(0, len(servers), step), [str(server) for server in servers[::step]])
    axes.set_ylabel("Server")
    axes.tick_params(axis="y", length=0)
    axes.spines[["top", "right", "left"]].set_visible(False)

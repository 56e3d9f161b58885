"""The depths of actors' mailboxes over time, with their watermarks, and when senders were held back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from matplotlib.ticker import MaxNLocator

from analysis.plots.shading import lanes_height, shade_faults
from analysis.plots.theme import BLACK, BLUE, FAINT, PAGE_MM, VERMILION, new_stack, put_legend, put_title, theme
from analysis.plots.time_axis import TimeUnit, best_unit, set_time_axis

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from analysis.plots.fault_spans import FaultSpan

_ROW_MM: Final = 24.0
_LETTER_MM: Final = 1.5
_MARKS: Final = (
    (("high", "low"), "o", BLUE, "watermark crossed"),
    (("full", "over"), "s", VERMILION, "full"),
    (("ended",), "x", BLACK, "actor ended"),
)
"""Events, and the mark, its colour and its words."""


@dataclass(frozen=True)
class MailboxCourse:
    """What is known of one mailbox: its depth at its crossings of watermarks, and when it was pressed.

    `crossings` are times (ns), depths and events, in order: `high`, `low`, `full`, `over` its bound, `ended`.
    `pressed` is from when to when it was above: from a high crossing to the next low one, or to the end of its actor.
    Watermarks are None where they are not known.
    """

    actor: str
    crossings: Sequence[tuple[int, int, str]]
    pressed: Sequence[tuple[int, int]]
    capacity: int
    high: int | None = None
    low: int | None = None


@dataclass(frozen=True)
class MailboxDepths:
    """What is drawn from `begin` to `end` (ns): mailboxes below one another; `held` says what pressed ones do."""

    courses: Sequence[MailboxCourse]
    held: str
    begin: int
    end: int
    name: str
    facts: str
    spans: Sequence[FaultSpan] = ()


def draw_mailboxes(plot: MailboxDepths, width: float = PAGE_MM) -> Figure:
    """Draw a row for each mailbox, `width` in millimetres."""
    with theme():
        figure, rows = new_stack(width, 12 + _ROW_MM * len(plot.courses), len(plot.courses))
        unit = best_unit(plot.end - plot.begin)
        for place, (axes, course) in enumerate(zip(rows, plot.courses, strict=True)):
            _draw_course(axes, course, plot, unit)
            shade_faults(axes, plot.spans, unit, lanes=not place)
            axes.set_ylabel("Messages")
            axes.set_title(
                _shortened(course.actor, width), loc="left", pad=3 + (0 if place else lanes_height(plot.spans))
            )
        set_time_axis(rows[-1], plot.end, unit, plot.begin)
        put_title(figure, plot.name, plot.facts)
        put_legend(figure, *rows)
        figure.draw_without_rendering()
    return figure


def _shortened(actor: str, width: float) -> str:
    most = int((width - 20) / _LETTER_MM)
    return actor if len(actor) <= most else f"{actor[: most - 1]}…"


def _draw_course(axes: Axes, course: MailboxCourse, plot: MailboxDepths, unit: TimeUnit) -> None:
    """Draw what is known: points at crossings, straight lines between them while it was above, the watermarks."""
    for begin, end in course.pressed:
        extent = begin / unit.nanoseconds, end / unit.nanoseconds
        look: dict[str, Any] = {"facecolor": "none", "edgecolor": FAINT, "hatch": "////", "linewidth": 0, "zorder": 0.5}
        axes.axvspan(*extent, label=plot.held, **look)
        inside = [
            (time / unit.nanoseconds, depth)
            for time, depth, event in course.crossings
            if begin <= time <= end and event != "ended"
        ]
        if inside:
            axes.plot(
                *zip(*inside, strict=True), color=BLUE, linewidth=0.9, zorder=2, label="depth, straight between marks"
            )
    marks: dict[str, Any] = {"linestyle": "none", "zorder": 3, "clip_on": False, "markeredgewidth": 0.9}
    for events, marker, color, words in _MARKS:
        found = [(time / unit.nanoseconds, depth) for time, depth, event in course.crossings if event in events]
        if found:
            axes.plot(
                *zip(*found, strict=True),
                marker=marker,
                markersize=3 if marker == "x" else 2,
                color=color,
                label=words,
                **marks,
            )
    line: dict[str, Any] = {"color": BLACK, "linewidth": 0.7, "zorder": 1}
    for mark in (course.high, course.low):
        if mark is not None:
            axes.axhline(mark, linestyle=(0, (4, 2)), label="high and low watermark", **line)
    axes.axhline(course.capacity, linestyle="-", label="capacity", **line)
    axes.set_ylim(0, 1.12 * max([course.capacity, *(depth for _, depth, _ in course.crossings)]))
    axes.yaxis.set_major_locator(MaxNLocator(nbins=3, integer=True))
    axes.spines[["top", "right"]].set_visible(False)

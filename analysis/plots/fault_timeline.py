"""The time line of faults: one row for each fault, from when it struck to when it healed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from matplotlib.lines import Line2D

from analysis.plots.shading import LAYER_COLORS
from analysis.plots.theme import BLACK, FAINT, GREY, PAGE_MM, new_figure, put_legend, put_title, theme
from analysis.plots.time_axis import TimeUnit, best_unit, set_time_axis

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from analysis.plots.fault_spans import FaultSpan

MOST_ROWS: Final = 60
_ROW_MM: Final = 4.6
_AXIS_MM: Final = 13.0
_BAR: Final = 0.52
"""Height of a bar, as a share of its row."""
_LONGEST_NAME: Final = 34
_NARROW_MM: Final = 120.0
"""Width below which what is said of a fault takes two lines, so that its time keeps room."""
_NARROW_NAME: Final = 18
_ROW_OF_TWO_LINES_MM: Final = 7.0


@dataclass(frozen=True)
class FaultRow:
    """One fault: what it is called, its layer, its strikes, on whom in words, and what it did to how much, in words.

    `idle`: it did nothing at all.
    """

    id: str
    layer: str
    strikes: Sequence[FaultSpan]
    targets: str
    did: str
    idle: bool = False


@dataclass(frozen=True)
class FaultTimeline:
    """What is drawn: the faults in the order of their plan, where time and the liveness phase begin and end (ns)."""

    rows: Sequence[FaultRow]
    end: int
    name: str
    facts: str
    healed_for_good: int | None = None


def draw_faults(timeline: FaultTimeline, width: float = PAGE_MM) -> Figure:
    """Draw a bar from begin to end of each strike, and a tick for one that lasts no time; `width` in millimetres."""
    rows = timeline.rows[:MOST_ROWS]
    with theme():
        narrow = width < _NARROW_MM
        figure, axes = new_figure(width, _AXIS_MM + (_ROW_OF_TWO_LINES_MM if narrow else _ROW_MM) * max(3, len(rows)))
        unit = best_unit(timeline.end)
        for place, row in enumerate(rows):
            _draw_row(axes, place, row, unit)
        if timeline.healed_for_good is not None:
            axes.axvline(timeline.healed_for_good / unit.nanoseconds, color=BLACK, linewidth=0.8, linestyle=(0, (3, 2)))
        set_time_axis(axes, timeline.end, unit)
        _set_rows(axes, rows, narrow)
        _set_legend(axes, timeline, rows)
        put_title(figure, timeline.name, timeline.facts)
        put_legend(figure, axes)
        figure.draw_without_rendering()
    return figure


def _draw_row(axes: Axes, place: int, row: FaultRow, unit: TimeUnit) -> None:
    color = LAYER_COLORS[row.layer]
    axes.axhline(place, color=FAINT, linewidth=0.4, zorder=1)
    lasting = [span for span in row.strikes if span.end > span.begin]
    bars = [(span.begin / unit.nanoseconds, (span.end - span.begin) / unit.nanoseconds) for span in lasting]
    axes.broken_barh(bars, (place - _BAR / 2, _BAR), facecolors=color, linewidth=0, zorder=2)
    moments = [span.begin / unit.nanoseconds for span in row.strikes if span.end == span.begin]
    axes.vlines(moments, place - _BAR / 2, place + _BAR / 2, color=color, linewidth=1.6, zorder=3)
    ends = {span.end / unit.nanoseconds for span in row.strikes if span.unmended}
    if ends:
        axes.plot(
            sorted(ends), [place] * len(ends), marker=">", markersize=3.4, color=color, linestyle="none", clip_on=False
        )


def _set_rows(axes: Axes, rows: Sequence[FaultRow], narrow: bool) -> None:
    """Name the faults at the left, and say at the right on whom they struck and what they did."""
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_yticks(range(len(rows)), [_short(row.id, _NARROW_NAME if narrow else _LONGEST_NAME) for row in rows])
    axes.tick_params(axis="y", length=0)
    axes.spines[["top", "right", "left"]].set_visible(False)
    told = axes.secondary_yaxis("right")
    words = [[part for part in (row.targets, row.did) if part] for row in rows]
    if narrow:
        words = [[_short(part, _NARROW_NAME) for part in parts] for parts in words]
    told.set_yticks(range(len(rows)), [("\n" if narrow else "; ").join(parts) for parts in words], linespacing=1.05)
    told.tick_params(axis="y", length=0)
    told.spines["right"].set_visible(False)
    for label, row in zip(told.get_yticklabels(), rows, strict=True):
        label.set_color(GREY if row.idle else BLACK)
        label.set_fontstyle("italic" if row.idle else "normal")


def _short(name: str, letters: int) -> str:
    return name if len(name) <= letters else f"{name[: letters - 1]}…"


def _set_legend(axes: Axes, timeline: FaultTimeline, rows: Sequence[FaultRow]) -> None:
    """Put an entry for each layer into the legend, and for what else is drawn."""
    present = {row.layer for row in rows if row.strikes}
    for layer, color in LAYER_COLORS.items():
        if layer in present:
            axes.add_line(Line2D([], [], color=color, linewidth=5, solid_capstyle="butt", label=layer or "heal"))
    if any(span.unmended for row in rows for span in row.strikes):
        axes.add_line(Line2D([], [], color=GREY, marker=">", markersize=3.4, linestyle="none", label="on at the end"))
    if timeline.healed_for_good is not None:
        dashes = (0, (3, 2))
        axes.add_line(Line2D([], [], color=BLACK, linewidth=0.8, linestyle=dashes, label="liveness phase begins"))

"""What clients saw of one key: a bar for each operation, with the order that explains them or the conflict marked."""

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
    GREEN,
    PAGE_MM,
    VERMILION,
    new_figure,
    put_legend,
    put_title,
    theme,
)
from analysis.plots.time_axis import TimeUnit, best_unit

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from analysis.plots.fault_spans import FaultSpan

_ROW_MM: Final = 7.0
_AXIS_MM: Final = 13.0
_BAR: Final = 0.34
_BESIDE_MM: Final = 15.0
_LETTER_MM: Final = 1.05
_CIRCLE_MM: Final = 2.4
_LOWER: Final = 0.31
"""How much lower a place is that would lie on the one before, as a share of the row; it is clear of the next row."""
_COLORS: Final = {"read": BLUE, "write": GREEN, "conflict": VERMILION}
_LABELS: Final = {"read": "reads", "write": "writes", "conflict": "in the conflict: no order explains these"}


@dataclass(frozen=True)
class HistoryBar:
    """One operation: who, from when to when (ns; None: unknown, open to the end), in words, and what is known of it.

    `place` is its number in the order found and `point` (ns) a time at which it can have taken effect.
    """

    process: int
    begin: int
    end: int | None
    words: str
    reads: bool
    in_conflict: bool = False
    place: int | None = None
    point: int | None = None


@dataclass(frozen=True)
class HistoryFigure:
    """What is drawn: the operations from `begin` to `end` (ns), by their begins."""

    bars: Sequence[HistoryBar]
    begin: int
    end: int
    name: str
    facts: str
    spans: Sequence[FaultSpan] = ()


def draw_history(plot: HistoryFigure, width: float = PAGE_MM) -> Figure:
    """Draw a row for each process, `width` in millimetres; an operation without a known end is open to the right."""
    with theme():
        rows = {process: row for row, process in enumerate(sorted({bar.process for bar in plot.bars}))}
        figure, axes = new_figure(width, _AXIS_MM + _ROW_MM * max(3, len(rows)))
        unit = best_unit(plot.end - plot.begin)
        for bar in plot.bars:
            _draw_bar(axes, bar, rows[bar.process], plot.end, unit)
        scale = (width - _BESIDE_MM) / max(plot.end - plot.begin, 1)
        _label_bars(axes, plot, rows, unit, scale)
        _draw_points(axes, plot, rows, unit, scale)
        shade_faults(axes, plot.spans, unit)
        axes.set_xlim(plot.begin / unit.nanoseconds, plot.end / unit.nanoseconds)
        axes.set_xlabel(f"Simulated time ({unit.symbol})")
        axes.set_ylim(len(rows) - 0.3, -0.7)
        axes.set_yticks(range(len(rows)), [str(process) for process in rows])
        axes.set_ylabel("Process")
        axes.tick_params(axis="y", length=0)
        axes.spines[["top", "right", "left"]].set_visible(False)
        _set_legend(axes, plot)
        put_title(figure, plot.name, plot.facts)
        put_legend(figure, axes)
        figure.draw_without_rendering()
    return figure


def _sort_of(bar: HistoryBar) -> str:
    return "conflict" if bar.in_conflict else "read" if bar.reads else "write"


def _draw_bar(axes: Axes, bar: HistoryBar, row: int, end: int, unit: TimeUnit) -> None:
    begin, last = bar.begin / unit.nanoseconds, (end if bar.end is None else bar.end) / unit.nanoseconds
    look: dict[str, Any] = {"facecolors": _COLORS[_sort_of(bar)], "alpha": 0.9, "linewidth": 0}
    if bar.end is None:
        look = {
            "facecolors": "none",
            "edgecolors": _COLORS[_sort_of(bar)],
            "linewidth": 0.8,
            "linestyle": (0, (3, 1.5)),
        }
    axes.broken_barh([(begin, last - begin)], (row - _BAR / 2, _BAR), zorder=2, **look)
    axes.vlines(begin, row - _BAR / 2, row + _BAR / 2, color=BLACK, linewidth=0.6, zorder=3)


def _label_bars(axes: Axes, plot: HistoryFigure, rows: dict[int, int], unit: TimeUnit, scale: float) -> None:
    """Write what each operation was above its bar, up to the next of its process; `scale` is in mm for a ns.

    The last of a process may have its words before it, up to the right edge; what has no room stays without.
    """
    for process, row in rows.items():
        bars = sorted((bar for bar in plot.bars if bar.process == process), key=lambda bar: bar.begin)
        nexts = [*(bar.begin for bar in bars[1:]), plot.end]
        ended: float = plot.begin
        for bar, following in zip(bars, nexts, strict=True):
            length = len(bar.words) * _LETTER_MM / scale
            begin = max(bar.begin, plot.begin)
            look: dict[str, Any] = {"fontsize": 5, "color": VERMILION if bar.in_conflict else BLACK, "va": "bottom"}
            y = row - _BAR / 2 - 0.06
            if begin + length <= following:
                axes.text(begin / unit.nanoseconds, y, bar.words, zorder=5, **look)
            elif bar is bars[-1] and plot.end - length >= ended:
                axes.text(plot.end / unit.nanoseconds, y, bar.words, zorder=5, ha="right", **look)
            ended = max(begin + length, plot.end if bar.end is None else bar.end)


def _draw_points(axes: Axes, plot: HistoryFigure, rows: dict[int, int], unit: TimeUnit, scale: float) -> None:
    """Number the operations in the order found, each at a time within its bar that keeps to the order.

    Of two that would lie on one another the later is a little lower.
    """
    found = [
        (bar.point, bar.place, bar.process)
        for bar in sorted(plot.bars, key=lambda bar: bar.place or 0)
        if bar.place is not None and bar.point is not None
    ]
    if not found:
        return
    x, y = [], []
    level: dict[int, tuple[int, float]] = {}
    for point, _, process in found:
        before, offset = level.get(process, (-plot.end, 0.0))
        near = (point - before) * scale < _CIRCLE_MM
        level[process] = point, _LOWER if near and not offset else 0.0
        x.append(point / unit.nanoseconds)
        y.append(rows[process] + level[process][1])
    look: dict[str, Any] = {"markerfacecolor": "white", "markeredgecolor": BLACK, "markeredgewidth": 0.5}
    label = "place in an order that explains all"
    axes.plot(x, y, linestyle="none", marker="o", markersize=6.4, zorder=4, clip_on=False, label=label, **look)
    for (_, place, _), x_of, y_of in zip(found, x, y, strict=True):
        axes.text(x_of, y_of, str(place), fontsize=4.4, ha="center", va="center_baseline", zorder=5)


def _set_legend(axes: Axes, plot: HistoryFigure) -> None:
    present = {_sort_of(bar) for bar in plot.bars}
    for sort, color in _COLORS.items():
        if sort in present:
            axes.add_line(Line2D([], [], color=color, linewidth=5, solid_capstyle="butt", label=_LABELS[sort]))
    if any(bar.end is None for bar in plot.bars):
        dashes = (0, (3, 1.5))
        axes.add_line(Line2D([], [], color=FAINT, linewidth=1, linestyle=dashes, label="outcome unknown: open end"))

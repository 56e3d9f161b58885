"""Faults on a time axis: a light shade over the axes, and a bar in a lane of its own above them.

The lanes keep faults apart that are on at the same time, whose shades lie on one another.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from matplotlib.axes import Axes
from matplotlib.transforms import ScaledTranslation, Transform

from analysis.plots.fault_spans import FaultSpan, merged
from analysis.plots.theme import BLACK, GREEN, GREY, ORANGE, PURPLE, SKY_BLUE, YELLOW
from analysis.plots.time_axis import TimeUnit

_COLORS: Final = {"crashed": ORANGE, "paused": SKY_BLUE, "partition": PURPLE}
_FURTHER_COLORS: Final = (YELLOW, GREEN, GREY, BLACK)
_LABELS: Final = {"crashed": "node crashed", "paused": "node paused"}
_LANE_POINTS: Final = 3.2
_GAP_POINTS: Final = 1.4
_SHADE: Final = 0.16


def fault_color(kind: str, kinds: Sequence[str]) -> str:
    """Return the colour of a kind of fault: its own, or, where it has none, one by its place among `kinds`."""
    if kind in _COLORS:
        return _COLORS[kind]
    others = [other for other in kinds if other not in _COLORS]
    return _FURTHER_COLORS[others.index(kind) % len(_FURTHER_COLORS)]


def shade_faults(axes: Axes, spans: Sequence[FaultSpan], unit: TimeUnit) -> None:
    """Shade when what was broken, with one entry in the legend for each kind of fault."""
    by_kind = merged(spans)
    for lane, (kind, times) in enumerate(by_kind.items()):
        color = fault_color(kind, list(by_kind))
        above_axes = _above_axes(axes, lane)
        label: str | None = _LABELS.get(kind, kind)
        for begin, end in times:
            extent = begin / unit.nanoseconds, end / unit.nanoseconds
            axes.axvspan(*extent, facecolor=color, edgecolor="none", alpha=_SHADE, zorder=0)
            axes.plot(
                extent,
                (1, 1),
                transform=above_axes,
                color=color,
                linewidth=_LANE_POINTS,
                solid_capstyle="butt",
                clip_on=False,
                label=label,
                zorder=3,
            )
            label = None


def _above_axes(axes: Axes, lane: int) -> Transform:
    """Return the transform in which x is time and y = 1 is the middle of a lane above the axes."""
    figure = axes.get_figure(root=True)
    assert figure is not None
    points = _GAP_POINTS + _LANE_POINTS / 2 + lane * (_LANE_POINTS + _GAP_POINTS)
    return axes.get_xaxis_transform() + ScaledTranslation(0, points / 72, figure.dpi_scale_trans)

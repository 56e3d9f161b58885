"""Faults on a time axis: a light shade over the axes, and bars in lanes of their own above them.

There is a lane for each layer of faults, and for each state of nodes; the lanes keep apart what is on at the same time,
whose shades lie on one another. What strikes at one moment is a tick in its lane.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from matplotlib.axes import Axes
from matplotlib.transforms import ScaledTranslation, Transform

from analysis.fault_words import layer_of
from analysis.plots.fault_spans import NODE_LIFE, FaultSpan, merged
from analysis.plots.theme import BLACK, BROWN, FAINT, GREEN, GREY, ORANGE, PURPLE, SKY_BLUE, VERMILION, YELLOW
from analysis.plots.time_axis import TimeUnit

LAYER_COLORS: Final = {
    "node": ORANGE,
    "network": GREEN,
    "partition": PURPLE,
    "clock": YELLOW,
    "storage": "#8C6BB1",
    "core": GREY,
    "byzantine": VERMILION,
    "swarm": BROWN,
    "": BLACK,
}
"""The colour of each layer of faults; of those that belong to none, the last."""
LIFE_COLORS: Final = {"crashed": ORANGE, "paused": SKY_BLUE, "absent": "#A65E00"}
MOST_KINDS: Final = 3
"""Kinds of faults that the legend names of a layer."""
MOST_SHADES: Final = 3
"""Colours that can lie on one another and be told apart; beyond, shades are grey and the lanes alone have colour."""
_LANE_POINTS: Final = 3.2
_GAP_POINTS: Final = 1.4
_TICK_POINTS: Final = 5.0
_SHADE: Final = 0.16


def lanes_of(spans: Iterable[FaultSpan]) -> dict[str, list[FaultSpan]]:
    """Return the spans by state of nodes or by layer of faults, in the order in which the first of each began."""
    lanes: dict[str, list[FaultSpan]] = {}
    for span in sorted(spans, key=lambda span: span.begin):
        lanes.setdefault(span.kind if span.kind in NODE_LIFE else layer_of(span.kind), []).append(span)
    return lanes


def life_label(state: str) -> str:
    """Return what a state of nodes is called."""
    return f"node {state}"


def lane_label(lane: str, spans: Sequence[FaultSpan]) -> str:
    """Return what a lane is called: the kinds of its faults, with the layer where there are several."""
    if lane in NODE_LIFE:
        return life_label(lane)
    kinds = list(dict.fromkeys(span.kind for span in spans))
    if len(kinds) == 1:
        return kinds[0]
    named = kinds if len(kinds) <= MOST_KINDS + 1 else kinds[:MOST_KINDS]
    more = f" and {len(kinds) - len(named)} more kinds" if len(named) < len(kinds) else ""
    return f"{lane or 'other'}: {', '.join(named)}{more}"


def shade_faults(
    axes: Axes, spans: Sequence[FaultSpan], unit: TimeUnit, *, shaded: bool = True, lanes: bool = True
) -> None:
    """Shade when what was broken, with one entry in the legend for each state of nodes and layer of faults.

    Not `shaded`, where the axes have colours of their own: only the lanes above them are drawn. Not `lanes`, where
    those of the axes above tell: there is only the shade.
    """
    found = lanes_of(spans)
    for place, (lane, members) in enumerate(found.items()):
        color = {**LAYER_COLORS, **LIFE_COLORS}[lane]
        if shaded and len(found) <= MOST_SHADES:
            _shade(axes, members, unit, color)
        if lanes:
            _draw_lane(axes, place, members, lane_label(lane, members), unit, color)
    if shaded and len(found) > MOST_SHADES:
        _shade(axes, spans, unit, FAINT)


def lanes_height(spans: Iterable[FaultSpan]) -> float:
    """Return how much room the lanes of these faults take above the axes, in points."""
    return len(lanes_of(spans)) * (_LANE_POINTS + _GAP_POINTS)


def _shade(axes: Axes, spans: Sequence[FaultSpan], unit: TimeUnit, color: str) -> None:
    alpha = _SHADE if color != FAINT else 2 * _SHADE
    for begin, end in merged(span for span in spans if span.end > span.begin):
        axes.axvspan(
            begin / unit.nanoseconds, end / unit.nanoseconds, facecolor=color, edgecolor="none", alpha=alpha, zorder=0
        )


def _draw_lane(axes: Axes, place: int, members: Sequence[FaultSpan], name: str, unit: TimeUnit, color: str) -> None:
    """Draw the bars of a lane and the ticks of what lasted no time; the first of them all is in the legend."""
    label: str | None = name
    look: dict[str, Any] = {"transform": _above_axes(axes, place), "color": color, "clip_on": False, "zorder": 3}
    for begin, end in merged(span for span in members if span.end > span.begin):
        extent = begin / unit.nanoseconds, end / unit.nanoseconds
        axes.plot(extent, (1, 1), linewidth=_LANE_POINTS, solid_capstyle="butt", label=label, **look)
        label = None
    ticks = sorted({span.begin / unit.nanoseconds for span in members if span.end == span.begin})
    if ticks:
        marker: dict[str, Any] = {"marker": "|", "markersize": _TICK_POINTS, "markeredgewidth": 1.2}
        axes.plot(ticks, [1] * len(ticks), linestyle="none", label=label, **marker, **look)


def _above_axes(axes: Axes, lane: int) -> Transform:
    """Return the transform in which x is time and y = 1 is the middle of a lane above the axes."""
    figure = axes.get_figure(root=True)
    assert figure is not None
    points = _GAP_POINTS + _LANE_POINTS / 2 + lane * (_LANE_POINTS + _GAP_POINTS)
    return axes.get_xaxis_transform() + ScaledTranslation(0, points / 72, figure.dpi_scale_trans)

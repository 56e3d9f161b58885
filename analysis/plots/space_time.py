"""The space-time diagram of a small run: a line for each node, an arrow for each message (Lamport 1978)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patheffects import withStroke

from analysis.plots.fault_spans import FaultSpan
from analysis.plots.leaders import ROLE_COLORS, RoleSpan
from analysis.plots.message_arrows import MessageArrow, draw_messages
from analysis.plots.shading import LIFE_COLORS, life_label, shade_faults
from analysis.plots.theme import BLACK, GREY, PAGE_MM, new_figure, put_legend, put_title, theme
from analysis.plots.time_axis import TimeUnit, best_unit, set_time_axis
from topologies.errors import InputError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_NODES: Final = 100
MOST_MESSAGES: Final = 1_000
_ROLE_POINTS: Final = 3.5
_BESIDE_MM: Final = 12.0
_LETTER_MM: Final = 1.25
"""Room that the label of the y axis takes, and a letter of a term."""


@dataclass(frozen=True)
class SpaceTime:
    """What is drawn: messages, what was broken, and moments (node, time in ns) of one event.

    It shows the time from `begin` to `end` (ns). `kinds` of messages, known beforehand, have their looks in this order.
    `roles` are the spans of roles that are drawn on the lines of nodes, with their terms.
    """

    nodes: int
    messages: Sequence[MessageArrow]
    end: int
    name: str
    facts: str
    spans: Sequence[FaultSpan] = field(default=())
    moments: Sequence[tuple[int, int]] = field(default=())
    event: str = "first receipt"
    kinds: Sequence[str] = field(default=())
    begin: int = 0
    roles: Sequence[RoleSpan] = field(default=())


def draw_space_time(diagram: SpaceTime, width: float = PAGE_MM) -> Figure:
    """Draw the diagram, `width` in millimetres.

    Raises InputError beyond 100 nodes or 1,000 messages, of which nothing could be read.
    """
    _refuse_what_is_too_large(diagram)
    with theme():
        figure, axes = new_figure(width, float(np.clip(12 + 6 * diagram.nodes, 40, 170)))
        unit = best_unit(diagram.end - diagram.begin)
        shade_faults(axes, [span for span in diagram.spans if span.node is None], unit)
        _draw_lives(axes, diagram, unit)
        _draw_roles(axes, diagram, unit, width)
        draw_messages(axes, diagram.messages, diagram.kinds, diagram.end - diagram.begin, unit)
        _draw_moments(axes, diagram, unit)
        set_time_axis(axes, diagram.end, unit, diagram.begin)
        axes.set_ylim(diagram.nodes - 0.5, -0.5)
        step = 1 if diagram.nodes <= 20 else 5 if diagram.nodes <= 60 else 10
        axes.set_yticks(range(0, diagram.nodes, step))
        axes.set_ylabel("Node")
        axes.tick_params(axis="y", length=0)
        axes.spines[["top", "right", "left"]].set_visible(False)
        put_title(figure, diagram.name, diagram.facts)
        put_legend(figure, axes)
        figure.draw_without_rendering()
    return figure


def _refuse_what_is_too_large(diagram: SpaceTime) -> None:
    for found, most, what, remedy in (
        (diagram.nodes, MOST_NODES, "nodes", "topology.nodes"),
        (len(diagram.messages), MOST_MESSAGES, "messages", "duration"),
    ):
        if found > most:
            raise InputError(
                f"{diagram.name}: a space-time diagram of {found:,} {what} cannot be read; expected at most {most:,}: "
                f"run a smaller case with --set {remedy}=…"
            )


def _draw_lives(axes: Axes, diagram: SpaceTime, unit: TimeUnit) -> None:
    """Draw each node's line: thin while it is up, thick in the colour of the fault while it is not."""
    thickness = 0.6 if diagram.nodes <= 30 else 0.3
    extent = diagram.begin / unit.nanoseconds, diagram.end / unit.nanoseconds
    axes.hlines(range(diagram.nodes), *extent, color=GREY, linewidth=thickness, zorder=1)
    labelled: set[str] = set()
    for span in diagram.spans:
        if span.node is None:
            continue
        axes.hlines(
            span.node,
            span.begin / unit.nanoseconds,
            span.end / unit.nanoseconds,
            color=LIFE_COLORS[span.kind],
            linewidth=4,
            zorder=2,
            label="" if span.kind in labelled else life_label(span.kind),
        )
        labelled.add(span.kind)


def _draw_roles(axes: Axes, diagram: SpaceTime, unit: TimeUnit, width: float) -> None:
    """Draw roles as thick parts of the lines of nodes, and write terms where they begin."""
    present = {span.role for span in diagram.roles}
    for role in ROLE_COLORS:
        if role in present:
            look: dict[str, Any] = {"color": ROLE_COLORS[role], "linewidth": _ROLE_POINTS, "solid_capstyle": "butt"}
            axes.add_line(Line2D([], [], label=role, **look))
    for span in diagram.roles:
        extent = span.begin / unit.nanoseconds, span.end / unit.nanoseconds
        axes.hlines(span.server, *extent, color=ROLE_COLORS[span.role], linewidth=_ROLE_POINTS, zorder=2.5)
    for span in _labelled(diagram, width):
        _write_term(axes, span, span.begin / unit.nanoseconds, at_edge=span.begin == diagram.begin)


def _labelled(diagram: SpaceTime, width: float) -> list[RoleSpan]:
    """Return the spans before which their terms are written: those of new terms, of near ones on a line the last.

    A pre-candidate begins no term.
    """
    shown: dict[int, list[RoleSpan]] = {}
    scale = (width - _BESIDE_MM) / max(diagram.end - diagram.begin, 1)
    for span in sorted(diagram.roles, key=lambda span: (span.begin, span.end)):
        if span.term is None or span.role == "pre-candidate":
            continue
        before = shown.setdefault(span.server, [])
        if before and before[-1].term == span.term:
            continue
        if before and (span.begin - before[-1].begin) * scale < _LETTER_MM * len(f"term {span.term}"):
            before.pop()
        before.append(span)
    return [span for spans in shown.values() for span in spans]


def _write_term(axes: Axes, span: RoleSpan, x: float, at_edge: bool) -> None:
    """Write a term before the span that begins with it; above it where that is at the edge of the diagram."""
    look: dict[str, Any] = {"fontsize": 6, "textcoords": "offset points", "zorder": 7}
    place: dict[str, Any] = (
        {"xytext": (1, 2.5), "ha": "left", "va": "bottom"}
        if at_edge
        else {"xytext": (-3.8, 0), "ha": "right", "va": "center_baseline"}
    )
    words = axes.annotate(f"term {span.term}", (x, span.server), **look, **place)
    words.set_path_effects([withStroke(linewidth=2, foreground="white")])


def _draw_moments(axes: Axes, diagram: SpaceTime, unit: TimeUnit) -> None:
    if diagram.moments:
        nodes, times = np.array(diagram.moments).T
        axes.plot(
            times / unit.nanoseconds,
            nodes,
            marker="o",
            markersize=4,
            markerfacecolor="white",
            markeredgecolor=BLACK,
            markeredgewidth=0.9,
            linestyle="none",
            zorder=6,
            label=diagram.event,
            clip_on=False,
        )

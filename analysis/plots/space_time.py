"""The space-time diagram of a small run: a line for each node, an arrow for each message (Lamport 1978)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.lines import Line2D

from analysis.plots.fault_spans import FaultSpan
from analysis.plots.shading import LIFE_COLORS, life_label, shade_faults
from analysis.plots.theme import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    PAGE_MM,
    SKY_BLUE,
    VERMILION,
    new_figure,
    put_legend,
    put_title,
    theme,
)
from analysis.plots.time_axis import TimeUnit, best_unit, set_time_axis
from topologies.errors import InputError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

MOST_NODES: Final = 100
MOST_MESSAGES: Final = 1_000
_KIND_COLORS: Final = (BLUE, GREEN, BLACK, SKY_BLUE, GREY)
"""Colours of delivered messages by kind; further kinds share the last one."""
_STUB: Final = 0.4
"""Share of its way at which a message that never arrived is marked, where the record does not say."""


@dataclass(frozen=True, slots=True)
class MessageArrow:
    """A message: who sent it to whom and when, when its fate was decided (both in ns), its kind, what became of it."""

    source: int
    destination: int
    sent_at: int
    time: int
    kind: str
    outcome: str = "delivered"


@dataclass(frozen=True)
class SpaceTime:
    """What is drawn: messages, what was broken, and moments (node, time in ns) of one event."""

    nodes: int
    messages: Sequence[MessageArrow]
    end: int
    name: str
    facts: str
    spans: Sequence[FaultSpan] = field(default=())
    moments: Sequence[tuple[int, int]] = field(default=())
    event: str = "first receipt"


def draw_space_time(diagram: SpaceTime, width: float = PAGE_MM) -> Figure:
    """Draw the diagram, `width` in millimetres.

    Raises InputError beyond 100 nodes or 1,000 messages, of which nothing could be read.
    """
    _refuse_what_is_too_large(diagram)
    with theme():
        figure, axes = new_figure(width, float(np.clip(12 + 6 * diagram.nodes, 40, 170)))
        unit = best_unit(diagram.end)
        shade_faults(axes, [span for span in diagram.spans if span.node is None], unit)
        _draw_lives(axes, diagram, unit)
        _draw_messages(axes, diagram, unit)
        _draw_moments(axes, diagram, unit)
        set_time_axis(axes, diagram.end, unit)
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
    axes.hlines(range(diagram.nodes), 0, diagram.end / unit.nanoseconds, color=GREY, linewidth=thickness, zorder=1)
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


def _draw_messages(axes: Axes, diagram: SpaceTime, unit: TimeUnit) -> None:
    kinds = list(dict.fromkeys(message.kind for message in diagram.messages))
    delivered = [message for message in diagram.messages if message.outcome == "delivered"]
    for place, kind in enumerate(kinds):
        color = _KIND_COLORS[min(place, len(_KIND_COLORS) - 1)]
        arrows = [message for message in delivered if message.kind == kind]
        if arrows:
            ends = np.array([_ends(message) for message in arrows], dtype=float)
            _draw_arrows(axes, ends / (unit.nanoseconds, 1), color, kind, _line_width(len(delivered)))
    unfinished = [message for message in diagram.messages if message.outcome != "delivered"]
    if unfinished:
        _draw_unfinished(axes, unfinished, _typical_flight(delivered, diagram.end), unit)


def _ends(message: MessageArrow) -> tuple[tuple[int, int], tuple[int, int]]:
    return (message.sent_at, message.source), (message.time, message.destination)


def _typical_flight(delivered: Sequence[MessageArrow], end: int) -> float:
    """Return how long messages take, in nanoseconds: the median of those delivered, or a fortieth of the run."""
    return float(np.median([message.time - message.sent_at for message in delivered])) if delivered else end / 40


def _draw_arrows(axes: Axes, ends: NDArray[np.float64], color: str, label: str, thickness: float) -> None:
    """Draw delivered messages: a line from send to receipt, and a head where it arrives."""
    axes.add_collection(LineCollection(list(ends), colors=color, linewidths=thickness, zorder=3))
    for tail, head in ends:
        axes.annotate(
            "",
            xy=head,
            xytext=tail,
            zorder=3,
            arrowprops={
                "arrowstyle": "-|>,head_length=0.28,head_width=0.11",
                "color": color,
                "linewidth": 0,
                "shrinkA": 0,
                "shrinkB": 0,
                "mutation_scale": 10,
            },
        )
    axes.add_line(Line2D([], [], color=color, linewidth=1, marker=">", markersize=3, label=f"{label} message"))


def _line_width(arrows: int) -> float:
    return 0.8 if arrows < 150 else 0.5 if arrows < 600 else 0.35


def _draw_unfinished(axes: Axes, messages: Sequence[MessageArrow], flight: float, unit: TimeUnit) -> None:
    """Draw messages that never arrived: dashed, up to a cross where they ended.

    A message that is lost at its sender has no way of its own; it gets the first part of a typical one.
    """
    ends = []
    for message in messages:
        whole_way = message.time > message.sent_at
        x = message.time if whole_way else message.sent_at + _STUB * flight
        y = message.destination if whole_way else message.source + _STUB * (message.destination - message.source)
        ends.append(((message.sent_at / unit.nanoseconds, message.source), (x / unit.nanoseconds, y)))
    axes.add_collection(LineCollection(ends, colors=VERMILION, linewidths=0.8, linestyles=[(0, (2.5, 1.5))], zorder=4))
    crosses = np.array([head for _, head in ends])
    causes = ", ".join(sorted({message.outcome for message in messages}))
    axes.plot(
        *crosses.T,
        marker="x",
        markersize=4,
        markeredgewidth=1,
        color=VERMILION,
        linestyle="none",
        zorder=5,
        label=f"message not delivered ({causes})",
    )


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

"""Messages in a space-time diagram: an arrow from send to receipt in the look of its kind, a cross where one ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.lines import Line2D

from analysis.plots.theme import BLACK, BLUE, BROWN, GREEN, PURPLE, SKY_BLUE, VERMILION

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from analysis.plots.time_axis import TimeUnit

_COLORS: Final = (BLUE, GREEN, BLACK, PURPLE, SKY_BLUE, BROWN)
_LINES: Final[tuple[Any, ...]] = ("-", (0, (4, 1.2)), (0, (1.2, 0.9)), (0, (5, 1.1, 1.1, 1.1)))
_ALIKE: Final = 3
"""Kinds in a row with lines of one style: as each style goes with three colours of its own, 12 looks are all unlike."""
_FEW: Final = 60
"""Messages that arrive, below which their heads are large."""
_MANY: Final = 300
"""Messages that arrive, from which on their heads are small."""
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


def look_of(place: int) -> tuple[str, Any]:
    """Return colour and line style of the messages of a kind, by its place among the kinds; each twelve are unlike."""
    return _COLORS[place % len(_COLORS)], _LINES[place // _ALIKE % len(_LINES)]


def draw_messages(axes: Axes, messages: Sequence[MessageArrow], known: Sequence[str], end: int, unit: TimeUnit) -> None:
    """Draw messages, with an entry in the legend for each kind of which one arrived.

    Kinds have their looks in the order of those `known`, then in that in which they come. `end` of the diagram is in
    nanoseconds, as all times; a `unit` is one of the axis.
    """
    delivered = [message for message in messages if message.outcome == "delivered"]
    present = dict.fromkeys(message.kind for message in delivered)
    kinds = [*(kind for kind in known if kind in present), *(kind for kind in present if kind not in known)]
    for place, kind in enumerate(kinds):
        ends = np.array([_ends(message) for message in delivered if message.kind == kind], dtype=float)
        _draw_arrows(axes, ends / (unit.nanoseconds, 1), look_of(place), kind, len(delivered))
    unfinished = [message for message in messages if message.outcome != "delivered"]
    if unfinished:
        _draw_unfinished(axes, unfinished, _typical_flight(delivered, end), unit)


def _ends(message: MessageArrow) -> tuple[tuple[int, int], tuple[int, int]]:
    return (message.sent_at, message.source), (message.time, message.destination)


def _typical_flight(delivered: Sequence[MessageArrow], end: int) -> float:
    """Return how long messages take, in nanoseconds: the median of those delivered, or a fortieth of the run."""
    return float(np.median([message.time - message.sent_at for message in delivered])) if delivered else end / 40


def _draw_arrows(axes: Axes, ends: NDArray[np.float64], look: tuple[str, Any], kind: str, arrows: int) -> None:
    """Draw messages of a kind, of so many `arrows` in all: a line from send to receipt, and a head where it arrives."""
    color, style = look
    thickness, head_size = _line_width(arrows), 16 if arrows < _FEW else 10 if arrows < _MANY else 6
    axes.add_collection(LineCollection(list(ends), colors=color, linestyles=[style], linewidths=thickness, zorder=3))
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
                "mutation_scale": head_size,
            },
        )
    axes.add_line(Line2D([], [], color=color, linestyle=style, linewidth=1, label=kind))


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
        label=f"not delivered ({causes})",
    )

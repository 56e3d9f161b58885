"""How many messages each node sent and received."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import seaborn
from matplotlib.ticker import MaxNLocator

from analysis.plots.theme import BLUE, COLUMN_MM, VERMILION, new_figure, put_legend, put_title, theme

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

MOST_BARS: Final = 24
_HUB: Final = 5.0
"""A node whose messages are at least so many times the mean is named in the plot."""
_MOST_HUBS: Final = 3
_LOGARITHMIC_FROM: Final = 30
"""Ratio of the largest to the median load from which the axis of messages is logarithmic."""


@dataclass(frozen=True)
class MessageLoad:
    """Messages that each node sent, and that reached it, by node number; and the words of the plot."""

    sent: NDArray[np.int64]
    received: NDArray[np.int64]
    name: str
    facts: str

    @property
    def total(self) -> NDArray[np.int64]:
        """Messages sent and received together."""
        return self.sent + self.received

    @property
    def hubs(self) -> list[int]:
        """The nodes with far more messages than most, the most loaded first."""
        total = self.total
        order = np.argsort(-total, kind="stable")[:_MOST_HUBS]
        return [int(node) for node in order if total[node] and total[node] >= _HUB * total.mean()]


def draw_load(load: MessageLoad, width: float = COLUMN_MM) -> Figure:
    """Draw the messages of each node, `width` in millimetres: bars for up to 24 nodes, ranked curves for more."""
    with theme():
        figure, axes = new_figure(width, min(0.55 * width, 75))
        draw = _draw_bars if len(load.sent) <= MOST_BARS else _draw_ranks
        draw(axes, load)
        _scale(axes, load)
        axes.set_ylabel("Messages per node")
        axes.grid(axis="y", linewidth=0.4, alpha=0.5)
        axes.set_axisbelow(True)
        seaborn.despine(ax=axes)
        put_title(figure, load.name, load.facts)
        put_legend(figure, axes)
        figure.draw_without_rendering()
    return figure


def _scale(axes: Axes, load: MessageLoad) -> None:
    """Choose the scale of messages: logarithmic where a linear one would press most nodes onto the axis."""
    each = np.concatenate([load.sent, load.received])
    if each.max() > _LOGARITHMIC_FROM * max(float(np.median(each)), 1.0):
        axes.set_yscale("symlog", linthresh=1)
        axes.set_ylim(0, 2.5 * each.max())
    else:
        axes.set_ylim(0, 1.15 * max(int(each.max()), 1))
        axes.yaxis.set_major_locator(MaxNLocator(nbins="auto", integer=True))
        axes.yaxis.set_major_formatter("{x:,.0f}")


def _draw_bars(axes: Axes, load: MessageLoad) -> None:
    order = np.argsort(-load.total, kind="stable")
    places = np.arange(len(order))
    axes.bar(places - 0.2, load.sent[order], 0.4, color=BLUE, label="sent")
    axes.bar(
        places + 0.2, load.received[order], 0.4, color=VERMILION, label="received", hatch="////", edgecolor="white"
    )
    axes.set_xticks(places, [str(node) for node in order], rotation=90 if len(order) > 15 else 0)
    axes.tick_params(axis="x", length=0)
    axes.set_xlabel("Node, the most loaded first")


def _draw_ranks(axes: Axes, load: MessageLoad) -> None:
    ranks = np.arange(1, len(load.sent) + 1)
    for counts, label, color, style in (
        (load.sent, "sent", BLUE, "-"),
        (load.received, "received", VERMILION, (0, (4, 1.5))),
    ):
        seaborn.lineplot(
            x=ranks,
            y=-np.sort(-counts),
            ax=axes,
            color=color,
            linestyle=style,
            label=label,
            legend=False,
            errorbar=None,
            estimator=None,
            drawstyle="steps-mid",
        )
    axes.set_xlabel("Rank of the node (1: most messages)")
    axes.xaxis.set_major_locator(MaxNLocator(nbins=5, integer=True))
    axes.xaxis.set_major_formatter("{x:,.0f}")
    axes.set_xlim(1 - 0.02 * len(ranks), len(ranks) * 1.01)
    _name_hubs(axes, load)


def _name_hubs(axes: Axes, load: MessageLoad) -> None:
    """Mark each hub on the curve on which it stands higher, and name them together beside the first."""
    places = []
    for node in load.hubs:
        by_sending = load.sent[node] > load.received[node]
        counts, color = (load.sent, BLUE) if by_sending else (load.received, VERMILION)
        places.append((1 + int(np.count_nonzero(counts > counts[node])), int(counts[node])))
        axes.plot(*places[-1], marker="o", markersize=3.5, color=color, clip_on=False)
    if places:
        names = f"node{'s' if len(places) > 1 else ''} {', '.join(map(str, load.hubs))}"
        axes.annotate(names, places[0], xytext=(5, 1), textcoords="offset points", fontsize="small")

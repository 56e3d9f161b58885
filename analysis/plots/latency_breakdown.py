"""What latencies are made of: time in queues, on a core and on the network, from the shortest to the longest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from math import log10
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import seaborn
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter, PercentFormatter

from analysis.plots.theme import BLACK, BLUE, COLUMN_MM, GREEN, GREY, ORANGE, new_stack, put_legend, put_title, theme
from analysis.plots.time_axis import best_unit, told_time

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

PART_LOOKS: Final[dict[str, dict[str, Any]]] = {
    "network": {"facecolor": GREEN, "hatch": "...."},
    "room and network": {"facecolor": GREEN, "hatch": "...."},
    "queue": {"facecolor": ORANGE, "hatch": "////"},
    "run": {"facecolor": BLUE},
    "other": {"facecolor": GREY, "hatch": "xxxx"},
}
"""Colours of the parts, from the bottom; what is in them as well tells them apart."""
POINTS: Final = 60
_MANY_SIZES: Final = 50
MARKED: Final = (0.5, 0.9, 0.99, 0.999)
"""Shares whose quantiles are marked."""


@dataclass(frozen=True)
class LatencyBreakdown:
    """What is drawn: the parts (ns) of each latency, by their names, in the same order of what they are parts of."""

    parts: Mapping[str, NDArray[np.int64]]
    noun: str
    name: str
    facts: str

    @property
    def total(self) -> NDArray[np.int64]:
        """The latencies."""
        return np.asarray(sum(self.parts.values()), dtype=np.int64)


def draw_breakdown(plot: LatencyBreakdown, width: float = COLUMN_MM) -> Figure:
    """Draw the latency at each quantile above the shares of its parts there, `width` in millimetres."""
    total = plot.total
    ranks = np.argsort(total, kind="stable")
    ordered = total[ranks]
    farthest = _scale(1 - 1 / (len(total) + 1))
    with theme():
        figure, (upper, lower) = new_stack(width, min(0.92 * width, 95), 2)
        _draw_latency(upper, ordered, farthest)
        _draw_shares(lower, {name: part[ranks] for name, part in plot.parts.items()}, farthest)
        lower.set_xlim(0, farthest)
        ticks = [share for share in (0.0, *MARKED, 0.9999) if _scale(share) <= farthest]
        lower.set_xticks([_scale(share) for share in ticks], [f"{share * 100:g}" for share in ticks])
        lower.set_xlabel(f"Quantile of {plot.noun} by latency (%)")
        put_title(figure, plot.name, plot.facts)
        put_legend(figure, upper, lower)
        figure.draw_without_rendering()
    return figure


def _scale(share: float) -> float:
    """Return the place of a quantile on an axis on which every further nine takes as much room."""
    return -log10(1 - share)


def _draw_latency(axes: Axes, ordered: NDArray[np.int64], farthest: float) -> None:
    number = len(ordered)
    unit = best_unit(int(ordered[-1]))
    places = [-log10(1 - (rank + 0.5) / number) for rank in _thinned(number)]
    axes.plot(places, ordered[_thinned(number)] / unit.nanoseconds, color=BLACK, linewidth=1.2)
    for share in MARKED:
        if _scale(share) > farthest:
            continue
        value = int(ordered[min(number - 1, int(np.ceil(share * number)) - 1)])
        axes.plot([_scale(share)], [value / unit.nanoseconds], marker="o", markersize=3.2, color=BLACK)
        last = _scale(share) > 0.75 * farthest
        look: dict[str, Any] = {"ha": "right" if last else "left", "va": "bottom" if last else "top", "fontsize": 6.5}
        place = _scale(share), value / unit.nanoseconds
        axes.annotate(told_time(value), place, xytext=(-3, 2) if last else (3, -3), textcoords="offset points", **look)
    positive = ordered[ordered > 0]
    if len(positive) and positive[-1] > 8 * positive[0]:
        axes.set_yscale("log")
        steps = (1.0,) if positive[-1] > _MANY_SIZES * positive[0] else (1.0, 2.0, 5.0)
        axes.yaxis.set_major_locator(LogLocator(subs=steps, numticks=8))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,g}"))
        axes.yaxis.set_minor_formatter(NullFormatter())
    else:
        axes.set_ylim(0, None)
    axes.margins(y=0.12)
    axes.set_ylabel(f"Latency ({unit.symbol})")
    axes.grid(linewidth=0.4, alpha=0.5)
    seaborn.despine(ax=axes)


def _thinned(number: int) -> NDArray[np.int64]:
    """Return at most two thousand ranks, closer together towards the longest latencies."""
    if number <= 2_000:
        return np.arange(number)
    tail = number - np.unique(np.geomspace(1, number, 2_000).astype(np.int64))
    return np.sort(tail)


def _draw_shares(axes: Axes, parts: Mapping[str, NDArray[np.int64]], farthest: float) -> None:
    """Draw the shares of the parts of the latencies about each quantile, stacked."""
    number = len(next(iter(parts.values())))
    bounds = np.linspace(0, farthest, POINTS + 1)
    ranks = np.clip(np.round((1 - 10**-bounds) * number).astype(int), 0, number)
    ranks[-1] = number
    steps: list[tuple[int, int]] = []
    for low, high in pairwise(ranks):
        low = min(int(low), number - 1)
        steps.append((low, max(int(high), low + 1)))
    sums = {name: np.array([part[low:high].sum() for low, high in steps], float) for name, part in parts.items()}
    whole = np.maximum(np.sum(list(sums.values()), axis=0), 1.0)
    below = np.zeros(POINTS)
    for name in PART_LOOKS:
        if name in sums and parts[name].any():
            top = below + sums[name] / whole
            look: dict[str, Any] = {"linewidth": 0, "edgecolor": "white", **PART_LOOKS[name], "label": name}
            axes.fill_between(bounds, np.append(below, below[-1]), np.append(top, top[-1]), step="post", **look)
            below = top
    axes.set_ylim(0, 1)
    axes.set_yticks([0, 0.25, 0.5, 0.75, 1])
    axes.yaxis.set_major_formatter(PercentFormatter(1.0))
    axes.set_ylabel("Share of latency")
    seaborn.despine(ax=axes)

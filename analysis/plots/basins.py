"""Where swarms end that start at random: the share of runs that come to each state."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import exp, pi, sqrt
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import seaborn
from matplotlib.ticker import MaxNLocator

from analysis.estimates import Estimate, share_of
from analysis.plots.theme import COLUMN_MM, SERIES, new_figure, put_legend, put_title, theme

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

State = int | str
"""Turns of the phases around a ring, or a word for any other state."""
IN_PHASE: Final = "in phase"
TWO_CLUSTERS: Final = "two clusters"
OTHER: Final = "other"
_WORDS: Final = (IN_PHASE, TWO_CLUSTERS, OTHER)
TOGETHER: Final = 0.99
"""Order parameter from which on agents count as together in one cluster, or, that of the second order, in two."""
_MOST_NUMBERED: Final = 12
_FEWEST_FOR_CURVE: Final = 20


@dataclass(frozen=True)
class BasinSeries:
    """One set of runs: its words, and how many of them ended in each state."""

    label: str
    counts: Mapping[State, int]

    @property
    def runs(self) -> int:
        """How many runs there are."""
        return sum(self.counts.values())

    def share(self, state: State) -> Estimate:
        """Return the share of the runs that ended in a state, with Wilson's interval."""
        found = share_of(self.counts.get(state, 0), self.runs)
        assert found is not None
        return found

    @property
    def deviation(self) -> float:
        """Standard deviation of the turns over the runs that ended in a twisted state."""
        turns = [turn for turn, count in self.counts.items() if isinstance(turn, int) for _ in range(count)]
        return float(np.std(turns)) if turns else 0.0


@dataclass(frozen=True)
class BasinFigure:
    """A whole plot: its series, and its words."""

    series: Sequence[BasinSeries]
    name: str
    facts: str


def ring_state(turns: int, twisted: bool) -> State:
    """Return the state of a ring: how often the phases turn around it, where they do so in equal steps."""
    return turns if twisted else OTHER


def state_of(coherence: float, second: float) -> State:
    """Return the state by the order parameters of first and second order."""
    return IN_PHASE if coherence >= TOGETHER else TWO_CLUSTERS if second >= TOGETHER else OTHER


def counted(states: Iterable[State]) -> dict[State, int]:
    """Return how often each state is among these."""
    return dict(Counter(states))


def draw_basins(plot: BasinFigure, width: float = COLUMN_MM) -> Figure:
    """Draw the shares and their 95 % intervals, `width` in millimetres.

    Twisted states are in the order of their turns, and a normal curve of the same standard deviation goes with them:
    basins are Gaussian in the number of turns (Wiley, Strogatz and Girvan, "The size of the sync basin", Chaos 16,
    2006).
    """
    states = _states(plot.series)
    with theme():
        figure, axes = new_figure(width, min(0.6 * width, 80))
        for number, series in enumerate(plot.series):
            _draw_series(axes, series, states, number, len(plot.series))
        _name_states(axes, states)
        highest = max(series.share(state).high or 0.0 for series in plot.series for state in states)
        axes.set_ylim(0, min(1.02, 1.04 * highest))
        axes.yaxis.set_major_locator(MaxNLocator(nbins=5))
        axes.yaxis.set_major_formatter("{x:g}")
        axes.set_ylabel("Share of the runs")
        axes.grid(axis="y", linewidth=0.4, alpha=0.5)
        axes.set_axisbelow(True)
        seaborn.despine(ax=axes)
        put_title(figure, plot.name, plot.facts)
        put_legend(figure, axes)
        figure.draw_without_rendering()
    return figure


def _states(series: Sequence[BasinSeries]) -> list[State]:
    """Return the states in order: all turns from the least to the most, with as many on either side, then words."""
    found = {state for each in series for state in each.counts}
    turns = [abs(state) for state in found if isinstance(state, int)]
    most = max(turns, default=-1)
    numbers: list[State] = [*range(-most, most + 1)] if turns else []
    words = [word for word in _WORDS if word in found or (not turns and word != TWO_CLUSTERS)]
    return numbers + words


def _draw_series(axes: Axes, series: BasinSeries, states: Sequence[State], number: int, of: int) -> None:
    """Draw bars, one beside the other where there are several series."""
    color = SERIES[number % len(SERIES)]
    thick = 0.8 / of
    places = np.arange(len(states)) + (number - (of - 1) / 2) * thick
    shares = [series.share(state) for state in states]
    values = np.array([share.value for share in shares])
    bars: dict[str, Any] = {"color": color, "alpha": 0.55, "linewidth": 0, "zorder": 2}
    axes.bar(places, values, 0.9 * thick, label=series.label or None, **bars)
    around = np.array([[share.value - (share.low or 0), (share.high or 0) - share.value] for share in shares]).T
    shown = (values > 0) | np.array([isinstance(state, str) for state in states])
    axes.errorbar(
        places[shown],
        values[shown],
        np.clip(around[:, shown], 0, None),
        fmt="none",
        ecolor=color,
        elinewidth=0.9,
        capsize=1.5,
        zorder=3,
    )
    if series.deviation and series.runs >= _FEWEST_FOR_CURVE:
        _draw_curve(axes, series, states, color, number == of - 1)


def _draw_curve(axes: Axes, series: BasinSeries, states: Sequence[State], color: str, is_last: bool) -> None:
    turns = [state for state in states if isinstance(state, int)]
    x = np.linspace(turns[0] - 0.4, turns[-1] + 0.4, 200)
    deviation = series.deviation
    twisted = 1 - series.share(OTHER).value
    y = [twisted * exp(-(turn**2) / (2 * deviation**2)) / (deviation * sqrt(2 * pi)) for turn in x]
    label = "Gaussian of the same standard deviation" if is_last else None
    axes.plot(x - turns[0], y, color=color, linewidth=0.8, linestyle=(0, (4, 2)), label=label, zorder=4)


def _name_states(axes: Axes, states: Sequence[State]) -> None:
    """Write turns below the axis, every other one where they are many, and words."""
    turns = [state for state in states if isinstance(state, int)]
    step = -(-len(turns) // _MOST_NUMBERED)
    named = [
        (place, str(state).replace("-", "−"))
        for place, state in enumerate(states)
        if not isinstance(state, int) or state % step == 0
    ]
    axes.set_xticks([place for place, _ in named], [words for _, words in named])
    axes.set_xlabel("Turns of the phases around the ring at the end" if turns else "State at the end")
    axes.tick_params(axis="x", length=0)
    axes.set_xlim(-0.6, len(states) - 0.4)

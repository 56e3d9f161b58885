"""The cumulative distribution of a metric over the runs of a study: a line for each cell.

Drawn like figure 16 of Ongaro and Ousterhout, "In Search of an Understandable Consensus Algorithm", 2014: the share of
runs whose value is at most x, over x.

The band about a line holds the whole distribution that its runs are drawn from with a confidence of 95 %, because lines
are compared as wholes; each band does so by itself, not all of them at once. It is that of Kolmogorov and Smirnov, as
wide everywhere as the distance that an empirical distribution of so many runs keeps to the true one with that
probability (Smirnov, "Table for estimating the goodness of fit of empirical distributions", Annals of Mathematical
Statistics 19, 1948). Where values are not continuous it is too wide rather than too narrow.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import seaborn
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter
from scipy.stats import CensoredData, ecdf, kstwo

from analysis.metrics import known_metric
from analysis.plots.spread import LINE_STYLES
from analysis.plots.theme import COLUMN_MM, SERIES, new_figure, put_legend, put_title, theme
from analysis.plots.time_axis import best_unit
from analysis.study_view import StudyView, chosen_metric
from topologies.errors import InputError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

MOST_LINES: Final = 16
LOGARITHMIC_FROM: Final = 20
"""How often the least positive value has to fit into the largest for a logarithmic axis."""
CONFIDENCE: Final = 0.95
_FEW_LINES: Final = 4
_STRONG, _WEAK = 0.22, 0.14
"""How opaque bands are: of a few lines, and of more, where they lie on one another."""


@dataclass(frozen=True)
class Distribution:
    """One line: its words for the legend, the values of the runs that have one, and how many runs there are in all.

    Those that have none are censored: their values are known to be above all others.
    """

    label: str
    values: Sequence[float]
    runs: int


@dataclass(frozen=True)
class DistributionFigure:
    """A whole plot: its lines, and its words. `unit` is that of the metric; times (ns) get one that suits them."""

    lines: Sequence[Distribution]
    name: str
    facts: str
    quantity: str
    unit: str


def draw_distribution(plot: DistributionFigure, width: float = COLUMN_MM) -> Figure:
    """Draw the distributions and their bands, `width` in millimetres; a line stays below 1 where runs have no value."""
    with theme():
        figure, axes = new_figure(width, min(0.6 * width, 80))
        everything = np.concatenate([np.asarray(line.values, dtype=float) for line in plot.lines])
        largest = float(np.abs(everything).max(initial=0.0))
        size, symbol = _size(plot.unit, largest)
        alpha = _STRONG if len(plot.lines) <= _FEW_LINES else _WEAK
        for number, line in enumerate(plot.lines):
            color, style = SERIES[number % len(SERIES)], LINE_STYLES[number // len(SERIES) % len(LINE_STYLES)]
            x, y = _steps(np.asarray(line.values, dtype=float) / size, line.runs)
            axes.step(x, y, where="post", color=color, linestyle=style, label=line.label or None, zorder=3)
            low, high = band(y, line.runs)
            look: dict[str, Any] = {"step": "post", "color": color, "alpha": alpha, "linewidth": 0, "zorder": 2}
            axes.fill_between(x, low, high, **look)
        _set_axis(axes, everything / size)
        axes.set_xlabel(f"{plot.quantity} ({symbol})")
        axes.set_ylabel("Share of runs at or below")
        axes.set_ylim(0, 1.02)
        axes.set_yticks([0, 0.25, 0.5, 0.75, 1])
        axes.grid(linewidth=0.4, alpha=0.5)
        seaborn.despine(ax=axes)
        put_title(figure, plot.name, plot.facts)
        put_legend(figure, axes)
        figure.draw_without_rendering()
    return figure


def _steps(values: Array, runs: int) -> tuple[Array, Array]:
    """Return the corners of a distribution, from 0 at the least value; runs without a value are above all others."""
    if not len(values):
        return values, values
    missing = runs - len(values)
    censored = np.concatenate((values, np.full(missing, values.max())))
    found = ecdf(CensoredData.right_censored(censored, np.arange(runs) >= len(values))).cdf
    return np.concatenate((found.quantiles[:1], found.quantiles)), np.concatenate(([0.0], found.probabilities))


def band(shares: Array, runs: int) -> tuple[Array, Array]:
    """Return the lower and the upper edge of the band about the shares of a distribution of so many runs."""
    distance = kstwo.ppf(CONFIDENCE, runs) if runs else 0.0
    return np.clip(shares - distance, 0, 1), np.clip(shares + distance, 0, 1)


def _size(unit: str, largest: float) -> tuple[float, str]:
    """Return by what to divide values for the axis, and what they are in then."""
    if unit != "ns":
        return 1.0, unit
    chosen = best_unit(int(largest))
    return float(chosen.nanoseconds), chosen.symbol


def _set_axis(axes: Axes, values: Array) -> None:
    """Have the x axis hold all values, on a logarithmic scale where they are of many sizes."""
    if not len(values):
        return
    least, largest = float(values.min()), float(values.max())
    if least > 0 and largest >= LOGARITHMIC_FROM * least:
        axes.set_xscale("log")
        axes.xaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0) if largest < 1000 * least else (1.0,)))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,g}"))
        axes.xaxis.set_minor_formatter(NullFormatter())
        axes.set_xlim(least / 1.1, largest * 1.1)


def distribution_figure(study: StudyView, metric: str | None, width: float = COLUMN_MM) -> Figure:
    """Draw the distributions of a metric of a study; raises InputError where it has too many cells."""
    chosen = chosen_metric(study, metric)
    metric_of = known_metric(chosen)
    lines = list(_lines(study, chosen, metric_of.may_never_come))
    if len(lines) > MOST_LINES:
        remedy = "sweep fewer values, or draw the frame of murmur.open_study yourself"
        raise InputError(f"found {len(lines)} cells; the plot distribution has at most {MOST_LINES} lines: {remedy}")
    facts = _facts(lines, study.whole()[chosen].isna().sum(), metric_of.may_never_come)
    words = chosen.replace("_", " ").replace(".", " ")
    plot = DistributionFigure(lines, study.name, facts, words[:1].upper() + words[1:], metric_of.unit)
    return draw_distribution(plot, width)


def _facts(lines: Sequence[Distribution], missing: int, may_never_come: bool) -> str:
    """Return in words how many runs there are, what became of those without a value, and what the bands are."""
    runs = sorted({line.runs for line in lines})
    told = f"{runs[0]} runs" if len(runs) == 1 else f"{runs[0]} to {runs[-1]} runs"
    facts = f"{told} in each cell; band: the whole curve, with 95 % confidence"
    if not missing:
        return facts
    if may_never_come:
        return f"{facts}; a line stays below 1 where the time never came"
    return f"{facts}; {missing} {'run' if missing == 1 else 'runs'} without a value left out"


def _lines(study: StudyView, metric: str, may_never_come: bool) -> Iterator[Distribution]:
    """Yield a line for each cell, in words without what all cells share; runs that failed are left out.

    So are those without a value, unless it is a time that may never come, which then is later than all that did.
    """
    varied = [factor for factor in study.factors if study.frame[factor].nunique() > 1] or list(study.factors)
    for _, runs in study.frame.groupby("cell"):
        whole = runs[runs["error"].isna()]
        label = ", ".join(str(runs[factor].iloc[0]) for factor in varied)
        values = whole[metric].dropna().astype(float).tolist()
        yield Distribution(label, values, len(whole) if may_never_come else len(values))

"""The cumulative distribution of a metric over the runs of a study: a line for each cell.

Drawn like figure 16 of Ongaro and Ousterhout, "In Search of an Understandable Consensus Algorithm", 2014: the share of
runs whose value is at most x, over x.

The band about a line holds the whole distribution that its runs are drawn from with a confidence of 95 %, because lines
are compared as wholes; each band does so by itself, not all of them at once. It is that of Kolmogorov and Smirnov, as
wide everywhere as the distance that an empirical distribution of so many runs keeps to the true one with that
probability (Smirnov, "Table for estimating the goodness of fit of empirical distributions", Annals of Mathematical
Statistics 19, 1948). Where values are not continuous it is too wide rather than too narrow. Where some runs ended
before others had their values, lines are one less Kaplan and Meier's curve, and bands Greenwood's
interval at each value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import seaborn
from scipy.stats import kstwo

from analysis.plots.metric_axis import MetricScale, scale_of, set_logarithmic, spans_many_sizes
from analysis.plots.spread import LINE_STYLES
from analysis.plots.study_values import facts_of, most_of, shortened, told_groups, values_frame
from analysis.plots.theme import COLUMN_MM, GREY, SERIES, new_figure, put_legend, put_title, theme
from analysis.statistics.survival import survival_of
from analysis.study_view import StudyView, chosen_metric

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

MOST_LINES: Final = 16
_MOST_CELLS: Final = 8
"""Cells of several factors up to which each has a line unless asked for otherwise."""
CONFIDENCE: Final = 0.95
_FEW_LINES: Final = 4
_STRONG, _WEAK = 0.22, 0.14
"""How opaque bands are: of a few lines, and of more, where they lie on one another."""


def distribution_figure(
    study: StudyView, metric: str | None = None, by: str | None = None, width: float = COLUMN_MM
) -> Figure:
    """Draw the distributions of a metric of a study, a line for each cell or level of `by`; `width` in millimetres."""
    chosen = chosen_metric(study, metric)
    return draw_distribution(distribution_frame(study, chosen, by), chosen, study.name, width)


def distribution_frame(study: StudyView, metric: str | None = None, by: str | None = None) -> pd.DataFrame:
    """Return the value of each seed in each cell, or at each level of the factor `by`, as `values_frame` does.

    Of more than eight cells, where several factors vary, `by` is the first of these with no more levels than that, if
    there is one.
    """
    chosen = chosen_metric(study, metric)
    if by is None and len(study.frame[study.varied()].drop_duplicates()) > _MOST_CELLS:
        few = (name for name in study.varied() if study.frame[name].nunique(dropna=False) <= _MOST_CELLS)
        by = next(few, None) if len(study.varied()) > 1 else None
    return values_frame(study, chosen, None, None if by is None else [by])


def draw_distribution(frame: pd.DataFrame, metric: str, name: str = "", width: float = COLUMN_MM) -> Figure:
    """Draw what `distribution_frame` gives; `name` is the title, `width` in millimetres.

    A line stays below 1 where times never came. Raises InputError where there are more than sixteen lines.
    """
    most_of(frame, "distribution", MOST_LINES)
    scale = scale_of(metric, frame["value"][frame["came"]])
    with theme():
        figure, axes = new_figure(width, min(0.6 * width, 80))
        draw_steps(axes, frame, scale)
        set_values_along(axes, frame, scale)
        axes.set_xlabel(scale.words)
        axes.set_ylabel("Share of runs at or below")
        set_shares(axes)
        seaborn.despine(ax=axes)
        put_title(figure, shortened(name, 120), facts_of(frame, *distribution_facts(frame)))
        put_legend(figure, axes)
        figure.draw_without_rendering()
    return figure


def distribution_facts(frame: pd.DataFrame) -> list[str]:
    """Return in words what the bands are, and what lines are that stay below 1."""
    early = _ended_early(frame)
    band_words = "band: 95 % interval at each value" if early else "band: the whole curve, with 95 % confidence"
    return [band_words, "" if frame["came"].all() else "a line stays below 1 where the time never came"]


def _ended_early(frame: pd.DataFrame) -> bool:
    """Whether a run ended without a value before one of its group had its own."""
    for _, runs in frame.groupby(["number", "place"]):
        ends, known = runs["value"][~runs["came"]], runs["value"][runs["came"]]
        if len(ends) and len(known) and ends.min() < known.max():
            return True
    return False


def set_shares(axes: Axes) -> None:
    """Have the y axis hold shares."""
    axes.set_ylim(0, 1.02)
    axes.set_yticks([0, 0.25, 0.5, 0.75, 1])
    axes.grid(linewidth=0.4, alpha=0.5)


def set_values_along(axes: Axes, frame: pd.DataFrame, scale: MetricScale) -> None:
    """Have the x axis hold all values that came, on a logarithmic scale where they are of many sizes."""
    values = frame["value"][frame["came"]].to_numpy(dtype=float) / scale.divisor
    if not len(values):
        say_never(axes)
        return
    least, largest = float(values.min()), float(values.max())
    if spans_many_sizes(values):
        set_logarithmic(axes, "x", least, largest)
        axes.set_xlim(least / 1.1, largest * 1.1)
    else:
        room = 0.05 * (largest - least) or 0.05 * abs(largest) or 1.0
        axes.set_xlim(least - room, largest + room)


def say_never(axes: Axes) -> None:
    """Say in the middle of axes that have nothing else in them that the time came in no run."""
    axes.set_xlim(0, 1)
    axes.set_xticks([])
    look: dict[str, Any] = {"transform": axes.transAxes, "ha": "center", "va": "center", "color": GREY}
    axes.text(0.5, 0.5, "never", **look)


def draw_steps(axes: Axes, frame: pd.DataFrame, scale: MetricScale) -> None:
    """Draw the line of each group with its band."""
    early = _ended_early(frame)
    numbers = sorted(frame["number"].unique())
    told = told_groups(frame)
    alpha = _STRONG if len(numbers) <= _FEW_LINES else _WEAK
    for number in numbers:
        runs = frame[frame["number"] == number]
        color, style = SERIES[number % len(SERIES)], LINE_STYLES[number // len(SERIES) % len(LINE_STYLES)]
        x, y, low, high = _steps(runs, early)
        axes.step(
            x / scale.divisor, y, where="post", color=color, linestyle=style, label=told[number] or None, zorder=3
        )
        look: dict[str, Any] = {"step": "post", "color": color, "alpha": alpha, "linewidth": 0, "zorder": 2}
        axes.fill_between(x / scale.divisor, low, high, **look)


def _steps(runs: pd.DataFrame, early: bool) -> tuple[Array, Array, Array, Array]:
    """Return the corners of a distribution, from 0 at the least value, and the edges of its band."""
    found = survival_of(runs["value"].tolist(), runs["came"].tolist())
    if found is None or not found.times:
        return (np.empty(0),) * 4
    x = np.array([found.times[0], *found.times])
    y = 1 - np.array([1.0, *found.share])
    if not early:
        return x, y, *band(y, len(runs))
    return x, y, 1 - np.array([1.0, *found.high]), 1 - np.array([1.0, *found.low])


def band(shares: Array, runs: int) -> tuple[Array, Array]:
    """Return the lower and the upper edge of the band about the shares of a distribution of so many runs."""
    distance = kstwo.ppf(CONFIDENCE, runs) if runs else 0.0
    return np.clip(shares - distance, 0, 1), np.clip(shares + distance, 0, 1)

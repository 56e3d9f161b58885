"""Values of a metric of a study in groups: boxes or violins, with the runs themselves as points.

A box goes from the lower to the upper quartile, its line is the median, its whiskers end at the farthest values within
one and a half times the height of the box (Tukey, "Exploratory Data Analysis", 1977). A violin is a Gaussian kernel
density of Scott's width, on the scale of the axis, ending at the least and the largest value (Hintze and Nelson,
"Violin plots: a box plot-density trace synergism", The American Statistician 52, 1998), with the median and its
interval. Times that never came have no place among the values: they are counted in a strip above them.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import seaborn

from analysis.estimates import Estimate
from analysis.plots.bifurcation import MARKERS
from analysis.plots.curves import set_values
from analysis.plots.factor_axis import set_factor_axis, side_by_side
from analysis.plots.metric_axis import MetricScale, scale_of
from analysis.plots.study_values import facts_of, median_with_interval, most_of, shortened, told_groups, values_frame
from analysis.plots.sweep import LEAST_RUNS
from analysis.plots.theme import BLACK, COLUMN_MM, PAGE_MM, SERIES, new_figure, put_legend, put_title, theme
from analysis.study_view import StudyView, chosen_metric
from topologies.errors import InputError

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_GROUPS: Final = 8
MOST_BOXES: Final = 48
_MOST_IN_COLUMN: Final = 24
_FEWEST_FOR_SHAPE: Final = 5
"""Different values from which on a violin has a shape."""
_MOST_POINTS: Final = 4_000
_GOLDEN: Final = 0.6180339887498949


def box_figure(
    study: StudyView, metric: str | None = None, x: str | None = None, by: str | None = None, width: float | None = None
) -> Figure:
    """Draw boxes of a metric of a study; `width` in millimetres, a column or a page by how many there are."""
    chosen = chosen_metric(study, metric)
    return draw_box(box_frame(study, chosen, x, by), chosen, study.name, width)


def violin_figure(
    study: StudyView, metric: str | None = None, x: str | None = None, by: str | None = None, width: float | None = None
) -> Figure:
    """Draw violins of a metric of a study; `width` in millimetres, a column or a page by how many there are."""
    chosen = chosen_metric(study, metric)
    return draw_violin(violin_frame(study, chosen, x, by), chosen, study.name, width)


def box_frame(study: StudyView, metric: str | None = None, x: str | None = None, by: str | None = None) -> pd.DataFrame:
    """Return the value of each seed at each level of `x` and of `by`, as `values_frame` does.

    `x` is by default the first factor that varies, `by` all others.
    """
    along = x if x is not None else next((name for name in study.varied() if name != by), None)
    return values_frame(study, chosen_metric(study, metric), along, None if by is None else [by])


violin_frame = box_frame


def draw_box(frame: pd.DataFrame, metric: str, name: str = "", width: float | None = None) -> Figure:
    """Draw what `box_frame` gives; `name` is the title, `width` in millimetres (None: a column or a page)."""
    facts = "box: quartiles and median, whiskers 1.5 times as far"
    return _draw(frame, metric, name, width, _draw_box, facts)


def draw_violin(frame: pd.DataFrame, metric: str, name: str = "", width: float | None = None) -> Figure:
    """Draw what `violin_frame` gives; `name` is the title, `width` in millimetres (None: a column or a page)."""
    interval = " with 95 % interval" if frame.groupby(["number", "place"]).size().max() >= LEAST_RUNS else ""
    facts = f"violin: density of the values; black: median{interval}"
    return _draw(frame, metric, name, width, _draw_violin, facts)


def _draw(frame: pd.DataFrame, metric: str, name: str, width: float | None, draw_one: Any, facts: str) -> Figure:
    most_of(frame, facts.partition(":")[0], MOST_GROUPS, "groups")
    levels = frame.drop_duplicates("place").sort_values("place")["x"].tolist()
    numbers = sorted(frame["number"].unique())
    _refuse_many(len(levels) * len(numbers))
    if width is None:
        width = COLUMN_MM if len(levels) * len(numbers) <= _MOST_IN_COLUMN else PAGE_MM
    scale = scale_of(metric, frame["value"][frame["came"]])
    with theme():
        figure, axes = new_figure(width, min(0.7 * width, 90))
        set_values(axes, frame, scale)
        axes.set_ylabel(scale.words)
        factor = str(frame.attrs.get("x") or "")
        places = {place: rank for rank, place in enumerate(sorted(frame["place"].unique()))}
        told = told_groups(frame)
        thick = 0.8 / max(len(numbers), 1)
        for rank, number in enumerate(numbers):
            aside = (rank - (len(numbers) - 1) / 2) * thick
            runs = frame[frame["number"] == number]
            _draw_group(axes, runs, told[number], places, aside, 0.86 * thick, scale, draw_one)
        count_never(axes, frame, places, numbers, thick)
        set_factor_axis(
            axes,
            side_by_side(factor, levels),
        )
        axes.grid(axis="y", linewidth=0.4, alpha=0.5)
        axes.set_axisbelow(True)
        seaborn.despine(ax=axes)
        put_title(figure, shortened(name, 120), facts_of(frame, facts, *_told_never(frame, facts.partition(":")[0])))
        put_legend(figure, axes)
        figure.draw_without_rendering()
    return figure


def _refuse_many(boxes: int) -> None:
    if boxes > MOST_BOXES:
        raise InputError(f"found {boxes} boxes; the plots box and violin have at most {MOST_BOXES}: sweep fewer values")


def _told_never(frame: pd.DataFrame, shape: str) -> list[str]:
    never = int((~frame["came"]).sum())
    return [f"above: runs in which the time never came, {never} in all, which are in no {shape}"] if never else []


def _draw_group(
    axes: Axes,
    runs: pd.DataFrame,
    label: str,
    places: dict[int, int],
    aside: float,
    thick: float,
    scale: MetricScale,
    draw: Any,
) -> None:
    """Draw the boxes of one group, aside of the middle of each place, with the runs as points in front."""
    number = int(runs["number"].iloc[0])
    color = SERIES[number % len(SERIES)]
    for place in sorted(runs["place"].unique()):
        some = runs[runs["place"] == place]
        came = some[some["came"]]
        values = came["value"].to_numpy(dtype=float) / scale.divisor
        middle = places[place] + aside
        if len(values):
            median = median_with_interval(some["value"].tolist(), some["came"].tolist())
            draw(axes, values, middle, thick, color, median, scale.divisor)
        if len(runs) <= _MOST_POINTS:
            spread = (np.arange(1, len(values) + 1) * _GOLDEN % 1 - 0.5) * min(0.55 * thick, 0.24)
            look: dict[str, Any] = {"s": 5, "alpha": 0.6, "linewidths": 0, "zorder": 4}
            axes.scatter(middle + spread, values, marker=MARKERS[number % len(MARKERS)], color=color, **look)
    mark: dict[str, Any] = {"marker": MARKERS[number % len(MARKERS)], "color": color, "markersize": 4}
    axes.plot([], [], linestyle="", label=label or None, **mark)


def _draw_box(
    axes: Axes, values: Any, middle: float, thick: float, color: str, median: Estimate | None, unit: float
) -> None:
    look: dict[str, Any] = {"color": color, "linewidth": 0.9}
    axes.boxplot(
        values,
        positions=[middle],
        widths=thick,
        manage_ticks=False,
        patch_artist=True,
        showfliers=False,
        boxprops={"facecolor": (color, 0.18), "edgecolor": color, "linewidth": 0.9},
        whiskerprops=look,
        capprops=look,
        medianprops={"color": BLACK, "linewidth": 1.2},
        zorder=3,
    )


def _draw_violin(
    axes: Axes, values: Any, middle: float, thick: float, color: str, median: Estimate | None, unit: float
) -> None:
    logarithmic = axes.get_yscale() == "log"
    if len(np.unique(values)) >= _FEWEST_FOR_SHAPE:
        heights, shares = density(values, logarithmic)
        half = 0.5 * thick * shares
        look: dict[str, Any] = {"facecolor": (color, 0.18), "edgecolor": color, "linewidth": 0.8, "zorder": 2}
        axes.fill_betweenx(heights, middle - half, middle + half, **look)
    if median is None or not np.isfinite(median.value):
        return
    if median.low is not None and median.high is not None:
        top = median.high / unit if np.isfinite(median.high) else axes.get_ylim()[1]
        axes.vlines(middle, median.low / unit, top, color=BLACK, linewidth=1.4, zorder=5)
    half = min(0.25 * thick, 0.16)
    axes.hlines(median.value / unit, middle - half, middle + half, color=BLACK, linewidth=1.4, zorder=5)


def density(values: Any, logarithmic: bool, points: int = 120) -> tuple[Any, Any]:
    """Return values from the least to the largest, and how dense the sample is there, the most being 1."""
    from scipy.stats import gaussian_kde

    scaled = np.log(values) if logarithmic else np.asarray(values, dtype=float)
    at = np.linspace(scaled.min(), scaled.max(), points)
    found = gaussian_kde(scaled)(at)
    return (np.exp(at) if logarithmic else at), found / found.max()


def count_never(axes: Axes, frame: pd.DataFrame, places: dict[int, int], numbers: list[int], thick: float) -> None:
    """Write above the axes, in a strip of its own, in how many runs of each group the time never came."""
    never = frame[~frame["came"]]
    if not len(never):
        return
    strip = axes.inset_axes((0, 1.02, 1, 0.09), sharex=axes)
    strip.set(ylim=(0, 1), yticks=[0.5], yticklabels=["never"], facecolor="#F2F2F2")
    strip.tick_params(length=0, labelbottom=False, bottom=False)
    for side in strip.spines.values():
        side.set_visible(False)
    for (number, place), count in Counter(zip(never["number"], never["place"], strict=True)).items():
        at = places[place] + (numbers.index(number) - (len(numbers) - 1) / 2) * thick
        color = SERIES[number % len(SERIES)]
        strip.text(at, 0.48, str(count), color=color, ha="center", va="center", fontsize="small")

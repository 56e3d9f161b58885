"""A metric of a study along a factor: medians with their intervals, seeds as faint points.

Along numbers medians of a group are joined by a line; names lie side by side, and cells of a sampled design are points.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import seaborn
from matplotlib.transforms import ScaledTranslation

from analysis.plots.bifurcation import MARKERS
from analysis.plots.design_points import draw_points, is_scattered, points_frame
from analysis.plots.factor_axis import factor_along, factor_axis, set_factor_axis, time_levels
from analysis.plots.metric_axis import MetricScale, scale_of, set_logarithmic, spans_many_sizes
from analysis.plots.spread import LINE_STYLES
from analysis.plots.study_values import (
    OVER_TIME,
    TIME,
    facts_of,
    median_with_interval,
    most_of,
    shortened,
    told_groups,
    values_frame,
)
from analysis.plots.theme import COLUMN_MM, SERIES, new_figure, put_legend, put_title, theme
from analysis.study_view import StudyView, chosen_metric
from topologies.errors import InputError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_LINES: Final = 8
_MOST_BARS: Final = 12
"""Places along the axis beyond which intervals are bands instead of bars."""
_MOST_POINTS: Final = 4_000
_APART_POINTS: Final = 2.2
_APART_NAMES: Final = 5.0
_GROUPS_POINTS: Final = 130.0
"""How far groups are apart at a number and at most at a name, and what all groups at all names may take."""
_MARGIN: Final = 0.06
"""How far values stay from the edges of a logarithmic axis, as a share of it, so that no marker is cut."""


def curves_figure(
    study: StudyView, metric: str | None = None, x: str | None = None, by: str | None = None, width: float = COLUMN_MM
) -> Figure:
    """Draw a metric of a study along the factor `x`, or a time series, with a line for each level of `by`.

    `width` is in millimetres.
    """
    chosen = _chosen(study, metric)
    return draw_curves(curves_frame(study, chosen, x, by), chosen, study.name, width)


def curves_frame(
    study: StudyView, metric: str | None = None, x: str | None = None, by: str | None = None
) -> pd.DataFrame:
    """Return the value of each seed along a factor, as `values_frame` does.

    `x` is by default the first that is a number, of nodes and the like before others; `by` all others that vary.
    `metric` may be a time series that the study has kept, `series.NAME`: then it is along time. Of a sampled design,
    where no line can be drawn along a factor, each cell is a `point`, as `points_frame` says.
    """
    chosen = _chosen(study, metric)
    if chosen.startswith(OVER_TIME):
        if x is not None:
            raise InputError(f"found the factor {x} for x; the time series {chosen} is drawn over time: leave it out")
        return values_frame(study, chosen, TIME, None if by is None else [by])
    along = factor_along(study) if x is None else x
    if along == by and by is not None:
        along = next((name for name in study.varied() if name != by), None)
    if is_scattered(study, along):
        return points_frame(study, chosen, along, by)
    return values_frame(study, chosen, along, None if by is None else [by])


def _chosen(study: StudyView, metric: str | None) -> str:
    return metric if metric is not None and metric.startswith(OVER_TIME) else chosen_metric(study, metric)


def curves_medians(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the median of each group at each level of the factor, of what `curves_frame` gives.

    Columns: `group` with its `number`; `x` with its `place`; `runs`, and `never`, of how many of these a time never
    came; `median`, infinite where it did not come in half of the runs, and `low` and `high`, the 95 % interval, NaN
    where there are too few runs for one; of a sampled design, `point`.
    """
    rows = []
    points = ["point"] if "point" in frame else []
    for (number, place, *point), runs in frame.groupby(["number", "place", *points], sort=True):
        found = median_with_interval(runs["value"].tolist(), runs["came"].tolist())
        assert found is not None
        bounds = [np.nan if bound is None else bound for bound in (found.low, found.high)]
        first = runs.iloc[0]
        rows.append((first["group"], number, first["x"], place, len(runs), (~runs["came"]).sum(), found.value, *bounds))
        rows[-1] += tuple(point)
    names = ["group", "number", "x", "place", "runs", "never", "median", "low", "high", *points]
    medians = pd.DataFrame(rows, columns=names)
    medians.attrs = dict(frame.attrs)
    return medians


def draw_curves(frame: pd.DataFrame, metric: str, name: str = "", width: float = COLUMN_MM) -> Figure:
    """Draw what `curves_frame` gives; `name` is the title, `width` in millimetres.

    Raises InputError where there are more than eight lines.
    """
    most_of(frame, "curves", MOST_LINES)
    medians = curves_medians(frame)
    scale = scale_of(metric.removeprefix(OVER_TIME), frame["value"][frame["came"]])
    with theme():
        figure, axes = new_figure(width, min(0.66 * width, 90))
        levels = frame.drop_duplicates("place").sort_values("place")["x"].tolist()
        axis = time_levels(levels) if metric.startswith(OVER_TIME) else factor_axis(frame.attrs.get("x") or "", levels)
        set_values(axes, frame, scale, linear=metric.startswith(OVER_TIME))
        axes.set_ylabel(scale.words)
        where = dict(zip(sorted(frame["place"].unique()), axis.places, strict=True))
        if "point" in frame:
            draw_points(axes, frame, medians, where, scale)
        else:
            draw_lines(axes, frame, medians, where, axis.numbers, scale)
        set_factor_axis(axes, axis)
        axes.grid(linewidth=0.4, alpha=0.5)
        axes.set_axisbelow(True)
        seaborn.despine(ax=axes)
        put_title(figure, shortened(name, 120), facts_of(medians, *curves_facts(medians)))
        put_legend(figure, axes)
        figure.draw_without_rendering()
    return figure


def curves_facts(medians: pd.DataFrame) -> list[str]:
    """Return in words what points, bars and triangles are."""
    interval = medians["low"].notna().any()
    dense = medians["place"].nunique() > _MOST_BARS or medians["runs"].sum() > _MOST_POINTS
    seeds = "; faint: runs" if (medians["runs"] > 1).any() and not dense and "point" not in medians else ""
    told = f"median with 95 % interval{seeds}" if interval else f"median{seeds}"
    told += "; a point for each cell, other factors vary too" if "point" in medians else ""
    never = "▲: the time never came in half of the runs" if np.isinf(medians["median"]).any() else ""
    came = int(medians["never"].sum())
    told_never = f"it never came in {came} run{'s' * (came != 1)}" if came and not never else ""
    return [told, never, told_never]


def set_values(axes: Axes, frame: pd.DataFrame, scale: MetricScale, linear: bool = False) -> None:
    """Have the y axis hold all values that came, on a logarithmic scale where they are of many sizes, or `linear`."""
    known = (frame["value"][frame["came"]] / scale.divisor).to_numpy(dtype=float)
    if not len(known):
        axes.set_ylim(0, 1)
        axes.set_yticks([])
        return
    least, largest = float(known.min()), float(known.max())
    if spans_many_sizes(known) and not linear:
        set_logarithmic(axes, "y", least, largest)
        room = max(1.2, (largest / least) ** _MARGIN)
        axes.set_ylim(least / room, largest * room)
        return
    low = min(0.0, least * 1.04)
    if least > 0.5 * largest and largest > 0:
        low = least - 0.08 * (largest - least or largest)
    axes.set_ylim(low, largest + 0.06 * ((largest - low) or 1.0))


def draw_lines(
    axes: Axes,
    frame: pd.DataFrame,
    medians: pd.DataFrame,
    where: Mapping[int, float],
    joined: bool,
    scale: MetricScale,
) -> None:
    """Draw the medians of each group with their intervals, and the runs; `where` each place is along the axis.

    Medians are `joined` by a line where places are numbers.
    """
    numbers = sorted(frame["number"].unique())
    told = told_groups(frame)
    for rank, number in enumerate(numbers):
        line = medians[medians["number"] == number].sort_values("place", key=lambda places: places.map(where))
        color = SERIES[number % len(SERIES)]
        dense = joined and len(where) > _MOST_BARS
        apart = _APART_POINTS if joined else min(_APART_NAMES, _GROUPS_POINTS / len(where) / len(numbers))
        aside = 0.0 if dense else (rank - (len(numbers) - 1) / 2) * apart
        moved = axes.transData + ScaledTranslation(aside / 72, 0, axes.figure.dpi_scale_trans)
        at = np.array([where[place] for place in line["place"]], dtype=float)
        runs = frame[(frame["number"] == number) & frame["came"]]
        if len(runs) > len(line) and not dense and len(frame) <= _MOST_POINTS:
            x = [where[place] for place in runs["place"]]
            look: dict[str, Any] = {"s": 3.5, "color": color, "alpha": 0.28, "linewidths": 0, "zorder": 2}
            axes.scatter(x, runs["value"] / scale.divisor, transform=moved, **look)
        _draw_line(axes, line, at, number, scale, moved, joined, dense, told[number])


def _draw_line(
    axes: Axes,
    line: pd.DataFrame,
    at: Any,
    number: int,
    scale: MetricScale,
    moved: Any,
    joined: bool,
    dense: bool,
    label: str,
) -> None:
    """Draw the medians of one group at some places, with bars, or where these are dense a band."""
    color, style = SERIES[number % len(SERIES)], LINE_STYLES[number % len(LINE_STYLES) if dense else 0]
    values = line["median"].to_numpy(dtype=float) / scale.divisor
    low = line["low"].fillna(line["median"]).to_numpy(dtype=float) / scale.divisor
    high = line["high"].fillna(line["median"]).to_numpy(dtype=float) / scale.divisor
    shown = np.where(np.isfinite(values), values, np.nan)
    top = axes.get_ylim()[1]
    below = np.where(np.isfinite(low), low, top)
    above = np.where(np.isfinite(high), high, top)
    look: dict[str, Any] = {"color": color, "zorder": 3, "transform": moved}
    if dense:
        axes.fill_between(at, below, above, color=color, alpha=0.18, linewidth=0, zorder=1)
    elif np.any(above > below):
        axes.vlines(at, below, above, linewidth=1.0, **look)
    marker: dict[str, Any] = {"marker": "" if dense else MARKERS[number % len(MARKERS)], "markersize": 3.4}
    axes.plot(at, shown, linestyle=style if joined else "", label=label or None, **look, **marker)
    never = ~np.isfinite(values)
    if never.any():
        look |= {"linestyle": "", "marker": "^", "markersize": 4.5, "markerfacecolor": "white", "clip_on": False}
        axes.plot(at[never], np.full(never.sum(), top), **look)

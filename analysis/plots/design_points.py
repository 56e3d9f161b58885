"""A metric of a sampled design along one of its factors: a point for each cell, since few differ in it alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
from matplotlib.transforms import ScaledTranslation

from analysis.plots.bifurcation import MARKERS
from analysis.plots.study_values import factor_levels, told_groups, told_levels, values_frame
from analysis.plots.theme import SERIES
from topologies.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from matplotlib.axes import Axes

    from analysis.plots.metric_axis import MetricScale
    from analysis.study_view import StudyView

MOST_COLORS: Final = 8
"""Cells up to which each is told by its name, and levels that are told apart by colours."""
_APART_POINTS: Final = 1.6


def is_scattered(study: StudyView, x: str | None) -> bool:
    """Whether cells are at less than half of the crossings of `x` with what else varies, so that no lines join them."""
    others = [name for name in study.varied() if name != x]
    cells = study.frame.drop_duplicates("cell")
    if x is None or not others or len(cells) <= MOST_COLORS:
        return False
    return 2 * len(cells) < cells[x].nunique() * len(cells[others].drop_duplicates())


def points_frame(study: StudyView, metric: str, x: str | None, by: str | None) -> pd.DataFrame:
    """Return the value of each seed in each cell as `values_frame` does, and the number of its `point`.

    Groups are the levels of `by`, numbers in ascending order; by default of the first factor of a few names, if any.
    Raises InputError where `by` has more levels than there are colours.
    """
    by = _few_names(study, x) if by is None else by
    frame = values_frame(study, metric, x, None, (by,))
    attrs = frame.attrs
    levels = [] if by is None else factor_levels(study, by)
    if len(levels) > MOST_COLORS:
        raise InputError(
            f"{by} has {len(levels)} levels; the plot curves has at most {MOST_COLORS} colours: name a factor of fewer "
            "by --by, or leave --by out"
        )
    told = [told_levels([by], [level]) for level in levels] if by is not None else [""]
    frame["point"] = frame.groupby(["row_place", "number", "place"]).ngroup()
    frame = frame.assign(number=frame["row_place"], group=[told[place] for place in frame["row_place"]])
    frame = frame.drop(columns=["row", "row_place"])
    frame.attrs = {**attrs, "by": [] if by is None else [by], "order": told}
    return frame


def _few_names(study: StudyView, x: str | None) -> str | None:
    names = [name for name in study.varied() if name != x and name not in study.numeric()]
    return next((name for name in names if len(factor_levels(study, name)) <= MOST_COLORS), None)


def draw_points(
    axes: Axes, frame: pd.DataFrame, medians: pd.DataFrame, where: Mapping[int, float], scale: MetricScale
) -> None:
    """Draw each cell's median with its interval, those at one place beside one another; `where` places are along."""
    told = told_groups(frame)
    top = axes.get_ylim()[1]
    beside = medians.groupby("place").cumcount() - (medians.groupby("place")["point"].transform("size") - 1) / 2
    medians = medians.assign(aside=beside * _APART_POINTS, at=medians["place"].map(where))
    named: set[int] = set()
    row: Any
    for row in medians.itertuples():
        moved = axes.transData + ScaledTranslation(row.aside / 72, 0, axes.figure.dpi_scale_trans)
        look: dict[str, Any] = {"color": SERIES[row.number % len(SERIES)], "transform": moved}
        low, high = (top if end == np.inf else end / scale.divisor for end in (row.low, row.high))
        if not np.isnan([low, high]).any():
            axes.vlines(row.at, low, high, linewidth=0.8, alpha=0.6, zorder=2, **look)
        if not np.isfinite(row.median):
            hollow: dict[str, Any] = {"marker": "^", "markersize": 4.5, "markerfacecolor": "white", "clip_on": False}
            axes.plot([row.at], [top], linestyle="", zorder=3, **hollow, **look)
            continue
        label = told[row.number] if row.number not in named else None
        named.add(row.number)
        marker = MARKERS[row.number % len(MARKERS)]
        value = row.median / scale.divisor
        axes.plot([row.at], [value], marker, markersize=3.4, label=label or None, zorder=3, clip_on=False, **look)

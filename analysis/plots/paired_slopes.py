"""Paired slopes: a line for each seed from level to level of a factor, and below the mean differences.

The lower axes show means of differences with their intervals beside the pairs that they come from, as in Ho, Tumkaya,
Aryal, Choi and Claridge-Chang, "Moving beyond P values: data analysis with estimation graphics", 2019.
"""

from __future__ import annotations

from itertools import pairwise
from math import ceil
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import seaborn
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from analysis.plots.metric_axis import (
    MetricScale,
    ellipsised,
    keep_ticks_below,
    scale_of,
    set_logarithmic,
    spans_many_sizes,
)
from analysis.plots.paired import paired_differences, paired_frame
from analysis.plots.theme import (
    BLACK,
    BLUE,
    COLUMN_MM,
    GREY,
    MM_PER_INCH,
    PAGE_MM,
    VERMILION,
    put_legend,
    put_title,
    theme,
)
from analysis.study_view import StudyView, chosen_metric

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

_UP: Final[dict[str, Any]] = {"color": VERMILION, "linestyle": (0, (4, 1.5))}
_DOWN: Final[dict[str, Any]] = {"color": BLUE, "linestyle": "-"}
_LOST: Final[dict[str, Any]] = {"color": GREY, "linestyle": (0, (1, 1.5))}
_LEVEL_MM: Final = 9.0
"""Room that one level takes at least along the axis."""
_BESIDE_MM: Final = 16.0
_UPPER_MM: Final = 34.0
_LOWER_MM: Final = 20.0
_BELOW_MM: Final = 4.0
_LETTER_MM: Final = 1.6
_LONGEST: Final = 20
"""Letters of the longest name of a level."""
_ROOM: Final = 0.35
"""Room on both sides of the first and the last level, in steps between levels."""


def paired_figure(
    study: StudyView, metric: str | None = None, by: str | None = None, width: float | None = None
) -> Figure:
    """Draw a metric of a study under the levels of a factor, seed by seed; `width` in millimetres.

    It is as wide as a column where there are at most two rows of groups then, otherwise as a page.
    """
    frame = paired_frame(study, metric, by)
    if width is None:
        width = COLUMN_MM if frame["group"].nunique() <= 2 * _columns(frame, COLUMN_MM) else PAGE_MM
    return draw_paired(frame, chosen_metric(study, metric), study.name, width)


def draw_paired(frame: pd.DataFrame, metric: str, name: str = "", width: float = COLUMN_MM) -> Figure:
    """Draw what `paired_frame` gives: seeds as lines above, differences from the first level with intervals below.

    A pair of which one side never came ends at the line `never` at the top, and is not in the mean difference. `name`
    is the title, `width` in millimetres.
    """
    differences = paired_differences(frame)
    groups = list(frame["group"].drop_duplicates())
    columns = _columns(frame, width)
    rows = ceil(len(groups) / columns)
    names = dict(sorted(zip(frame["place"], frame["level"], strict=True)))
    letters = int((width / columns - _BESIDE_MM) / len(names) / _LETTER_MM)
    upright = max(map(len, names.values())) > letters
    names = {place: ellipsised(name, _LONGEST if upright else letters) for place, name in names.items()}
    with theme():
        figure, axes = _new_axes(width, rows, columns, max(map(len, names.values())) if upright else 1)
        scale = scale_of(metric, frame["value"].dropna())
        for number, group in enumerate(groups):
            row, column = divmod(number, columns)
            upper, lower = axes[2 * row][column], axes[2 * row + 1][column]
            of_group = frame[frame["group"] == group]
            _draw_seeds(upper, of_group, scale)
            _draw_differences(lower, differences[differences["group"] == group], scale)
            _set_levels(lower, names, upright, number + columns >= len(groups))
            upper.set_title(ellipsised(group, int(width / columns / 1.7)), loc="left", pad=3)
            if column == 0:
                upper.set_ylabel(scale.words)
                unit = f" ({scale.symbol})" if scale.symbol else ""
                lower.set_ylabel(f"Change from\n{ellipsised(differences['against'].iloc[0], 12)}{unit}")
        for empty in range(len(groups), rows * columns):
            for panel in (
                axes[2 * (empty // columns)][empty % columns],
                axes[2 * (empty // columns) + 1][empty % columns],
            ):
                panel.set_visible(False)
        put_title(figure, name, _facts(frame, differences))
        put_legend(figure, *(panel for line in axes[::2] for panel in line))
        figure.draw_without_rendering()
    return figure


def _columns(frame: pd.DataFrame, width: float) -> int:
    """Return how many groups have room side by side."""
    groups, levels = frame["group"].nunique(), int(frame["place"].max()) + 1
    most = max(1, min(groups, int(width / (_BESIDE_MM + _LEVEL_MM * levels))))
    return ceil(groups / ceil(groups / most))  # rows that are as full as one another


def _new_axes(width: float, rows: int, columns: int, letters: int) -> tuple[Figure, Any]:
    height = _BELOW_MM + letters * _LETTER_MM * 0.65 + rows * (_UPPER_MM + _LOWER_MM)
    figure = Figure(figsize=(width / MM_PER_INCH, height / MM_PER_INCH), layout="constrained")
    FigureCanvasAgg(figure)
    ratios = [_UPPER_MM, _LOWER_MM] * rows
    return figure, figure.subplots(2 * rows, columns, squeeze=False, height_ratios=ratios)


def _draw_seeds(axes: Axes, frame: pd.DataFrame, scale: MetricScale) -> None:
    """Draw a line for each seed, and the means of the seeds at each level."""
    values = frame.pivot(index="seed", columns="place", values="value") / scale.divisor
    known = values.to_numpy()[~np.isnan(values.to_numpy())]
    logarithmic = spans_many_sizes(known)
    never = _set_values(axes, known, logarithmic, bool((~frame["came"]).any()))
    ran = frame.pivot(index="seed", columns="place", values="came").notna().to_numpy()
    alpha = float(np.clip(6 / max(1, len(values)), 0.25, 0.8))
    table = values.to_numpy()
    for seed in range(len(table)):
        places = np.flatnonzero(ran[seed]).tolist()
        for left, right in pairwise(places):
            ends = table[seed, [left, right]]
            came = ~np.isnan(ends)
            look, words = (_LOST, "one never came") if not came.all() else _direction(ends)
            axes.plot(
                values.columns[[left, right]],
                np.where(came, ends, never),
                **look,
                alpha=alpha if came.all() else 0.9,
                linewidth=0.8,
                label=words,
            )
    for place, column in enumerate(values.columns.tolist()):
        lost = int((ran[:, place] & np.isnan(table[:, place])).sum())
        if lost:
            axes.plot([column], [never], "x", color=BLACK, markersize=4, clip_on=False)
            axes.annotate(str(lost), (column, never), (4, 1), textcoords="offset points", fontsize="small")
    axes.set_xlim(-_ROOM, int(frame["place"].max()) + _ROOM)
    axes.set_xticks([])
    seaborn.despine(ax=axes, bottom=True)


def _direction(ends: Any) -> tuple[dict[str, Any], str]:
    return (_UP, "more than before") if ends[1] > ends[0] else (_DOWN, "less, or the same")


def _set_values(axes: Axes, known: Any, logarithmic: bool, some_never_came: bool) -> float:
    """Have the axis hold all values and, where there are some, those that never came; return the place of these."""
    least, largest = (float(each) for each in ((known.min(), known.max()) if len(known) else (0.0, 1.0)))
    if logarithmic:
        set_logarithmic(axes, "y", least, largest)
        low, high = least / (largest / least) ** 0.06, largest * (largest / least) ** 0.06
        never: float = largest * (largest / least) ** 0.18
    else:
        extent = (largest - least) or abs(largest) or 1.0
        low, high, never = least - 0.06 * extent, largest + 0.06 * extent, largest + 0.18 * extent
        axes.yaxis.set_major_locator(MaxNLocator(nbins=5))
    axes.set_ylim(low, never if some_never_came else high)
    if some_never_came:
        keep_ticks_below(axes, "y", high)
        axes.axhline(never, color=GREY, linewidth=0.6)
        axes.annotate(
            "never",
            (0, never),
            (-3, 0),
            xycoords=("axes fraction", "data"),
            textcoords="offset points",
            ha="right",
            va="center",
            fontsize="small",
        )
    return never


def _draw_differences(axes: Axes, differences: pd.DataFrame, scale: MetricScale) -> None:
    """Draw the mean differences from the first level, which has a line of its own at zero."""
    axes.axhline(0, color=GREY, linewidth=0.6)
    row: Any
    for row in differences.itertuples():
        if np.isnan(row.value):
            axes.text(row.place, 0, "no\npair", ha="center", va="center", fontsize="small", color=GREY)
            continue
        value, low, high = (part / scale.divisor for part in (row.value, row.low, row.high))
        if not np.isnan(low):
            axes.errorbar([row.place], [value], [[value - low], [high - value]], color=BLACK, capsize=2, linewidth=1.0)
        axes.plot([row.place], [value], "o", color=BLACK, markersize=4)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4))
    axes.yaxis.set_major_formatter(
        FuncFormatter(lambda value, _: f"{value:+,.10g}".replace("-", "−") if value else "0")
    )
    axes.margins(y=0.15)
    axes.grid(axis="y", linewidth=0.4, alpha=0.5)
    seaborn.despine(ax=axes)


def _set_levels(axes: Axes, names: dict[int, str], upright: bool, lowest: bool) -> None:
    """Mark the levels along the axis, and name them at the lowest one, upright where they have no room otherwise."""
    axes.set_xlim(-_ROOM, max(names) + _ROOM)
    axes.set_xticks(list(names), list(names.values()) if lowest else [""] * len(names))
    axes.tick_params(axis="x", rotation=40 if upright else 0)
    if upright:
        for label in axes.get_xticklabels():
            label.set(ha="right", rotation_mode="anchor")


def _facts(frame: pd.DataFrame, differences: pd.DataFrame) -> str:
    """Return in words how many seeds there are, what the differences are, and what is not in them."""
    seeds = frame.groupby("group")["seed"].nunique()
    told = f"{seeds.min()}" if seeds.min() == seeds.max() else f"{seeds.min()} to {seeds.max()}"
    facts = f"{told} seeds, each a line; below: mean difference"
    if differences["low"].notna().any():
        facts += " with its 95 % interval (bootstrap of pairs)"
    lost = int(differences["unfinished"].sum())
    if lost:
        begun = int(differences["pairs"].sum()) + lost
        facts += f", without {lost} of {begun} pairs, of which one never came"
    return facts

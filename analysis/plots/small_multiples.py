"""A metric of a study in panels: one for each pair of levels of two factors, with a third told apart inside.

A panel shows the curve of the metric along a factor where one is named, otherwise its distribution; all have the same
axes, so that panels can be compared by eye.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import TYPE_CHECKING, Any, Final

import seaborn
from matplotlib.ticker import LogLocator

from analysis.plots.curves import curves_facts, curves_medians, draw_lines, set_values
from analysis.plots.distribution import distribution_facts, draw_steps, set_shares, set_values_along
from analysis.plots.factor_axis import axis_words, factor_axis, set_factor_axis
from analysis.plots.metric_axis import MetricScale, scale_of
from analysis.plots.study_values import factor_levels, facts_of, most_of, shortened, told_levels, values_frame
from analysis.plots.theme import COLUMN_MM, GREY, PAGE_MM, new_grid, put_legend, put_title, theme
from analysis.study_view import StudyView, chosen_metric
from topologies.errors import InputError

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_LINES: Final = 8
MOST_ROWS: Final = 8
MOST_COLUMNS: Final = 8
_MOST_IN_COLUMN: Final = 3
"""Panels side by side that the column of a page has room for."""
_PANEL_MM: Final = {1: 38.0, 2: 27.0}
"""Height of a panel, where there are one or two above one another; of more it is the least."""
_LEAST_PANEL_MM: Final = 20.5
_BELOW_MM: Final = 10.0
_LETTERS: Final = 13


def small_multiples_figure(
    study: StudyView, metric: str | None = None, x: str | None = None, by: str | None = None, width: float | None = None
) -> Figure:
    """Draw a metric of a study in panels; `width` in millimetres, a column or a page by how many are side by side."""
    chosen = chosen_metric(study, metric)
    return draw_small_multiples(small_multiples_frame(study, chosen, x, by), chosen, study.name, width)


def small_multiples_frame(
    study: StudyView, metric: str | None = None, x: str | None = None, by: str | None = None
) -> pd.DataFrame:
    """Return the value of each seed in each panel: what `values_frame` gives, with `row` and `column` of its panel.

    `x` is the factor along the axes of panels, by default none; `by` the one told apart inside, by default the last
    where more than two are left; the others that vary, one or two, are those of rows and columns. Raises InputError
    where there are none or more of these, or too many panels.
    """
    others = [name for name in study.varied() if name not in (x, by)]
    inside = by
    if by is None and len(others) > 2:
        inside = others.pop()
    if len(others) > 2:
        raise InputError(
            f"the study {study.name} varies {', '.join(others)} over panels; the plot small-multiples has rows and "
            "columns: name the factor of their axes by --x, the one of their lines by --by, or fix one"
        )
    others.sort(key=lambda name: -len(factor_levels(study, name)))
    panels: list[str | None] = [*others, None, None][:2]
    for factor, most in zip(panels, (MOST_ROWS, MOST_COLUMNS), strict=True):
        found = 1 if factor is None else len(factor_levels(study, factor))
        if found > most:
            raise InputError(f"{factor} has {found} levels; the plot small-multiples has at most {most} of panels")
    frame = values_frame(study, chosen_metric(study, metric), x, [] if inside is None else [inside], panels)
    frame.attrs["row"], frame.attrs["column"] = panels
    return frame


def draw_small_multiples(frame: pd.DataFrame, metric: str, name: str = "", width: float | None = None) -> Figure:
    """Draw what `small_multiples_frame` gives; `name` is the title, `width` in millimetres (None: a column or a page).

    Raises InputError where there are more than eight lines in a panel.
    """
    most_of(frame, "small-multiples", MOST_LINES, "lines in a panel")
    rows, columns = (sorted(frame[f"{panel}_place"].unique()) for panel in ("row", "column"))
    if width is None:
        width = COLUMN_MM if len(columns) <= _MOST_IN_COLUMN else PAGE_MM
    along = frame.attrs.get("x")
    scale = scale_of(metric, frame["value"][frame["came"]])
    with theme():
        figure, axes = new_grid(
            width, len(rows) * _PANEL_MM.get(len(rows), _LEAST_PANEL_MM) + _BELOW_MM, len(rows), len(columns)
        )
        for panel, (row, column) in zip(axes, product(rows, columns), strict=True):
            runs = frame[(frame["row_place"] == row) & (frame["column_place"] == column)]
            (_draw_distribution if along is None else _draw_curve)(panel, runs, frame, scale)
            _share_axes(panel, row == rows[-1], column == columns[0], len(columns))
        _name_panels(axes, frame, len(columns))
        words = (scale.words, "Share of runs at or below") if along is None else (axis_words(along), scale.words)
        axes[-1 - len(columns) // 2].set_xlabel(words[0])
        figure.supylabel(words[1], size="medium")
        facts = distribution_facts(frame) if along is None else curves_facts(curves_medians(_cells(frame)))
        put_title(figure, shortened(name, 120), facts_of(_cells(frame), *facts))
        put_legend(figure, *axes)
        figure.draw_without_rendering()
    return figure


def _cells(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with a number for each group of each panel, so that they are counted apart."""
    numbers = frame.groupby(["row_place", "column_place", "number"], sort=True).ngroup()
    cells = frame.assign(number=numbers)
    cells.attrs = frame.attrs
    return cells


def _draw_distribution(axes: Axes, runs: pd.DataFrame, frame: pd.DataFrame, scale: MetricScale) -> None:
    draw_steps(axes, runs, scale)
    set_values_along(axes, frame, scale)
    set_shares(axes)
    axes.set_yticks([0, 0.5, 1])
    if frame["came"].any() and not runs["came"].any():
        axes.text(0.5, 0.5, "never", transform=axes.transAxes, ha="center", va="center", color=GREY)


def _draw_curve(axes: Axes, runs: pd.DataFrame, frame: pd.DataFrame, scale: MetricScale) -> None:
    set_values(axes, frame, scale)
    axis = factor_axis(str(frame.attrs["x"]), frame.drop_duplicates("place").sort_values("place")["x"].tolist())
    where = dict(zip(sorted(frame["place"].unique()), axis.places, strict=True))
    draw_lines(axes, runs, curves_medians(runs), where, axis.numbers, scale)
    set_factor_axis(axes, axis)
    axes.grid(linewidth=0.4, alpha=0.5)


def _share_axes(axes: Axes, lowest: bool, first: bool, columns: int) -> None:
    """Have numbers only at the left and at the bottom of all panels, few where panels are narrow."""
    axes.set(xlabel="", ylabel="")
    axes.tick_params(labelleft=first, labelbottom=lowest)
    if (
        columns >= _MOST_IN_COLUMN
        and axes.get_xscale() == "log"
        and isinstance(axes.xaxis.get_major_locator(), LogLocator)
    ):
        axes.xaxis.set_major_locator(LogLocator(subs=(1.0,), numticks=4))
    seaborn.despine(ax=axes)


def _name_panels(axes: Sequence[Axes], frame: pd.DataFrame, columns: int) -> None:
    """Write the level of each column above it, and that of each row at its right."""
    for panel, level in zip(axes[:columns], _levels(frame, "column"), strict=True):
        panel.set_title(_told(frame, "column", level), pad=3)
    for panel, level in zip(axes[columns - 1 :: columns], _levels(frame, "row"), strict=True):
        panel.yaxis.set_label_position("right")
        panel.set_ylabel(_told(frame, "row", level), rotation=270, labelpad=8)


def _levels(frame: pd.DataFrame, panel: str) -> list[Any]:
    place = f"{panel}_place"
    return list(frame.drop_duplicates(place).sort_values(place)[panel])


def _told(frame: pd.DataFrame, panel: str, level: object) -> str:
    factor = frame.attrs.get(panel)
    return shortened(level if factor is None else told_levels((factor,), (level,)), _LETTERS)

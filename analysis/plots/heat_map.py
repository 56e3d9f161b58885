"""A metric of a study over two of its factors: a cell for each pair of levels, with its value and how sure it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import inf, isfinite, nan
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LogNorm, Normalize
from matplotlib.patches import Rectangle
from matplotlib.ticker import PercentFormatter

from analysis.estimates import share_of
from analysis.metrics import known_metric
from analysis.plots.factor_axis import axis_words, factor_along, set_factor_axis, side_by_side, told_number
from analysis.plots.metric_axis import MetricScale, scale_of, set_logarithmic, spans_many_sizes, words_of_metric
from analysis.plots.study_values import (
    CHECK,
    factor_levels,
    facts_of,
    median_with_interval,
    shortened,
    values_frame,
)
from analysis.plots.theme import COLUMN_MM, GREY, PAGE_MM, amount_colors, new_figure, put_title, theme, time_colors
from analysis.study_view import StudyView, chosen_metric
from topologies.errors import InputError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_LEVELS: Final = 40
NEVER: Final = "never."
"""What stands before the name of a time, to draw the share of runs in which it did not come."""
_COLUMN_MM: Final = 10.0
_LEAST_TOLD_MM: Final = 8.0
"""Width of a cell that suits its words, and from which on they have room."""
_ROW_MM: Final = 8.5
_LEAST_ROW_MM: Final = 3.2
_BESIDE_MM: Final = 9.0
_BELOW_MM: Final = 24.0
_MOST_HIGH_MM: Final = 150
_MIDDLE_LUMINANCE: Final = 0.179
"""That of a colour on which black and white letters have the same contrast, 4.6 to 1."""
_BAR_MM: Final = 2.2
_OVER_MM: Final = 7.0
"""Height of the key of the colours, and how far its numbers may be beyond its ends, both together."""
_MOST_TICKS: Final = 20
_LETTERS: Final = 16
COLUMNS: Final = ("row", "row_place", "x", "place", "runs", "never", "value", "low", "high")


def heat_map_figure(
    study: StudyView, metric: str | None = None, x: str | None = None, by: str | None = None, width: float | None = None
) -> Figure:
    """Draw a metric of a study over two factors; `width` in millimetres, a column or a page by how many cells."""
    frame = heat_map_frame(study, metric, x, by)
    return draw_heat_map(frame, frame.attrs["metric"], study.name, width)


def heat_map_frame(
    study: StudyView, metric: str | None = None, x: str | None = None, by: str | None = None
) -> pd.DataFrame:
    """Return a metric at each pair of levels of two factors, `x` from left to right and `by` from the top down.

    They are by default the two first that vary. `metric` may be that of a study, of which the median is taken, or
    `never.METRIC`, the share of runs in which that time did not come, or `check.NAME`, the share of runs that violate a
    check. Columns: `row`, the level of `by`, and its `row_place`; `x` and its `place`; `runs`, and in how many of these
    the time `never` came; `value`, NaN where no run has one and infinite where it did not come in half of the runs;
    `low` and `high`, the 95 % interval, NaN where there are too few runs. Raises InputError where a factor has more
    than forty levels, or most pairs of levels have no runs.
    """
    along, down = _factors(study, x, by)
    kind, name = _kind(study, metric)
    rows, levels = ([""] if factor is None else factor_levels(study, factor) for factor in (down, along))
    _refuse_many(((along, levels), (down, rows)))
    runs = values_frame(study, name, along, [], (down,))
    if kind and runs.attrs["over"]:
        varied = ", ".join(study.varied())
        raise InputError(
            f"the study {study.name} varies {varied}; a share of runs is drawn over two factors: fix others"
        )
    table = []
    for row_place, row in enumerate(rows):
        of_row = runs[runs["row_place"] == row_place]
        for place, level in enumerate(levels):
            some = of_row[of_row["place"] == place]
            table.append((row, row_place, level, place, len(some), int((~some["came"]).sum()), *_estimated(some, kind)))
    frame = pd.DataFrame(table, columns=list(COLUMNS))
    _refuse_empty(frame, along, down)
    frame.attrs = {**runs.attrs, "metric": kind + name.removeprefix(CHECK), "by": down}
    return frame


def _factors(study: StudyView, x: str | None, by: str | None) -> tuple[str | None, str | None]:
    """Return the factors from left to right and from the top down: what is named, otherwise a number and the first."""
    along = x
    if along is None:
        along = factor_along(study) if factor_along(study) != by else None
        along = along or next((name for name in study.varied() if name != by), None)
    return along, by if by is not None else next((name for name in study.varied() if name != along), None)


def _kind(study: StudyView, metric: str | None) -> tuple[str, str]:
    """Return which share of runs is asked for, if one is, and the column it is of."""
    if metric is not None and metric.startswith(CHECK):
        if metric not in study.frame or metric.removeprefix(CHECK) not in study.checks:
            known = ", ".join(CHECK + check for check in study.checks) or "none"
            raise InputError(f"found {metric[:80]!r}; the study {study.name} has {known}")
        return CHECK, metric
    if metric is not None and metric.startswith(NEVER):
        name = chosen_metric(study, metric.removeprefix(NEVER))
        if not known_metric(name).may_never_come:
            raise InputError(f"found {metric[:80]!r}; {name} is no time that may never come, such as converged_at")
        return NEVER, name
    return "", chosen_metric(study, metric)


def _refuse_many(factors: Iterable[tuple[str | None, list[Any]]]) -> None:
    for factor, levels in factors:
        if len(levels) > MOST_LEVELS:
            raise InputError(
                f"{factor} has {len(levels)} levels; the plot heat-map has at most {MOST_LEVELS}: sweep fewer, or name "
                "another factor by --x or --by"
            )


def _refuse_empty(frame: pd.DataFrame, along: str | None, down: str | None) -> None:
    """Raise InputError where most pairs of levels have no runs, as in a sampled design."""
    empty = int((frame["runs"] == 0).sum())
    if 2 * empty > len(frame):
        raise InputError(
            f"found no runs at {empty} of the {len(frame)} pairs of {along} and {down}; the plot heat-map needs some "
            "at half of them: name factors of fewer levels by --x and --by, or draw curves, whose cells are points"
        )


def _estimated(runs: pd.DataFrame, kind: str) -> tuple[float, float, float]:
    """Return the median, or the share of runs, and the bounds of its interval; NaN for what is not known."""
    if not len(runs):
        return nan, nan, nan
    if kind:
        found = share_of(int((~runs["came"] if kind == NEVER else runs["value"] > 0).sum()), len(runs))
    else:
        found = median_with_interval(runs["value"].tolist(), runs["came"].tolist())
    assert found is not None, "there are runs"
    return found.value, nan if found.low is None else found.low, nan if found.high is None else found.high


def draw_heat_map(frame: pd.DataFrame, metric: str, name: str = "", width: float | None = None) -> Figure:
    """Draw what `heat_map_frame` gives; `name` is the title, `width` in millimetres (None: a column or a page).

    Cells whose median never came are hatched and say so; where cells are too small for words, their colours are left.
    """
    if not len(frame):
        raise InputError("found no cell in the frame; the plot heat-map needs some: filter less of it")
    rows, columns = int(frame["row_place"].max()) + 1, int(frame["place"].max()) + 1
    names = [shortened(row, _LETTERS) for row in frame.drop_duplicates("row_place")["row"]]
    if width is None:
        fits = _BESIDE_MM + _letters_mm(names) + columns * _COLUMN_MM <= COLUMN_MM
        width = COLUMN_MM if fits or columns > PAGE_MM / _LEAST_TOLD_MM else PAGE_MM
    share = metric.startswith((CHECK, NEVER))
    scale = MetricScale(_words(metric), "", 1.0) if share else scale_of(metric, frame["value"].dropna())
    cell = (width - _BESIDE_MM - _letters_mm(names)) / columns
    told = cell >= _LEAST_TOLD_MM and rows * _ROW_MM <= _MOST_HIGH_MM
    high = min(rows * (_ROW_MM if told else _LEAST_ROW_MM), _MOST_HIGH_MM)
    with theme():
        figure, axes = new_figure(width, high + _BELOW_MM + _upright_mm(frame, cell))
        colors = _colors(frame, scale, share)
        for entries in frame.to_dict("records"):
            _draw_cell(axes, {str(column): entry for column, entry in entries.items()}, colors, scale, told, share)
        axes.set(xlim=(-0.5, columns - 0.5), ylim=(rows - 0.5, -0.5))
        _name_levels(axes, frame, names)
        if np.isfinite(frame["value"]).any():
            _add_colors(figure, axes, colors, scale, share, _BAR_MM / high, (columns * cell - _OVER_MM) / _BAR_MM)
        else:
            axes.set_title(scale.words, loc="left")
        put_title(figure, shortened(name, 120), facts_of(frame, *_facts(frame, told, share)))
        figure.draw_without_rendering()
    return figure


def _facts(frame: pd.DataFrame, told: bool, share: bool) -> list[str]:
    what = "share of runs" if share else "median"
    interval = "; ±: half the width of its 95 % interval" if told and frame["low"].notna().any() else ""
    never = "" if not np.isinf(frame["value"]).any() else "hatched: it never came in half of the runs"
    return [what + interval, never, "hatched: no runs" if (frame["runs"] == 0).any() else ""]


def _upright_mm(frame: pd.DataFrame, cell: float) -> float:
    """Return the room that the levels need along the axis where they are upright."""
    longest = min(_LETTERS, max(len(str(level)) for level in frame["x"]))
    return 0.9 * longest if longest * 1.5 > cell else 0.0


def _words(metric: str) -> str:
    """Return what a share of runs is of, in words."""
    kind, _, name = metric.partition(".")
    if f"{kind}." == CHECK:
        return f"Share of runs that violate {shortened(name, 24)}"
    return f"Share of runs without {words_of_metric(name).lower()}"


def _letters_mm(names: Sequence[str]) -> float:
    return 1.35 * max(map(len, names), default=0)


def _colors(frame: pd.DataFrame, scale: MetricScale, share: bool) -> ScalarMappable:
    """Return the colour of each value: lightness tells the amount, by itself too."""
    known = frame["value"][np.isfinite(frame["value"])].to_numpy(dtype=float) / scale.divisor
    palette = amount_colors() if share or scale.divisor == 1.0 else time_colors()
    if share:
        return ScalarMappable(Normalize(0, 1), palette)
    if not len(known):
        return ScalarMappable(Normalize(0, 1), palette)
    if spans_many_sizes(known):
        return ScalarMappable(LogNorm(known.min(), known.max()), palette)
    low = float(known.min()) if known.min() != known.max() else min(0.0, float(known.min()))
    return ScalarMappable(Normalize(low, float(known.max())), palette)


def _draw_cell(
    axes: Axes, row: dict[str, Any], colors: ScalarMappable, scale: MetricScale, told: bool, share: bool
) -> None:
    """Draw one cell: its colour and its words, hatched where there is no number."""
    corner = (row["place"] - 0.5, row["row_place"] - 0.5)
    value = row["value"] / scale.divisor
    if not isfinite(value):
        look: dict[str, Any] = {"facecolor": "#F2F2F2", "edgecolor": GREY, "linewidth": 0, "hatch": "////"}
        axes.add_patch(Rectangle(corner, 1, 1, **look))
        words = "never" if value == inf else "no runs" if not row["runs"] else "none"
        box = {"facecolor": "#F2F2F2", "edgecolor": "none", "pad": 0.6}
        if told:
            axes.text(row["place"], row["row_place"], words, ha="center", va="center", fontsize="small", bbox=box)
        return
    color = np.asarray(colors.to_rgba(value))
    axes.add_patch(Rectangle(corner, 1, 1, facecolor=tuple(color), edgecolor="white", linewidth=0.8))
    if told:
        ink = "white" if luminance(color.tolist()) < _MIDDLE_LUMINANCE else "black"
        words = _told(row, scale, share)
        axes.text(row["place"], row["row_place"], words, ha="center", va="center", fontsize="small", color=ink)


def luminance(color: Sequence[float]) -> float:
    """Return how light a colour is seen, from 0 to 1 (relative luminance; W3C, "WCAG 2.2", 2023)."""
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in color[:3]]
    return float(np.dot(linear, (0.2126, 0.7152, 0.0722)))


def _told(row: dict[str, Any], scale: MetricScale, share: bool) -> str:
    """Return a value and half the width of its interval in words."""
    half = (row["high"] - row["low"]) / 2
    if share:
        return f"{row['value']:.0%}" + (f"\n±{100 * half:.0f}" if isfinite(half) else "")
    value = told_number(float(f"{row['value'] / scale.divisor:.3g}"))
    if isfinite(half):
        return f"{value}\n±{told_number(float(f'{half / scale.divisor:.2g}'))}"
    return value if half != half else f"{value}\n±∞"


def _name_levels(axes: Axes, frame: pd.DataFrame, names: Sequence[str]) -> None:
    factor = str(frame.attrs.get("x") or "")
    levels = frame.drop_duplicates("place")["x"].tolist()
    every = -(-len(levels) // _MOST_TICKS)
    set_factor_axis(axes, side_by_side(factor, levels))
    if every > 1:
        axes.set_xticks(range(0, len(levels), every), [shortened(level, _LETTERS) for level in levels[::every]])
    axes.set_xlim(-0.5, len(levels) - 0.5)
    every = -(-len(names) // _MOST_TICKS)
    axes.set_yticks(range(0, len(names), every), names[::every])
    axes.set_ylabel(axis_words(str(frame.attrs.get("by") or ""), 24))
    axes.tick_params(length=0)
    for side in axes.spines.values():
        side.set_visible(False)


def _add_colors(
    figure: Figure,
    axes: Axes,
    colors: ScalarMappable,
    scale: MetricScale,
    share: bool,
    fraction: float,
    aspect: float,
) -> None:
    """Add the key of the colours below the cells, as wide as they are: `fraction` of their height."""
    bar = figure.colorbar(colors, ax=axes, location="bottom", fraction=fraction, aspect=aspect, pad=0.03)
    bar.set_label(scale.words)
    bar.outline.set_visible(False)
    if isinstance(colors.norm, LogNorm):
        set_logarithmic(bar.ax, "x", colors.norm.vmin or 1.0, colors.norm.vmax or 1.0)
    elif share:
        bar.ax.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))

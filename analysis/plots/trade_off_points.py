"""The trade-off between two metrics: a point for each cell with both intervals, and the Pareto front as a line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
import seaborn
from matplotlib.ticker import MaxNLocator

from analysis.better import better_of
from analysis.plots.metric_axis import (
    MetricScale,
    keep_ticks_below,
    scale_of,
    set_logarithmic,
    spans_many_sizes,
)
from analysis.plots.point_labels import label_points
from analysis.plots.theme import BLUE, COLUMN_MM, GREY, VERMILION, new_figure, put_legend, put_title, theme
from analysis.plots.trade_off import trade_off_frame, trade_off_metrics

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from analysis.study_view import StudyView

MOST_LABELS: Final = 24
"""Cells up to which all have their labels; of more only those on the front."""
_ROOM: Final = 0.08


def trade_off_figure(
    study: StudyView, metric: str | None = None, against: str | None = None, width: float = COLUMN_MM
) -> Figure:
    """Draw two metrics of a study against each other, `messages_per_node` against `converged_at` by default."""
    metrics = trade_off_metrics(study, metric, against)
    return draw_trade_off(trade_off_frame(study, *metrics), *metrics, study.name, width)


def draw_trade_off(frame: pd.DataFrame, metric: str, against: str, name: str = "", width: float = COLUMN_MM) -> Figure:
    """Draw what `trade_off_frame` gives: cells on the Pareto front in colour, the others faded.

    A cell whose time does not come in half of its runs lies on the line `never`. `name` is the title, `width` in
    millimetres.
    """
    with theme():
        figure, axes = new_figure(width, min(0.72 * width, 110))
        scales = (scale_of(against, _finite(frame, "against")), scale_of(metric, _finite(frame, "value")))
        places = np.column_stack(
            [
                _set_axis(axes, along, frame, column, scale)
                for along, column, scale in zip("xy", ("against", "value"), scales, strict=True)
            ]
        )
        _draw_front(axes, frame, places, (better_of(against) == "more", better_of(metric) == "more"))
        _draw_points(axes, frame, places, scales)
        axes.grid(linewidth=0.4, alpha=0.5)
        seaborn.despine(ax=axes)
        axes.set_xlabel(scales[0].words)
        axes.set_ylabel(scales[1].words)
        put_title(figure, name, _facts(frame, metric, against))
        labelled = frame["front"] | (len(frame) <= MOST_LABELS)
        words = [label if kept else None for label, kept in zip(frame["label"], labelled, strict=True)]
        label_points(axes, places, words, frame["front"].tolist())
        put_legend(figure, axes)
        figure.draw_without_rendering()
    return figure


def _finite(frame: pd.DataFrame, column: str) -> Any:
    parts = frame[[column, *(f"{column}_{end}" if column == "against" else end for end in ("low", "high"))]].to_numpy()
    return parts[np.isfinite(parts)]


def _set_axis(axes: Axes, along: str, frame: pd.DataFrame, column: str, scale: MetricScale) -> Any:
    """Have an axis hold all medians and intervals; return where the cells lie on it, beyond all for `never`."""
    known = _finite(frame, column) / scale.divisor
    least, largest = (float(known.min()), float(known.max())) if len(known) else (0.0, 1.0)
    logarithmic = spans_many_sizes(known)
    if logarithmic:
        set_logarithmic(axes, along, least, largest)
        step = (largest / least) ** _ROOM
        ends = (least / step, largest * step, largest * step**2)
    else:
        step = _ROOM * ((largest - least) or abs(largest) or 1.0)
        ends = (least - step, largest + step, largest + 2 * step)
    values = frame[column].to_numpy() / scale.divisor
    never = ~np.isfinite(values)
    high = ends[2] if never.any() else ends[1]
    getattr(axes, f"set_{along}lim")(ends[0], high)
    if not logarithmic:
        getattr(axes, f"{along}axis").set_major_locator(MaxNLocator(nbins=5))
    if never.any():
        keep_ticks_below(axes, along, ends[1] / (step if logarithmic else 1))
        _mark_never(axes, along, high)
    return np.where(never, high, values)


def _mark_never(axes: Axes, along: str, at: float) -> None:
    """Draw the edge on which cells lie whose time does not come."""
    if along == "x":
        axes.axvline(at, color=GREY, linewidth=0.8)
        axes.annotate(
            "never",
            (at, 0),
            (0, -3),
            ("data", "axes fraction"),
            "offset points",
            ha="center",
            va="top",
            fontsize="small",
        )
    else:
        axes.axhline(at, color=GREY, linewidth=0.8)
        axes.annotate(
            "never",
            (0, at),
            (-3, 0),
            ("axes fraction", "data"),
            "offset points",
            ha="right",
            va="center",
            fontsize="small",
        )


def _draw_front(axes: Axes, frame: pd.DataFrame, places: Any, more: tuple[bool, bool]) -> None:
    """Draw the front as steps: what lies beyond them in both metrics is beaten by a cell on it."""
    front = places[frame["front"].to_numpy()]
    if not len(front):
        return
    front = front[np.lexsort((front[:, 1], front[:, 0]))]
    where: Literal["pre", "post"] = "pre" if more[0] else "post"
    axes.step(*front.T, where=where, color=BLUE, linewidth=0.9, linestyle=(0, (4, 1.5)), zorder=2)


def _draw_points(axes: Axes, frame: pd.DataFrame, places: Any, scales: tuple[MetricScale, MetricScale]) -> None:
    """Draw the cells with their intervals, those on the front over the others."""
    row: Any
    for (x, y), row in zip(places, frame.itertuples(), strict=True):
        never = not (np.isfinite(row.against) and np.isfinite(row.value))
        look: dict[str, Any] = {"color": BLUE if row.front else GREY, "linewidth": 0.9, "zorder": 4 if row.front else 3}
        faded = 1.0 if row.front else 0.6
        for low, high, scale, along in (
            (row.against_low, row.against_high, scales[0], "x"),
            (row.low, row.high, scales[1], "y"),
        ):
            ends = np.clip([low / scale.divisor, high / scale.divisor], *getattr(axes, f"get_{along}lim")())
            if not np.isnan(ends).any():
                line = (ends, [y, y]) if along == "x" else ([x, x], ends)
                axes.plot(*line, alpha=faded, **look)
        marker = "x" if never else "o"
        fill = VERMILION if never else (BLUE if row.front else "white")
        edge = VERMILION if never else look["color"]
        axes.plot(
            [x],
            [y],
            marker,
            markersize=4.5,
            markerfacecolor=fill,
            markeredgecolor=edge,
            alpha=faded if not never else 1.0,
            zorder=6 if row.front else 5,
            clip_on=False,
        )
    for words, marker, look, some in (
        ("on the Pareto front", "o", {"color": BLUE, "linestyle": (0, (4, 1.5))}, frame["front"].any()),
        (
            "beaten by another cell",
            "o",
            {"color": GREY, "markerfacecolor": "white", "linestyle": "-"},
            (~frame["front"] & np.isfinite(frame["value"]) & np.isfinite(frame["against"])).any(),
        ),
        (
            "does not come in half of the runs",
            "x",
            {"color": VERMILION, "linestyle": ""},
            (~(np.isfinite(frame["value"]) & np.isfinite(frame["against"]))).any(),
        ),
    ):
        if some:
            axes.plot([], [], marker=marker, markersize=4.5, linewidth=0.9, label=words, **look)


def _facts(frame: pd.DataFrame, metric: str, against: str) -> str:
    """Return in words how many runs there are, what points and intervals are, and what never came."""
    runs = sorted(set(frame["runs"]))
    told = f"{runs[0]}" if len(runs) == 1 else f"{runs[0]} to {runs[-1]}"
    facts = f"{told} run{'s' * (runs != [1])} in each cell" + ("; medians" if runs != [1] else "")
    if frame[["low", "against_low"]].notna().any().any():
        facts += " with 95 % intervals (order statistics)"
    ways = {name: better_of(name) or "less" for name in (metric, against)}
    unclear = [_plain(name) for name in ways if better_of(name) is None]
    more = [f"more of {_plain(name)}" for name, way in ways.items() if way == "more"]
    facts += f"; better is {' and '.join(more)}" if more else "; less is better"
    facts += f", of {' and '.join(unclear)} by assumption" if unclear else ""
    never = int(frame[["never", "never_against"]].max(axis=1).sum())
    return facts + (f"; {never} run{'s' * (never != 1)} in which a time never came" if never else "")


def _plain(metric: str) -> str:
    return metric.replace("_", " ").replace(".", " ")

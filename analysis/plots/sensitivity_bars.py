"""Bars of how far a metric depends on each factor of a study."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import seaborn

from analysis.plots.metric_axis import ellipsised, words_of_metric
from analysis.plots.sensitivity import FIRST_ORDER, MAIN_EFFECT, TOTAL, sensitivity_frame, too_few_points
from analysis.plots.sweep import words_of
from analysis.plots.theme import BLACK, BLUE, COLUMN_MM, GREY, ORANGE, new_stack, put_legend, put_title, theme
from analysis.study_view import chosen_metric

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from analysis.study_view import StudyView

_LOOKS: Final[dict[str, dict[str, Any]]] = {
    FIRST_ORDER: {"color": BLUE, "label": "by itself (first order)"},
    TOTAL: {"facecolor": ORANGE, "edgecolor": BLACK, "hatch": "////", "linewidth": 0.4, "label": "with others (total)"},
    MAIN_EFFECT: {"color": BLUE, "label": "p < 0.05"},
}
_NOT_SURE: Final[dict[str, Any]] = {"facecolor": "white", "edgecolor": GREY, "linewidth": 0.8, "label": "p ≥ 0.05"}
SURE: Final = 0.05
"""Largest p, corrected for the number of factors, of a main effect that is drawn full."""
_ROW_MM: Final = 6.5
_AXIS_MM: Final = 12.0
_LONGEST: Final = 20


def sensitivity_figure(
    study: StudyView, metric: str | None = None, by: str | None = None, width: float = COLUMN_MM
) -> Figure:
    """Draw how far a metric of a study depends on its factors; `width` in millimetres."""
    return draw_sensitivity(sensitivity_frame(study, metric, by), chosen_metric(study, metric), study.name, width)


def draw_sensitivity(frame: pd.DataFrame, metric: str, name: str = "", width: float = COLUMN_MM) -> Figure:
    """Draw what `sensitivity_frame` gives: bars for each factor, with intervals where there are some.

    `name` is the title, `width` in millimetres.
    """
    groups = list(frame["group"].drop_duplicates())
    rows = frame.groupby("group")["factor"].nunique().max()
    with theme():
        figure, axes = new_stack(width, len(groups) * (_AXIS_MM + _ROW_MM * max(2, rows)), len(groups))
        for panel, group in zip(axes, groups, strict=True):
            _draw_bars(panel, frame[frame["group"] == group])
            panel.set_title(ellipsised(group, int(width / 1.7)), loc="left", pad=3)
        low, high = frame[["value", "low"]].min().min(), frame[["value", "high"]].max().max()
        axes[0].set_xlim(min(0.0, 1.05 * low), max(1.0, 1.05 * high))
        main = bool((frame["index"] == MAIN_EFFECT).any())
        axes[-1].set_xlabel("Share of the variance of ranks" if main else "Share of the variance")
        put_title(figure, name, _facts(frame, metric))
        put_legend(figure, *axes)
        figure.draw_without_rendering()
    return figure


def _draw_bars(axes: Axes, frame: pd.DataFrame) -> None:
    factors = list(frame["factor"].drop_duplicates())
    indices = [index for index in _LOOKS if (frame["index"] == index).any()]
    height = (0.7 if len(factors) > 1 else 0.4) / len(indices)
    row: Any
    for row in frame.rename(columns={"index": "order"}).itertuples():
        place = factors.index(row.factor) + (indices.index(row.order) - (len(indices) - 1) / 2) * height
        axes.barh(place, row.value, height, **(_look(row)))
        if np.isfinite(row.low) and np.isfinite(row.high):
            axes.plot([row.low, row.high], [place, place], color=BLACK, linewidth=1.0, marker="|", markersize=4)
        if np.isfinite(row.direction):
            words = f" ρ {row.direction:+.2f}".replace("-", "−")
            axes.annotate(
                words, (max(0.0, row.value), place), (1, 0), textcoords="offset points", va="center", fontsize="small"
            )
    axes.set_ylim(len(factors) - 0.5, -0.5)
    axes.set_yticks(range(len(factors)), _names(factors))
    axes.tick_params(axis="y", length=0)
    axes.axvline(0, color=BLACK, linewidth=0.6)
    axes.grid(axis="x", linewidth=0.4, alpha=0.5)
    axes.set_axisbelow(True)
    seaborn.despine(ax=axes, left=True)


def _names(factors: list[str]) -> list[str]:
    """Return the factors in words: the last ones of their paths, unless these are the same for several."""
    short = [words_of(factor) for factor in factors]
    told = [words if short.count(words) == 1 else factor for words, factor in zip(short, factors, strict=True)]
    return [ellipsised(words, _LONGEST) for words in told]


def _look(row: Any) -> dict[str, Any]:
    return _NOT_SURE if row.order == MAIN_EFFECT and not row.p < SURE else _LOOKS[row.order]


def _facts(frame: pd.DataFrame, metric: str) -> str:
    """Return in words which indices they are, of how many runs, and what intervals or tests they have."""
    runs = int(frame.groupby("group")["runs"].first().sum())
    words = words_of_metric(metric)
    points = int(frame["points"].max())
    if (frame["index"] == MAIN_EFFECT).any():
        numbers = bool(frame["direction"].notna().any())
        if points:
            test = "Spearman; of words Kruskal–Wallis; Holm" if numbers else "Kruskal–Wallis, Holm"
            return f"{words}; main effects on ranks over {points:,} points, medians over seeds ({test})"
        facts = f"{words}; main effects on ranks over {runs:,} runs (Kruskal–Wallis, Holm)"
        return facts + ("; ρ: Spearman" if numbers else "")
    facts = f"{words}, mean over seeds; Sobol indices over {runs:,} runs"
    facts += " with 95 % intervals (BCa)" if frame["low"].notna().any() else ""
    few = f"; {points:,} base points are too few to tell: intervals wider than half of the variance"
    return facts + (few if too_few_points(frame) else "")

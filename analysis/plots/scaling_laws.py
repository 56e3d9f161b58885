"""Scaling on logarithmic axes: means at each size with intervals, and the laws that fit them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import seaborn
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from analysis.plots.bifurcation import MARKERS
from analysis.plots.metric_axis import MetricScale, ellipsised, scale_of, set_logarithmic
from analysis.plots.scaling import laws_of, scaling_frame, scaling_points, size_of
from analysis.plots.spread import LINE_STYLES
from analysis.plots.sweep import words_of
from analysis.plots.theme import COLUMN_MM, GREY, SERIES, new_figure, put_legend, put_title, theme
from analysis.study_view import chosen_metric

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from analysis.estimates import Estimate
    from analysis.statistics.scaling import Fit
    from analysis.study_view import StudyView

MOST_WITH_OTHER_LAWS: Final = 1
"""Lines up to which the laws that fit less well are drawn too."""
_OTHERS: Final = ((0, (4, 2)), (0, (1, 1.5)))
_POINTS: Final = 100
_MOST_NUMBERS: Final = 7


def scaling_figure(
    study: StudyView, metric: str | None = None, x: str | None = None, width: float = COLUMN_MM
) -> Figure:
    """Draw how a metric of a study grows with a size that it sweeps; `width` in millimetres."""
    chosen = chosen_metric(study, metric)
    size = words_of(size_of(study, x))
    return draw_scaling(scaling_frame(study, metric, x), chosen, size, study.name, width)


def draw_scaling(
    frame: pd.DataFrame, metric: str, size: str = "Size", name: str = "", width: float = COLUMN_MM
) -> Figure:
    """Draw what `scaling_frame` gives: geometric means with intervals, the best law with a band, the others dashed.

    `size` is what the sizes are called along the axis, `name` the title, `width` in millimetres.
    """
    points, laws = scaling_points(frame), laws_of(frame)
    with theme():
        figure, axes = new_figure(width, min(0.66 * width, 100))
        known = points[["value", "low", "high"]].to_numpy()
        scale = scale_of(metric, known[np.isfinite(known)])
        for number, (line, fits) in enumerate(laws.items()):
            of_line = points[points["line"] == line]
            _draw_laws(axes, of_line, fits, number, scale, len(laws) <= MOST_WITH_OTHER_LAWS)
            _draw_points(axes, of_line, number, scale, _legend(line, fits, scale))
        _set_axes(axes, points, scale)
        _mark_never(axes, points)
        axes.set_xlabel(f"{size} (n)" if any(laws.values()) else size)
        axes.set_ylabel(scale.words)
        put_title(figure, name, _facts(points, laws))
        put_legend(figure, axes)
        figure.draw_without_rendering()
    return figure


def _draw_points(axes: Axes, points: pd.DataFrame, number: int, scale: MetricScale, label: str) -> None:
    known = points[points["value"].notna()]
    values, low, high = (known[part].to_numpy() / scale.divisor for part in ("value", "low", "high"))
    bounds = np.nan_to_num(np.stack([values - low, high - values]))
    look: dict[str, Any] = {"color": SERIES[number % len(SERIES)], "marker": MARKERS[number % len(MARKERS)]}
    axes.errorbar(
        known["size"],
        values,
        bounds,
        linestyle="",
        markersize=4,
        capsize=2,
        linewidth=0.9,
        label=label,
        zorder=4,
        **look,
    )


def _draw_laws(
    axes: Axes, points: pd.DataFrame, fits: list[Fit], number: int, scale: MetricScale, with_others: bool
) -> None:
    """Draw the law that fits best with its band and, where there is room, the others dashed with their weights."""
    if not fits:
        return
    sizes = np.geomspace(points["size"].min(), points["size"].max(), _POINTS).tolist()
    color, style = SERIES[number % len(SERIES)], LINE_STYLES[number // len(SERIES) % len(LINE_STYLES)]
    axes.plot(sizes, fits[0].predict(sizes) / scale.divisor, color=color, linestyle=style, linewidth=1.0, zorder=3)
    band = fits[0].band(sizes)
    if band is not None:
        low, high = (edge / scale.divisor for edge in band)
        axes.fill_between(sizes, low, high, color=color, alpha=0.2, linewidth=0, zorder=2)
    if with_others:
        for fit, dashes in zip(fits[1:], _OTHERS, strict=False):
            found = fit.predict(sizes) / scale.divisor
            words = f"{fit.law} law: weight {_share(fit.weight)}"
            axes.plot(
                sizes, np.where(found > 0, found, np.nan), color=GREY, linestyle=dashes, linewidth=0.9, label=words
            )


def _legend(line: str, fits: list[Fit], scale: MetricScale) -> str:
    """Return what the legend says of a line: its name, its best law, and the exponent of the power law."""
    name = ellipsised(line, 24)
    if not fits:
        return name or "geometric mean"
    best = fits[0]
    power = next(fit for fit in fits if fit.law == "power")
    first, second = (estimate.value / scale.divisor for estimate in best.parameters.values())
    unit = f"\N{NO-BREAK SPACE}{scale.symbol}" if scale.symbol else ""
    exponent = f"n^{_with_interval(power.parameters['exponent'])}"
    weight = f"(weight {_share(best.weight)})"
    if best.law == "power":
        formula = f"{first:.2g}{unit} · {exponent} {weight}"
    else:
        sign, grown = "−" if second < 0 else "+", "ln\N{NO-BREAK SPACE}" if best.law == "logarithmic" else ""
        line_of_law = f"{first:.2g}{unit} {sign} {abs(second):.2g}{unit} · {grown}n".replace("-", "−")
        formula = f"{line_of_law} {weight}; as a power {exponent}"
    return f"{name + ': ' if name else ''}{formula}"


def _share(weight: float) -> str:
    return "< 1 %" if weight < 0.005 else "> 99 %" if weight > 0.995 else f"{weight:.0%}".replace("%", " %")


def _with_interval(found: Estimate) -> str:
    if found.low is None or found.high is None:
        return f"{found.value:.2f}"
    return f"{found.value:.2f} ({found.low:.2f} to {found.high:.2f})".replace("-", "−")


def _set_axes(axes: Axes, points: pd.DataFrame, scale: MetricScale) -> None:
    known = points[["value", "low", "high"]].to_numpy() / scale.divisor
    known = known[np.isfinite(known)]
    set_logarithmic(axes, "x", points["size"].min(), points["size"].max())
    if len(known):
        set_logarithmic(axes, "y", known.min(), known.max())
    else:
        axes.set_yticks([])
    sizes = sorted(set(points["size"]))
    kept = sizes if len(sizes) <= _MOST_NUMBERS else sizes[:: -(-len(sizes) // _MOST_NUMBERS)]
    room = (sizes[-1] / sizes[0]) ** 0.05 if len(sizes) > 1 else 2.0
    axes.set_xlim(sizes[0] / room, sizes[-1] * room)
    axes.xaxis.set_major_locator(FixedLocator(kept))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,g}" if value < 1e6 else f"{value:.0e}"))
    axes.grid(linewidth=0.4, alpha=0.5)
    seaborn.despine(ax=axes)


def _mark_never(axes: Axes, points: pd.DataFrame) -> None:
    """Mark sizes at which a time never came in some runs, at the upper edge."""
    for number, line in enumerate(points["line"].drop_duplicates()):
        lost = points[(points["line"] == line) & (points["never"] > 0)]
        row: Any
        for row in lost.itertuples():
            place = (row.size, 1.0)
            look: dict[str, Any] = {"color": SERIES[number % len(SERIES)], "fontsize": "small"}
            axes.annotate(
                f"never in {row.never} of {row.runs}",
                place,
                (0, -2 - 8 * number),
                ("data", "axes fraction"),
                "offset points",
                ha="center",
                va="top",
                **look,
            )


def _facts(points: pd.DataFrame, laws: Mapping[str, list[Fit]]) -> str:
    """Return in words how many runs there are, what points, intervals and bands are, and what was left out."""
    runs = sorted(set(points["runs"]))
    told = f"{runs[0]} run{'s' * (runs[0] != 1)}" if len(runs) == 1 else f"{runs[0]} to {runs[-1]} runs"
    facts = f"{told} at each point; geometric means"
    if points["low"].notna().any():
        facts += " with 95 % intervals (BCa)"
    if any(laws.values()):
        facts += ", the law of the least AICc with its 95 % band"
    else:
        facts += "; no law is fitted to fewer than 3 sizes"
    if (points["never"] > 0).any():
        facts += "; no mean where a time never came in some runs"
    return facts

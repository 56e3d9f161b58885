"""Times of a study that may never come: the share of runs that still wait, over time, with how many these are.

Curves, bands and medians are those of `analysis.statistics.survival` (Kaplan and Meier 1958, with Greenwood's
intervals at each time), laid out as is usual for them, with the numbers at risk below (Pocock, Clayton and Altman,
"Survival plots of time-to-event outcomes in clinical trials", Lancet 359, 2002).
"""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import seaborn

from analysis.estimates import Estimate
from analysis.metrics import METRICS, known_metric
from analysis.plots.metric_axis import MetricScale, scale_of, set_logarithmic
from analysis.plots.spread import LINE_STYLES
from analysis.plots.study_values import facts_of, most_of, shortened, told_groups, values_frame
from analysis.plots.theme import (
    COLUMN_MM,
    GREY,
    MM_PER_INCH,
    SERIES,
    new_figure,
    put_legend,
    put_title,
    theme,
    width_mm,
)
from analysis.statistics.survival import PairwiseTest, Survival, pairwise_logrank, survival_of
from analysis.study_view import StudyView, chosen_metric
from topologies.errors import InputError

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_LINES: Final = 12
LOGARITHMIC_FROM: Final = 60
"""How often the least time has to fit into the largest for a logarithmic axis; over time itself one looks linearly."""
_LEVEL: Final = 0.05
_LOG_RANK: Final = "log\N{NON-BREAKING HYPHEN}rank"
_MOST_PAIRS: Final = 2
"""Pairs that the words under the title name one by one."""
_LETTERS: Final = 16
_ROW_MM: Final = 3.4
_STRONG, _WEAK = 0.2, 0.1


def survival_figure(
    study: StudyView, metric: str | None = None, by: str | None = None, width: float = COLUMN_MM
) -> Figure:
    """Draw how long is waited for a time of a study, the first that may never come unless said; `width` in mm."""
    chosen = _metric(study, metric)
    return draw_survival(survival_frame(study, chosen, by), chosen, study.name, width)


def survival_frame(study: StudyView, metric: str | None = None, by: str | None = None) -> pd.DataFrame:
    """Return the time of each seed in each group, and whether it came, as `values_frame` does.

    Raises InputError where the metric is no time.
    """
    return values_frame(study, _metric(study, metric), None, None if by is None else [by])


def _metric(study: StudyView, metric: str | None) -> str:
    if metric is None:
        fitting = [name for name in study.metrics if name in METRICS and METRICS[name].may_never_come]
        if not fitting:
            found = ", ".join(study.metrics) or "none"
            raise InputError(
                f"the study {study.name} reports {found}; the plot survival needs a time that may never come: have it "
                "report converged_at, or name a time by --metric"
            )
        return fitting[0]
    chosen = chosen_metric(study, metric)
    if known_metric(chosen).unit != "ns":
        raise InputError(f"found the metric {chosen}, which is no time; the plot survival needs one: draw curves of it")
    return chosen


def curves_of(frame: pd.DataFrame) -> dict[int, Survival]:
    """Return the curve of each group of what `survival_frame` gives, by its number."""
    curves = {}
    for number in sorted(frame["number"].unique()):
        runs = frame[frame["number"] == number]
        found = survival_of(runs["value"].tolist(), runs["came"].tolist())
        assert found is not None, "a group has a run"
        curves[int(number)] = found
    return curves


def draw_survival(frame: pd.DataFrame, metric: str, name: str = "", width: float = COLUMN_MM) -> Figure:
    """Draw what `survival_frame` gives; `name` is the title, `width` in millimetres.

    Raises InputError where there are more than twelve groups.
    """
    most_of(frame, "survival", MOST_LINES)
    curves = curves_of(frame)
    names = told_groups(frame, 30)
    last = float(frame["value"].max()) if len(frame) else 0.0
    scale = scale_of(metric, [last])
    with theme():
        figure, axes = new_figure(width, min(0.6 * width, 80))
        _set_times(axes, frame, last / scale.divisor, scale)
        for number, curve in curves.items():
            told = f"{names[number]}: ".removeprefix(": ") + _told_median(curve.median, scale)
            _draw_curve(axes, curve, number, last, scale, told, len(curves))
        axes.axhline(0.5, color=GREY, linewidth=0.5, linestyle=(0, (1, 2)), zorder=1)
        axes.set_ylabel("Share of runs still waiting")
        axes.set_ylim(0, 1.02)
        axes.set_yticks([0, 0.25, 0.5, 0.75, 1])
        axes.grid(linewidth=0.4, alpha=0.5)
        seaborn.despine(ax=axes)
        put_title(figure, shortened(name, 120), facts_of(frame, *_facts(frame, curves)))
        _put_numbers_at_risk(figure, axes, curves, scale)
        put_legend(figure, axes)
        figure.draw_without_rendering()
    return figure


def _set_times(axes: Axes, frame: pd.DataFrame, last: float, scale: MetricScale) -> None:
    """Have the x axis run from the beginning to the last time, logarithmic where times are of very many sizes."""
    came = frame["value"][frame["came"]] / scale.divisor
    least = float(came.min()) if len(came) else 0.0
    axes.set_xlabel(scale.words)
    if least > 0 and last >= LOGARITHMIC_FROM * least:
        set_logarithmic(axes, "x", least, last)
        axes.set_xlim(least / 1.2, last * 1.05)
    else:
        axes.set_xlim(0, last * 1.02 or 1)


def _draw_curve(axes: Axes, curve: Survival, number: int, last: float, scale: MetricScale, words: str, of: int) -> None:
    """Draw a curve from the beginning to when its last run left, with its band, and a tick at each run that ended."""
    color, style = SERIES[number % len(SERIES)], LINE_STYLES[(number + number // len(SERIES)) % len(LINE_STYLES)]
    ends = curve.lasted[-1]
    x = np.array([0.0, *curve.times, ends]) / scale.divisor
    share = np.array([1.0, *curve.share, (1.0, *curve.share)[-1]])
    axes.step(x, share, where="post", color=color, linestyle=style, label=words, zorder=3)
    low = np.array([1.0, *curve.low, (1.0, *curve.low)[-1]])
    high = np.array([1.0, *curve.high, (1.0, *curve.high)[-1]])
    look: dict[str, Any] = {"step": "post", "color": color, "linewidth": 0, "zorder": 2}
    axes.fill_between(x, low, high, alpha=_STRONG if of <= 3 else _WEAK, **look)
    censored = _censored(curve)
    if censored:
        at = np.array(sorted(set(censored)))
        mark: dict[str, Any] = {"color": color, "markersize": 7, "zorder": 4, "clip_on": False}
        axes.plot(at / scale.divisor, curve.share_at(at.tolist()), "|", **mark)


def _censored(curve: Survival) -> list[float]:
    """Return when runs ended before it came: those that left, less those that it came in."""
    left = list(curve.lasted)
    waiting = [*curve.at_risk, 0]
    shares = [1.0, *curve.share]
    for place, moment in enumerate(curve.times):
        for _ in range(round(waiting[place] * (1 - shares[place + 1] / shares[place]))):
            left.remove(moment)
    return left


def _told_median(median: Estimate, scale: MetricScale) -> str:
    """Return the median with its interval in words."""
    if not isfinite(median.value):
        bound = "" if median.low is None or not isfinite(median.low) else f", not before {scale.told(median.low)}"
        return f"not in half of the runs{bound}"
    if median.low is None or median.high is None:
        return f"median {scale.told(median.value)}"
    high = scale.told(median.high) if isfinite(median.high) else "never"
    return f"median {scale.told(median.value)} ({scale.told(median.low)} to {high})".replace(
        f" {scale.symbol} to", " to"
    )


def _facts(frame: pd.DataFrame, curves: dict[int, Survival]) -> list[str]:
    censored = sum(curve.censored for curve in curves.values())
    bands = "band: 95 % interval at each time"
    ticks = f"|: the run ended before it came ({censored})" if censored else ""
    return [bands, ticks, _told_tests(frame)]


def _told_tests(frame: pd.DataFrame) -> str:
    """Return in words which groups the log-rank tests tell apart."""
    groups = frame.groupby("number", sort=True)
    samples = {str(runs["group"].iloc[0]): (runs["value"].tolist(), runs["came"].tolist()) for _, runs in groups}
    if len(samples) < 2:
        return ""
    tests = pairwise_logrank(samples)
    if len(tests) == 1:
        return f"{_LOG_RANK} test: p {_told_p(tests[0].adjusted)}"
    alike = [test for test in tests if test.adjusted >= _LEVEL]
    differ = f"{len(tests) - len(alike)} of {len(tests)} pairs differ (p < {_LEVEL:g})"
    told = f"{_LOG_RANK} tests with Holm's correction: {differ}"
    if not alike or len(alike) > _MOST_PAIRS:
        return told
    return f"{told}, not {' nor '.join(map(_told_pair, alike))}"


def _told_pair(test: PairwiseTest) -> str:
    pair = f"{shortened(test.first, _LETTERS)} from {shortened(test.second, _LETTERS)}"
    return f"{pair} (p {_told_p(test.adjusted)})"


def _told_p(p: float) -> str:
    return "< 0.001" if p < 0.001 else f"= {p:.2g}"


def _put_numbers_at_risk(figure: Figure, axes: Axes, curves: dict[int, Survival], scale: MetricScale) -> None:
    """Write below the axis how many runs still waited at some of its numbers, a row for each group in its colour."""
    height = figure.get_figheight() * MM_PER_INCH
    figure.set_figheight((height + _ROW_MM * (len(curves) + 1)) / MM_PER_INCH)
    figure.draw_without_rendering()
    low, high = axes.get_xlim()
    ticks = [tick for tick in axes.get_xticks() if low <= tick <= high]
    ticks = ticks[:: -(-len(ticks) // max(2, int(width_mm(figure) / 11)))]
    points = _ROW_MM / MM_PER_INCH * 72
    below = -points * 3.9 / 1.3
    look: dict[str, Any] = {"textcoords": "offset points", "annotation_clip": False, "fontsize": "small"}
    transform = axes.get_xaxis_transform()
    axes.annotate(
        "Runs still waiting, rows in the order of the lines:",
        (0, 0),
        (-1, below),
        xycoords="axes fraction",
        ha="left",
        va="top",
        **look,
    )
    for row, (number, curve) in enumerate(curves.items(), start=1):
        color = SERIES[number % len(SERIES)]
        for tick, count in zip(ticks, curve.at_risk_at([tick * scale.divisor for tick in ticks]), strict=True):
            place = (0, below - row * points)
            axes.annotate(str(count), (tick, 0), place, xycoords=transform, ha="center", va="top", color=color, **look)

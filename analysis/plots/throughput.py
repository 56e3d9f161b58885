"""Throughput against the number of threads, with the law of scalability that fits it best."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import seaborn
from matplotlib.ticker import EngFormatter, MaxNLocator

from analysis.plots.bifurcation import MARKERS
from analysis.plots.sweep import Sweep, SweptLine, sweep_of
from analysis.plots.theme import COLUMN_MM, SERIES, new_figure, put_legend, put_title, theme
from analysis.scalability import LEAST_SIZES, ScalabilityFit, fit_scalability

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from analysis.estimates import Estimate
    from analysis.study_view import StudyView

THROUGHPUTS: Final = ("thread_operations_per_second",)
"""Metrics that are looked for first."""
MOST_BANDS: Final = 3
"""Lines from which on bands would lie on one another: they are left out."""
_POINTS: Final = 120
_FARTHER: Final = 1.08
_KEY: Final = "#404040"
_AMDAHL: Final = (0, (4, 2))


@dataclass(frozen=True)
class Throughput:
    """What is drawn: the sweep, and the fit of each of its lines, None where it has too few different sizes."""

    sweep: Sweep
    fits: Sequence[ScalabilityFit | None]


def throughput_figure(study: StudyView, metric: str | None, **width: float) -> Figure:
    """Draw a metric per second of a study that sweeps a number of threads, cores or workers."""
    return draw_throughput(throughput_of(sweep_of(study, "throughput", metric, THROUGHPUTS, "/s")), **width)


def throughput_of(sweep: Sweep) -> Throughput:
    """Return a sweep with the law that fits each of its lines."""
    return Throughput(sweep, [_fit(line) for line in sweep.lines])


def _fit(line: SweptLine) -> ScalabilityFit | None:
    usable = [(n, x) for n, x in zip(line.numbers, line.values, strict=True) if n >= 1 and x > 0]
    if len({n for n, _ in usable}) < LEAST_SIZES:
        return None
    numbers, values = zip(*usable, strict=True)
    return fit_scalability(numbers, values, np.linspace(1, max(numbers) * _FARTHER, _POINTS).tolist())


def draw_throughput(plot: Throughput, width: float = COLUMN_MM) -> Figure:
    """Draw points with their intervals, the fitted laws with bands, and what they would be without coherence."""
    sweep = plot.sweep
    with theme():
        figure, axes = new_figure(width, min(0.66 * width, 90))
        for number, (line, fit) in enumerate(zip(sweep.lines, plot.fits, strict=True)):
            few = len(sweep.lines) <= MOST_BANDS
            if fit is not None:
                _draw_law(axes, fit, number, bands=few)
            draw_points(axes, line, number, _told(fit, line.label, few))
        _add_keys(axes, plot)
        axes.set_xlim(0, max(n for line in sweep.lines for n in line.means) * _FARTHER)
        axes.set_ylim(0, None)
        axes.xaxis.set_major_locator(MaxNLocator(nbins=8, integer=True))
        axes.yaxis.set_major_formatter(EngFormatter(sep=""))
        axes.set_xlabel(sweep.factor)
        axes.set_ylabel(f"Throughput ({sweep.unit})" if sweep.unit else "Throughput")
        axes.grid(linewidth=0.4, alpha=0.5)
        seaborn.despine(ax=axes)
        put_title(figure, sweep.name, sweep.facts)
        put_legend(figure, axes)
        figure.draw_without_rendering()
    return figure


def draw_points(axes: Axes, line: SweptLine, number: int, words: str) -> None:
    """Draw the means of a line with their intervals; `words` are for the legend."""
    found = list(line.means.values())
    values = np.array([each.value for each in found])
    low = values - [each.value if each.low is None else each.low for each in found]
    high = [each.value if each.high is None else each.high for each in found] - values
    look: dict[str, Any] = {"fmt": MARKERS[number % len(MARKERS)], "markersize": 3.4, "elinewidth": 0.9, "capsize": 1.5}
    color = SERIES[number % len(SERIES)]
    around = np.clip([low, high], 0, None)
    axes.errorbar(list(line.means), values, around, color=color, label=words, zorder=3, **look)


def _draw_law(axes: Axes, fit: ScalabilityFit, number: int, bands: bool) -> None:
    color = SERIES[number % len(SERIES)]
    sizes = np.array(fit.sizes)
    law = [fit.law.throughput(size) for size in fit.sizes]
    axes.plot(sizes, law, color=color, linewidth=1.2, zorder=2)
    if bands and fit.low is not None and fit.high is not None:
        axes.fill_between(sizes, fit.low, fit.high, color=color, alpha=0.18, linewidth=0, zorder=1)
    if fit.law.coherence > 0:
        limit = [fit.law.amdahl.throughput(size) for size in fit.sizes]
        top = 1.25 * max(law)
        shown = [value if value <= top else np.nan for value in limit]
        axes.plot(sizes, shown, color=color, linewidth=0.9, linestyle=_AMDAHL, zorder=2)


def _add_keys(axes: Axes, plot: Throughput) -> None:
    fits = [fit for fit in plot.fits if fit is not None]
    if fits:
        axes.plot([], [], color=_KEY, linewidth=1.2, label="universal scalability law, fitted")
    if any(fit.law.coherence > 0 for fit in fits):
        axes.plot([], [], color=_KEY, linewidth=0.9, linestyle=_AMDAHL, label="the same with κ = 0: Amdahl's law")


def _told(fit: ScalabilityFit | None, label: str, with_intervals: bool) -> str:
    """Return the law of a line in words, with intervals of 95 %."""
    if fit is None:
        return label or "measured"
    tell = _with_interval if with_intervals else _alone
    peak = f", peak at {fit.peak.value:.3g}" if isfinite(fit.peak.value) else ""
    return f"{label or 'measured'}: σ {tell(fit.contention)}, κ {tell(fit.coherence)}{peak}, within {fit.worst:.0%}"


def _alone(found: Estimate) -> str:
    return f"{found.value:.2g}"


def _with_interval(found: Estimate) -> str:
    if found.low is None or found.high is None:
        return _alone(found)
    return f"{found.value:.2g} ({found.low:.2g} to {found.high:.2g})"

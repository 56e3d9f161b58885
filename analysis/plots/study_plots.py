"""Every plot of a study by its name. Nothing of matplotlib is imported before one is drawn."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from analysis.metrics import known_metric
from analysis.study_view import StudyView, chosen_metric
from topologies.errors import InputError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST_LINES: Final = 16
THROUGHPUTS: Final = ("thread_operations_per_second",)
COSTS: Final = ("update_time_mean", "read_time_mean")
"""Metrics that the plots of throughput and of costs look for first."""


@dataclass(frozen=True)
class StudyPlotKind:
    """One plot of a study: its name, what it shows in one line, and how it is drawn.

    `draw` takes the study, a metric (None: the first of the study) and the width in millimetres (None: the one that
    suits the plot); it raises InputError where the study does not hold what the plot needs.
    """

    name: str
    description: str
    draw: Callable[[StudyView, str | None, float | None], Figure]


def _draw_distribution(study: StudyView, metric: str | None, width: float | None) -> Figure:
    from analysis.plots.distribution import DistributionFigure, draw_distribution

    chosen = chosen_metric(study, metric)
    metric_of = known_metric(chosen)
    lines = list(_lines(study, chosen, metric_of.may_never_come))
    if len(lines) > MOST_LINES:
        remedy = "sweep fewer values, or draw the frame of murmur.open_study yourself"
        raise InputError(f"found {len(lines)} cells; the plot distribution has at most {MOST_LINES} lines: {remedy}")
    facts = _facts(lines, study.frame[chosen][study.frame["error"].isna()].isna().sum(), metric_of.may_never_come)
    words = chosen.replace("_", " ").replace(".", " ")
    plot = DistributionFigure(lines, study.name, facts, words[:1].upper() + words[1:], metric_of.unit)
    return draw_distribution(plot, **_sized(width))


def _facts(lines: Sequence[Any], missing: int, may_never_come: bool) -> str:
    """Return in words how many runs there are, what became of those without a value, and what the bands are."""
    runs = sorted({line.runs for line in lines})
    told = f"{runs[0]} runs" if len(runs) == 1 else f"{runs[0]} to {runs[-1]} runs"
    facts = f"{told} in each cell; band: the whole curve, with 95 % confidence"
    if not missing:
        return facts
    if may_never_come:
        return f"{facts}; a line stays below 1 where the time never came"
    return f"{facts}; {missing} {'run' if missing == 1 else 'runs'} without a value left out"


def _lines(study: StudyView, metric: str, may_never_come: bool) -> Iterator[Any]:
    """Yield a line for each cell, in words without what all cells share; runs that failed are left out.

    So are those without a value, unless it is a time that may never come, which then is later than all that did.
    """
    from analysis.plots.distribution import Distribution

    varied = [factor for factor in study.factors if study.frame[factor].nunique() > 1] or list(study.factors)
    for _, runs in study.frame.groupby("cell"):
        whole = runs[runs["error"].isna()]
        label = ", ".join(str(runs[factor].iloc[0]) for factor in varied)
        values = whole[metric].dropna().astype(float).tolist()
        yield Distribution(label, values, len(whole) if may_never_come else len(values))


def _draw_basins(study: StudyView, metric: str | None, width: float | None) -> Figure:
    from analysis.plots.basins import draw_basins
    from analysis.plots.swarm_studies import basins_of_study

    if metric is not None:
        raise InputError(f"found the metric {metric[:40]!r}; the plot basins draws the states of swarms: leave it out")
    return draw_basins(basins_of_study(study), **_sized(width))


def _draw_bifurcation(study: StudyView, metric: str | None, width: float | None) -> Figure:
    from analysis.plots.bifurcation import draw_bifurcation
    from analysis.plots.swarm_studies import bifurcation_of_study

    return draw_bifurcation(bifurcation_of_study(study, metric), **_sized(width))


def _draw_throughput(study: StudyView, metric: str | None, width: float | None) -> Figure:
    from analysis.plots.sweep import sweep_of
    from analysis.plots.throughput import draw_throughput, throughput_of

    sweep = sweep_of(study, "throughput", metric, THROUGHPUTS, "/s")
    return draw_throughput(throughput_of(sweep), **_sized(width))


def _draw_state_costs(study: StudyView, metric: str | None, width: float | None) -> Figure:
    from analysis.plots.state_costs import draw_state_costs
    from analysis.plots.sweep import sweep_of

    return draw_state_costs(sweep_of(study, "state-costs", metric, COSTS, "ns"), **_sized(width))


def _sized(width: float | None) -> dict[str, Any]:
    return {} if width is None else {"width": width}


STUDY_PLOTS: Final[dict[str, StudyPlotKind]] = {
    plot.name: plot
    for plot in (
        StudyPlotKind(
            "distribution", "of a study, the cumulative distribution of a metric, a line a cell", _draw_distribution
        ),
        StudyPlotKind(
            "bifurcation",
            "of a study that sweeps the strength of the coupling, the coherence of its swarms, with theory",
            _draw_bifurcation,
        ),
        StudyPlotKind(
            "throughput",
            "of a study that sweeps threads or cores, the throughput with the law of scalability that fits it",
            _draw_throughput,
        ),
        StudyPlotKind(
            "state-costs",
            "of a study that sweeps threads or the share of reads, what an operation on shared state costs",
            _draw_state_costs,
        ),
        StudyPlotKind("basins", "of a study or several runs, the share of swarms that end in each state", _draw_basins),
    )
}
"""The first one is the plot of a study when no other is asked for."""

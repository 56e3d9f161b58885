"""Every plot of a study by its name. Nothing of matplotlib is imported before one is drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, Protocol

from analysis.plots.registry import NARROWEST_MM, WIDEST_MM
from analysis.study_view import StudyView, chosen_factor
from topologies.errors import InputError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FACTORS: Final = {"x": "the factor along the axis", "by": "the factor that tells lines, groups or rows apart"}
"""The options of plots of studies that name a factor; `against` names a metric."""


class DrawStudy(Protocol):
    """Draws a study: a metric (None: the first that suits the plot), `width` in millimetres (None: what suits it).

    Options that a plot may have, None where not given, are those of `FACTORS`: names of factors of the study, or the
    last words of their paths; and `against`, a metric.
    """

    def __call__(
        self, study: StudyView, metric: str | None = None, width: float | None = None, **options: str | None
    ) -> Figure:
        """Return the figure."""


@dataclass(frozen=True)
class StudyPlotKind:
    """One plot of a study: its name, what it shows in one line, how it is drawn, and its options.

    `draw` raises InputError where the study does not hold what the plot needs.
    """

    name: str
    description: str
    draw: DrawStudy
    options: tuple[str, ...] = ()


def _plot(name: str, description: str, home: str, options: tuple[str, ...] = ()) -> StudyPlotKind:
    """Return a plot that a function `home`, as `module:function`, draws of a study and a metric (or None).

    The function takes `width` and the options by name, where they are given; options as full names of factors.
    """

    def draw(
        study: StudyView, metric: str | None = None, width: float | None = None, **given_options: str | None
    ) -> Figure:
        chosen: dict[str, Any] = {option: value for option, value in given_options.items() if value is not None}
        for option in sorted(chosen.keys() - set(options)):
            having = ", ".join(plot.name for plot in STUDY_PLOTS.values() if option in plot.options)
            raise InputError(f"the plot {name} has no option {option}; found {chosen[option]!r}: it is for {having}")
        factors = {option: chosen_factor(study, value) for option, value in chosen.items() if option in FACTORS}
        if len(set(factors.values())) < len(factors):
            raise InputError(f"found the factor {factors['x']} for both x and by; name another one, or leave one out")
        chosen |= factors
        if width is not None:
            if not NARROWEST_MM <= width <= WIDEST_MM:
                raise InputError(f"found a width of {width:g} mm; expected from {NARROWEST_MM} to {WIDEST_MM} mm")
            chosen["width"] = width
        module, _, function = home.partition(":")
        drawn: Callable[..., Figure] = getattr(import_module(module), function)
        return drawn(study, metric, **chosen)

    return StudyPlotKind(name, description, draw, options)


STUDY_PLOTS: Final[dict[str, StudyPlotKind]] = {
    plot.name: plot
    for plot in (
        _plot(
            "distribution",
            "of a study, the cumulative distribution of a metric, a line a cell",
            "analysis.plots.distribution:distribution_figure",
            ("by",),
        ),
        _plot(
            "curves",
            "of a study, a metric along a factor: medians with intervals, joined along numbers, seeds as points",
            "analysis.plots.curves:curves_figure",
            ("x", "by"),
        ),
        _plot(
            "survival",
            "of a study, the share of runs that still wait for a time over time, with how many and their medians",
            "analysis.plots.survival:survival_figure",
            ("by",),
        ),
        _plot(
            "heat-map",
            "of a study, a metric over two factors: medians, or the share of runs that never came or violate a check",
            "analysis.plots.heat_map:heat_map_figure",
            ("x", "by"),
        ),
        _plot(
            "small-multiples",
            "of a study, a panel for each pair of levels of two factors, with the distribution or curve of a metric",
            "analysis.plots.small_multiples:small_multiples_figure",
            ("x", "by"),
        ),
        _plot(
            "box",
            "of a study, a metric in groups: quartiles as boxes, with the runs as points",
            "analysis.plots.boxes:box_figure",
            ("x", "by"),
        ),
        _plot(
            "violin",
            "of a study, a metric in groups: its density as violins, with the runs as points",
            "analysis.plots.boxes:violin_figure",
            ("x", "by"),
        ),
        _plot(
            "paired",
            "of a study, each seed as a line from level to level of a factor, and the mean differences",
            "analysis.plots.paired_slopes:paired_figure",
            ("by",),
        ),
        _plot(
            "scaling",
            "of a study that sweeps a size, a metric on logarithmic axes with the law of growth that fits it",
            "analysis.plots.scaling_laws:scaling_figure",
            ("x",),
        ),
        _plot(
            "sensitivity",
            "of a study, how far a metric depends on each factor: Sobol indices, or main effects on ranks",
            "analysis.plots.sensitivity_bars:sensitivity_figure",
            ("by",),
        ),
        _plot(
            "trade-off",
            "of a study, two metrics against each other, a point a cell, with the Pareto front",
            "analysis.plots.trade_off_points:trade_off_figure",
            ("against",),
        ),
        _plot(
            "bifurcation",
            "of a study that sweeps the strength of the coupling, the coherence of its swarms, with theory",
            "analysis.plots.swarm_studies:bifurcation_figure",
        ),
        _plot(
            "throughput",
            "of a study that sweeps threads or cores, the throughput with the law of scalability that fits it",
            "analysis.plots.throughput:throughput_figure",
        ),
        _plot(
            "state-costs",
            "of a study that sweeps threads or the share of reads, what an operation on shared state costs",
            "analysis.plots.state_costs:state_costs_figure",
        ),
        _plot(
            "basins",
            "of a study or several runs, the share of swarms that end in each state",
            "analysis.plots.swarm_studies:basins_figure",
        ),
    )
}
"""The first one is the plot of a study when no other is asked for."""

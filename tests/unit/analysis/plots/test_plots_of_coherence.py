"""Plots of coherence: what they take from the records of swarms, and what they refuse."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analysis.plots.coherence import LANE, CoherenceFigure, CoherenceSeries, draw_coherence, half_converged
from analysis.plots.coherence_figure import coherence_figure
from analysis.plots.course import Curve
from analysis.plots.registry import PLOTS
from analysis.plots.run_view import RunView
from analysis.plots.swarm_course import swarm_course
from analysis.plots.theme import COLUMN_MM, PAGE_MM
from sim.units import MILLISECOND, SECOND
from tests.unit.analysis.plots.swarm_runs import swarm_run
from tests.unit.analysis.plots.test_plots_of_phases import assert_legible
from topologies.errors import InputError


def flat(value: float) -> Curve:
    """A curve that stays at one value from 0.1 s on."""
    return Curve(np.array([100 * MILLISECOND]), np.array([value]), np.nan)


def test_the_curve_is_the_order_parameter(swarm: RunView) -> None:
    """At each look the curve is |mean exp(iθ)| of the agents that are up then."""
    (series,) = coherence_figure([swarm]).series
    (curve,) = series.curves
    looks = list(swarm_course(swarm, "coherence").looks(curve.times[3::7]))
    expected = [abs(np.nanmean(np.exp(1j * look.phases))) for look in looks]
    assert np.diff(curve.times).tolist() == [10 * MILLISECOND] * (len(curve.times) - 1)
    assert curve.values[3::7] == pytest.approx(expected)


def test_without_a_goal_there_is_the_coherence_alone(swarm: RunView) -> None:
    """A swarm whose protocol names no goal has a curve, and neither a goal nor spans of convergence."""
    figure = coherence_figure([replace(swarm, convergence=None)])
    (series,) = figure.series
    assert (series.converged, figure.goals) == (None, [])
    assert series.curves[0].values[-1] == pytest.approx(coherence_figure([swarm]).series[0].curves[0].values[-1])


def test_goal_and_convergence_are_marked(swarm: RunView) -> None:
    """The goal is a line at its target, and the bar below lasts while the run is converged."""
    data = coherence_figure([swarm])
    assert data.goals == [(0.9, 0.1)]
    (series,) = data.series
    assert series.converged is not None
    axes = draw_coherence(data).axes[0]
    bars = [line for line in axes.lines if np.asarray(line.get_ydata()).tolist() == [LANE, LANE]]
    assert [tuple(np.asarray(bar.get_xdata()) * SECOND) for bar in bars] == list(series.converged[0])
    assert bars
    assert [line for line in axes.lines if line.get_label() == "goal 0.9 ± 0.1"]


def test_seeds_make_a_band_and_half_of_them_a_bar() -> None:
    """Runs that differ in their seeds are a median and a band; the bar is there while half of them are converged."""
    runs = [swarm_run(seed=seed, faults=(), until=SECOND) for seed in (1, 2, 3)]
    data = coherence_figure(runs)
    assert [len(series.curves) for series in data.series] == [3]
    (legend,) = draw_coherence(data).legends
    assert {"median", "5–95 % of 3 runs", "goal 0.9 ± 0.1"} <= {text.get_text() for text in legend.get_texts()}


@pytest.mark.parametrize(
    ("spans", "held"),
    [
        ([[(0, 5)], []], [(0, 5)]),
        ([[(0, 5)], [], []], []),
        ([[(0, 5), (7, 9)], [(3, 8)], []], [(3, 5), (7, 8)]),
        ([[(0, 5)], [(5, 9)]], [(0, 9)]),
        ([[], []], []),
    ],
)
def test_half_of_the_runs(spans: list[list[tuple[int, int]]], held: list[tuple[int, int]]) -> None:
    """Spans of which at least half of the runs have one; where one ends as another begins there is no break."""
    assert half_converged(spans) == held


def test_series_have_bars_of_their_own() -> None:
    """Two scenarios have a lane each below the axes, in the colours of their lines, named in the legend."""
    series = [CoherenceSeries(name, [flat(0.5)], [[(0, SECOND)]]) for name in ("one", "two")]
    figure = draw_coherence(CoherenceFigure(series, [(0.5, 0.1)], SECOND, "name", "facts"))
    (legend,) = figure.legends
    assert {"one: converged", "two: converged"} <= {text.get_text() for text in legend.get_texts()}
    lanes = {line.get_ydata()[0] for line in figure.axes[0].lines if line.get_ydata()[0] < 0}  # type: ignore[index,operator]
    assert len(lanes) == 2
    assert figure.axes[0].get_ylim()[0] < min(lanes)


def test_a_run_without_phases_is_refused(broken: RunView, swarm: RunView) -> None:
    """Also one that has a goal but recorded nothing of its agents."""
    silent = replace(swarm, records=lambda kinds: ())
    for run in (broken, silent):
        with pytest.raises(InputError, match=r"found no records of phases, which the plot coherence needs"):
            PLOTS["coherence"].draw([run])


@pytest.mark.parametrize("width", [COLUMN_MM, PAGE_MM])
def test_the_plot_can_be_read(width: float, swarm: RunView) -> None:
    """At the width of a column and of a page all words lie within the figure and apart."""
    assert_legible(PLOTS["coherence"].draw([swarm], width), width)

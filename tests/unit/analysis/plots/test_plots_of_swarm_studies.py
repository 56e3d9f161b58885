"""Plots of many runs of swarms: the states in which they end, and the onset of synchrony with its theory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import pi, sqrt, tau
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.integrate import trapezoid

from analysis.estimates import share_of
from analysis.plots.basins import BasinFigure, BasinSeries, draw_basins, state_of
from analysis.plots.bifurcation import Theory
from analysis.plots.registry import PLOTS
from analysis.plots.run_view import RunView
from analysis.plots.study_plots import STUDY_PLOTS
from analysis.plots.swarm_studies import basins_of_runs, basins_of_study, bifurcation_of_study, theory_of
from analysis.plots.theme import COLUMN_MM, PAGE_MM
from analysis.study_view import StudyView
from sim.units import SECOND
from tests.unit.analysis.plots.test_plots_of_phases import assert_legible, phase, told
from topologies.errors import InputError
from topologies.registry import build


def ended(phases: Sequence[float], seed: int, kind: str = "ring") -> RunView:
    """A run that ends with these phases."""
    nodes = len(phases)
    run = told([phase(0, node, value % tau) for node, value in enumerate(phases)], nodes=nodes, end=SECOND)
    return replace(run, seed=seed, topology=lambda: build({"kind": kind, "nodes": nodes}, 1))


def twisted(turns: int, seed: int) -> RunView:
    """A ring of twenty agents whose phases turn so often around it."""
    return ended([turns * node * tau / 20 for node in range(20)], seed)


def test_runs_on_a_ring_end_in_turns() -> None:
    """Each run is counted under its number of turns, or as other where steps differ; labels are of scenarios."""
    uneven = ended([0.0] * 19 + [1.0], seed=4)
    figure = basins_of_runs([twisted(0, 1), twisted(-2, 2), twisted(0, 3), uneven])
    (series,) = figure.series
    assert series.counts == {0: 2, -2: 1, "other": 1}
    assert figure.facts.endswith("seeds 1–4; 4 runs, intervals of 95 %")


@pytest.mark.parametrize(
    ("phases", "state"),
    [([1.0] * 8, "in phase"), ([0.0, pi] * 4, "two clusters"), (np.arange(8) * tau / 8, "other")],
)
def test_elsewhere_states_are_told_by_order_parameters(phases: Sequence[float], state: str) -> None:
    """In step, in two opposite clusters, or neither."""
    (series,) = basins_of_runs([ended(phases, 1, "mesh")]).series
    assert series.counts == {state: 1}
    assert state_of(0.2, 0.995) == "two clusters"


def test_bars_are_shares_with_intervals_of_wilson() -> None:
    """A bar for each state in order, words last, as high as its share, with the interval about it."""
    series = BasinSeries("", {0: 6, 1: 3, "other": 1})
    axes = draw_basins(BasinFigure([series], "name", "facts")).axes[0]
    assert [bar.get_height() for bar in axes.patches] == pytest.approx([0, 0.6, 0.3, 0.1])  # type: ignore[attr-defined]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["−1", "0", "1", "other"]
    expected = share_of(6, 10)
    assert expected is not None
    intervals = axes.collections[0].get_segments()  # type: ignore[attr-defined]
    assert intervals[0][:, 1].tolist() == pytest.approx([expected.low, expected.high])


def test_the_curve_has_the_deviation_of_the_runs() -> None:
    """Where there are enough runs, a normal curve about 0 turns has their standard deviation."""
    series = BasinSeries("", {-1: 20, 0: 60, 1: 20})
    assert series.deviation == pytest.approx(sqrt(0.4))
    lines = draw_basins(BasinFigure([series], "name", "facts")).axes[0].lines
    (curve,) = [line for line in lines if str(line.get_label()).startswith("Gaussian")]
    assert np.max(np.asarray(curve.get_ydata())) == pytest.approx(1 / sqrt(2 * pi * 0.4), rel=1e-2)


def kuramoto(strength: float, **changes: Any) -> dict[str, Any]:
    """A scenario of oscillators on a complete graph."""
    frequencies = {"kind": "lorentzian", "width": 0.5}
    protocol = {"kind": "kuramoto", "strength": strength, "frequencies": frequencies, "delay": "0"}
    return {"topology": {"kind": "mesh"}, "protocol": {**protocol, "normalization": "degree", **changes}}


STRENGTHS = (0.5, 2.0, 4.0)


def study(**changes: Any) -> StudyView:
    """A study of three strengths with four runs each, of which one failed."""
    rows = [
        {
            "K": strength,
            "cell": cell,
            "error": "it failed" if run == 3 else None,
            "coherence_mean": 0.1 * cell + 0.01 * run,
            "coherence": 1.0 if cell else 0.3,
            "coherence_r2": 1.0 if run else 0.2,
        }
        for cell, strength in enumerate(STRENGTHS)
        for run in range(4)
    ]
    columns: dict[str, Any] = {
        "frame": pd.DataFrame(rows),
        "factors": ("K",),
        "metrics": ("coherence_mean",),
        "scenarios": [kuramoto(strength) for strength in STRENGTHS],
    }
    return StudyView("small", **{**columns, **changes})


def test_points_are_means_at_the_strength_of_the_scenario() -> None:
    """A point for each cell at its strength, with the mean over whole runs; the swept strength is no label."""
    (series,) = bifurcation_of_study(study(), None).series
    assert series.label == ""
    assert {strength: each.value for strength, each in series.coherence.items()} == pytest.approx(
        {0.5: 0.01, 2.0: 0.11, 4.0: 0.21}
    )
    assert series.theory == Theory("lorentzian", 0.5)
    figure = STUDY_PLOTS["bifurcation"].draw(study(), None, None)
    (line,) = [line for line in figure.axes[0].lines if str(line.get_label()).startswith("theory")]
    theory = dict(np.asarray(line.get_xydata()).tolist())
    assert theory[0.5] == 0
    assert theory[4.0] == pytest.approx(sqrt(1 - 1 / 4))


def test_intervals_are_named_only_where_there_are_some() -> None:
    """Means of three runs have none, those of nine have."""
    few = study()
    more = replace(few, frame=pd.concat([few.frame.assign(error=None), few.frame, few.frame], ignore_index=True))
    assert bifurcation_of_study(few, None).facts == "4 runs at each point; mean"
    assert bifurcation_of_study(more, None).facts == "12 runs at each point; mean with an interval of 95 %"


def test_theory_has_the_published_values() -> None:
    """Lorentzian: r = sqrt(1 - 2 width / K). Gaussian: onset at sqrt(8 / pi) widths, r as the equation has it."""
    lorentzian = Theory("lorentzian", 0.5)
    assert [lorentzian.coherence(strength) for strength in (0.9, 1.5, 2, 4)] == pytest.approx(
        [0, 0.5774, 0.7071, 0.8660], abs=1e-4
    )
    gaussian = Theory("gaussian", 1.0)
    assert gaussian.onset == pytest.approx(1.5958, abs=1e-4)
    assert gaussian.coherence(1.59) == 0
    strength, coherence = 2.0, gaussian.coherence(2.0)
    angles = np.linspace(-pi / 2, pi / 2, 20_001)
    density = np.exp(-((strength * coherence * np.sin(angles)) ** 2) / 2) / sqrt(tau)
    assert strength * trapezoid(np.cos(angles) ** 2 * density, angles) == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize(
    "scenario",
    [
        kuramoto(1.0, lag=0.3),
        kuramoto(1.0, noise=0.1),
        kuramoto(1.0, delay="10ms"),
        kuramoto(1.0, normalization="none"),
        kuramoto(1.0, frequencies={"kind": "uniform", "width": 0.5}),
        kuramoto(1.0, kind="attractor"),
        {**kuramoto(1.0), "topology": {"kind": "ring"}},
    ],
)
def test_theory_is_drawn_only_where_it_holds(scenario: dict[str, Any]) -> None:
    """With lag, delay or noise, on other graphs and for other distributions there is no line."""
    assert theory_of(kuramoto(1.0)) is not None
    assert theory_of(scenario) is None


def test_states_of_a_study_are_told_by_its_metrics() -> None:
    """On rings by winding and twisted, elsewhere by both order parameters; runs without them count as other."""
    series = basins_of_study(study()).series
    assert [dict(each.counts) for each in series] == [{"other": 1, "two clusters": 2}, {"in phase": 3}, {"in phase": 3}]
    frame = study().frame.assign(
        winding=[1, 0, 0, 0, np.nan, 2, 0, 0] * 1 + [0] * 4, twisted=[True, True, False, True] * 3
    )
    rings = basins_of_study(study(frame=frame)).series
    assert [dict(each.counts) for each in rings] == [{1: 1, 0: 1, "other": 1}, {"other": 2, 2: 1}, {0: 2, "other": 1}]


@pytest.mark.parametrize(
    ("plot", "view", "message"),
    [
        ("bifurcation", study(scenarios=[kuramoto(1.0)] * 3), "has one strength of the coupling; .* protocol.strength"),
        ("bifurcation", study(frame=study().frame.drop(columns="coherence_mean")), "no run .* value of coherence_mean"),
        ("basins", study(frame=study().frame.drop(columns="coherence")), "has no coherence and coherence_r2, which"),
    ],
)
def test_studies_of_other_things_are_refused(plot: str, view: StudyView, message: str) -> None:
    """A study that sweeps no strength, or is not of swarms, is one clear error."""
    with pytest.raises(InputError, match=message):
        STUDY_PLOTS[plot].draw(view, None, None)


def test_runs_without_phases_or_of_too_many_scenarios_are_refused(broken: RunView) -> None:
    """The states of at most four scenarios, of swarms, are drawn."""
    with pytest.raises(InputError, match="found no records of phases, which the plot basins needs"):
        PLOTS["basins"].draw([broken])
    runs = [replace(twisted(0, 1), scenario={"name": f"run {number}"}) for number in range(5)]
    with pytest.raises(InputError, match="found 5 sets of runs; the plot basins has at most 4"):
        PLOTS["basins"].draw(runs)


@pytest.mark.parametrize("width", [COLUMN_MM, PAGE_MM])
def test_the_plots_can_be_read(width: float) -> None:
    """At the width of a column and of a page all words lie within the figure and apart."""
    for name in ("bifurcation", "basins"):
        assert_legible(STUDY_PLOTS[name].draw(study(), None, width), width)

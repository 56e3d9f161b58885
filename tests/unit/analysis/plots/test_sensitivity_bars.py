"""Sensitivity: Sobol indices of designs for them, main effects of all others, and the bars of both."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import qmc

from analysis.plots.sensitivity import (
    FIRST_ORDER,
    MAIN_EFFECT,
    TOTAL,
    is_sobol_design,
    sensitivity_frame,
    too_few_points,
)
from analysis.plots.sensitivity_bars import draw_sensitivity, sensitivity_figure
from analysis.plots.study_plots import STUDY_PLOTS
from analysis.study_view import StudyView
from tests.unit.analysis.plots.small_studies import legend_of, study_of, title_of
from topologies.errors import InputError

POINTS = 128


def sampled() -> StudyView:
    """A design for Sobol indices over a, b and c; the time is a + 2 b c of evenly spread numbers, under two seeds.

    By hand: the variance is 1/12 + 4 (1/9 - 1/16) = 1/12 + 7/36 = 10/36; a alone explains (1/12) / (10/36) = 0.3, b
    alone and c alone (1/12) / (10/36) = 0.3 each, and b with c the rest, 0.1.
    """
    both = qmc.Sobol(6, scramble=True, seed=3).random(POINTS)
    first, second = both[:, :3], both[:, 3:]
    mixed = [np.where(np.arange(3) == factor, second, first) for factor in range(3)]
    cells = [
        ({"a": a, "b": b, "c": c}, {"converged_at": [1e9 * (a + 2 * b * c) + seed for seed in (-5, 5)]})
        for a, b, c in np.concatenate([first, second, *mixed]).tolist()
    ]
    return study_of(cells)


@pytest.fixture(scope="module")
def view() -> StudyView:
    """The sampled study."""
    return sampled()


def test_sobol_indices_are_those_of_the_formula(view: StudyView) -> None:
    """First order 0.3 each, total 0.3, 0.4 and 0.4, all within their intervals, the strongest factors first."""
    frame = sensitivity_frame(view).set_index(["factor", "index"])
    for factor, first, total in (("a", 0.3, 0.3), ("b", 0.3, 0.4), ("c", 0.3, 0.4)):
        for index, truth in ((FIRST_ORDER, first), (TOTAL, total)):
            row = frame.loc[(factor, index)]
            assert row["low"] < truth < row["high"]
            assert row["value"] == pytest.approx(truth, abs=0.1)
    assert frame.index.get_level_values("factor")[-1] == "a"
    assert frame["runs"].unique().tolist() == [2 * POINTS * 5]


def test_bars_have_their_intervals(view: StudyView) -> None:
    """Two bars a factor, each with its interval, and the caption says which indices and how many runs."""
    figure = sensitivity_figure(view)
    (axes,) = figure.axes
    assert len(axes.patches) == 6
    assert sum(len(line.get_xdata()) == 2 and line.get_marker() == "|" for line in axes.get_lines()) == 6
    assert axes.get_xlabel() == "Share of the variance"
    assert legend_of(figure) == ["by itself (first order)", "with others (total)"]
    assert title_of(figure) == (
        "small Converged at, mean over seeds; Sobol indices over 1,280 runs with 95 % intervals (BCa)"
    )


def test_a_design_is_known_by_its_points(view: StudyView) -> None:
    """The matrices in their order are a design; with two cells exchanged, or a point less, they are none."""
    cells = view.frame.groupby("cell")[["a", "b", "c"]].first()
    assert is_sobol_design(cells, ["a", "b", "c"])
    assert not is_sobol_design(cells, ["b", "a", "c"])
    assert not is_sobol_design(cells.iloc[:-5], ["a", "b", "c"])
    turned = cells.iloc[[1, 0, *range(2, len(cells))]]
    assert not is_sobol_design(turned, ["a", "b", "c"])


def test_a_design_in_which_times_never_came_has_main_effects(view: StudyView) -> None:
    """Sobol indices need a value at each point: without one, ranks are taken, in which never is later than all."""
    broken = view.frame["converged_at"].mask(view.frame["cell"] == 7)
    frame = sensitivity_frame(replace(view, frame=view.frame.assign(converged_at=broken)))
    assert set(frame["index"]) == {MAIN_EFFECT}


def swept() -> StudyView:
    """A grid in which the nodes decide everything, more of them being slower, and the colour nothing."""
    return study_of(
        [
            ({"topology.nodes": n, "colour": colour}, {"converged_at": [n * 1e9 + seed for seed in range(5)]})
            for n in (1, 2, 3, 4)
            for colour in ("red", "blue")
        ]
    )


def test_main_effects_of_a_grid() -> None:
    """The factor that decides has nearly all of the variance of ranks and its direction, the other one nothing."""
    frame = sensitivity_frame(swept()).set_index("factor")
    assert frame.loc["topology.nodes", "value"] > 0.9
    assert frame.loc["topology.nodes", "direction"] > 0.95
    assert frame.loc["topology.nodes", "p"] < 0.01
    assert frame.loc["colour", "value"] == 0
    assert np.isnan(frame.loc["colour", "direction"])
    figure = sensitivity_figure(swept())
    (axes,) = figure.axes
    assert [label.get_text() for label in axes.get_yticklabels()] == ["Nodes", "Colour"]
    assert legend_of(figure) == ["p < 0.05", "p ≥ 0.05"]
    assert [text.get_text().strip()[:5] for text in axes.texts] == ["ρ +0."]
    assert title_of(figure) == (
        "small Converged at; main effects on ranks over 40 runs (Kruskal–Wallis, Holm); ρ: Spearman"
    )


def test_main_effects_of_a_sampled_design_count_points() -> None:
    """A factor without effect that has its own value at each point explains nothing; the caption says points."""
    stream = np.random.default_rng(4)
    drawn = stream.random((16, 2)).tolist()
    cells = [({"a": a, "b": b}, {"messages": [a + seed / 1e3 for seed in range(3)]}) for a, b in drawn]
    view = study_of(cells)
    view = replace(view, frame=view.frame.assign(point=view.frame["cell"]))
    frame = sensitivity_frame(view).set_index("factor")
    assert frame.loc["a", "value"] == pytest.approx(1)
    assert frame.loc["b", "value"] < 0.2
    assert frame.loc["b", "p"] > 0.05
    assert frame["points"].tolist() == [16, 16]
    assert "main effects on ranks over 16 points, medians over seeds (Spearman" in title_of(sensitivity_figure(view))


def test_too_few_points_are_told() -> None:
    """Where an interval of a Sobol index is wider than half of the variance, the caption says so."""
    frame = sensitivity_frame(sampled()).assign(high=lambda rows: rows["low"] + 0.6, points=16)
    assert too_few_points(frame)
    assert "16 base points are too few to tell" in title_of(draw_sensitivity(frame, "messages"))


def test_parts_of_a_study_are_looked_at_by_themselves() -> None:
    """By a factor there is a panel for each of its levels, with the other factors in it."""
    frame = sensitivity_frame(swept(), by="colour")
    assert frame["group"].tolist() == ["red", "blue"]
    assert frame["factor"].unique().tolist() == ["topology.nodes"]
    figure = sensitivity_figure(swept(), by="colour")
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["red", "blue"]


def test_factors_that_end_alike_keep_their_paths() -> None:
    """Where the last words of two paths are the same, the whole paths are written."""
    view = study_of(
        [({"protocol.period": p, "workload.period": w}, {"messages": [p + w]}) for p in (1.0, 2.0) for w in (1.0, 2.0)]
    )
    labels = [label.get_text() for label in sensitivity_figure(view).axes[0].get_yticklabels()]
    assert sorted(labels) == ["protocol.period", "workload.period"]


@pytest.mark.parametrize(
    ("view", "by", "message"),
    [
        (study_of([({"n": 1}, {"messages": [1.0, 2.0]})]), None, "no factor of the study small varies; the plot"),
        (
            study_of([({"n": n}, {"messages": [1.0]}) for n in (1, 2)]),
            "n",
            "no factor of the study small varies within",
        ),
        (
            study_of([({"n": n}, {"messages": [1.0]}) for n in range(5)]),
            "n",
            "n has 5 levels; the plot sensitivity has",
        ),
    ],
)
def test_a_study_that_varies_nothing_is_refused(view: StudyView, by: str | None, message: str) -> None:
    """One cell, nothing else within a level, and too many levels are one clear error each."""
    with pytest.raises(InputError) as caught:
        STUDY_PLOTS["sensitivity"].draw(view, None, None, by=by)
    assert message in str(caught.value)

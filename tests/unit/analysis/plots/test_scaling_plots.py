"""Scaling: what is drawn over sizes, which law is said to fit, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from math import exp

import numpy as np
import pytest

from analysis.plots.scaling import MOST_LINES, laws_of, scaling_frame, scaling_points
from analysis.plots.scaling_laws import draw_scaling, scaling_figure
from analysis.plots.study_plots import STUDY_PLOTS
from analysis.study_view import StudyView
from tests.unit.analysis.plots.small_studies import legend_of, seconds, study_of, title_of
from topologies.errors import InputError

FACTORS = (0.9, 0.95, 1.0, 1.0, 1.05, 1 / 0.9, 1 / 0.95, 1 / 1.05)
"""Runs about the law, whose geometric mean is 1."""


def grown(**changes: float) -> StudyView:
    """A time that grows with the square root of the number of nodes: 2, 4 and 8 s at 16, 64 and 256 nodes."""
    cells = [
        ({"topology.nodes": n}, {"converged_at": seconds(*(0.5 * n**0.5 * each for each in FACTORS))})
        for n in (16, 64, 256)
    ]
    return study_of(cells, **changes)


def test_points_are_geometric_means() -> None:
    """At each size the exponential of the mean logarithm, with an interval about it."""
    points = scaling_points(scaling_frame(grown()))
    assert points["size"].tolist() == [16, 64, 256]
    assert points["value"].tolist() == pytest.approx([2e9, 4e9, 8e9])
    assert (points["low"] < points["value"]).all()
    assert (points["high"] > points["value"]).all()
    assert points["runs"].tolist() == [8, 8, 8]


def test_the_law_that_made_the_values_is_named_with_its_exponent() -> None:
    """The power 0.5 with its interval is in the legend, and the laws that fit less well are dashed with weights."""
    (fits,) = laws_of(scaling_frame(grown())).values()
    assert fits[0].law == "power"
    figure = scaling_figure(grown())
    legend = legend_of(figure)
    exponent = fits[0].parameters["exponent"]
    assert exponent.low is not None
    assert exponent.high is not None
    assert f"0.5 s · n^0.50 ({exponent.low:.2f} to {exponent.high:.2f}) (weight > 99 %)" in legend
    assert [words.partition(" law")[0] for words in legend if "law: weight" in words] == [fit.law for fit in fits[1:]]
    axes = figure.axes[0]
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")
    assert axes.get_xlabel() == "Nodes (n)"
    assert axes.get_ylabel() == "Converged at (s)"
    assert len(axes.collections) >= 1  # the band
    assert title_of(figure) == (
        "small 8 runs at each point; geometric means with 95 % intervals (BCa), the law of the least AICc with its "
        "95 % band"
    )


def test_a_logarithm_is_said_with_the_exponent_beside_it() -> None:
    """Where the logarithm fits best, its line is told, and the power as well, with the sign of what is taken off."""
    cells = [
        ({"nodes": n}, {"converged_at": seconds(*((-1 + 2 * np.log(n)) * each for each in FACTORS))})
        for n in (8, 64, 512, 4096)
    ]
    legend = legend_of(scaling_figure(study_of(cells)))
    assert any(words.startswith("−1 s + 2 s · ln n (weight ") and "; as a power n^0." in words for words in legend)


def test_lines_are_the_sets_of_the_other_factors() -> None:
    """A line and a marker for each; laws that fit less well are left out."""
    values = {"messages": [1.0, 2.0, 3.0]}
    view = study_of([({"kind": kind, "nodes": n}, values) for kind in ("ring", "star") for n in (4, 16, 64)])
    legend = legend_of(scaling_figure(view))
    assert [words.partition(":")[0] for words in legend] == ["ring", "star"]


def test_sizes_at_which_a_time_never_came_have_no_mean() -> None:
    """The mean of the others would be too small: no point, no part in the law, and it is said how many they are."""
    view = grown()
    lost = view.frame["converged_at"].mask((view.frame["topology.nodes"] == 256) & (view.frame["replicate"] < 3))
    view = replace(view, frame=view.frame.assign(converged_at=lost))
    points = scaling_points(scaling_frame(view))
    assert points["never"].tolist() == [0, 0, 3]
    assert np.isnan(points["value"].iloc[2])
    figure = scaling_figure(view)
    assert "never in 3 of 8" in [text.get_text() for text in figure.axes[0].texts]
    assert figure.axes[0].get_xlim()[1] > 256
    assert "no law is fitted to fewer than 3 sizes; no mean where a time never came in some runs" in title_of(figure)


def test_few_runs_have_no_interval() -> None:
    """Below six runs a point has its mean alone; a single one at each of two sizes is drawn without a law."""
    view = study_of([({"nodes": n}, {"converged_at": [n * 1e9]}) for n in (10, 100)])
    points = scaling_points(scaling_frame(view))
    assert points["value"].tolist() == pytest.approx([exp(np.log(10e9)), exp(np.log(100e9))])
    assert points["low"].isna().all()
    assert "interval" not in title_of(scaling_figure(view))


def test_the_size_is_a_factor_that_is_known_to_be_one() -> None:
    """Of several factors with numbers that of nodes is along the axis; another one can be named."""
    view = study_of([({"fanout": f, "topology.nodes": n}, {"messages": [1.0]}) for f in (1, 2, 4) for n in (8, 16)])
    assert scaling_frame(view)["size"].unique().tolist() == [8, 16]
    assert scaling_frame(view, x="fanout")["size"].unique().tolist() == [1, 2, 4]
    assert draw_scaling(scaling_frame(view), "messages", "Nodes").axes[0].get_ylabel() == "Messages"


@pytest.mark.parametrize(
    ("view", "options", "message"),
    [
        (study_of([({"kind": k}, {"messages": [1.0]}) for k in "ab"]), {}, "sweeps no numbers above 0"),
        (study_of([({"n": 1}, {"messages": [1.0]})]), {}, "sweeps no numbers above 0"),
        (study_of([({"n": n}, {"messages": [0.0]}) for n in (1, 2)]), {}, "found messages of 0; the plot scaling has"),
        (
            study_of([({"k": k, "n": n}, {"messages": [1.0]}) for k in "ab" for n in (1, 2)]),
            {"x": "k"},
            "k has not several numbers above 0, which the plot scaling draws along its axis; n has",
        ),
        (
            study_of([({"k": f"k{k}", "n": n}, {"messages": [1.0]}) for k in range(MOST_LINES + 1) for n in (1, 2)]),
            {},
            f"found {MOST_LINES + 1} sets of cells",
        ),
        (grown(), {"by": "topology.nodes"}, "the plot scaling has no option by"),
    ],
)
def test_what_does_not_scale_is_refused(view: StudyView, options: dict[str, str], message: str) -> None:
    """No numbers, one size, values that are not above 0, and too many lines are one clear error each."""
    with pytest.raises(InputError) as caught:
        STUDY_PLOTS["scaling"].draw(view, None, None, **options)
    assert message in str(caught.value)

"""Heat maps of studies: what is in their cells, in numbers, colours and words."""

from __future__ import annotations

from dataclasses import replace
from math import inf, nan
from typing import Any

import pytest
from matplotlib.colors import to_rgb

from analysis.plots.heat_map import MOST_LEVELS, heat_map_frame, luminance
from analysis.plots.study_plots import STUDY_PLOTS
from analysis.study_view import StudyView
from tests.unit.analysis.plots.small_studies import seconds, study_of, title_of
from topologies.errors import InputError

DRAW = STUDY_PLOTS["heat-map"].draw


def grid() -> StudyView:
    """Two systems by two sizes; six runs each, of one cell three did not come, of another none."""
    times = {
        ("raft", 16): seconds(1, 2, 3, 4, 5, 6),
        ("raft", 4): seconds(2, 2, 2, 2, 2, 2),
        ("gossip", 16): seconds(None, None, None, None, None, None),
        ("gossip", 4): seconds(7, 8, 9, None, None, None),
    }
    cells = [({"system": system, "nodes": nodes}, {"converged_at": times[system, nodes]}) for system, nodes in times]
    view = study_of(cells)
    verdicts = ["holds"] * 6 + ["violated"] * 3 + ["unknown"] * 3 + ["violated"] * 6 + ["holds"] * 6
    return replace(view, frame=view.frame.assign(**{"check.agreement": verdicts}), checks=("agreement",))


def words_of(figure: Any) -> list[str]:
    """The words in the cells, row by row."""
    return [text.get_text() for text in figure.axes[0].texts]


def test_cells_have_medians_and_half_of_their_intervals() -> None:
    """Sizes go across in their order; of 1 to 6 s the median is 3.5 and its interval goes from 1 to 6."""
    frame = heat_map_frame(grid())
    assert frame[["row", "x"]].to_numpy().tolist() == [["raft", 4], ["raft", 16], ["gossip", 4], ["gossip", 16]]
    assert frame["value"].tolist() == [2e9, 3.5e9, inf, inf]
    assert frame["never"].tolist() == [0, 0, 3, 6]
    assert (frame["low"][1], frame["high"][1]) == (1e9, 6e9)
    figure = DRAW(grid())
    assert words_of(figure) == ["2\n±0", "3.5\n±2.5", "never", "never"]
    assert "median; ±: half the width of its 95 % interval; hatched: it never came in half of the runs" in title_of(
        figure
    )
    hatched = [patch.get_hatch() for patch in figure.axes[0].patches]
    assert hatched == [None, None, "////", "////"]
    assert figure.axes[1].get_xlabel() == "Converged at (s)"


def test_factors_can_be_turned() -> None:
    """The one named for x goes across, the other one down."""
    axes = DRAW(grid(), x="system").axes[0]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["raft", "gossip"]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["4", "16"]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("System", "Nodes")


@pytest.mark.parametrize(
    ("metric", "words", "label"),
    [
        ("never.converged_at", ["0%\n±20", "0%\n±20", "50%\n±31", "100%\n±20"], "Share of runs without converged at"),
        ("check.agreement", ["50%\n±31", "0%\n±20", "0%\n±20", "100%\n±20"], "Share of runs that violate agreement"),
    ],
)
def test_shares_of_runs_are_drawn_too(metric: str, words: list[str], label: str) -> None:
    """Wilson's interval of 0, 3 and 6 of 6 is 0 to 39 %, 19 to 81 % and 61 to 100 %; unknown is not violated."""
    figure = DRAW(grid(), metric)
    assert words_of(figure) == words
    assert figure.axes[1].get_xlabel() == label


def test_more_is_darker_or_lighter_but_never_the_same() -> None:
    """Colours differ in lightness in the order of the values, so that they are told apart without hue."""
    view = study_of([({"nodes": size}, {"messages": [float(size)]}) for size in (1, 2, 3, 4)])
    axes = DRAW(view).axes[0]
    lightness = [sum(to_rgb(patch.get_facecolor())) for patch in axes.patches]
    assert lightness == sorted(lightness, reverse=True)
    assert len(set(lightness)) == 4


def test_letters_have_contrast_on_every_colour() -> None:
    """Black or white, whichever is farther from the cell: at least 4.5 to 1, as WCAG asks of text."""
    view = study_of([({"nodes": size}, {"converged_at": seconds(size)}) for size in range(1, 8)])
    axes = DRAW(view).axes[0]
    for patch, text in zip(axes.patches, axes.texts, strict=True):
        light = sorted((luminance(to_rgb(patch.get_facecolor())), luminance(to_rgb(str(text.get_color())))))
        assert (light[1] + 0.05) / (light[0] + 0.05) >= 4.5


def test_cells_without_runs_and_small_cells_have_their_looks() -> None:
    """A cell that is left out says so; where cells are too small for words there are none."""
    view = grid()
    frame = heat_map_frame(replace(view, frame=view.frame[view.frame["cell"] != 0]))
    assert frame["value"].isna().tolist() == [False, True, False, False]
    figure = DRAW(replace(view, frame=view.frame[view.frame["cell"] != 0]))
    assert "no runs" in words_of(figure)
    many = study_of([({"n": n}, {"messages": [float(n)]}) for n in range(1, MOST_LEVELS + 1)])
    assert words_of(DRAW(many)) == []


@pytest.mark.parametrize(
    ("metric", "message"),
    [
        ("check.agrement", "found 'check.agrement'; the study small has check.agreement"),
        ("never.messages", "no run of the study small has a value of messages"),
        ("never.convergd_at", "did you mean converged_at?"),
    ],
)
def test_shares_of_what_is_not_there_are_refused(metric: str, message: str) -> None:
    """A check that no run has, and a metric that is no time or unknown, are one clear error."""
    with pytest.raises(InputError) as caught:
        DRAW(grid(), metric)
    assert message in str(caught.value)


def test_too_many_levels_are_refused() -> None:
    """With the factor and a remedy; a share over three factors as well, as it counts runs."""
    many = study_of([({"n": n}, {"messages": [nan if n else 1.0]}) for n in range(MOST_LEVELS + 1)])
    with pytest.raises(
        InputError, match=f"n has {MOST_LEVELS + 1} levels; the plot heat-map has at most {MOST_LEVELS}"
    ):
        DRAW(many)
    cells = [({"a": a, "b": b, "c": c}, {"converged_at": seconds(1)}) for a in "de" for b in "fg" for c in "hi"]
    with pytest.raises(InputError, match="varies a, b, c; a share of runs is drawn over two factors"):
        DRAW(study_of(cells), "never.converged_at")

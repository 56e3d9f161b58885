"""Boxes and violins of studies: quartiles, densities, the runs themselves, and those that never came."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from analysis.plots.boxes import density
from analysis.plots.study_plots import STUDY_PLOTS
from analysis.plots.theme import COLUMN_MM, PAGE_MM, width_mm
from analysis.study_view import StudyView
from tests.unit.analysis.plots.small_studies import legend_of, seconds, study_of, title_of
from topologies.errors import InputError

BOTH = ("box", "violin")


def systems() -> StudyView:
    """Two systems by two sizes; in three runs of the last the time never came."""
    cells = [
        ({"system": "raft", "nodes": 4}, {"converged_at": seconds(1, 2, 3, 4, 5, 30)}),
        ({"system": "raft", "nodes": 8}, {"converged_at": seconds(2, 3, 4, 5, 6, 7)}),
        ({"system": "gossip", "nodes": 4}, {"converged_at": seconds(4, 5, 6, 7, 8, 9)}),
        ({"system": "gossip", "nodes": 8}, {"converged_at": seconds(5, 6, 7, None, None, None)}),
    ]
    return study_of(cells)


@pytest.mark.parametrize("name", BOTH)
def test_every_run_that_came_is_a_point_and_the_others_are_counted(name: str) -> None:
    """Points of a group are at its values; the strip above says how many never came, and the words what it is."""
    figure = STUDY_PLOTS[name].draw(systems())
    axes, *_ = figure.axes
    points = [np.asarray(dots.get_offsets())[:, 1] for dots in axes.collections if len(dots.get_offsets()) in (3, 6)]
    assert sorted(np.concatenate(points).tolist()) == sorted(
        [1, 2, 3, 4, 5, 30, 2, 3, 4, 5, 6, 7, 4, 5, 6, 7, 8, 9, 5, 6, 7]
    )
    (strip,) = axes.child_axes
    assert [text.get_text() for text in strip.texts] == ["3"]
    assert strip.texts[0].get_position()[0] == pytest.approx(1.2)
    assert f"above: runs in which the time never came, 3 in all, which are in no {name}" in title_of(figure)
    assert legend_of(figure) == ["nodes 4", "nodes 8"]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["raft", "gossip"]


def test_boxes_are_quartiles_and_whiskers_end_at_values() -> None:
    """Of 1, 2, 3, 4, 5 and 30 the quartiles are 2.25 and 4.75, and 30 is beyond the whiskers, which end at 5."""
    axes = STUDY_PLOTS["box"].draw(systems()).axes[0]
    box = axes.patches[0].get_path().vertices
    assert (box[:, 1].min(), box[:, 1].max()) == (2.25, 4.75)
    heights = {float(line.get_ydata()[-1]) for line in axes.lines[:5] if len(line.get_ydata())}  # type: ignore[arg-type,index]
    assert {1.0, 5.0, 3.5} <= heights
    assert 30.0 not in heights


def test_a_density_is_that_of_its_kernels() -> None:
    """By hand: of two values of a sample with Scott's width, s·n^(-1/5), relative to its largest."""
    values = np.array([1.0, 2.0, 4.0, 7.0, 11.0])
    at, shares = density(values, logarithmic=False, points=3)
    assert at.tolist() == [1.0, 6.0, 11.0]
    wide = values.std(ddof=1) * 5 ** (-1 / 5)
    kernels = np.exp(-(((at[:, None] - values) / wide) ** 2) / 2).sum(axis=1)
    assert shares == pytest.approx(kernels / kernels.max())
    assert density(values, logarithmic=True)[0][[0, -1]] == pytest.approx([1.0, 11.0])


def test_violins_have_the_median_of_all_runs() -> None:
    """That of 5, 6, 7 and three that never came has no number, and no line; few values have no shape."""
    axes = STUDY_PLOTS["violin"].draw(systems()).axes[0]
    paths = [path.vertices for collection in axes.collections for path in collection.get_paths()]
    assert len([corners for corners in paths if len(corners) > 100]) == 3
    assert {ends[0][1] for ends in paths if len(ends) == 2 and ends[0][1] == ends[1][1]} == {3.5, 4.5, 6.5}


@pytest.mark.parametrize("name", BOTH)
@pytest.mark.parametrize("runs", [[2.0], [3.0, 3.0, 3.0, 3.0, 3.0, 3.0]])
def test_one_run_and_equal_runs_are_drawn(name: str, runs: list[float]) -> None:
    """Neither has a width, which is no obstacle; nor is a study of one cell."""
    figure = STUDY_PLOTS[name].draw(study_of([({"nodes": 4}, {"messages": runs})]))
    assert not figure.axes[0].child_axes
    assert not figure.legends


@pytest.mark.parametrize("name", BOTH)
def test_many_boxes_take_a_page_and_too_many_are_refused(name: str) -> None:
    """Beyond 24 boxes a column is too narrow; beyond 48, or eight groups, nothing can be read."""

    def swept(levels: int, groups: int) -> StudyView:
        cells: list[Any] = [
            ({"a": f"a{a}", "b": f"b{b}"}, {"messages": [1.0, 2.0]}) for a in range(levels) for b in range(groups)
        ]
        return study_of(cells)

    assert width_mm(STUDY_PLOTS[name].draw(swept(4, 3))) == pytest.approx(COLUMN_MM)
    assert width_mm(STUDY_PLOTS[name].draw(swept(13, 2))) == pytest.approx(PAGE_MM)
    with pytest.raises(InputError, match="found 50 boxes; the plots box and violin have at most 48: sweep fewer"):
        STUDY_PLOTS[name].draw(swept(25, 2))
    with pytest.raises(InputError, match=f"found 9 groups; the plot {name} has at most 8: sweep fewer values"):
        STUDY_PLOTS[name].draw(swept(2, 9))

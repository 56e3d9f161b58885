"""Small multiples of studies: which run is in which panel, and axes that can be compared."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from analysis.plots.small_multiples import MOST_ROWS, small_multiples_frame
from analysis.plots.study_plots import STUDY_PLOTS
from analysis.plots.theme import COLUMN_MM, PAGE_MM, width_mm
from analysis.study_view import StudyView
from tests.unit.analysis.plots.small_studies import legend_of, seconds, study_of, title_of
from topologies.errors import InputError

DRAW = STUDY_PLOTS["small-multiples"].draw


def cube() -> StudyView:
    """Three topologies by two losses by two sizes under two seeds; a time is told by its factors."""
    cells: list[Any] = [
        (
            {"topology": topology, "loss": loss, "nodes": nodes},
            {"converged_at": seconds(10 * place + nodes + (20 if loss == "5%" else 0), 10 * place + nodes + 1)},
        )
        for place, topology in enumerate(("mesh", "ring", "star"))
        for loss in ("0%", "5%")
        for nodes in (4, 8)
    ]
    return study_of(cells)


def test_each_panel_has_its_runs() -> None:
    """The factor with more levels goes down, the other one across, the last is told apart inside."""
    frame = small_multiples_frame(cube())
    assert (frame.attrs["row"], frame.attrs["column"], frame.attrs["by"]) == ("topology", "loss", ["nodes"])
    panel = frame[(frame["row"] == "ring") & (frame["column"] == "5%")]
    assert sorted(zip(panel["group"], panel["value"], strict=True)) == [
        ("nodes 4", 15e9),
        ("nodes 4", 34e9),
        ("nodes 8", 19e9),
        ("nodes 8", 38e9),
    ]
    figure = DRAW(cube())
    assert len(figure.axes) == 6
    assert legend_of(figure) == ["nodes 4", "nodes 8"]
    assert [panel.get_title() for panel in figure.axes[:2]] == ["0%", "5%"]
    assert [panel.get_ylabel() for panel in figure.axes[1::2]] == ["mesh", "ring", "star"]
    line = figure.axes[3].lines[0]
    assert np.allclose(np.asarray(line.get_xdata(), float), [15, 15, 34])


def test_panels_have_the_same_axes() -> None:
    """What is farther right, or higher, is more in each of them; numbers stand at the left and at the bottom."""
    for options in ({}, {"x": "nodes"}):
        figure = DRAW(cube(), **options)
        assert len({(panel.get_xlim(), panel.get_ylim()) for panel in figure.axes}) == 1
        assert [bool(panel.xaxis.get_tick_params()["labelbottom"]) for panel in figure.axes] == [False] * 4 + [True] * 2
    assert title_of(figure).startswith("small 2 runs each; median; faint: runs")


def test_a_curve_along_a_factor_has_its_medians() -> None:
    """Along the sizes, the median of both seeds at each; what is not told apart makes the panels."""
    figure = DRAW(cube(), x="nodes")
    assert len(figure.axes) == 6
    line = next(line for line in figure.axes[3].lines if len(line.get_xdata()) == 2)  # type: ignore[arg-type]
    assert np.allclose(np.asarray(line.get_ydata(), float), [(15 + 34) / 2, (19 + 38) / 2])
    by_topology = DRAW(cube(), x="nodes", by="topology")
    assert len(by_topology.axes) == 2
    assert legend_of(by_topology) == ["mesh", "ring", "star"]


def test_wide_ones_take_a_page_and_one_panel_is_enough() -> None:
    """Four panels side by side need a page; a study of one cell has one."""
    cells = [({"a": a, "b": b}, {"messages": [1.0, 2.0]}) for a in range(4) for b in range(4)]
    assert width_mm(DRAW(study_of(cells))) == pytest.approx(PAGE_MM)
    one = DRAW(study_of(cells[:1]))
    assert len(one.axes) == 1
    assert width_mm(one) == pytest.approx(COLUMN_MM)


def test_too_many_panels_are_refused() -> None:
    """With the factor that has too many levels, or those that find no place."""
    many = study_of([({"n": n}, {"messages": [1.0]}) for n in range(MOST_ROWS + 1)])
    with pytest.raises(
        InputError, match=f"n has {MOST_ROWS + 1} levels; the plot small-multiples has at most {MOST_ROWS}"
    ):
        DRAW(many)
    four = [
        ({"a": a, "b": b, "c": c, "d": d}, {"messages": [1.0]})
        for a in (1, 2)
        for b in (1, 2)
        for c in (1, 2)
        for d in (1, 2)
    ]
    with pytest.raises(InputError, match="varies a, b, c over panels; the plot small-multiples has rows and columns"):
        DRAW(study_of(four))

"""Every plot of a study that looks at one metric draws what is scarce, hostile or missing, and fits its figure."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import Any, Final

import pytest
from matplotlib.axes import Axes

from analysis.plots.study_plots import STUDY_PLOTS
from analysis.plots.theme import COLUMN_MM
from analysis.study_view import StudyView
from tests.unit.analysis.plots.small_studies import seconds, study_of, title_of

PLOTS: Final = ("distribution", "curves", "survival", "heat-map", "small-multiples", "box", "violin")
LONG: Final = "a system whose name, with $all$ of its_options, goes on and on"


def study(values: Any, systems: tuple[str, ...] = ("raft", "gossip"), sizes: tuple[int, ...] = (4, 8)) -> StudyView:
    """Systems by sizes with the same values."""
    return study_of(
        [({"system": system, "topology.nodes": size}, {"converged_at": values}) for system in systems for size in sizes]
    )


FAILED: Final = study(seconds(1, 2, 3))
EDGES: Final[dict[str, StudyView]] = {
    "nothing converged": study(seconds(None, None)),
    "one run": study(seconds(3)),
    "one cell": study(seconds(1, 2, 3, 4, 5, 6, 7), ("raft",), (4,)),
    "a cell that failed": replace(FAILED, frame=FAILED.frame.assign(error=["it failed"] * 3 + [None] * 9)),
    "hostile factors": study_of(
        [({"$a": a, "_b$_c^": b}, {"converged_at": seconds(1, 2)}) for a in ("$", "\\$") for b in ("$$", "$x^")]
    ),
    "hostile names": study(seconds(1, 20, None), (f"_{LONG}", f"{LONG}!", "<b>\n\x00"), (4, 8)),
}


@pytest.mark.parametrize("edge", EDGES)
@pytest.mark.parametrize("name", PLOTS)
def test_it_is_drawn_and_nothing_is_cut_off(name: str, edge: str) -> None:
    """Whatever the study holds, all that is drawn lies within a column, ticks apart, and the legend below."""
    figure = STUDY_PLOTS[name].draw(EDGES[edge], "converged_at", COLUMN_MM)
    renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]
    drawn = figure.get_tightbbox(renderer)
    width, height = figure.get_size_inches()
    assert width * 25.4 == pytest.approx(COLUMN_MM)
    assert min(drawn.x0, drawn.y0) >= -0.02
    assert drawn.x1 <= width + 0.02
    assert drawn.y1 <= height + 0.02
    lowest = min(box.y0 for box in (axes.get_tightbbox(renderer) for axes in figure.axes) if box is not None)
    assert all(legend.get_window_extent(renderer).y1 <= lowest + 1 for legend in figure.legends)
    entries = [text.get_text() for legend in figure.legends for text in legend.get_texts()]
    assert len(set(entries)) == len(entries)
    assert not [pair for axes in figure.axes for pair in _ticks_that_touch(axes, renderer)]
    if edge == "a cell that failed":
        assert "3 runs failed and left out" in title_of(figure)


def _ticks_that_touch(axes: Axes, renderer: Any) -> list[Any]:
    """Pairs of labels of ticks that lie on one another; those that are turned are apart by themselves."""
    found: list[Any] = []
    for axis in (axes.xaxis, axes.yaxis):
        labels = [label for label in axis.get_ticklabels() if label.get_text() and label.get_rotation() == 0]
        boxes = [label.get_window_extent(renderer) for label in labels if label.get_visible()]
        found += [pair for pair in combinations(boxes, 2) if pair[0].overlaps(pair[1])]
    return found

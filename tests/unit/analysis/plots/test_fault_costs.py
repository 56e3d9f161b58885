"""The bars of what each fault cost: their lengths, their bounds, and what is said where there is no length."""

from __future__ import annotations

from math import inf, nan

import pytest
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from analysis.plots.fault_costs import CostBar, CostBars, draw_costs
from analysis.plots.theme import COLUMN_MM, PAGE_MM
from sim.units import SECOND

ROWS = (
    CostBar("reboot", "node", (2.0 * SECOND, SECOND, 3.0 * SECOND), (-40.0, -50.0, -30.0)),
    CostBar("split", "partition", (inf, None, None), (100.0, None, None)),
    CostBar("heal", "", (-inf, None, None), (0.0, None, None)),
    CostBar("storm", "network", (nan, None, None), (7.0, None, None)),
    CostBar("all faults", None, (5.0 * SECOND, None, None), (60.0, None, None)),
)


def bars(rows: tuple[CostBar, ...] = ROWS) -> CostBars:
    """Some bars with their words."""
    return CostBars(rows, "store", "with the fault, minus without it; one run, seed 5")


def lengths(axes: Axes) -> dict[int, float]:
    """The length of each bar by its row."""
    boxes = [patch for patch in axes.patches if isinstance(patch, Rectangle)]
    return {round(box.get_y() + box.get_height() / 2): round(box.get_width(), 9) for box in boxes}


def test_bars_are_as_long_as_the_costs() -> None:
    """Each bar has the length of its cost, in the unit of its axis, and its bounds where it has some."""
    time, messages = draw_costs(bars()).axes
    assert {place: lengths(time)[place] for place in (0, 4)} == {0: 2.0, 4: 5.0}
    assert lengths(messages) == {0: -40.0, 1: 100.0, 2: 0.0, 3: 7.0, 4: 60.0}
    assert time.get_xlabel() == "Time to converge (s)"
    assert messages.get_xlabel() == "Messages"
    assert [list(line.get_xdata()) for line in time.lines if line.get_marker() == "|"] == [[1.0, 3.0]]
    assert [label.get_text() for label in time.get_yticklabels()] == [row.name for row in ROWS]


def test_costs_without_end_reach_the_edge_and_say_why() -> None:
    """A run that converges only with, only without, or neither way has words instead of a length."""
    time = draw_costs(bars()).axes[0]
    left, right = time.get_xlim()
    assert left < 0 < right
    assert (lengths(time)[1], lengths(time)[2]) == (pytest.approx(right), pytest.approx(left))
    assert 3 not in lengths(time)
    assert [text.get_text().strip() for text in time.texts] == [
        "never with it",
        "never without it",
        "never",
    ]


def test_without_convergence_there_are_messages_alone() -> None:
    """Where no run says what convergence is, there is one panel."""
    rows = tuple(CostBar(row.name, row.layer, (nan, None, None), row.messages) for row in ROWS)
    (messages,) = draw_costs(bars(rows)).axes
    assert messages.get_xlabel() == "Messages"


@pytest.mark.parametrize("width", [COLUMN_MM, PAGE_MM])
@pytest.mark.parametrize("rows", [ROWS, ROWS[:1], ROWS[2:3], ROWS * 20], ids=["few", "one", "endless", "many"])
def test_all_words_lie_within_the_figure(width: float, rows: tuple[CostBar, ...]) -> None:
    """At the width of a column and of a page nothing is cut off."""
    figure = draw_costs(bars(rows), width)
    drawn = figure.get_tightbbox(figure.canvas.get_renderer())  # type: ignore[attr-defined]
    across, high = figure.get_size_inches()
    assert min(drawn.x0, drawn.y0) >= -0.02
    assert drawn.x1 <= across + 0.02
    assert drawn.y1 <= high + 0.02

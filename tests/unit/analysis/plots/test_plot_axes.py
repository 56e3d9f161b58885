"""What is on the axes of each plot: labels with units, legends, spans at the right times, data as given."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.axes._secondary_axes import SecondaryAxis
from matplotlib.collections import LineCollection, PathCollection, PolyCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from analysis.plots.course import Curve
from analysis.plots.fault_spans import FaultSpan
from analysis.plots.fault_timeline import FaultRow, FaultTimeline, draw_faults
from analysis.plots.message_load import MessageLoad, draw_load
from analysis.plots.space_time import MessageArrow, SpaceTime, draw_space_time
from analysis.plots.spread import SpreadFigure, SpreadSeries, draw_spread
from analysis.plots.theme import COLUMN_MM, PAGE_MM
from analysis.plots.time_axis import best_unit
from analysis.plots.topology_snapshot import TopologySnapshot, draw_topology
from sim.units import MILLISECOND, parse_duration
from topologies.registry import build

SPANS = (
    FaultSpan("crashed", 10 * MILLISECOND, 40 * MILLISECOND, 3),
    FaultSpan("partition", 20 * MILLISECOND, 60 * MILLISECOND, id="split", strike=1, targets=((0,),)),
)


def curve(*points: tuple[int, float]) -> Curve:
    """A curve through points of milliseconds and values."""
    times, values = zip(*points, strict=True)
    return Curve(np.array(times) * MILLISECOND, np.array(values))


def spread(*curves: Curve, **further: Any) -> SpreadFigure:
    """A plot of one scenario's runs over 100 ms."""
    return SpreadFigure([SpreadSeries("", curves)], 100 * MILLISECOND, "rumour", "ring, 8 nodes, seed 7", **further)


def axes_of(figure: Figure) -> Axes:
    """The first axes of a figure."""
    return figure.axes[0]


def legend_of(figure: Figure) -> list[str]:
    """The words in the legend."""
    (legend,) = figure.legends
    return [text.get_text() for text in legend.get_texts()]


def shades(axes: Axes) -> list[tuple[float, float]]:
    """From when to when the axes are shaded, in their unit."""
    boxes = [patch for patch in axes.patches if isinstance(patch, Rectangle)]
    return [(round(box.get_x(), 9), round(box.get_x() + box.get_width(), 9)) for box in boxes]


@pytest.mark.parametrize(
    ("longest", "symbol"),
    [
        ("0", "s"),
        ("900ns", "ns"),
        ("2us", "µs"),
        ("999ms", "ms"),
        ("1s", "s"),
        ("150s", "s"),
        ("5min", "min"),
        ("2h", "min"),
        ("3h", "h"),
        ("10d", "d"),
    ],
)
def test_times_are_in_the_unit_that_suits(longest: str, symbol: str) -> None:
    """The unit is the largest that people would count in."""
    assert best_unit(parse_duration(longest)).symbol == symbol


def test_spread_has_units_and_title() -> None:
    """The axes of a spread say what they show and in which unit, and the title which run it was."""
    figure = draw_spread(spread(curve((5, 0.5), (9, 1.0))))
    axes = axes_of(figure)
    assert axes.get_xlabel() == "Simulated time (ms)"
    assert axes.get_ylabel() == "Informed\n(fraction of nodes up)"
    assert axes.get_xlim() == (0, 100)
    assert figure.get_suptitle() == "rumour\nring, 8 nodes, seed 7"


def test_spread_of_one_run_is_its_curve() -> None:
    """The line of one run rises at the times of its curve, to its values, and lasts to the end."""
    axes = axes_of(draw_spread(spread(curve((5, 0.5), (9, 1.0)))))
    line = axes.lines[0]
    assert line.get_xydata().tolist() == [[0, 0], [5, 0.5], [9, 1], [100, 1]]  # type: ignore[union-attr]
    assert line.get_drawstyle() == "steps-post"


def test_faults_are_shaded_when_they_were_on() -> None:
    """Each kind of fault is shaded over its time, with one entry in the legend."""
    figure = draw_spread(
        spread(curve((5, 0.5)), spans=(*SPANS, FaultSpan("crashed", 70 * MILLISECOND, 80 * MILLISECOND, 1)))
    )
    assert shades(axes_of(figure)) == [(10, 40), (70, 80), (20, 60)]
    assert legend_of(figure) == ["node crashed", "partition"]


def of(kind: str, begin: int, end: int) -> FaultSpan:
    """A strike, from begin to end in milliseconds."""
    return FaultSpan(kind, begin * MILLISECOND, end * MILLISECOND, id=kind, strike=1)


def test_faults_of_one_layer_share_a_colour_and_a_name() -> None:
    """Many kinds of a layer have one lane and one entry in the legend, which names the first of them."""
    kinds = ("loss", "delay", "hold", "drop", "replay")
    figure = draw_spread(spread(curve((5, 0.5)), spans=[of(kind, 10, 20 + n) for n, kind in enumerate(kinds)]))
    assert shades(axes_of(figure)) == [(10, 24)]
    assert legend_of(figure) == ["network: loss, delay, hold and 2 more kinds"]
    figure = draw_spread(spread(curve((5, 0.5)), spans=[of("loss", 10, 20), of("delay", 30, 40)]))
    assert legend_of(figure) == ["network: loss, delay"]


def test_many_layers_are_shaded_in_grey() -> None:
    """Beyond three colours the shade is one, of all that was on, and the lanes alone tell the layers apart."""
    kinds = ("loss", "partition", "clock-drift", "disk-full")
    figure = draw_spread(spread(curve((5, 0.5)), spans=[of(kind, 10 * n, 10 * n + 15) for n, kind in enumerate(kinds)]))
    assert shades(axes_of(figure)) == [(0, 45)]
    assert legend_of(figure) == list(kinds)


def test_what_lasts_no_time_is_a_tick() -> None:
    """A strike that is over at its moment has a tick in its lane and no shade."""
    axes = axes_of(draw_spread(spread(curve((5, 0.5)), spans=[of("drain", 30, 30)])))
    assert shades(axes) == []
    (tick,) = [line for line in axes.lines if line.get_marker() == "|"]
    assert list(tick.get_xdata()) == [30]


ROWS = (
    FaultRow("crash@10ms", "node", (of("crash", 10, 40), of("crash", 60, 90)), "on 3", "touched 1,234"),
    FaultRow("drain@50ms", "swarm", (of("drain", 50, 50),), "on 1, 2", "touched 2"),
    FaultRow(
        "open", "partition", (FaultSpan("partition", 70 * MILLISECOND, 100 * MILLISECOND, unmended=True),), "on 4", ""
    ),
    FaultRow("late", "network", (), "", "never fired", idle=True),
)


def timeline(rows: Sequence[FaultRow] = ROWS, **further: Any) -> FaultTimeline:
    """The time line of a few faults over 100 ms."""
    return FaultTimeline(rows, 100 * MILLISECOND, "rumour", "ring, 8 nodes, seed 7", **further)


def test_each_fault_has_a_row_with_its_strikes() -> None:
    """Bars last from begin to end of each strike, a moment is a tick, and what was never healed is marked so."""
    figure = draw_faults(timeline(healed_for_good=80 * MILLISECOND))
    axes = axes_of(figure)
    bars = [
        [(path.vertices[:, 0].min(), path.vertices[:, 0].max()) for path in group.get_paths()]
        for group in axes.collections
        if isinstance(group, PolyCollection)
    ]
    assert [[tuple(round(x) for x in bar) for bar in row] for row in bars] == [
        [(10, 40), (60, 90)],
        [],
        [(70, 100)],
        [],
    ]
    ticks = [
        segment[0][0]
        for group in axes.collections
        if isinstance(group, LineCollection)
        for segment in group.get_segments()
    ]
    assert ticks == [50]
    assert [line.get_xdata()[0] for line in axes.lines if line.get_marker() == ">" and len(line.get_xdata())] == [100]
    assert axes.get_xlabel() == "Simulated time (ms)"


def test_a_row_says_on_whom_it_struck_and_what_it_touched() -> None:
    """The name is at the left, targets and numbers at the right; what never fired says so in another type."""
    axes = axes_of(draw_faults(timeline()))
    assert [label.get_text() for label in axes.get_yticklabels()] == ["crash@10ms", "drain@50ms", "open", "late"]
    told = next(child for child in axes.child_axes if isinstance(child, SecondaryAxis)).get_yticklabels()
    assert [label.get_text() for label in told] == ["on 3; touched 1,234", "on 1, 2; touched 2", "on 4", "never fired"]
    assert [label.get_fontstyle() for label in told] == ["normal", "normal", "normal", "italic"]
    assert legend_of(draw_faults(timeline())) == ["node", "partition", "swarm", "on at the end"]


def test_the_band_is_taken_over_runs() -> None:
    """Of several runs the line is the median over runs and the band their 5 and 95 % quantiles, at each instant."""
    runs = [curve((10 * number, number / 10)) for number in range(1, 11)]
    figure = draw_spread(spread(*runs))
    axes = axes_of(figure)
    assert legend_of(figure) == ["median", "5–95 % of 10 runs"]
    median = dict(axes.lines[0].get_xydata().tolist())  # type: ignore[union-attr]
    assert median[100] == pytest.approx(0.55)
    (band,) = axes.collections
    at_end = band.get_paths()[0].vertices[:, 1]
    assert at_end.max() == pytest.approx(np.quantile(np.arange(1, 11) / 10, 0.95))


def test_many_changes_are_drawn_at_a_thousand_instants() -> None:
    """A curve of 100,000 steps is drawn with at most 1,002 points and ends where it ended."""
    times = np.arange(100_000) * 1_000
    figure = draw_spread(spread(Curve(times, np.linspace(0, 1, len(times)))))
    drawn = axes_of(figure).lines[0].get_xydata()
    assert len(drawn) <= 1_002
    assert drawn[-1].tolist() == [100, 1]  # type: ignore[index]


def test_what_falls_by_orders_of_magnitude_is_drawn_so() -> None:
    """A standard deviation has a logarithmic axis that reaches down to its least value."""
    axes = axes_of(draw_spread(spread(curve((1, 1.0), (50, 3e-7), (90, 0.0)), logarithmic=True)))
    assert axes.get_yscale() == "log"
    assert axes.get_ylim()[0] == pytest.approx(1e-7)


def snapshot(**further: Any) -> TopologySnapshot:
    """A ring of six nodes of which node 5 was never reached."""
    moments = {node: node * MILLISECOND for node in range(5)}
    return TopologySnapshot(build({"kind": "ring", "nodes": 6}), moments, "rumour", "ring, 6 nodes", **further)


def test_nodes_are_coloured_by_time() -> None:
    """The colours of the nodes that were reached are their times, in the unit that the bar names."""
    figure = draw_topology(snapshot())
    filled = [points for points in axes_of(figure).collections if isinstance(points, PathCollection)]
    assert [points.get_array().tolist() for points in filled if points.get_array() is not None] == [[0, 1, 2, 3, 4]]  # type: ignore[union-attr]
    assert figure.axes[1].get_ylabel() == "Time of first receipt (ms)"
    assert legend_of(figure) == ["never reached"]


def test_broken_nodes_and_links_are_marked() -> None:
    """Nodes that are down, nodes that came back and links that were cut each have their mark and their entry."""
    figure = draw_topology(snapshot(down={1}, restarted={1, 2}, cut={(0, 1), (3, 4)}))
    assert legend_of(figure) == [
        "link cut by a partition",
        "never reached",
        "crashed, restarted",
        "crashed, down at the end",
    ]
    lines = [lines for lines in axes_of(figure).collections if isinstance(lines, LineCollection)]
    assert [len(links.get_segments()) for links in lines] == [4, 2]


def test_large_topologies_do_not_explode() -> None:
    """Ten thousand nodes are drawn in seconds, without links, as one picture of a bounded size."""
    topology = build({"kind": "random-regular", "nodes": 10_000, "degree": 8}, 1)
    moments = {node: node for node in range(topology.nodes)}
    figure = draw_topology(TopologySnapshot(topology, moments, "large", "10,000 nodes"))
    axes = axes_of(figure)
    assert not [lines for lines in axes.collections if isinstance(lines, LineCollection)]
    assert all(points.get_rasterized() for points in axes.collections)
    assert figure.get_suptitle().endswith("links not drawn")


def load(sent: list[int], received: list[int]) -> MessageLoad:
    """A load of these counts."""
    return MessageLoad(np.array(sent), np.array(received), "rumour", "star, 4 nodes")


def test_few_nodes_have_bars() -> None:
    """Up to 24 nodes have two bars each, the most loaded first, named by their numbers."""
    figure = draw_load(load([1, 5, 2], [1, 7, 3]))
    axes = axes_of(figure)
    assert [bar.get_height() for bar in axes.patches] == [5, 2, 1, 7, 3, 1]  # type: ignore[attr-defined]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["1", "2", "0"]
    assert axes.get_ylabel() == "Messages per node"
    assert legend_of(figure) == ["sent", "received"]


def test_many_nodes_are_ranked_and_hubs_named() -> None:
    """More nodes are drawn as falling curves on which a hub is named; the scale follows the hub."""
    axes = axes_of(draw_load(load([2] * 60 + [900], [3] * 60 + [70])))
    sent, received = axes.lines[:2]
    assert sent.get_ydata().tolist() == [900, *[2] * 60]  # type: ignore[union-attr]
    assert received.get_ydata().tolist() == [70, *[3] * 60]  # type: ignore[union-attr]
    assert [text.get_text() for text in axes.texts] == ["node 60"]
    assert axes.get_yscale() == "symlog"


def test_equal_loads_have_no_hubs() -> None:
    """Where all nodes do the same, none is named."""
    assert not axes_of(draw_load(load([5] * 50, [5] * 50))).texts


def test_no_messages_at_all_can_be_drawn() -> None:
    """A run in which nobody sent anything gives an empty plot, not an error."""
    assert axes_of(draw_load(load([0] * 50, [0] * 50))).get_ylim()[0] == 0


MESSAGES = (
    MessageArrow(0, 2, 10 * MILLISECOND, 20 * MILLISECOND, "Push"),
    MessageArrow(2, 1, 30 * MILLISECOND, 35 * MILLISECOND, "Pull"),
    MessageArrow(1, 0, 40 * MILLISECOND, 40 * MILLISECOND, "Push", "lost"),
    MessageArrow(0, 1, 50 * MILLISECOND, 58 * MILLISECOND, "Push", "crashed"),
)


def diagram(**further: Any) -> SpaceTime:
    """A diagram of three nodes and four messages."""
    return SpaceTime(3, MESSAGES, 100 * MILLISECOND, "rumour", "ring, 3 nodes", **further)


def test_arrows_go_from_send_to_receipt() -> None:
    """Each delivered message is a line from its sender at the send to its receiver at the receipt, with a head."""
    axes = axes_of(draw_space_time(diagram()))
    lines = [
        segment.tolist()
        for group in axes.collections
        if isinstance(group, LineCollection)
        for segment in group.get_segments()
    ]
    assert [[10, 0], [20, 2]] in lines
    assert [[30, 2], [35, 1]] in lines
    assert [arrow.xy for arrow in axes.texts] == [pytest.approx((20, 2)), pytest.approx((35, 1))]  # type: ignore[attr-defined]


def test_messages_that_never_arrived_end_in_a_cross() -> None:
    """A message lost at its sender ends on its way, one that met a crashed node ends there; the legend says why."""
    figure = draw_space_time(diagram())
    (crosses,) = [line for line in axes_of(figure).lines if line.get_marker() == "x"]
    (lost_time, lost_node), (crashed_time, crashed_node) = crosses.get_xydata().tolist()  # type: ignore[union-attr]
    assert 40 < lost_time < 50
    assert 0 < lost_node < 1
    assert (crashed_time, crashed_node) == (58, 1)
    assert legend_of(figure) == ["Push", "Pull", "not delivered (crashed, lost)"]


def test_lives_and_moments_are_on_the_node_lines() -> None:
    """A crash is on the line of its node alone, a partition over all of them, and moments are marked."""
    figure = draw_space_time(
        diagram(spans=(*SPANS[1:], FaultSpan("paused", 0, 9 * MILLISECOND, 1)), moments=[(2, 20 * MILLISECOND)])
    )
    axes = axes_of(figure)
    assert shades(axes) == [(20, 60)]
    assert {"partition", "node paused", "first receipt"} < set(legend_of(figure))
    assert axes.get_xlabel() == "Simulated time (ms)"
    assert axes.get_ylabel() == "Node"


@pytest.mark.parametrize("width", [COLUMN_MM, PAGE_MM])
@pytest.mark.parametrize(
    "draw",
    [
        lambda width: draw_spread(spread(curve((5, 0.5)), curve((7, 0.4)), spans=SPANS), width),
        lambda width: draw_spread(spread(curve((5, 0.5))), width),
        lambda width: draw_topology(snapshot(down={1}, restarted={2}, cut={(0, 1)}), width),
        lambda width: draw_load(load([5] * 40, [9] * 40), width),
        lambda width: draw_space_time(diagram(spans=SPANS, moments=[(2, 20 * MILLISECOND)]), width),
        lambda width: draw_faults(timeline(healed_for_good=80 * MILLISECOND), width),
        lambda width: draw_faults(timeline(ROWS * 20), width),
    ],
    ids=["spread", "spread-of-one-run", "topology", "load", "space-time", "faults", "faults-many"],
)
def test_nothing_is_cut_off_or_lies_on_the_title(draw: Any, width: float) -> None:
    """At the width of a column and of a page, all words lie within the figure, and title, axes and legend apart."""
    figure = draw(width)
    assert figure.get_figwidth() * 25.4 == pytest.approx(width)
    renderer = figure.canvas.get_renderer()
    drawn = figure.get_tightbbox(renderer)
    width_inches, height_inches = figure.get_size_inches()
    assert min(drawn.x0, drawn.y0) >= -0.01
    assert drawn.x1 <= width_inches + 0.01
    assert drawn.y1 <= height_inches + 0.01
    title = figure._suptitle.get_window_extent(renderer)
    content = axes_of(figure).get_tightbbox(renderer)
    assert title.y0 >= content.y1 - 1
    for legend in figure.legends:
        assert content.y0 >= legend.get_window_extent(renderer).y1 - 1
        assert min(text.get_fontsize() for text in legend.get_texts()) >= 6.5


def test_time_keeps_room_beside_what_is_said_of_faults() -> None:
    """At the width of a column what is said of a fault takes two short lines, and the time axis keeps room."""
    spoken = replace(ROWS[0], targets="on 0, 1, 2, 3 and 16 more", did="touched 1,225")
    figure = draw_faults(timeline([spoken, *ROWS[1:]]), COLUMN_MM)
    axes = figure.axes[0]
    assert axes.get_position().width > 0.45
    told = [label.get_text() for label in axes.child_axes[0].get_yticklabels()]
    assert told[0] == "on 0, 1, 2, 3 and…\ntouched 1,225"

"""Plots of cores: what they take from the trace of a run, and what they refuse."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.collections import PolyCollection

from analysis.plots.core_gantt import draw_cores
from analysis.plots.core_load import mean_over, utilisation_figure
from analysis.plots.core_trace import core_trace, sort_of
from analysis.plots.hardware_figures import MOST_STINTS, breakdown_figure, cores_figure, steals_figure
from analysis.plots.latency_breakdown import draw_breakdown
from analysis.plots.registry import PLOTS
from analysis.plots.run_view import RunView
from analysis.plots.steal_graph import MOST_IN_CIRCLE, StealGraph, draw_steals
from analysis.plots.utilisation import draw_utilisation
from analysis.samples_file import Sample
from sim.records import Record
from sim.units import MICROSECOND
from tests.unit.analysis.plots.hardware_runs import CORE_PLOTS, CORES, traced_run, view_of_records
from topologies.errors import InputError


def ran(node: int, core: int, since: int, length: int, waited: int = 0, task: str = "work") -> Record:
    """The record of a stint."""
    fields = {"core": core, "task": task, "since": since, "waited": waited, "ran": length}
    return Record(since + length, 0, node, "ran", fields)


def test_each_stint_is_a_bar_where_it_ran(traced: RunView) -> None:
    """There are as many bars as records of stints, in the row of their core, and none of one core overlap."""
    plot = cores_figure(traced)
    records = list(traced.records(("ran",)))
    assert [(s.core, s.begin, s.end) for s in plot.trace.stints] == [
        (r.fields["core"], r.fields["since"], r.time) for r in records
    ]
    for core in range(CORES):
        mine = sorted((s.begin, s.end) for s in plot.trace.stints if s.core == core)
        assert all(before[1] <= after[0] for before, after in pairwise(mine))
    axes = draw_cores(plot).axes[0]
    bars = [c for c in axes.collections if isinstance(c, PolyCollection) and c.get_zorder() == 2]
    assert sum(len(c.get_paths()) for c in bars) == len(records)


def test_what_runs_at_the_end_is_drawn_until_then() -> None:
    """A task that the end of the run cut off kept its core busy all the same."""
    runs = Record(900, 1, 0, "runs", {"core": 1, "task": "long", "since": 100, "waited": 40})
    view = view_of_records([ran(0, 0, 0, 300), runs], end=900, hardware={"cores": 2})
    stints = core_trace(view, "cores").stints
    assert [(s.core, s.task, s.ready, s.begin, s.end) for s in stints] == [
        (0, "work", 0, 0, 300),
        (1, "long", 60, 100, 900),
    ]
    assert utilisation_figure(view_of_records([runs], end=900, hardware={"cores": 2})).busy.values.sum() > 0


def test_steals_and_rest_are_marked(traced: RunView) -> None:
    """There is a mark for each steal, a line from its victim, and a band for each time in which a core was parked."""
    plot = cores_figure(traced)
    axes = draw_cores(plot).axes[0]
    marks = [line for line in axes.lines if line.get_marker() in ("v", "^")]
    steals = len(list(traced.records(("stole",))))
    assert steals
    assert sum(len(np.atleast_1d(line.get_xdata())) for line in marks) == steals
    parked = [c for c in axes.collections if c.get_zorder() == 1.5]
    assert sum(len(c.get_paths()) for c in parked) == len(list(traced.records(("parked",))))


def test_sorts_of_tasks_have_colours_and_names() -> None:
    """Tasks whose names differ in the number at their end have one colour; what is rare beyond seven shares grey."""
    assert [sort_of(name) for name in ("job 17", "AppendEntries", "job-3#4", "17")] == [
        "job",
        "AppendEntries",
        "job",
        "17",
    ]
    records = [ran(0, 0, n * 10, 10, task=f"{'abcdefghij'[n % 10]} {n}") for n in range(40)]
    (legend,) = draw_cores(cores_figure(view_of_records(records, 400))).legends
    assert [text.get_text() for text in legend.get_texts()] == [*"abcdef", "4 other sorts of tasks"]


def test_a_core_without_work_has_a_row() -> None:
    """A core that the scenario gives a node has its row though it never ran anything, and nodes are told apart."""
    run = view_of_records([ran(0, 0, 0, 5), ran(1, 1, 3, 5)], 10, nodes=2, hardware={"cores": 3})
    trace = core_trace(run, "cores")
    assert [trace.label(core) for core in trace.cores] == ["0.0", "0.1", "0.2", "1.0", "1.1", "1.2"]
    assert [core_trace(run, "cores", "1").label(core) for core in trace.cores[:3]] == ["0", "1", "2"]


def test_tasks_that_share_a_core_lie_below_one_another() -> None:
    """Stints that overlap on a core have lanes of their own, and their node is busy with no more than its cores."""
    run = view_of_records([ran(0, 0, 0, 60), ran(0, 0, 20, 60), ran(0, 0, 30, 10)], 100, hardware={"cores": 2})
    trace = core_trace(run, "cores")
    assert trace.shared
    assert [lane for lane, _ in trace.lanes()] == [0, 1, 2]
    plot = cores_figure(run)
    assert plot.facts.endswith("2 cores, which tasks share")
    assert (plot.trace.rows, [plot.trace.label(core) for core in plot.trace.cores]) == ("Node", ["0"])
    bars = [c for c in draw_cores(plot).axes[0].collections if c.get_paths()]
    boxes = sorted(c.get_paths()[0].get_extents().y0 for c in bars)
    assert np.diff(boxes) == pytest.approx([boxes[1] - boxes[0]] * 2)
    busy = utilisation_figure(run).busy
    assert busy.labels == ["0"]
    assert (busy.values[0] * np.diff(busy.edges)).sum() == pytest.approx((20 + 2 * 40 + 20) / 2)


def test_a_long_run_is_drawn_from_its_begin_or_between_two_moments() -> None:
    """Of many stints the first ones are drawn, which the words say; `between` draws those that touch the time."""
    run = view_of_records([ran(0, 0, n * 1_000, 900) for n in range(MOST_STINTS + 50)], (MOST_STINTS + 50) * 1_000)
    plot = cores_figure(run)
    assert len(plot.trace.stints) == MOST_STINTS
    assert "the first 3,000 of 3,050 stints" in plot.facts
    few = cores_figure(run, between="10us,12us").trace
    assert (few.begin, few.end) == (10 * MICROSECOND, 12 * MICROSECOND)
    assert [stint.begin for stint in few.stints] == [10_000, 11_000, 12_000]


@given(
    st.lists(st.tuples(st.integers(0, 100), st.integers(0, 60)), max_size=9),
    st.lists(st.integers(0, 170), min_size=2, max_size=6, unique=True).map(sorted),
)
def test_means_over_columns_are_exact(spans: list[tuple[int, int]], edges: list[int]) -> None:
    """What lies in each column is what one counts nanosecond by nanosecond."""
    pairs = [(begin, begin + length) for begin, length in spans]
    found, of_two = mean_over(pairs, np.array(edges)), mean_over(pairs, np.array(edges), 2)
    for column, (low, high) in enumerate(pairwise(edges)):
        on = [sum(begin <= time < end for begin, end in pairs) for time in range(low, high)]
        assert found[column] == pytest.approx(sum(on) / (high - low))
        assert of_two[column] == pytest.approx(sum(min(2, number) for number in on) / (high - low))


def test_heat_maps_hold_all_time_in_service_and_in_queues(traced: RunView) -> None:
    """The columns add up to the time that the records say tasks ran and waited; more than 64 cores are seen by node."""
    plot = utilisation_figure(traced)
    records = list(traced.records(("ran",)))
    lengths = np.diff(plot.busy.edges)
    assert (plot.busy.values * lengths).sum() == pytest.approx(sum(r.fields["ran"] for r in records))
    assert (plot.waiting.values * lengths).sum() == pytest.approx(sum(r.fields["waited"] for r in records))
    assert len(draw_utilisation(plot).axes) == 3
    wide = view_of_records([ran(node, 39, 0, 50) for node in range(2)], 100, nodes=2)
    by_node = utilisation_figure(wide)
    assert by_node.busy.labels == ["0", "1"]
    assert by_node.busy.values.mean() == pytest.approx(0.5 / 40)


def test_without_a_trace_samples_are_drawn() -> None:
    """The samples of busy cores are shares of the cores of each node, beside those of what waited."""
    rows = [Sample(time, node, "busy_cores", 1.0 + node) for time in (0, 50, 100) for node in (0, 1)]
    rows += [Sample(time, node, "run_queue", 3.0) for time in (0, 50, 100) for node in (0, 1)]
    run = view_of_records([], 100, nodes=2, hardware={"cores": 2})
    plot = utilisation_figure(RunView(**{**vars(run), "samples": lambda: rows}))
    assert plot.busy.values.tolist() == [[0.5, 0.5], [1.0, 1.0]]
    assert plot.waiting.values.tolist() == [[3.0, 3.0]] * 2
    assert len(draw_utilisation(plot).axes) == 4
    both = view_of_records([ran(0, 0, 0, 5)], 100, nodes=2)
    assert utilisation_figure(RunView(**{**vars(both), "samples": lambda: rows})).waiting.values.tolist() == [
        [3.0, 3.0]
    ]


def test_steals_are_counted_by_victim_and_thief(traced: RunView) -> None:
    """The graph has the tasks of all steals, and an arrow for each pair; many cores make a matrix."""
    plot = steals_figure(traced)
    assert sum(plot.tasks.values()) == sum(r.fields["tasks"] for r in traced.records(("stole",)))
    axes = draw_steals(plot).axes[0]
    assert len([patch for patch in axes.patches if hasattr(patch, "get_arrowstyle")]) == len(plot.tasks)
    many = StealGraph([str(n) for n in range(MOST_IN_CIRCLE + 1)], {(0, 1): 4, (3, 2): 1}, "many", "")
    cells = draw_steals(many).axes[0].collections[0].get_array()
    assert cells is not None
    assert float(np.ma.sum(cells)) == 5


def test_latencies_are_split_into_their_parts(traced: RunView) -> None:
    """Queue and run of each stint add up to its latency, and the shares at each quantile to one."""
    plot = breakdown_figure(traced)
    assert plot.total.tolist() == [r.fields["waited"] + r.fields["ran"] for r in traced.records(("ran",))]
    lower = draw_breakdown(plot).axes[1]
    tops = [path.vertices[:, 1].max() for c in lower.collections for path in c.get_paths()]
    assert max(tops) == pytest.approx(1.0)


def test_jobs_have_what_is_neither_queue_nor_run_as_other() -> None:
    """Of a job that recorded its sojourn, what was neither waiting nor service is a part of its own."""
    records = [Record(n, n, 0, "finished", {"job": n, "waited": 30, "served": 50, "sojourn": 100}) for n in range(1, 6)]
    parts = breakdown_figure(view_of_records(records, 10)).parts
    assert {name: int(part[0]) for name, part in parts.items()} == {"network": 0, "queue": 30, "run": 50, "other": 20}


def test_items_of_a_pipeline_have_their_parts() -> None:
    """Of an item the time between actors, in mailboxes and with actors are the parts of its latency."""
    records = [Record(n, n, 0, "item-delivered", {"item": n, "queued": 7, "ran": 2, "between": 1}) for n in range(4)]
    plot = breakdown_figure(view_of_records(records, 10))
    assert {name: part.tolist() for name, part in plot.parts.items() if part.any()} == {
        "room and network": [1] * 4,
        "queue": [7] * 4,
        "run": [2] * 4,
    }
    (legend,) = draw_breakdown(plot).legends
    assert [text.get_text() for text in legend.get_texts()] == ["room and network", "queue", "run"]


@pytest.mark.parametrize("name", sorted(CORE_PLOTS))
def test_runs_without_a_trace_are_refused(name: str, broken: RunView) -> None:
    """A run whose nodes have no cores is refused with what would trace them."""
    with pytest.raises(InputError, match=r"--set hardware\.trace=true"):
        PLOTS[name].draw([broken])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"node": "3"}, "found the node '3'; the nodes with a trace of their cores are 0"),
        ({"between": "1s"}, "found the times '1s'; expected two moments such as 1s,1.2s"),
        ({"between": "1s,x"}, "found the times '1s,x'; expected two moments"),
        ({"between": "2us,1us"}, "the earlier one first"),
        ({"between": "900s,901s"}, "expected two moments of the run"),
    ],
)
def test_wrong_options_of_plots_of_cores_are_refused(options: dict[str, str], message: str) -> None:
    """A node without a trace and times that are none of the run are named."""
    with pytest.raises(InputError, match=message):
        PLOTS["cores"].draw([traced_run()], **options)

"""The plot of mailboxes: what it takes from their records, and what it refuses."""

from __future__ import annotations

import pytest

from analysis.plots.mailbox_depths import draw_mailboxes
from analysis.plots.mailbox_figure import MOST, mailboxes_figure
from analysis.plots.registry import PLOTS
from analysis.plots.run_view import RunView
from sim.records import Record
from sim.units import MILLISECOND
from tests.unit.analysis.plots.hardware_runs import CROSSINGS, pressed_run, view_of_records
from topologies.errors import InputError


def ms(*times: int) -> tuple[int, ...]:
    """Times in milliseconds as nanoseconds."""
    return tuple(time * MILLISECOND for time in times)


def test_a_mailbox_is_pressed_from_high_to_low_or_its_end() -> None:
    """Senders are held from each high crossing to the next low one, or until the actor fails; the longest is first."""
    plot = mailboxes_figure(pressed_run())
    assert [course.actor for course in plot.courses] == ["sink", "sort"]
    sink, sort = plot.courses
    assert list(sink.pressed) == [ms(100, 400), ms(600, 800)]
    assert list(sort.pressed) == [ms(450, 700)]
    assert (sink.high, sink.low, sink.capacity) == (8, 2, 10)
    assert plot.held == "senders wait"
    assert len(sink.crossings) + len(sort.crossings) == len(CROSSINGS) + 1
    upper, lower = draw_mailboxes(plot).axes
    assert len(upper.patches) == 2
    assert len(lower.patches) == 1


def test_a_crash_of_the_node_empties_its_mailboxes() -> None:
    """Nobody waits for a mailbox of a node that has crashed, and those of other nodes are none of its business."""
    fields = {"actor": "sink", "depth": 8, "event": "high", "capacity": 10}
    records = [Record(10, n, n, "mailbox", fields) for n in range(2)] + [Record(30, 3, 1, "crashed", {})]
    plot = mailboxes_figure(view_of_records(records, 100, nodes=2))
    assert {course.actor: list(course.pressed) for course in plot.courses} == {
        "sink (node 0)": [(10, 100)],
        "sink (node 1)": [(10, 30)],
    }
    assert [course.actor for course in mailboxes_figure(view_of_records(records, 100, nodes=2), "1").courses] == [
        "sink (node 1)"
    ]


def test_a_part_of_the_time_and_other_policies() -> None:
    """Between two moments what began before is cut, and without back-pressure the legend names what happens instead."""
    options = {"protocol": {"runtime": {"mailbox": {"overflow": "drop-oldest"}}}}
    run = pressed_run()
    run = RunView(**{**vars(run), "scenario": {**run.scenario, **options}})
    plot = mailboxes_figure(run, between="200ms,300ms")
    assert [list(course.pressed) for course in plot.courses] == [[ms(200, 300)]]
    assert plot.held == "above, and drop-oldest when full"


def test_of_many_mailboxes_the_longest_pressed_are_drawn() -> None:
    """At most six have a row, and the words say of how many."""
    records = [
        Record(n, n, 0, "mailbox", {"actor": f"stage-{n}", "depth": 8, "event": "high", "capacity": 10})
        for n in range(MOST + 3)
    ]
    plot = mailboxes_figure(view_of_records(records, 100))
    assert [course.actor for course in plot.courses] == [f"stage-{n}" for n in range(MOST)]
    assert plot.facts.endswith("9 mailboxes crossed a watermark, the 6 that were longest above")


def test_runs_without_pressed_mailboxes_are_refused(broken: RunView) -> None:
    """A run without actors is refused with what the plot needs, and a node without mailboxes with those that have."""
    with pytest.raises(InputError, match=r"protocol\.runtime\.mailbox\.capacity"):
        PLOTS["mailboxes"].draw([broken])
    with pytest.raises(InputError, match="found the node '5'; the nodes with such mailboxes are 0"):
        PLOTS["mailboxes"].draw([pressed_run()], node="5")

"""When what was broken, told from records."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.plots.fault_spans import FaultSpan, cut_links, fault_spans, merged, strikes
from analysis.plots.shading import LAYER_COLORS, lanes_of
from faults.registry import FAULTS
from sim.records import Record

END = 100


def record(time: int, kind: str, node: int | None = None, **fields: Any) -> Record:
    """A state record."""
    return Record(time, time, node, kind, fields)


def struck(time: int, phase: str, name: str, strike: int = 1, fault: str = "loss", targets: Any = ()) -> Record:
    """What a fault records when it begins or ends; it touched as much as its time."""
    return record(
        time, "fault", fault=fault, phase=phase, id=name, strike=strike, targets=targets, effect=1, touched=time
    )


def parted(*sides: tuple[int, ...], kind: str = "partition") -> list[FaultSpan]:
    """A partition with these sides."""
    return [FaultSpan(kind, 0, 1, id="split", strike=1, targets=sides)]


def test_a_crash_lasts_until_the_restart() -> None:
    """A node counts as crashed from its crash to its restart, and one that never restarts to the end of the run."""
    spans = fault_spans([record(10, "crashed", 3), record(20, "crashed", 4), record(30, "restarted", 3)], END)
    assert spans == [FaultSpan("crashed", 10, 30, 3), FaultSpan("crashed", 20, END, 4, unmended=True)]


def test_a_pause_lasts_until_the_node_goes_on() -> None:
    """A node counts as paused from pause to resumption, each time anew."""
    kinds = ("paused", "resumed", "paused", "resumed")
    spans = fault_spans([record(10 * n, kind, 1) for n, kind in enumerate(kinds, 1)], END)
    assert [(span.kind, span.begin, span.end) for span in spans] == [("paused", 10, 20), ("paused", 30, 40)]


def test_messages_to_crashed_nodes_are_no_crashes() -> None:
    """A row about a message that met a crashed node, whose kind is `crashed` too, does not crash a node."""
    row = record(10, "crashed", 3, source=1, destination=3, message="Rumour", sent_at=5, size=0)
    assert fault_spans([row], END) == []


def test_a_node_that_left_is_absent_until_it_joins() -> None:
    """A node that leaves counts as absent until one joins in its place."""
    assert fault_spans([record(10, "left", 3), record(30, "joined", 3)], END) == [FaultSpan("absent", 10, 30, 3)]


def test_strikes_end_by_fault_and_number() -> None:
    """Of strikes that overlap, an end ends the one of its fault that has its number; without one it is unmended."""
    records = [struck(10, "begin", "a"), struck(20, "begin", "a", 2), struck(25, "begin", "b"), struck(30, "end", "a")]
    assert [
        (span.id, span.strike, span.begin, span.end, span.touched, span.unmended) for span in strikes(records, END)
    ] == [
        ("a", 1, 10, 30, 30, False),
        ("a", 2, 20, END, 20, True),
        ("b", 1, 25, END, 25, True),
    ]


def test_what_happens_once_has_no_length() -> None:
    """A strike that does not last, or that ends others, is over at its moment; what it touched is known."""
    records = [struck(10, "once", "drained", fault="drain"), struck(20, "end", "healed", fault="heal", targets=("a",))]
    assert [(span.begin, span.end, span.targets) for span in strikes(records, END)] == [(10, 10, ()), (20, 20, ("a",))]


def test_targets_are_those_it_struck() -> None:
    """A span has the targets of the begin, not those that were left at the end."""
    records = [struck(10, "begin", "a", targets=(1, 2)), struck(20, "end", "a", targets=(2,))]
    assert strikes(records, END)[0].targets == (1, 2)


def test_what_is_told_by_node_lives_is_not_told_twice() -> None:
    """Faults that only take nodes down, bring them back or end others add nothing to what the nodes record."""
    faults = ("crash", "restart", "pause", "resume", "heal", "crash-loop", "rolling-restart", "leave", "join", "churn")
    records = [struck(10, "begin", fault, fault=fault) for fault in faults]
    assert fault_spans(records, END) == []
    assert len(strikes(records, END)) == len(faults)


def test_an_end_without_a_beginning_is_nothing() -> None:
    """A restart of a node that was not down leaves no span."""
    assert fault_spans([record(10, "restarted", 3)], END) == []


def test_totals_are_no_strikes() -> None:
    """The record of what a fault came to is not taken for a strike."""
    assert strikes([record(100, "fault", fault="loss", phase="total", id="a", strike=1)], END) == []


@pytest.mark.parametrize("fault", sorted(FAULTS))
def test_every_kind_of_fault_has_a_lane_and_a_colour(fault: str) -> None:
    """Each kind that is built in, and one that is not, is drawn in the lane and the colour of its layer."""
    (lane,) = lanes_of([FaultSpan(fault, 0, 1)])
    assert lane in LAYER_COLORS
    assert (lane == "") == (fault == "heal")


def test_cut_links_join_different_sides() -> None:
    """A link is cut where its ends are on different sides; nodes that are on none of the sides form one more."""
    links = [(0, 1), (1, 2), (2, 3), (3, 4)]
    assert cut_links(parted((0, 1), (2,)), links, 5) == {(1, 2), (2, 3)}
    assert cut_links([], [(0, 1)], 5) == set()


def test_a_bridge_keeps_its_links() -> None:
    """Nodes that are on both sides reach all."""
    assert cut_links(parted((0, 1, 4), (2, 3, 4)), [(0, 4), (2, 4), (0, 2), (0, 1)], 5) == {(0, 2)}


def test_on_a_ring_of_majorities_the_far_ones_are_cut() -> None:
    """Of six nodes on a ring, each reaches two to both sides."""
    assert cut_links(parted((0, 2, 1, 4, 3, 5)), [(0, 2), (0, 1), (0, 4), (0, 3), (0, 5)], 6) == {(0, 4)}


def test_a_swizzle_cuts_all_links_of_its_nodes() -> None:
    """Each node of a swizzle was cut off by itself at some time."""
    spans = [FaultSpan("swizzle", 0, 1, id="s", strike=1, targets=(1,))]
    assert cut_links(spans, [(0, 1), (1, 2), (2, 3)], 4) == {(0, 1), (1, 2)}


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 20))))
def test_merged_spans_cover_the_same_times(times: list[tuple[int, int]]) -> None:
    """Merged spans are disjoint, in order, and cover exactly the instants that the spans cover."""
    spans = [FaultSpan("crashed", begin, begin + length) for begin, length in times]
    union = merged(spans)
    assert all(before[1] < after[0] for before, after in pairwise(union))
    covered = {instant for span in spans for instant in range(span.begin, span.end + 1)}
    assert {instant for begin, end in union for instant in range(begin, end + 1)} == covered

"""When what was broken, told from records."""

from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from analysis.plots.fault_spans import FaultSpan, cut_links, fault_spans, merged
from sim.records import Record

END = 100


def record(time: int, kind: str, node: int | None = None, **fields: Any) -> Record:
    """A state record."""
    return Record(time, time, node, kind, fields)


def partition(time: int, phase: str, *sides: tuple[int, ...]) -> Record:
    """What a partition records when it begins or ends."""
    return record(time, "fault", fault="partition", phase=phase, targets=sides, effect=1, name=None)


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


def test_partitions_end_by_their_sides() -> None:
    """Of two partitions that overlap, an end ends the one that has its sides."""
    records = [partition(10, "begin", (0, 1)), partition(20, "begin", (2,)), partition(30, "end", (0, 1))]
    assert fault_spans(records, END) == [
        FaultSpan("partition", 10, 30, sides=((0, 1),)),
        FaultSpan("partition", 20, END, sides=((2,),), unmended=True),
    ]


def test_what_is_told_by_node_lives_is_not_told_twice() -> None:
    """The fault records of crashes, pauses and heals add nothing to what nodes and partitions record themselves."""
    faults = ("crash", "restart", "pause", "resume", "heal")
    records = [record(10, "fault", fault=fault, phase="begin", targets=(1,), effect=1) for fault in faults]
    assert fault_spans(records, END) == []


def test_an_end_without_a_beginning_is_nothing() -> None:
    """A restart of a node that was not down, or a heal of nothing, leaves no span."""
    assert fault_spans([record(10, "restarted", 3), partition(20, "end", (0,))], END) == []


def test_faults_of_other_kinds_have_spans_of_their_own() -> None:
    """A kind of fault that plots know nothing of is taken from its begin and end."""
    slow = [record(time, "fault", fault="slow-links", phase=phase) for time, phase in ((5, "begin"), (9, "end"))]
    assert fault_spans(slow, END) == [FaultSpan("slow-links", 5, 9)]


def test_cut_links_join_different_sides() -> None:
    """A link is cut where its ends are on different sides; nodes that are on none of the sides form one more."""
    spans = [FaultSpan("partition", 0, 1, sides=((0, 1), (2,)))]
    assert cut_links(spans, [(0, 1), (1, 2), (2, 3), (3, 4)]) == {(1, 2), (2, 3)}
    assert cut_links([], [(0, 1)]) == set()


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 20))))
def test_merged_spans_cover_the_same_times(times: list[tuple[int, int]]) -> None:
    """Merged spans are disjoint, in order, and cover exactly the instants that the spans cover."""
    spans = [FaultSpan("crashed", begin, begin + length) for begin, length in times]
    union = merged(spans).get("crashed", [])
    assert all(before[1] < after[0] for before, after in pairwise(union))
    covered = {instant for span in spans for instant in range(span.begin, span.end + 1)}
    assert {instant for begin, end in union for instant in range(begin, end + 1)} == covered

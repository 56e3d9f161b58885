"""Convergence trackers: what they say after each record is what the definition says of all records so far."""

from __future__ import annotations

from itertools import count
from statistics import pstdev
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.convergence import attach, feed, tracker_of
from analysis.progress import ConvergenceResult, Progress, Spans
from analysis.variance import RunningVariance
from sim.convergence import Agreement, Convergence, Coverage, Extinction, Spread
from sim.records import Record
from tests.small_protocols import MILLISECOND, SECOND, At, Flooding, flooding

NODES = 4
COVERAGE = Coverage("informed", "announced", "update")
AGREEMENT = Agreement("stored", "version", "key")
SPREAD = Spread("value", "x", 0.4999)
EXTINCTION = Extinction("infected", "recovered")


def records(*told: tuple[int, int | None, str, dict[str, Any]]) -> list[Record]:
    """Records numbered in order, from (time, node, kind, fields)."""
    numbers = count()
    return [Record(time, next(numbers), node, kind, fields) for time, node, kind, fields in told]


def result(declared: Convergence, told: list[Record], population: int = NODES) -> ConvergenceResult:
    """What a tracker says of these records."""
    return feed(tracker_of(declared, population), told).finish()


# A model that knows nothing of the trackers: it looks at all records so far, each time anew.


def lives(told: list[Record]) -> tuple[list[str], list[int]]:
    """State of each node, and the sequence number of its last crash."""
    life, born = ["up"] * NODES, [-1] * NODES
    states = {"crashed": "down", "restarted": "up", "paused": "paused", "resumed": "up"}
    for record in told:
        if record.kind in states and record.node is not None:
            life[record.node] = states[record.kind]
            if record.kind == "crashed":
                born[record.node] = record.sequence
    return life, born


def holds_by_definition(declared: Convergence, told: list[Record]) -> bool:
    """Whether the condition of sim.convergence holds after these records."""
    life, born = lives(told)
    up = [node for node in range(NODES) if life[node] == "up"]
    alive = [r for r in told if r.node is not None and r.sequence > born[r.node]]
    match declared:
        case Coverage():
            items = {r.fields["update"] for r in told if r.kind == "announced"}
            reached = {(r.fields["update"], r.node) for r in alive if r.kind == "informed"}
            return bool(items and up) and all((item, node) in reached for item in items for node in up)
        case Agreement():
            items = {r.fields["key"] for r in told if r.kind == "stored"}
            last = {(r.fields["key"], r.node): r.fields["version"] for r in alive if r.kind == "stored"}
            found = [{last.get((item, node)) for node in up} for item in items]
            return bool(found and up) and all(len(one) == 1 and one != {None} for one in found)
        case Extinction():
            begun = [r for r in told if r.kind == "infected"]
            last = {r.node: r.kind for r in alive if r.kind in ("infected", "recovered")}
            return bool(begun) and "infected" not in last.values()
        case _:
            raise AssertionError(declared)


@st.composite
def stories(draw: st.DrawFn, declared: Convergence) -> list[Record]:
    """Records of nodes that live, pause and crash, and of progress by those that are up."""
    told: list[Record] = []
    time = 0
    for number in range(draw(st.integers(1, 40))):
        time += draw(st.integers(0, 2))
        node = draw(st.integers(0, NODES - 1))
        life = lives(told)[0][node]
        kinds = {"up": ["crashed", "paused", *["say"] * 6], "paused": ["resumed", "crashed"], "down": ["restarted"]}
        kind = draw(st.sampled_from(kinds[life]))
        fields: dict[str, Any] = {}
        if kind == "say":
            kind, fields = draw(said(declared))
        told.append(Record(time, number, node, kind, fields))
    return told


@st.composite
def said(draw: st.DrawFn, declared: Convergence) -> tuple[str, dict[str, Any]]:
    """Something that a node of such a protocol may record."""
    few = draw(st.integers(0, 1))
    if isinstance(declared, Coverage):
        return draw(st.sampled_from(["announced", *["informed"] * 4])), {"update": few}
    if isinstance(declared, Agreement):
        return "stored", {"key": few, "version": draw(st.sampled_from((None, 0, 1)))}
    if isinstance(declared, Extinction):
        return draw(st.sampled_from(["infected", "recovered"])), {}
    return "value", {"x": draw(st.integers(0, 3))}


@pytest.mark.parametrize("declared", [COVERAGE, AGREEMENT, EXTINCTION], ids=lambda one: type(one).__name__)
@given(data=st.data())
def test_trackers_say_what_the_definition_says(declared: Convergence, data: st.DataObject) -> None:
    """After each record of any story, a tracker holds that convergence is reached exactly when its definition does."""
    told = data.draw(stories(declared))
    tracker = tracker_of(declared, NODES)
    for number, record in enumerate(told, 1):
        tracker.observe(record)
        assert tracker.converged == holds_by_definition(declared, told[:number])


@given(stories(SPREAD))
def test_spread_says_what_the_definition_says(told: list[Record]) -> None:
    """Spread is reached exactly when the deviation over the nodes that are up is at most 0.4999 of the initial one."""
    tracker = tracker_of(SPREAD, NODES)
    initial = None
    for number, record in enumerate(told, 1):
        tracker.observe(record)
        life, born = lives(told[:number])
        up = [node for node in range(NODES) if life[node] == "up"]
        values = [r for r in told[:number] if r.kind == "value"]
        last = {r.node: r.fields["x"] for r in values if r.node is not None and r.sequence > born[r.node]}
        now = [last[node] for node in up if node in last]
        if initial is None and now and len(now) == len(up):
            initial = pstdev({r.node: r.fields["x"] for r in reversed(values)}.values())
        expected = initial is not None and 0 < len(now) == len(up) and pstdev(now) <= 0.4999 * initial
        assert tracker.converged == expected


def test_coverage_is_lost_and_regained() -> None:
    """A second announcement takes convergence away until it, too, is everywhere; residue and curve follow."""
    told = records(
        (1, None, "announced", {"update": "a"}),
        (2, 0, "informed", {"update": "a"}),
        (5, 1, "informed", {"update": "a"}),
        (7, 0, "announced", {"update": "b"}),
        (8, 0, "informed", {"update": "b"}),
        (9, 1, "informed", {"update": "b"}),
    )
    found = result(COVERAGE, told, 2)
    assert (found.converged_at, found.first_converged_at, found.lost) == (9, 5, ((7, 9),))
    assert found.residue == 0
    assert list(zip(found.progress.times, found.progress.fractions, strict=True)) == [
        (2, 0.5),
        (5, 1.0),
        (7, 0.5),
        (8, 0.75),
        (9, 1.0),
    ]
    cut_short = result(COVERAGE, told[:-1], 2)
    assert (cut_short.converged_at, cut_short.first_converged_at, cut_short.lost) == (None, 5, ((7, None),))
    assert cut_short.residue == 0.25


def test_a_restarted_node_must_learn_again() -> None:
    """Who crashed is not waited for; restarted, the node counts as reached only once it says so again."""
    told = records(
        (0, 0, "announced", {"update": "a"}),
        (0, 0, "informed", {"update": "a"}),
        (1, 1, "informed", {"update": "a"}),
        (2, 1, "crashed", {}),
        (3, 1, "restarted", {}),
        (4, 1, "informed", {"update": "a"}),
    )
    found = result(COVERAGE, told, 2)
    assert (found.converged_at, found.first_converged_at, found.lost) == (4, 1, ((3, 4),))


def test_durable_progress_outlives_a_crash() -> None:
    """Where progress is in stable storage, a node that reached an item has it again as soon as it is restarted."""
    told = records(
        (0, 0, "announced", {"update": "a"}),
        (0, 0, "informed", {"update": "a"}),
        (1, 1, "informed", {"update": "a"}),
        (2, 1, "crashed", {}),
        (3, 1, "restarted", {}),
        (4, 0, "crashed", {}),
    )
    found = result(Coverage("informed", "announced", "update", durable=True), told, 2)
    assert (found.converged_at, found.lost) == (1, ())


def test_a_newer_item_stands_in_for_the_one_it_replaced() -> None:
    """Once a node has put a newer item in the place of an older one, no one is waited for to reach the older one."""
    declared = Coverage("informed", "announced", "update", replaced="replaces")
    told = records(
        (0, 0, "announced", {"update": "a"}),
        (0, 0, "informed", {"update": "a"}),
        (1, 0, "announced", {"update": "b"}),
        (1, 0, "informed", {"update": "b", "replaces": "a"}),
        (3, 1, "informed", {"update": "b"}),
    )
    found = result(declared, told, 2)
    assert (found.converged_at, found.residue) == (3, 0)
    assert result(COVERAGE, told, 2).converged_at is None


def test_rows_about_messages_are_no_lives() -> None:
    """A message that found its destination crashed does not crash the node that the row is about."""
    row = {"source": 0, "destination": 1, "message": "Rumor", "sent_at": 0, "size": 0}
    told = records((0, 0, "announced", {"update": "a"}), (0, 0, "informed", {"update": "a"}), (1, 1, "crashed", row))
    assert result(COVERAGE, told, 2).converged_at is None


def test_live_and_from_disk_are_the_same() -> None:
    """A tracker that is told live says the same as one that is fed with what was kept, faults included."""
    faults = (At(((3 * MILLISECOND, "crash", 3), (6 * MILLISECOND, "restart", 3), (2 * MILLISECOND, "pause", 5))),)
    simulation = flooding(detail="all", faults=faults)
    rows = simulation.keep_records()
    assert Flooding.convergence is not None
    live = attach(tracker_of(Flooding.convergence, 8), simulation.recorder)
    simulation.run(until=SECOND)
    assert live.finish() == feed(tracker_of(Flooding.convergence, 8), rows).finish()


def test_stopping_at_convergence() -> None:
    """The callback of a tracker can stop a run at the moment of convergence: on a ring of 8 after four hops."""
    simulation = flooding()
    tracker = attach(tracker_of(COVERAGE, 8), simulation.recorder)
    tracker.on_converged = simulation.kernel.stop
    simulation.run(until=SECOND)
    assert simulation.now == tracker.finish().converged_at == 5 * MILLISECOND


def test_extinction_counts_who_was_never_reached() -> None:
    """An epidemic ends when its last case recovers; its residue are those who never fell ill."""
    told = records((0, 0, "infected", {}), (1, 1, "infected", {}), (2, 0, "recovered", {}), (4, 1, "recovered", {}))
    found = result(EXTINCTION, told)
    assert (found.converged_at, found.residue) == (4, 0.5)
    assert result(EXTINCTION, told[:-1]).converged_at is None


def test_nothing_said_is_nothing_converged() -> None:
    """Without any record of progress nothing has converged, and there is no residue to speak of."""
    for declared in (COVERAGE, AGREEMENT, SPREAD, EXTINCTION):
        found = result(declared, records((1, 0, "crashed", {})))
        assert (found.converged_at, found.first_converged_at, found.residue) == (None, None, None)


def test_what_is_held_for_no_time_is_not_held() -> None:
    """Spans join over a loss and regain at one instant, and drop what begins and ends at one instant."""
    spans = Spans()
    for time, holds in [(1, True), (1, False), (2, True), (5, False), (5, True), (9, False)]:
        spans.note(time, holds)
    assert (spans.closed, spans.since) == ([(2, 9)], None)


def test_progress_stays_small_and_true() -> None:
    """A curve of a million small steps is kept in some thousands, each point within the resolution, the end exact."""
    curve = Progress()
    for number in range(1, 1_000_000):
        curve.note(number, number / 1_000_001)
    curve.finish()
    assert len(curve.times) <= 4097
    assert curve.at(999_999) == 999_999 / 1_000_001
    assert all(abs(curve.at(time) - time / 1_000_001) <= 1 / 4096 for time in range(1, 1_000_000, 997))


def averaging(values: list[float], cycles: int) -> list[tuple[float, float]]:
    """Deviations while pairs of numbers are averaged: as kept, and as computed anew."""
    variance, found = RunningVariance(), []
    for value in values:
        variance.replace(None, value)
    for cycle in range(cycles):
        for i in range(len(values)):
            j = (i * 7 + cycle * 13 + 1) % len(values)
            mean = (values[i] + values[j]) / 2
            for place in (i, j):
                variance.replace(values[place], mean)
                values[place] = mean
        found.append((variance.deviation, pstdev(values)))
    return found


@pytest.mark.parametrize(
    ("told", "longest"),
    [
        ([], 100),
        ([(10, 0.5), (70, 1.0)], 60),
        ([(10, 0.5), (20, 0.4), (50, 0.6), (60, 1.0)], 40),
        ([(10, 0.5), (20, 0.75)], 80),
        ([(10, 1.0), (60, 0.5), (65, 1.0)], 10),
        ([(10, 1.0), (60, 0.5)], 40),
    ],
)
def test_standing_still_is_not_growing_below_one(told: list[tuple[int, float]], longest: int) -> None:
    """Time counts while the fraction is below one and does not grow; falling is not growing, whole is no wait."""
    curve = Progress()
    for time, fraction in told:
        curve.note(time, fraction)
    assert curve.finish().longest_standstill(100) == longest


def test_variance_is_followed_down() -> None:
    """While averaging takes the deviation down to a millionth, around a far-off mean, it is kept to six digits."""
    found = averaging([1e4 + (i * 37 % 101) / 10 for i in range(101)], 50)
    assert found[-1][1] < 1e-6 * found[0][1]
    assert all(kept == pytest.approx(true, rel=1e-5, abs=1e-11) for kept, true in found)


def test_variance_of_what_is_not_finite_is_never_small() -> None:
    """An infinite value makes the deviation infinite, and its end makes it finite again."""
    variance = RunningVariance()
    variance.replace(None, 1.0)
    variance.replace(None, float("inf"))
    assert variance.deviation == float("inf")
    variance.replace(float("inf"), 3.0)
    for _ in range(20):
        variance.replace(3.0, 3.0)
    assert variance.deviation == 1.0

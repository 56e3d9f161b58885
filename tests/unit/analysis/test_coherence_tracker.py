"""The tracker of coherence: what it finds at each look is what the definition says of all records so far."""

from __future__ import annotations

from cmath import exp
from itertools import count, pairwise
from math import cos, nan, pi, tau
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.beliefs import Beliefs
from analysis.coherence_tracker import DENSE, CoherenceTracker
from analysis.convergence import feed, tracker_of
from analysis.liveness_check import LivenessKept
from analysis.manifest import RunBalance
from analysis.verdict import RunEnd, Subject
from sim.convergence import Coherence
from sim.records import Record

NODES = 4
PERIOD = 200
LOOK = PERIOD // 20
TURN = tau / (PERIOD * 1e-9)
"""Radians per second of one turn a period."""
IN_STEP = Coherence(target=0.9, tolerance=0.1, dwell=50, period=PERIOD)

NO_MESSAGES = RunBalance(sent=0, outcomes={}, in_flight=0, waiting=0, duplicated=0, sums=True)


def records(*told: tuple[int, int | None, str, dict[str, Any]]) -> list[Record]:
    """Records numbered in order, from (time, node, kind, fields)."""
    numbers = count()
    return [Record(time, next(numbers), node, kind, fields) for time, node, kind, fields in told]


def phase(time: int, node: int, angle: float, frequency: float = TURN) -> tuple[int, int, str, dict[str, Any]]:
    """What an agent says of its phase."""
    return time, node, "phase", {"phase": angle, "frequency": frequency}


def tracked(told: list[Record], until: int, declared: Coherence = IN_STEP, population: int = NODES) -> CoherenceTracker:
    """A tracker that has been told of these records, and that time has passed until then."""
    tracker = CoherenceTracker(declared, population)
    feed(tracker, told)
    tracker.advance(until)
    return tracker


def coherence_by_definition(told: list[Record], time: int) -> float:
    """The order parameter at a time, by all records before it."""
    known: dict[int, Record] = {}
    up = set(range(NODES))
    for record in told:
        if record.time >= time or record.node is None:
            continue
        if record.kind == "phase":
            known[record.node] = record
        elif record.kind in ("crashed", "paused"):
            up.discard(record.node)
            if record.kind == "crashed":
                known.pop(record.node, None)
        else:
            up.add(record.node)
    angles = [
        known[node].fields["phase"] + known[node].fields["frequency"] * (time - known[node].time) * 1e-9
        for node in sorted(up & {*known})
    ]
    return abs(sum(exp(1j * angle) for angle in angles)) / len(angles) if angles else nan


TOLD = st.lists(
    st.tuples(
        st.integers(0, 400),
        st.integers(0, NODES - 1),
        st.sampled_from(["phase", "phase", "phase", "crashed", "restarted", "paused", "resumed"]),
        st.floats(0, 6.28),
        st.floats(-2 * TURN, 2 * TURN),
    ).map(lambda t: (t[0], t[1], t[2], {"phase": t[3], "frequency": t[4]} if t[2] == "phase" else {})),
    max_size=20,
).map(lambda told: records(*sorted(told, key=lambda each: each[0])))


@given(TOLD)
def test_each_look_is_what_the_definition_says(told: list[Record]) -> None:
    """Whatever is told, each look is that of the phases of the agents that are up, by the records before it."""
    tracker = tracked(told, 500)
    assert list(tracker.times) == list(range(LOOK, 501, LOOK))
    expected = [coherence_by_definition(told, time) for time in tracker.times]
    assert list(tracker.coherences) == pytest.approx(expected, abs=1e-9, nan_ok=True)


@given(TOLD, st.lists(st.integers(0, 500), max_size=5))
def test_who_asks_in_between_changes_nothing(told: list[Record], asked: list[int]) -> None:
    """Time that is told to pass in between leaves all looks and all spans as they are without."""
    tracker, first = CoherenceTracker(IN_STEP, NODES), 0
    for time in sorted(asked):
        while first < len(told) and told[first].time <= time:
            tracker.observe(told[first])
            first += 1
        tracker.advance(time)
    feed(tracker, told[first:])
    tracker.advance(500)
    alone = tracked(told, 500)
    assert np.array_equal(tracker.coherences, alone.coherences, equal_nan=True)
    assert tracker.finish() == alone.finish()


@given(TOLD)
def test_converged_is_every_look_of_a_dwell(told: list[Record]) -> None:
    """It holds from the first of the looks that are all within tolerance for a dwell or more, to the first outside."""
    tracker = tracked(told, 500)
    runs: list[list[int]] = [[]]
    for time, coherence in zip(tracker.times, tracker.coherences, strict=True):
        if abs(coherence - 0.9) <= 0.1:
            runs[-1].append(time)
        elif runs[-1]:
            runs.append([])
    long = [run[0] for run in runs if run and run[-1] - run[0] >= IN_STEP.dwell]
    assert [begin for begin, _ in tracker.held] == long
    assert all(earlier is not None and earlier < begin for (_, earlier), (begin, _) in pairwise(tracker.held))
    assert tracker.converged == (tracker.since is not None)


def test_lost_and_regained() -> None:
    """A swarm in step that one agent leaves for half a turn is converged until then, and again when it is back."""
    together = [phase(0, node, 1.0) for node in range(NODES)]
    away, back = phase(205, 3, 1.0 + pi), phase(405, 3, 1.0)
    result = tracked(records(*together, away, back), 600).finish()
    assert (result.first_converged_at, result.converged_at, result.lost) == (LOOK, 410, ((210, 410),))


def test_a_record_at_the_time_of_a_look_comes_after_it() -> None:
    """A look at the very time of a record sees the phases as they were before it."""
    apart = [phase(0, 0, 0.0, 0.0), phase(0, 1, pi, 0.0)]
    tracker = tracked(records(*apart, phase(20, 1, 0.0, 0.0)), 30, population=2)
    assert list(tracker.coherences) == [0.0, 0.0, 1.0]


def test_the_restarted_count_from_their_first_phase() -> None:
    """Down or just restarted, an agent is left out; paused too, and then it goes on where it would be."""
    told = records(
        phase(0, 0, 0.0, 0.0),
        phase(0, 1, pi, 0.0),
        (15, 1, "crashed", {}),
        (25, 1, "restarted", {}),
        phase(35, 1, pi / 2, TURN / 2),
        (45, 1, "paused", {}),
        (55, 1, "resumed", {}),
    )
    assert list(tracked(told, 60, population=2).coherences) == pytest.approx(
        [0, 1, 1, cos(pi * 0.2625), 1, cos(pi * 0.3125)], abs=1e-9
    )


def test_snapshots_replace_all() -> None:
    """A snapshot replaces the phases of all, holds until the next, and leaves out those without a phase."""
    told = records(
        phase(0, 0, 0.0),
        (5, None, "phases", {"phases": (0.0, pi, None, pi)}),
        (25, None, "phases", {"phases": (None,) * 4}),
    )
    tracker = tracked(told, 30)
    assert list(tracker.coherences) == [pytest.approx(1 / 3), pytest.approx(1 / 3), pytest.approx(nan, nan_ok=True)]
    assert tracker.waiting_for(3) == ["an agent that is up to have a phase"]


def test_quiet_stretches_are_looked_at_ever_more_rarely() -> None:
    """A quiet hour at a period of 200 ns costs some ten thousand looks, and the next record is looked at as ever."""
    hour = 3_600_000_000_000
    tracker = tracked(records(*(phase(0, node, 0.5) for node in range(NODES))), hour)
    assert len(tracker.times) < 40 * DENSE
    assert tracker.finish().converged_at == LOOK
    tracker.observe(Record(hour + 5, 9, 0, *phase(hour + 5, 0, 0.5)[2:]))
    tracker.advance(hour + 30)
    assert list(tracker.times[-3:]) == [hour + LOOK, hour + 2 * LOOK, hour + 3 * LOOK]


def test_frequencies_that_differ_move_a_quiet_swarm() -> None:
    """Two agents of which one turns twice as fast are together at each whole turn, and opposite half a turn later."""
    told = records(phase(0, 0, 0.0), phase(0, 1, 0.0, 2 * TURN))
    tracker = tracked(told, 10 * PERIOD, population=2)
    expected = np.abs(np.cos(np.pi * np.array(tracker.times) / PERIOD))
    assert np.array(tracker.coherences) == pytest.approx(expected, abs=1e-9)


def test_many_looks_at_once_are_as_single_ones() -> None:
    """A look has the same value, to the last bit, alone and among hundreds that are worked out together."""
    random = np.random.Generator(np.random.PCG64(1))
    told = records(*(phase(0, node, random.random() * tau, TURN * random.random()) for node in range(1001)))
    together = tracked(told, 300 * LOOK, population=1001)
    alone = CoherenceTracker(IN_STEP, 1001)
    feed(alone, told)
    for time in range(0, 301 * LOOK, LOOK):
        alone.advance(time)
    assert together.coherences == alone.coherences


def test_what_it_waits_for_in_words() -> None:
    """The distance from the target, the rest of a dwell, and nothing once it is converged."""
    told = records(*(phase(0, node, 0.0) for node in range(NODES)))
    apart = tracked(records(phase(0, 0, 0.0), phase(0, 1, pi / 2)), 20)
    assert apart.waiting_for(3) == ["the coherence, 0.7071, to come within 0.1 of 0.9"]
    assert apart.fraction == pytest.approx(1 - (0.9 - 0.70710678 - 0.1) / 0.8)
    assert tracked(told, 40).waiting_for(3) == [
        "the coherence to stay within 0.1 of 0.9 for 50ns, where it has been since 10ns"
    ]
    assert tracked(told, 60).waiting_for(3) == []
    assert tracked(told, 60).fraction == 1.0


def test_beliefs_before_the_dwell_is_over_are_right() -> None:
    """A belief is right from the first look of a dwell on, although that is known only once it is over."""
    told = records(
        (5, 0, "believes", {"converged": True}),
        *(phase(6, node, 0.0) for node in range(NODES)),
        (20, 1, "believes", {"converged": True}),
        (60, 1, "believes", {"converged": False}),
    )
    tracker = tracker_of(IN_STEP, NODES)
    beliefs = Beliefs(tracker)
    for record in told:
        if record.kind in tracker.kinds:
            tracker.observe(record)
        if record.kind in beliefs.kinds:
            beliefs.observe(record)
    beliefs.finish(100)
    assert (beliefs.claims, beliefs.wrong_claims) == (2, 1)
    assert (beliefs.node_time, beliefs.too_early, beliefs.too_late) == (400, 5, 10 * 3 + 40 * 2 + 40 * 3)


@pytest.mark.parametrize(
    ("again", "verdict", "reason"),
    [
        (150, "holds", "converged 60ns after the core was healed"),
        (500, "violated", "the coherence, 0.0000, to come within 0.1 of 0.9"),
    ],
)
def test_liveness_is_judged_by_the_begin_of_the_dwell(again: int, verdict: str, reason: str) -> None:
    """A core of two is in time where the dwell begins within 100 ns, though it ends later and nobody asks then."""
    check = LivenessKept(Subject(IN_STEP, 3))
    told = records(
        phase(0, 0, 0.0, 0.0),
        phase(0, 1, pi, 0.0),
        phase(0, 2, 1.0, 0.0),
        (100, None, "liveness", {"core": (0, 1), "within": 100}),
        phase(again, 1, 0.0, 0.0),
    )
    for record in told:
        check.observe(record)
    judged = check.finish(RunEnd(1000, "duration", NO_MESSAGES))
    assert judged.verdict == verdict
    assert reason in judged.reason

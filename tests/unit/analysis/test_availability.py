"""Availability, recovery and latencies: numbers worked out by hand from what clients saw."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from analysis.availability import Availability
from analysis.client_operations import ClientOperations
from analysis.recovery import Recovery
from tests.consensus_records import Event, completed, invoked, records_of
from tests.small_protocols import MILLISECOND, SECOND


def availability(events: Iterable[Event], end: int = 1_000) -> Availability:
    """The availability in a run of these events that ends at a time in milliseconds."""
    found = Availability()
    for record in records_of(events):
        found.observe(record)
    found.finish(end * MILLISECOND)
    return found


def operation(process: int, begin: int, end: int, outcome: str = "ok", function: str = "put") -> tuple[Event, Event]:
    """One operation from its begin to its end in milliseconds."""
    return invoked(begin, process, function), completed(end, process, outcome, latency=end - begin)


def in_order(*operations: tuple[Event, ...]) -> list[Event]:
    """The events of operations by their times."""
    return sorted((event for each in operations for event in each), key=lambda event: event[0])


def outages(found: Availability) -> list[tuple[int, int]]:
    """From when to when, in milliseconds."""
    return [(begin // MILLISECOND, end // MILLISECOND) for begin, end in found.outages]


def test_a_low_rate_is_no_outage() -> None:
    """Between operations that take 5 ms each nobody waits, however rare they are."""
    found = availability(in_order(*(operation(1, 100 * each, 100 * each + 5) for each in range(10))))
    assert (found.share, found.longest) == (1.0, 5 * MILLISECOND)


def test_a_slow_network_is_no_outage() -> None:
    """Where every write takes 300 ms, waiting 300 ms is nothing; three times as long as usual is too long."""
    slow = [operation(1, 300 * each, 300 * each + 300) for each in range(4)]
    assert availability(in_order(*slow)).share == 1.0
    found = availability(in_order(*slow, operation(1, 1200, 2400)))
    assert (outages(found), found.share) == ([(1200, 2400)], 0.5)


def test_an_outage_ends_with_a_write_of_anyone() -> None:
    """Writes wait from 100 ms on, and one of them is carried out at 400 ms: 300 ms of 1,000 are lost."""
    events = in_order(
        *(operation(1, each, each + 5) for each in range(0, 100, 10)),
        operation(1, 100, 400),
        operation(2, 150, 401),
        *(operation(1, each, each + 5) for each in range(500, 999, 10)),
        operation(3, 995, 1_000),
    )
    found = availability(events)
    assert (outages(found), found.share) == ([(100, 400)], pytest.approx(0.7))
    assert found.longest == 300 * MILLISECOND


def test_a_write_that_was_overtaken_waits_no_more() -> None:
    """A client that alone is cut off makes no outage, as later writes of others are carried out."""
    stuck = operation(1, 0, 900, "unknown")
    others = [operation(2, each, each + 5) for each in range(1, 900, 200)]
    assert availability(in_order(stuck, *others)).share == 1.0
    late = availability(in_order(operation(1, 0, 900), *others))
    assert (late.share, late.longest) == (1.0, 6 * MILLISECOND)


def test_giving_up_does_not_end_an_outage() -> None:
    """Where one write is given up and the next begins at once, the wait goes on; after a rest it begins anew."""
    first, well = operation(1, 0, 5), operation(9, 900, 905)
    at_once = in_order(first, operation(1, 100, 300, "unknown"), operation(2, 300, 500, "fail"), well)
    assert outages(availability(at_once)) == [(100, 500)]
    rested = in_order(first, operation(1, 100, 300, "unknown"), operation(2, 400, 600, "unknown"), well)
    assert outages(availability(rested)) == [(100, 300), (400, 600)]


def test_reads_count_for_nothing() -> None:
    """A read that is answered shows no commit, and one that waits misses none."""
    events = in_order(operation(1, 0, 400), operation(2, 10, 200, function="get"), operation(1, 401, 402))
    found = availability((*events, invoked(500, 3, "get")))
    assert found.longest == 400 * MILLISECOND
    assert availability([invoked(1, 1, "get")]).share is None


def test_what_is_open_at_the_end_is_an_outage() -> None:
    """Writes that nobody carries out any more count up to the end of the run."""
    found = availability((*operation(1, 0, 5), invoked(200, 1)))
    assert (outages(found), found.share) == ([(200, 1_000)], pytest.approx(0.2))
    nothing = availability([invoked(500, 1)])
    assert (nothing.share, nothing.longest) == (0.0, 500 * MILLISECOND)


def test_latencies_and_throughput() -> None:
    """Ten operations of 10 to 100 ms in a second; of two more one fails and one is open."""
    found = ClientOperations()
    events = in_order(*(operation(1, 100 * each, 110 * each + 10) for each in range(9)), operation(1, 900, 1_000))
    for record in records_of([*events, *operation(2, 1_000, 1_000, "fail"), invoked(1_000, 3)]):
        found.observe(record)
    found.finish(SECOND)
    assert (found.outcomes["ok"], found.outcomes["fail"], found.open) == (10, 1, 1)
    assert [found.latency(share) for share in (0.5, 0.9, 0.99, 1.0)] == [50 * MILLISECOND, 90 * MILLISECOND] + [
        100 * MILLISECOND
    ] * 2
    assert (found.throughput, found.attempts_per_operation) == (10.0, 1.0)
    empty = ClientOperations()
    assert (empty.latency(0.5), empty.throughput, empty.attempts_per_operation) == (None, None, None)


def fault(time: int, kind: str, phase: str = "begin") -> Event:
    """A strike of a fault, its end, or its sum."""
    return (time, None, "fault", {"fault": kind, "phase": phase, "id": kind, "strike": 1, "targets": ()})


def test_recovery_is_a_write_that_began_after_the_strike() -> None:
    """Writes under way at the strike, reads, and writes given up do not count; one write ends the wait of all."""
    found = Recovery()
    events = (
        *in_order(operation(1, 90, 130), (fault(100, "crash"),), operation(2, 110, 140, function="get")),
        *in_order(operation(3, 150, 200, "unknown"), (fault(170, "loss"),), operation(4, 180, 400)),
        fault(500, "crash", "end"),
        fault(600, "crash"),
        *operation(4, 610, 620),
        fault(700, "pause"),
        invoked(710, 5),
        fault(800, "leave"),
        fault(1_000, "crash", "total"),
    )
    assert not found.struck
    for record in records_of(events):
        found.observe(record)
    assert found.longest == {"crash": 300 * MILLISECOND, "loss": 230 * MILLISECOND}
    assert (found.median, max(found.times)) == (230 * MILLISECOND, 300 * MILLISECOND)
    assert (found.unrecovered, found.struck) == (1, True)

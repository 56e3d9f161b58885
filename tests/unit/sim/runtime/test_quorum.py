"""Quorums: asked at once or hedged, early at their end, in time at their timeout, and not held up by the dead."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import murmur
from sim.runtime.quorum import Gathered, gather
from sim.runtime.reference import Reference
from sim.units import MILLISECOND
from tests.unit.sim.runtime.acting import play


def member(service: int | None) -> Callable[[Any], Any]:
    """A member that answers after so many milliseconds with its number; None: it never answers."""

    def behaviour(actor: Any) -> Any:
        while True:
            envelope = yield from actor.receive()
            if service is None:
                continue
            yield from actor.sleep(service * MILLISECOND)
            yield from actor.reply(envelope, actor.me.node)

    return behaviour


def gathered_from(
    *services: int | None, faults: Any = (), times: int = 1, **options: Any
) -> tuple[Gathered, list[int]]:
    """What node 0 gathers from members on all others, the last time, and whose answers came late."""
    found: list[Gathered] = []
    late: list[int] = []

    def asker(actor: Any) -> Any:
        members = [Reference(node + 1, "member") for node in range(len(services))]
        yield from actor.sleep(MILLISECOND)
        for _ in range(times):
            gathered = yield from gather(actor, members, "?", late=lambda one: late.append(one.node), **options)
            found.append(gathered)

    play({"asker": asker}, *({"member": member(service)} for service in services), faults=faults)
    assert len(found) == times
    return found[-1], late


def nodes(gathered: Gathered) -> list[int]:
    """Who answered, in the order of the answers, each of which is the member's own number."""
    assert all(one.node == answer for one, answer in gathered.answers.items())
    return list(gathered.answers.values())


def milliseconds(gathered: Gathered) -> int:
    """How long it took; the first contact of two nodes takes a round trip more than others."""
    return gathered.took // MILLISECOND


def test_it_ends_with_the_answer_that_makes_it_enough() -> None:
    """Three of five, the two slowest of which come late: as long as the third takes."""
    gathered, late = gathered_from(1, 40, 3, 30, 5, threshold=3)
    assert gathered.complete
    assert nodes(gathered) == [1, 3, 5]
    assert milliseconds(gathered) in range(7, 10)
    assert (gathered.requests, gathered.hedges) == (5, 0)
    assert late == [4, 2]


def test_with_hedging_others_are_asked_when_answers_are_missing() -> None:
    """The second of the first two is slow: after 10 ms a third is asked, for one answer is missing, and no more."""
    gathered, late = gathered_from(1, 50, 2, 1, threshold=2, hedge_after=10 * MILLISECOND)
    assert nodes(gathered) == [1, 3]
    assert (gathered.requests, gathered.hedges) == (3, 1)
    assert milliseconds(gathered) in range(14, 18)
    assert late == [2]


def test_hedging_asks_nobody_who_is_not_needed() -> None:
    """Where the first are fast enough, the others never hear of it."""
    gathered, _ = gathered_from(1, 2, 3, 4, threshold=2, hedge_after=10 * MILLISECOND)
    assert (nodes(gathered), gathered.requests, gathered.hedges) == ([1, 2], 2, 0)


@pytest.mark.parametrize("hedge_after", [None, 4 * MILLISECOND, 100 * MILLISECOND])
def test_it_ends_at_its_timeout(hedge_after: int | None) -> None:
    """With the answers that are there."""
    gathered, _ = gathered_from(1, None, None, threshold=2, timeout=20 * MILLISECOND, hedge_after=hedge_after)
    assert not gathered.complete
    assert nodes(gathered) == [1]
    assert milliseconds(gathered) == 20
    assert gathered.hedges == (1 if hedge_after == 4 * MILLISECOND else 0)


def test_it_ends_early_when_too_few_are_left() -> None:
    """Answers that do not count are refusals: with two of three, two are needed and one is left."""
    gathered, _ = gathered_from(1, 2, 90, threshold=2, counts=lambda answer: answer == 3, timeout=80 * MILLISECOND)
    assert not gathered.complete
    assert not gathered.answers
    assert milliseconds(gathered) < 10


@pytest.mark.parametrize(("threshold", "complete"), [(0, True), (3, False)])
def test_what_is_decided_beforehand_asks_nobody(threshold: int, complete: bool) -> None:
    """Of two members: none are needed, or three."""
    gathered, _ = gathered_from(1, 1, threshold=threshold)
    assert (gathered.complete, gathered.requests, gathered.took) == (complete, 0, 0)


def test_a_dead_member_holds_nobody_up() -> None:
    """When more is under way to it than goes at once, it is passed over, and the others decide as fast as before."""
    crash = murmur.fault("crash", target=3, at=0)
    first, _ = gathered_from(1, 1, 1, threshold=2, faults=[crash])
    last, _ = gathered_from(1, 1, 1, threshold=2, faults=[crash], times=200)
    assert nodes(last) == [1, 2]
    assert (first.requests, last.requests) == (3, 2)
    assert last.took <= first.took


def test_who_asks_at_the_same_time_as_another_is_not_held_up() -> None:
    """Of two that ask for the last place on the way to a node that is not heard, neither waits beyond its timeout."""
    ended = []

    def asker(actor: Any) -> Any:
        dead = Reference(1, "member")
        for _ in range(63 if actor.me.name == "first" else 0):
            yield from actor.send(dead, "one of the 64 that may be under way")
        yield from actor.sleep(10 * MILLISECOND - actor.now)
        gathered = yield from gather(actor, [dead], "?", threshold=1, timeout=20 * MILLISECOND)
        ended.append((gathered.complete, actor.now // MILLISECOND))

    play({"first": asker, "second": asker}, {}, cores=2, loss=1.0)
    assert sorted(ended) == [(False, 10), (False, 30)]

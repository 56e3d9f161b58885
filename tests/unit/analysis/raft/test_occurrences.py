"""What should have come about in a run of consensus, and what should not have gone on for ever."""

from __future__ import annotations

from typing import Any

import pytest

from analysis.raft.occurrences import MOST_VAIN_ELECTIONS, OCCURRENCES
from tests.consensus_records import (
    Event,
    appended,
    committed,
    completed,
    invoked,
    judged,
    life,
    role,
    snapshot,
)
from tests.small_protocols import MILLISECOND, SECOND


def members(time: int, index: int, *voters: int) -> Event:
    """A configuration that comes into force at server 0."""
    return (time, 0, "configuration", {"index": index, "voters": voters, "learners": (), "old": ()})


def administered(time: int, change: str) -> Event:
    """An administrator is told that a change is done."""
    return (time, None, "administered", {"change": change, "outcome": "ok"})


SEEN: dict[str, tuple[tuple[Event, ...], tuple[Event, ...]]] = {
    "leader-elected": ((role(1, 0, "leader", 1),), (role(1, 0, "candidate", 1),)),
    "election-split": (
        (role(1, 0, "candidate", 1), role(1, 1, "candidate", 1), role(9, 2, "candidate", 2)),
        (role(1, 0, "candidate", 1), role(2, 0, "leader", 1), role(9, 2, "candidate", 2)),
    ),
    "commit-survived-crash": (
        (
            role(1, 0, "leader", 1),
            committed(2, 0, 1, 1, "a"),
            life(3, 0, "crashed"),
            role(4, 1, "leader", 2),
            committed(5, 1, 2, 2, "b"),
        ),
        (
            role(1, 0, "leader", 1),
            committed(2, 0, 1, 1, "a"),
            life(3, 0, "crashed"),
            role(4, 1, "leader", 2),
            committed(5, 1, 1, 2, "b"),
        ),
    ),
    "snapshot-installed": (
        (snapshot(1, 0, 5, 1, installed=True),),
        (snapshot(1, 0, 5, 1, installed=False),),
    ),
    "leader-transferred": (
        (
            (1, 0, "transfer", {"target": 2, "term": 1}),
            role(2, 2, "candidate", 2, cause="transfer"),
            role(3, 2, "leader", 2),
        ),
        (
            (1, 0, "transfer", {"target": 2, "term": 1}),
            role(2, 2, "candidate", 2, cause="transfer"),
            role(3, 1, "leader", 3),
            role(4, 2, "candidate", 4, cause="timeout"),
            role(5, 2, "leader", 4),
        ),
    ),
    "members-changed": (
        (members(1, 0, 0, 1), members(2, 5, 0, 1, 3), administered(3, "add 3")),
        (
            members(1, 0, 0, 1),
            members(2, 9, 0, 1),
            administered(2, "add 1"),
            members(3, 15, 0, 1, 3),
            administered(4, "transfer to 3"),
        ),
    ),
}


def test_all_are_tested() -> None:
    """Each of these checks has records that it must see, and others that it must not."""
    assert {check.name for check in OCCURRENCES} == SEEN.keys()


@pytest.mark.parametrize("name", SEEN)
def test_what_has_come_about_is_seen(name: str) -> None:
    """The check holds where it has come about, shows the record, and is unknown where only something like it has."""
    came, did_not = SEEN[name]
    verdict = judged(name, came)
    assert (verdict.verdict, len(verdict.evidence)) == ("holds", 1)
    assert judged(name, did_not).verdict == judged(name, ()).verdict == "unknown"


def vain(times: int, node: int = 0, begin: int = 1) -> tuple[Event, ...]:
    """Elections in a row that one server begins."""
    return tuple(role(begin + number, node, "candidate", begin + number) for number in range(times))


def test_terms_must_not_run_up() -> None:
    """Ten elections in a row of one server are too many, unless a leader is elected anywhere in between."""
    verdict = judged("no-term-inflation", vain(MOST_VAIN_ELECTIONS + 5))
    assert (verdict.verdict, len(verdict.evidence)) == ("violated", MOST_VAIN_ELECTIONS)
    assert judged("no-term-inflation", vain(9)).verdict == "holds"
    assert judged("no-term-inflation", (*vain(9), *vain(9, node=1))).verdict == "holds"
    assert judged("no-term-inflation", (*vain(9), role(20, 1, "leader", 20), *vain(9, begin=21))).verdict == "holds"
    assert judged("no-term-inflation", (appended(1, 0, 1, (1, "a")),)).verdict == "unknown"


def liveness(time: int, within: int) -> Event:
    """The begin of the phase in which all is healed, and the milliseconds that it has."""
    fields: dict[str, Any] = {"core": (0, 1, 2), "within": within * MILLISECOND}
    return (time, None, "liveness", fields)


@pytest.mark.parametrize(
    ("events", "end", "expected"),
    [
        ((liveness(100, 50), invoked(110, 1), completed(140, 1)), SECOND, "holds"),
        ((liveness(100, 50), invoked(110, 1), completed(160, 1)), SECOND, "violated"),
        ((liveness(100, 50), invoked(110, 1), completed(140, 1, "unknown")), SECOND, "violated"),
        ((invoked(90, 1), liveness(100, 50), completed(110, 1), invoked(111, 1)), SECOND, "violated"),
        ((liveness(100, 50), invoked(140, 1)), SECOND, "unknown"),
        ((liveness(100, 50),), SECOND, "unknown"),
        ((liveness(100, 50), invoked(110, 1)), 120 * MILLISECOND, "unknown"),
        ((invoked(10, 1), completed(20, 1)), SECOND, "unknown"),
    ],
    ids=[
        "in time",
        "too late",
        "given up",
        "asked before",
        "asked at the very end",
        "nobody asked",
        "run cut short",
        "no phase",
    ],
)
def test_progress_is_an_answer_in_time(events: tuple[Event, ...], end: int, expected: str) -> None:
    """Of operations that begin after the healing one must be carried out in time, where clients tried early enough."""
    assert judged("progress", events, end=end).verdict == expected

"""Judges of Raft's safety: each holds for records of a run that is right, and catches records that are broken."""

from __future__ import annotations

import pytest

from analysis.raft.replicated_logs import ReplicatedLog
from analysis.raft.safety import SAFETY
from tests.consensus_records import (
    Event,
    appended,
    committed,
    judged,
    life,
    recovered,
    role,
    snapshot,
    truncated,
)

NAMES = ("raft-safety", *(check.name for check in SAFETY))
A, B, C, D = "0.1", "0.2", "1.1", "1.2"

RIGHT: tuple[Event, ...] = (
    role(1, 0, "leader", 1),
    appended(2, 0, 1, (1, "no-op"), (1, A)),
    appended(3, 1, 1, (1, "no-op"), (1, A)),
    committed(4, 0, 1, 1, "no-op", A),
    appended(5, 0, 3, (1, B)),
    committed(6, 1, 1, 1, "no-op", A),
    life(7, 0, "crashed"),
    role(8, 1, "leader", 2),
    appended(9, 1, 3, (2, "no-op"), (2, C)),
    appended(9, 2, 1, (1, "no-op"), (1, A), (2, "no-op"), (2, C)),
    committed(10, 1, 3, 2, "no-op", C),
    snapshot(11, 1, 3, 2, installed=False),
    life(12, 0, "restarted"),
    recovered(12, 0, 0, 0, (1, "no-op"), (1, A), (1, B), term=1),
    role(12, 0, "follower", 1),
    truncated(13, 0, 3),
    snapshot(14, 0, 3, 2, installed=True),
    appended(15, 0, 4, (2, C)),
    committed(16, 0, 4, 2, C),
    life(17, 1, "crashed"),
    role(18, 0, "leader", 3),
    appended(19, 0, 5, (3, "no-op")),
    appended(19, 2, 5, (3, "no-op")),
    committed(20, 0, 5, 3, "no-op"),
)
"""Two changes of leader, an uncommitted entry that is replaced, and a snapshot that is installed."""


@pytest.mark.parametrize("name", NAMES)
def test_a_right_run_holds(name: str) -> None:
    """Crashes, conflicts on a follower, compaction and an installed snapshot contradict nothing."""
    assert judged(name, RIGHT).verdict == "holds"


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_known_of_an_empty_run(name: str) -> None:
    """Where nothing happened, nothing is said to hold."""
    assert judged(name, ()).verdict == "unknown"


BROKEN: dict[str, tuple[str, tuple[Event, ...]]] = {
    "two leaders in a term": (
        "election-safety",
        (role(1, 0, "leader", 4), role(2, 1, "leader", 4)),
    ),
    "a leader removes an entry": (
        "leader-append-only",
        (role(1, 0, "leader", 1), appended(2, 0, 1, (1, A)), truncated(3, 0, 1)),
    ),
    "a leader writes over an entry": (
        "leader-append-only",
        (appended(1, 0, 1, (1, A)), role(2, 0, "leader", 2), appended(3, 0, 1, (2, B))),
    ),
    "one index and term, two commands": (
        "log-matching",
        (appended(1, 0, 1, (1, A)), appended(2, 1, 1, (1, B))),
    ),
    "one index and term, two commands, where another term came first": (
        "log-matching",
        (appended(1, 0, 1, (1, A)), appended(2, 1, 1, (2, B)), appended(3, 2, 1, (2, C))),
    ),
    "one index and term after different terms": (
        "log-matching",
        (appended(1, 0, 1, (1, A), (3, C)), appended(2, 1, 1, (2, B)), appended(3, 1, 2, (3, C))),
    ),
    "different terms before, one of them in a snapshot": (
        "log-matching",
        (appended(1, 0, 1, (1, A), (3, C)), snapshot(2, 1, 1, 2, installed=True), appended(3, 1, 2, (3, C))),
    ),
    "different terms before, one of them found on the disk": (
        "log-matching",
        (appended(1, 0, 1, (1, A), (3, C)), recovered(2, 1, 0, 0, (2, B)), appended(3, 1, 2, (3, C))),
    ),
    "one index and term, two commands, one of them found on a disk": (
        "log-matching",
        (appended(1, 0, 1, (1, A)), appended(2, 1, 1, (1, A)), recovered(3, 1, 0, 0, (1, B))),
    ),
    "a stale leader without an entry that was committed before its term": (
        "leader-completeness",
        (
            appended(1, 0, 1, (1, A)),
            committed(2, 0, 1, 1, A),
            appended(3, 0, 2, (3, B)),
            committed(4, 0, 2, 3, B),
            role(5, 2, "leader", 2),
        ),
    ),
    "a leader without a committed entry": (
        "leader-completeness",
        (
            appended(1, 0, 1, (1, A), (1, B)),
            appended(1, 1, 1, (1, A), (1, B)),
            appended(1, 2, 1, (1, A)),
            committed(2, 0, 1, 1, A, B),
            role(3, 2, "leader", 2),
        ),
    ),
    "a leader with another entry in the place of a committed one": (
        "leader-completeness",
        (appended(1, 0, 1, (2, A)), appended(1, 2, 1, (1, B)), committed(2, 0, 1, 2, A), role(3, 2, "leader", 3)),
    ),
    "a leader that has lost its disk": (
        "leader-completeness",
        (
            appended(1, 0, 1, (1, A)),
            appended(1, 1, 1, (1, A)),
            committed(2, 0, 1, 1, A),
            life(3, 1, "disk-lost"),
            role(4, 1, "leader", 2),
        ),
    ),
    "a leader without what another had committed before it was on its own disk": (
        "leader-completeness",
        (
            appended(1, 1, 1, (1, A)),
            committed(2, 0, 1, 1, A),
            role(4, 2, "leader", 2),
        ),
    ),
    "two commands at one index": (
        "state-machine-safety",
        (committed(1, 0, 1, 1, A, B), committed(2, 1, 1, 1, A, C)),
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_broken_records_are_caught(case: str) -> None:
    """A contradiction violates its property and the sum of all, with records that show it, and no other property."""
    name, events = BROKEN[case]
    for judge in NAMES:
        verdict = judged(judge, events)
        assert (verdict.verdict == "violated") == (judge in (name, "raft-safety")), (judge, verdict)
        assert bool(verdict.evidence) == (verdict.verdict == "violated")


def test_what_is_not_on_the_leaders_disk_yet_may_be_committed() -> None:
    """A leader whose disk is the slowest commits what a majority of others has; the next leader has that too."""
    events = (
        appended(1, 1, 1, (1, A)),
        appended(1, 2, 1, (1, A)),
        committed(2, 0, 1, 1, A),
        life(3, 0, "crashed"),
        role(4, 1, "leader", 2),
    )
    assert judged("leader-completeness", events).verdict == "holds"


def test_what_is_applied_may_be_ahead_of_the_disk() -> None:
    """A follower applies what is committed while its disk still has another entry there: that is no contradiction."""
    events = (
        appended(1, 1, 1, (1, "no-op")),
        appended(2, 0, 1, (2, "no-op")),
        committed(3, 0, 1, 2, "no-op"),
        committed(4, 1, 1, 2, "no-op"),
        truncated(5, 1, 1),
        appended(5, 1, 1, (2, "no-op")),
    )
    assert judged("raft-safety", events).verdict == "holds"


def test_a_stale_leader_need_not_have_what_was_committed_later() -> None:
    """An election of an earlier term, or of the same, says nothing about an entry of a later one."""
    events = (appended(1, 0, 1, (5, A)), committed(2, 0, 1, 5, A), role(3, 1, "leader", 4))
    assert judged("leader-completeness", events).verdict == "unknown"


def test_leading_ends_with_a_crash_and_with_another_role() -> None:
    """Whoever led before may remove entries once it follows, or after it has crashed."""
    for end in (life(3, 0, "crashed"), role(3, 0, "follower", 2, 1)):
        events = (role(1, 0, "leader", 1), appended(2, 0, 1, (1, A)), end, truncated(4, 0, 1))
        assert judged("leader-append-only", events).verdict == "holds"


def test_a_leader_may_append_where_an_installed_snapshot_took_entries_away() -> None:
    """A snapshot that the log did not fit replaces all of it: what comes next stands right after the snapshot."""
    events = (
        appended(1, 0, 1, (1, A), (1, B), (1, C)),
        snapshot(2, 0, 2, 2, installed=True),
        role(3, 0, "leader", 3),
        appended(4, 0, 3, (3, "no-op")),
    )
    assert judged("leader-append-only", events).verdict == judged("raft-safety", events).verdict == "holds"


def test_a_log_forgets_what_it_no_longer_has() -> None:
    """Compaction keeps what fits, a snapshot that does not fit replaces all, and a gap makes what is before unknown."""
    log = ReplicatedLog()
    log.append(1, (1, 1, 2, 2))
    log.compact(2, 1)
    assert (log.start, log.start_term, list(log.terms), log.term_at(1)) == (2, 1, [2, 2], None)
    log.compact(1, 1)
    assert log.start == 2
    log.append(4, (3,))
    assert [log.term_at(index) for index in range(2, 6)] == [1, 2, 3, None]
    log.compact(4, 9)
    assert (log.last, log.term_at(4)) == (4, 9)
    log.append(8, (9,))
    assert (log.start, log.term_at(7), log.term_at(8)) == (7, None, 9)

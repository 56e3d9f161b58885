"""Elections: how many and how long, worked out by hand from records of roles."""

from __future__ import annotations

from collections.abc import Iterable

from analysis.elections import Elections
from tests.consensus_records import Event, life, records_of, role
from tests.small_protocols import MILLISECOND


def elections(events: Iterable[Event], servers: int = 3, end: int = 1_000) -> Elections:
    """The elections in a run of these events that ends at a time in milliseconds."""
    found = Elections(servers)
    for record in records_of(events):
        found.observe(record)
    found.finish(end * MILLISECOND)
    return found


def times(found: Elections) -> tuple[list[int], list[int]]:
    """How long elections took until a majority, and until all, followed; in milliseconds."""
    return [each // MILLISECOND for each in found.majority_times], [each // MILLISECOND for each in found.all_times]


def voters(node: int, *members: int, old: tuple[int, ...] = ()) -> Event:
    """The members of the cluster, as one server has them."""
    return (0, node, "configuration", {"index": 0, "voters": members, "learners": (), "old": old})


FIRST = (
    role(0, 0, "follower", 0),
    role(0, 1, "follower", 0),
    role(0, 2, "follower", 0),
    role(150, 0, "candidate", 1),
    role(160, 0, "leader", 1),
    role(170, 1, "follower", 1, 0),
    role(175, 2, "follower", 1, 0),
)
"""Server 0 leads in term 1: a majority follows at 170 ms, all at 175 ms."""


def test_the_first_election_counts_from_the_start() -> None:
    """Until the first leader is followed there is none."""
    found = elections(FIRST)
    assert times(found) == ([170], [175])
    assert (found.begun, found.leaders, found.split, found.largest_term) == (1, 1, 0, 1)
    assert found.leaderless == 170 * MILLISECOND


def test_a_crash_begins_an_election() -> None:
    """The next counts from the crash of the leader; the server that is down need not follow; a split term counts."""
    found = elections(
        (
            *FIRST,
            life(500, 0, "crashed"),
            role(700, 1, "candidate", 2),
            role(705, 2, "candidate", 2),
            role(900, 2, "candidate", 3),
            role(920, 2, "leader", 3),
            role(930, 1, "follower", 3, 2),
        )
    )
    assert times(found) == ([170, 430], [175, 430])
    assert (found.begun, found.leaders, found.split, found.longest_without) == (3, 2, 1, 1)
    assert found.leaderless == (170 + 430) * MILLISECOND


def test_a_paused_leader_is_lost_unless_it_comes_back_in_time() -> None:
    """A pause with no election counts as time without a leader alone; one that another replaces is an election."""
    back = elections((*FIRST, life(300, 0, "paused"), life(340, 0, "resumed")))
    assert (times(back), back.leaderless) == (([170], [175]), 210 * MILLISECOND)
    replaced = (
        *FIRST,
        life(300, 0, "paused"),
        role(500, 1, "leader", 2),
        role(510, 2, "follower", 2, 1),
        life(600, 0, "resumed"),
    )
    assert times(elections(replaced)) == ([170, 210], [175, 210])


def test_a_leader_that_goes_on_unheard_is_not_waited_for() -> None:
    """Where nothing is heard of the loss, the election begins when the winner followed nobody any more."""
    found = elections(
        (
            *FIRST,
            role(400, 1, "pre-candidate", 1),
            role(420, 1, "candidate", 2),
            role(430, 1, "leader", 2),
            role(440, 2, "follower", 2, 1),
            role(900, 0, "follower", 2, 1),
        )
    )
    assert times(found) == ([170, 40], [175, 500])


def test_an_election_that_nobody_followed_goes_on_in_the_next() -> None:
    """A winner that is lost before a majority follows it has ended nothing."""
    found = elections(
        (
            *FIRST,
            life(300, 0, "crashed"),
            role(500, 1, "leader", 2),
            life(501, 1, "crashed"),
            life(600, 0, "restarted"),
            role(600, 0, "follower", 1),
            role(800, 2, "leader", 3),
            role(810, 0, "follower", 3, 2),
        )
    )
    assert times(found) == ([170, 510], [175, 510])
    assert [each // MILLISECOND for each in found.won_times] == [160, 200, 500]
    assert found.leaders == 3


def test_the_last_election_has_no_time_while_it_goes_on() -> None:
    """What ended before it is not taken for it: not while nobody leads, and not until a majority, or all, follow."""
    lost = (*FIRST, life(300, 0, "crashed"))
    won = (*lost, role(500, 1, "leader", 2), life(600, 0, "restarted"), role(600, 0, "follower", 1))
    followed = (*won, role(700, 2, "follower", 2, 1))
    all_follow = (*followed, role(800, 0, "follower", 2, 1))
    expected = (
        (FIRST, (160, 170, 175)),
        (lost, (None, None, None)),
        (won, (200, None, None)),
        (followed, (200, 400, None)),
        (all_follow, (200, 400, 500)),
    )
    for events, durations in expected:
        found = elections(events)
        last = (found.last_won, found.last_by_majority, found.last_by_all)
        assert tuple(None if each is None else each // MILLISECOND for each in last) == durations


def test_only_voters_are_waited_for() -> None:
    """Majorities are those of the members, of the old and the new ones while these change."""
    lead = (role(100, 0, "leader", 1), role(110, 1, "follower", 1, 0))
    assert times(elections((voters(0, 0, 1), *lead), servers=5)) == ([110], [110])
    joint = (voters(0, 0, 1, old=(2, 3, 4)), *lead, role(120, 2, "follower", 1, 0), role(130, 3, "follower", 1, 0))
    assert times(elections(joint, servers=5)) == ([130], [])


def test_a_run_that_ends_without_a_leader() -> None:
    """What is not over when the run ends has no length, but is time without a leader."""
    found = elections((*FIRST, life(400, 0, "crashed"), role(600, 1, "candidate", 2)))
    assert times(found) == ([170], [175])
    assert (found.leaderless, found.longest_without, found.split) == ((170 + 600) * MILLISECOND, 1, 0)
    assert (found.last_won, found.last_by_majority, found.last_by_all) == (None, None, None)
    assert elections(()).leaderless == 1_000 * MILLISECOND
    over = elections(FIRST)
    assert (over.last_won, over.last_by_majority, over.last_by_all) == tuple(
        each * MILLISECOND for each in (160, 170, 175)
    )
    assert elections(FIRST[:-1]).last_by_all is None
    assert elections(FIRST[:-1]).last_by_majority == 170 * MILLISECOND


def test_a_leader_may_be_there_from_the_start_in_term_zero() -> None:
    """It counts as the first leader, and what follows counts from its loss, not from the start of the run."""
    found = elections(
        (
            role(0, 0, "leader", 0),
            role(0, 1, "follower", 0, 0),
            role(0, 2, "follower", 0, 0),
            life(300, 0, "crashed"),
            role(500, 1, "leader", 1),
            role(510, 2, "follower", 1, 1),
        )
    )
    assert times(found) == ([0, 210], [0, 210])
    assert (found.leaders, found.largest_term, found.longest_without) == (2, 1, 0)
    assert found.leaderless == 210 * MILLISECOND


def test_a_leader_that_comes_back_from_a_crash_in_its_term_is_no_new_one() -> None:
    """The time without it counts, and no election does: so it is where one server leads for ever."""
    found = elections((*FIRST, life(300, 0, "crashed"), life(400, 0, "restarted"), role(400, 0, "leader", 1)))
    assert times(found) == ([170], [175])
    assert found.leaders == 1
    assert found.leaderless == (170 + 100) * MILLISECOND
    assert found.last_won == 160 * MILLISECOND

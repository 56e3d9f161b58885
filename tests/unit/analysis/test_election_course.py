"""Courses of elections: from when to when each lasted, worked out by hand from records of roles."""

from __future__ import annotations

from analysis.election_course import KINDS, ElectionCourse, election_courses
from analysis.elections import Elections
from tests.consensus_records import Event, life, records_of, role
from tests.small_protocols import MILLISECOND

FIRST = (
    *(role(0, server, "follower", 0) for server in range(3)),
    role(150, 0, "candidate", 1),
    role(160, 0, "leader", 1),
    role(170, 1, "follower", 1, 0),
    role(175, 2, "follower", 1, 0),
)
"""Server 0 stands at 150 ms, and all follow it at 175 ms."""


def courses(*events: Event, servers: int = 3) -> list[ElectionCourse]:
    """The elections in these events."""
    return election_courses(records_of(events), servers)


def times(course: ElectionCourse) -> tuple[float, ...]:
    """When an election began, was won and was over, in milliseconds."""
    return tuple(time / MILLISECOND for time in (course.began_at, course.won_at, course.over_at))


def test_an_election_lasts_from_the_first_candidacy_until_all_follow() -> None:
    """It begins with the candidacy, not with the run, and is over when the last server follows."""
    (course,) = courses(*FIRST)
    assert times(course) == (150, 160, 175)
    assert (course.leader, course.term, course.majority_at) == (0, 1, 170 * MILLISECOND)


def test_a_split_vote_belongs_to_the_election() -> None:
    """Candidacies in vain after the crash of the leader led to the next one too; who is down is not waited for."""
    *_, course = courses(
        *FIRST,
        life(500, 0, "crashed"),
        role(700, 1, "candidate", 2),
        role(705, 2, "candidate", 2),
        role(900, 2, "candidate", 3),
        role(920, 2, "leader", 3),
        role(930, 1, "follower", 3, 2),
        life(3000, 0, "restarted"),
        role(3000, 0, "follower", 1),
        role(3010, 0, "follower", 3, 2),
    )
    assert times(course) == (700, 920, 930)
    assert course.lost_at == 500 * MILLISECOND


def test_what_stood_in_vain_long_before_does_not_belong_to_it() -> None:
    """A server that was cut off stands again and again; only its term that deposes the leader begins the election."""
    alone = [role(300 + 200 * n, 2, "candidate", 2 + n) for n in range(10)]
    *_, course = courses(
        *FIRST,
        *alone,
        role(2120, 0, "follower", 11),
        role(2122, 1, "follower", 11),
        role(2300, 1, "candidate", 12),
        role(2310, 1, "leader", 12),
        role(2320, 0, "follower", 12, 1),
        role(2325, 2, "follower", 12, 1),
    )
    assert times(course) == (2100, 2310, 2325)


def test_a_leader_that_nobody_hears_is_no_obstacle() -> None:
    """Where the old leader goes on, the election begins with the first candidacy of those who turned away from it."""
    *_, course = courses(
        *FIRST,
        role(600, 1, "candidate", 2),
        role(605, 2, "follower", 2),
        role(610, 1, "leader", 2),
        role(615, 2, "follower", 2, 1),
        role(5000, 0, "follower", 2, 1),
    )
    assert times(course) == (600, 610, 615)


def test_a_transfer_begins_with_its_request() -> None:
    """A candidacy that the leader asked for begins when it was asked to; one that came by itself does not."""
    asked: Event = (400, 0, "transfer", {"target": 1, "term": 1})
    rest = (
        role(430, 0, "follower", 2),
        role(440, 1, "leader", 2),
        role(450, 0, "follower", 2, 1),
        role(451, 2, "follower", 2, 1),
    )
    stood = role(420, 1, "candidate", 2)
    told = (*stood[:3], {**stood[3], "cause": "transfer"})
    assert times(courses(*FIRST, asked, told, *rest)[1]) == (400, 440, 451)
    assert times(courses(*FIRST, asked, (*stood[:3], {**stood[3], "cause": "timeout"}), *rest)[1]) == (420, 440, 451)


def test_taking_over_without_standing_begins_with_the_victory() -> None:
    """A standby that becomes the leader at once has a course too, and one whom nobody follows."""
    (course,) = courses(*(role(0, server, "follower", 0, 0) for server in range(3)), role(500, 1, "leader", 1))
    assert times(course) == (500, 500, 500)
    assert course.majority_at is None


def test_courses_are_those_that_metrics_count() -> None:
    """There are as many as elections that were won; a leader of an old term is none."""
    events = (*FIRST, role(400, 1, "candidate", 3), role(410, 1, "leader", 3), role(420, 2, "leader", 2))
    found = Elections(3)
    for record in records_of(events):
        found.observe(record)
    assert [each.term for each in courses(*events)] == [1, 3]
    assert [each.won_at - each.lost_at for each in courses(*events)] == list(found.won_times)


def test_records_that_say_no_term_are_left_out() -> None:
    """Roles of protocols without terms, or without leaders, tell of no election."""
    without: Event = (10, 0, "role", {"role": "leader"})
    assert courses(without, (20, 1, "role", {"role": "leader", "term": None, "leader": 1})) == []
    assert {"role", "transfer", "crashed"} < KINDS

"""The course of each election of a leader: when servers stood, when one won, when the others followed it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from analysis.elections import Elections

if TYPE_CHECKING:
    from sim.records import Record

CANDIDACIES: Final = ("candidate", "pre-candidate")
"""Roles of a server that wants to be elected."""
KINDS: Final = Elections.kinds | {"transfer"}
"""Kinds of the records that tell of elections."""
_FIELDS: Final = {"role", "term", "leader"}
"""What a record of a role has to say for elections to be told from it."""


@dataclass(slots=True)
class ElectionCourse:
    """An election that was won by `leader` in `term`; times in nanoseconds.

    There was no leader since `lost_at`, as metrics count it. `began_at` is when the first stood of all whose
    candidacies led to it, or was told to take over; the time of the victory where servers take over without standing.
    `majority_at` is when a majority followed, if one did, and `followed_at` are the times at which servers came to.
    """

    leader: int
    term: int
    lost_at: int
    began_at: int
    won_at: int
    majority_at: int | None = None
    followed_at: list[int] = field(default_factory=list)

    @property
    def over_at(self) -> int:
        """When the last server came to follow, of those that did before as much time again had passed as until then.

        Others were cut off or down, and came later.
        """
        decided = self.won_at if self.majority_at is None else self.majority_at
        patience = 2 * decided - self.began_at
        return max((time for time in self.followed_at if time <= patience), default=decided)


def election_courses(records: Iterable[Record], population: int) -> list[ElectionCourse]:
    """Return all elections that were won, in order; `records` are the run's state records of `KINDS`, in order."""
    elections = Elections(population)
    courses: list[ElectionCourse] = []
    roles: list[Record] = []
    handed_over = 0
    for record in records:
        if record.kind == "transfer":
            handed_over = record.time
            continue
        if record.kind == "role" and not record.fields.keys() >= _FIELDS:
            continue
        elections.observe(record)
        if record.kind == "role" and record.fields["term"] is not None:
            roles.append(record)
            if len(elections.won_times) > len(courses):
                previous = courses[-1] if courses else None
                courses.append(_won(roles, record.time - elections.won_times[-1], previous, handed_over))
                roles.clear()
            elif courses and _follows(record, courses[-1]):
                courses[-1].followed_at.append(record.time)
        if courses and courses[-1].majority_at is None and elections.last_by_majority is not None:
            courses[-1].majority_at = record.time
    return courses


def _follows(record: Record, course: ElectionCourse) -> bool:
    return (record.fields["leader"], record.fields["term"]) == (course.leader, course.term)


def _won(roles: list[Record], lost_at: int, previous: ElectionCourse | None, handed_over: int) -> ElectionCourse:
    """Return the election whose winner wrote the last of the records of roles since the one before.

    Candidacies led to it that came after the loss of the leader, or that made it step down: those in the terms that
    began with it. A server that was cut off can have stood in vain long before.
    """
    won = roles[-1]
    led = previous.term if previous else 0
    concerned = {won.node, previous.leader if previous else None}
    terms = [each.fields["term"] for each in roles if each.time == lost_at and each.node in concerned]
    first_term = min((term for term in terms if term > led), default=None)
    stood = [
        each
        for each in roles
        if each.fields["role"] in CANDIDACIES
        and (each.time >= lost_at or (first_term is not None and each.fields["term"] >= first_term))
    ]
    began_at = stood[0].time if stood else won.time
    if stood and stood[0].fields.get("cause") == "transfer":
        began_at = min(began_at, handed_over)
    assert won.node is not None
    return ElectionCourse(won.node, won.fields["term"], lost_at, began_at, won.time)

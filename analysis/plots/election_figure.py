"""From a run to the space-time diagram around one of its elections."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from re import fullmatch
from typing import TYPE_CHECKING, Final

from analysis.election_course import KINDS, ElectionCourse, election_courses
from analysis.plots.consensus_figures import DOWN, role_spans
from analysis.plots.run_figures import arrow_of, facts, spans_of
from analysis.plots.space_time import MOST_MESSAGES, SpaceTime
from analysis.plots.time_axis import told_time
from topologies.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analysis.plots.leaders import RoleSpan
    from analysis.plots.message_arrows import MessageArrow
    from analysis.plots.run_view import RunView

SHOWN_ROLES: Final = ("leader", "candidate", "pre-candidate")
_MARGIN: Final = 6
"""Which part of the time of an election is shown before it, and after it."""
_OF_NO_LENGTH: Final = 100
"""Which part of a run is shown around an election that takes no time."""


def number_of(around: str) -> int:
    """Return which election `election` or `election:2` means; raises InputError where it is neither."""
    found = fullmatch(r"election(?::([1-9][0-9]{0,8}))?", around)
    if found is None:
        raise InputError(
            f"found {around[:40]!r} to draw around; expected election, for the first, or election:2, for the second"
        )
    return int(found[1] or 1)


def election_figure(run: RunView, around: str) -> SpaceTime:
    """Return the messages and roles from a little before an election until all that could follow the leader did.

    Raises InputError where the run had no such election, or kept no messages.
    """
    number = number_of(around)
    election = _election(run, number)
    begin, end = _window(election, run.end)
    messages = list(islice(_messages(run, begin, end), MOST_MESSAGES + 1))
    shortened = ""
    if len(messages) > MOST_MESSAGES:
        messages.pop()
        end = min(end, messages[-1].time)
        shortened = f"; until the {MOST_MESSAGES:,}th of its messages"
    spans = [span for span in spans_of(run) if span.begin <= end and span.end >= begin]
    votes = [(r.node, r.time) for r in run.states(("voted",)) if r.node is not None and begin <= r.time <= end]
    return SpaceTime(
        nodes=run.nodes,
        messages=messages,
        end=end,
        name=run.name,
        facts=f"{facts([run])}; {_told(election, number)}{shortened}",
        spans=[replace(span, begin=max(span.begin, begin), end=min(span.end, end)) for span in spans],
        moments=votes,
        event="vote is durable",
        kinds=run.payloads,
        begin=begin,
        roles=_roles(run, begin, end),
    )


def _election(run: RunView, number: int) -> ElectionCourse:
    # A leader that is there from the start was not elected.
    courses = [course for course in election_courses(run.states(KINDS), run.nodes) if course.won_at]
    if not courses:
        raise InputError(
            f"{run.name}: found no election that was won, which a diagram around one needs; "
            "draw a run of a protocol that elects leaders, such as raft, or leave --around out"
        )
    last = len(courses)
    if number > last:
        had = "one election that was won" if last == 1 else f"{last} elections that were won"
        raise InputError(f"{run.name}: found election:{number}; the run had {had}; expected a number from 1 to {last}")
    return courses[number - 1]


def _window(election: ElectionCourse, end: int) -> tuple[int, int]:
    """Return from when to when an election is drawn, in nanoseconds."""
    length = election.over_at - election.began_at
    margin = max(1, length // _MARGIN if length else end // _OF_NO_LENGTH)
    return max(0, election.began_at - margin), min(end, election.over_at + margin)


def _messages(run: RunView, begin: int, end: int) -> Iterator[MessageArrow]:
    """Yield the messages that were under way at some time in a window."""
    arrows = map(arrow_of, run.messages("space-time"))
    return (arrow for arrow in arrows if arrow.sent_at <= end and arrow.time >= begin)


def _roles(run: RunView, begin: int, end: int) -> list[RoleSpan]:
    """Return when servers stood or led in a window; what they follow is told by the messages."""
    spans = role_spans(run.states(("role", *DOWN)), run.end)
    return [
        replace(span, begin=max(span.begin, begin), end=min(span.end, end))
        for span in spans
        if span.role in SHOWN_ROLES and span.begin <= end and span.end >= begin
    ]


def _told(election: ElectionCourse, number: int) -> str:
    """Return in words which election it is, and how long there was no leader before."""
    words = (
        f"election {number}: node {election.leader} leads term {election.term} from {told_time(election.won_at, 5)} on"
    )
    without = f", after {told_time(election.won_at - election.lost_at)} without a leader"
    return words + without if election.lost_at else words

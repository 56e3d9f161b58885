"""Records as a consensus protocol makes them, written by hand."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from analysis.checks import Checks
from analysis.manifest import RunBalance, RunVerdict
from analysis.verdict import RunEnd, Subject
from sim.records import Record
from tests.small_protocols import MILLISECOND, SECOND

Event = tuple[int, int | None, str, dict[str, Any]]
"""A time in milliseconds, a node, a kind, and fields."""


def records_of(events: Iterable[Event]) -> list[Record]:
    """The events as records, in their order."""
    return [
        Record(time * MILLISECOND, number, node, kind, fields)
        for number, (time, node, kind, fields) in enumerate(events)
    ]


def judged(name: str, events: Iterable[Event], servers: int = 3, end: int = 10 * SECOND) -> RunVerdict:
    """The verdict of a check of consensus on a run of these events, which ends at a time in nanoseconds."""
    (check,) = Checks([name], Subject(None, servers, "key-value", consensus=True, elects=True)).checks
    for record in records_of(events):
        if record.kind in check.kinds:
            check.observe(record)
    balance = RunBalance(sent=0, duplicated=0, outcomes={}, waiting=0, in_flight=0, sums=True)
    return check.finish(RunEnd(end, "duration", balance))


def role(time: int, node: int, name: str, term: int, leader: int | None = None, cause: str = "test") -> Event:
    """A change of role; candidates and leaders follow themselves."""
    followed = node if name in ("candidate", "leader") else leader
    return (time, node, "role", {"role": name, "term": term, "leader": followed, "cause": cause})


def appended(time: int, node: int, first: int, *entries: tuple[int, str]) -> Event:
    """Entries, each a term and a command, that a server has on its disk from the first index on."""
    terms, commands = tuple(term for term, _ in entries), tuple(command for _, command in entries)
    fields = {"first": first, "terms": terms, "commands": commands}
    return (time, node, "appended", fields)


def committed(time: int, node: int, first: int, term: int, *commands: str) -> Event:
    """What a server has applied from the first index on."""
    return (
        time,
        node,
        "committed",
        {"index": first + len(commands) - 1, "first": first, "commands": commands, "term": term},
    )


def truncated(time: int, node: int, index: int) -> Event:
    """A server has removed the entries from an index on."""
    return (time, node, "truncated", {"index": index})


def snapshot(time: int, node: int, index: int, term: int, *, installed: bool) -> Event:
    """A server has a snapshot of its own, or one of its leader."""
    return (time, node, "snapshot", {"index": index, "term": term, "installed": installed})


def life(time: int, node: int, kind: str) -> Event:
    """A node has crashed, restarted, and so on."""
    return (time, node, kind, {})


def recovered(time: int, node: int, start: int, start_term: int, *entries: tuple[int, str], term: int = 0) -> Event:
    """What a server finds on its disk after a restart."""
    fields = {
        "start": start,
        "start_term": start_term,
        "terms": tuple(each for each, _ in entries),
        "commands": tuple(each for _, each in entries),
        "term": term,
    }
    return (time, node, "recovered", fields)


def invoked(time: int, process: int, function: str = "put") -> Event:
    """A client asks."""
    return (time, None, "invoked", {"process": process, "client": 0, "function": function, "key": "k", "value": None})


def completed(time: int, process: int, outcome: str = "ok", latency: int = 5, attempts: int = 1) -> Event:
    """A client has an answer after a latency in milliseconds, or gives up."""
    fields = {"process": process, "client": 0, "outcome": outcome, "value": None, "server": 0, "attempts": attempts}
    return (time, None, "completed", fields | {"latency": latency * MILLISECOND})

"""A run as a log with vector clocks, as ShiViz reads it (github.com/DistributedClocks/shiviz).

An event is two lines: the host and its vector clock in JSON, then what happened. The first line of the file is the
regular expression that reads it and the second one, which would part several runs, is empty; ShiViz takes both from a
file. A host's own clock is 1 at its first event and 1 more at each further one, and an event's clock has the largest
it can know of each host (Mattern, "Virtual Time and Global States of Distributed Systems", 1989).
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final

from analysis.node_life import is_state
from analysis.plots.core_trace import TRACE
from analysis.run_folder import RunFolder
from sim.records import Record
from topologies.errors import InputError

PARSER: Final = r"(?<host>\S*) (?<clock>{.*})\n(?<event>.*)"
MOST_EVENTS: Final = 5_000
"""Events beyond which the diagram, which has a row for each, is of no use, and ShiViz takes minutes to draw it."""
LONGEST_TEXT: Final = 120

Clock = dict[int, int]


@dataclass(slots=True, eq=False)
class Event:
    """Something that happened at a node at a time (ns): in words, and the sending of the message that it received."""

    node: int
    time: int
    text: str
    received: Event | None = None
    clock: Clock = field(default_factory=dict)


def shiviz_pieces(run: RunFolder, window: tuple[int, int]) -> Iterator[str]:
    """Yield the log of what happened at nodes between two moments (ns) of a run on disk.

    Raises InputError where the run kept no messages, and where there are more events than can be looked at.
    """
    detail = run.manifest.detail
    if detail not in ("messages", "all"):
        raise InputError(
            f"{run.path} kept no messages (detail {detail}), by which ShiViz orders events; "
            "run it again with --detail all"
        )
    begin, end = window
    rows = (record for record in run.records() if begin <= record.time <= end and _is_shown(record))
    kept = list(islice(rows, MOST_EVENTS + 1))
    events = timed(events_of(kept, begin, sends_are_kept=detail == "all"))
    if not 0 < len(events) <= MOST_EVENTS:
        number = f"more than {MOST_EVENTS:,}" if events else "no"
        raise InputError(
            f"{run.path}: found {number} events of nodes in that time, and ShiViz draws a row for each; "
            "choose a part of the run with --between, such as --between 1s,1.2s"
        )
    yield PARSER + "\n\n"
    for event in events:
        clock = {f"node-{node}": count for node, count in sorted(event.clock.items())}
        yield f"node-{event.node} {json.dumps(clock)}\n{event.text}\n"


def timed(events: Sequence[Event]) -> Sequence[Event]:
    """Set the vector clocks of events that stand after all that made them, and return them."""
    latest: defaultdict[int, Clock] = defaultdict(dict)
    for event in events:
        clock = dict(latest[event.node])
        for node, count in event.received.clock.items() if event.received else ():
            clock[node] = max(clock.get(node, 0), count)
        clock[event.node] = latest[event.node].get(event.node, 0) + 1
        event.clock = latest[event.node] = clock
    return events


def _is_shown(record: Record) -> bool:
    """Whether a record is of an event of a node, or of a message; what cores ran is too much to look at."""
    return record.node is not None and record.kind != "timer" and not (record.kind in TRACE and is_state(record))


def events_of(rows: Iterable[Record], since: int, *, sends_are_kept: bool) -> list[Event]:
    """Return the events of nodes, each after what made it, from the records of nodes `since` a time (ns), in order.

    Where sends are not kept they are known by what became of the messages: each stands after all that its node did up
    to that nanosecond, as far as nothing that the message led to is among it.
    """
    sends = _Sends(since, sends_are_kept)
    found: list[tuple[tuple[int, int], Event]] = []
    for place, row in enumerate(rows):
        assert row.node is not None
        event: Event | None
        if is_state(row):
            event = Event(row.node, row.time, _words(row))
        else:
            event = sends.sent(row) if row.kind == "sent" else sends.ended(row, place, found)
        if event is not None:
            sends.note(event, place)
            found.append(((place, 0), event))
    found.sort(key=lambda each: each[0])
    return [event for _, event in found]


class _Sends:
    """The sending of messages, by what is known of a message when it ends; alike ones end in the order of sending."""

    def __init__(self, since: int, kept: bool) -> None:
        self._since = since
        self._kept = kept
        self._open: defaultdict[tuple[object, ...], deque[Event]] = defaultdict(deque)
        self._places: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)

    def note(self, event: Event, place: int) -> None:
        """Take that something happened at a node, at a place in the order of the run."""
        self._places[event.node].append((event.time, place))

    def sent(self, row: Record) -> Event:
        """Return the event of a row about a message that is sent."""
        fields = row.fields
        assert row.node is not None
        event = Event(row.node, row.time, _sending(row.time, fields))
        self._open[row.node, row.time, fields["destination"], fields["message"]].append(event)
        return event

    def ended(self, row: Record, place: int, found: list[tuple[tuple[int, int], Event]]) -> Event | None:
        """Return the event of a message that is received; where it is not, only its sending tells."""
        sending = self._sending(row, place, found)
        fields = row.fields
        if row.kind != "delivered":
            if sending is not None:
                sending.text += f" ({row.kind})"
            return None
        assert row.node is not None
        text = f"{_clock_time(row.time)} received {fields['message']} from node-{fields['source']}"
        return Event(row.node, row.time, text, sending)

    def _sending(self, row: Record, place: int, found: list[tuple[tuple[int, int], Event]]) -> Event | None:
        fields = row.fields
        if self._kept:
            alike = self._open.get((fields["source"], fields["sent_at"], fields["destination"], fields["message"]))
            if not alike:
                return None
            return alike.popleft() if len(alike) > 1 else alike[0]  # the last one may arrive again, as a copy
        if fields["sent_at"] < self._since:
            return None
        before = self._places[fields["source"]]
        earlier = bisect_right(before, (fields["sent_at"], place))
        event = Event(fields["source"], fields["sent_at"], _sending(fields["sent_at"], fields))
        found.append(((before[earlier - 1][1] if earlier else -1, 1), event))
        return event


def _sending(time: int, fields: Mapping[str, Any]) -> str:
    return f"{_clock_time(time)} sent {fields['message']} to node-{fields['destination']}"


def _words(record: Record) -> str:
    """Return what a record says in one line of ASCII, since other ends of lines would end it too soon."""
    told = " ".join(f"{name}={json.dumps(value)}" for name, value in record.fields.items())
    text = f"{record.kind} {told}".rstrip()
    text = text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 3] + "..."
    return f"{_clock_time(record.time)} {text.encode('ascii', 'backslashreplace').decode()}"


def _clock_time(time: int) -> str:
    """Return a time in seconds with all its nanoseconds."""
    return f"{time // 1_000_000_000}.{time % 1_000_000_000:09d}s"

"""Availability: the share of time in which some client could commit."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Final

from analysis.client_operations import quantile_of
from sim.units import MILLISECOND
from sim.workloads.operation import READS

if TYPE_CHECKING:
    from sim.records import Record

LEAST_OUTAGE: Final = 100 * MILLISECOND
"""Waiting that is no longer than this is no outage, in nanoseconds."""
MEDIANS: Final = 3
"""Waiting that is no longer than so many median latencies of a write is no outage."""


class Availability:
    """Finds the spans of time in which writes wait and none is carried out.

    A span begins when a write waits and none did before, and anew with each one carried out. It ends with the next one
    carried out, or when the last that waits is given up. A write that was overtaken, by a later one that was carried
    out, waits no more: its client alone is in trouble. A span is an outage where it is longer than 100 ms and than
    three times the median latency of a write; availability is the share of time without outages, from the first write
    to the last that was heard of one. Reads count for nothing, as they commit nothing.
    """

    kinds = frozenset(("invoked", "completed"))

    def __init__(self) -> None:
        self.writes = 0
        self.longest = 0
        self._waiting: dict[int, None] = {}
        """Processes whose write waits, in the order in which they asked."""
        self._overtaken: set[int] = set()
        self._since: int | None = None
        self._given_up: int | None = None
        """When the last that waited was given up, while no other is asked for."""
        self._first = 0
        self._last = 0
        self._spans = array("q")
        self._latencies = array("q")

    def observe(self, record: Record) -> None:
        """Take the begin or the end of an operation."""
        fields, time = record.fields, record.time
        process = fields["process"]
        if record.kind == "invoked":
            if fields["function"] not in READS:
                self._begin(process, time)
            return
        if process in self._waiting:
            if fields["outcome"] == "ok":
                self._overtake(process)
            del self._waiting[process]
        elif process in self._overtaken:
            self._overtaken.discard(process)
        else:
            return
        self._last = time
        if fields["outcome"] == "ok":
            self._served(time, fields["latency"])
        elif not self._waiting and self._given_up is None:
            self._given_up = time

    def _begin(self, process: int, time: int) -> None:
        if not self.writes:
            self._first = time
        self.writes += 1
        self._last = time
        self._waiting[process] = None
        if self._given_up not in (None, time):  # where one gives up and another asks at once, the wait goes on
            self._end_span(time)
        self._given_up = None
        if self._since is None:
            self._since = time

    def _overtake(self, process: int) -> None:
        while (earliest := next(iter(self._waiting))) != process:
            del self._waiting[earliest]
            self._overtaken.add(earliest)

    def _served(self, time: int, latency: int) -> None:
        self._latencies.append(latency)
        self._end_span(time)
        self._since = time if self._waiting else None

    def _end_span(self, time: int) -> None:
        if self._since is not None:
            end = time if self._given_up is None else self._given_up
            self.longest = max(self.longest, end - self._since)
            if end - self._since > LEAST_OUTAGE:
                self._spans.extend((self._since, end))
        self._since = self._given_up = None

    def finish(self, end: int) -> None:
        """Take the time at which the run ended, in nanoseconds."""
        if self._waiting:
            self._last = end
        self._end_span(end)

    @property
    def outages(self) -> list[tuple[int, int]]:
        """From when to when no client could commit, in nanoseconds."""
        longer = MEDIANS * (quantile_of(self._latencies, 0.5) or 0)
        pairs = zip(self._spans[::2], self._spans[1::2], strict=True)
        return [(begin, end) for begin, end in pairs if end - begin > longer]

    @property
    def share(self) -> float | None:
        """The availability; None where nobody asked for longer than an instant."""
        asked = self._last - self._first
        return 1 - sum(end - begin for begin, end in self.outages) / asked if asked else None

"""When cores were idle and when tasks waited for one, from the traces of a run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from sim.records import Record

TRACE: Final = ("cores", "ran", "core-stopped", "core-went-on", "runs", "waits")
"""The kinds of records that tell of it."""


class Span(NamedTuple):
    """A time in which something lasted: a core that was idle, or a task that waited; shown by a record."""

    begin: int
    end: int
    shown: Record


class _Core:
    """One core: since when it is idle, and when it was stopped meanwhile."""

    __slots__ = ("idle_since", "last", "stops")

    def __init__(self, since: Record) -> None:
        self.idle_since: int | None = since.time
        self.last = since
        self.stops: list[tuple[int, bool]] = []

    @property
    def is_stopped(self) -> bool:
        """Whether it was stopped last."""
        return bool(self.stops) and self.stops[-1][1]

    def idle_until(self, end: int, shown: Record) -> Iterator[Span]:
        """The spans in which it was idle up to this time, without those in which it was stopped."""
        begin, since = self.idle_since, self.idle_since or 0
        for time, stopped in self.stops:
            if stopped and begin is not None and begin < min(time, end):
                yield Span(begin, min(time, end), shown)
            begin = None if stopped or self.idle_since is None else max(time, since)
        if begin is not None and begin < end:
            yield Span(begin, end, shown)


class NodeCores:
    """The cores of one node. Give it the records of the node in order, then ask for the spans.

    Spans are cut where a core stops or goes on, for from then on others have to do its work.
    """

    def __init__(self, first: Record) -> None:
        self.promise: int | None = first.fields["promise"]
        self._cores = [_Core(first) for _ in range(first.fields["cores"])]
        self._cuts: list[int] = []
        self.idle: list[Span] = []
        self.waits: list[Span] = []

    def observe(self, record: Record) -> None:
        """Take a record of one of the kinds of `TRACE`."""
        kind, fields = record.kind, record.fields
        if kind == "cores":  # the node runs again after a crash
            for core in self._cores:
                core.idle_since, core.last = record.time, record
                core.stops = core.stops[-1:] if core.is_stopped else []
        elif kind == "waits":
            self._add(self.waits, Span(fields["since"], record.time, record))
        elif kind in ("ran", "runs"):
            self._ran(self._cores[fields["core"]], record)
        else:
            self._cores[fields["core"]].stops.append((record.time, kind == "core-stopped"))
            self._cuts.append(record.time)

    def _ran(self, core: _Core, record: Record) -> None:
        since, waited = record.fields["since"], record.fields["waited"]
        if waited:
            self._add(self.waits, Span(since - waited, since, record))
        for span in core.idle_until(since, record):
            self._add(self.idle, span)
        core.idle_since, core.last = None if record.kind == "runs" else record.time, record
        core.stops = core.stops[-1:] if core.is_stopped else []

    def _add(self, spans: list[Span], span: Span) -> None:
        if self.promise is not None and span.end - span.begin > self.promise:
            spans.append(span)

    def end(self, time: int) -> None:
        """Take in that the run is over."""
        for core in self._cores:
            for span in core.idle_until(time, core.last):
                self._add(self.idle, span)
        self.idle = [part for span in self.idle for part in self._cut(span)]

    def _cut(self, span: Span) -> Iterator[Span]:
        begin = span.begin
        for cut in (*(cut for cut in self._cuts if span.begin < cut < span.end), span.end):
            yield span._replace(begin=begin, end=cut)
            begin = cut

    def worst(self) -> tuple[int, Span, Span] | None:
        """The longest time for which one core was idle while one task waited, with the two; None: none was too long.

        Two spans have more than the promise in common where both, made shorter by it at the end, meet.
        """
        promise = self.promise or 0
        marks = [(span.begin, 1, number, True) for number, span in enumerate(self.idle)]
        marks += [(span.begin, 1, number, False) for number, span in enumerate(self.waits)]
        marks += [(span.end - promise, 0, number, True) for number, span in enumerate(self.idle)]
        marks += [(span.end - promise, 0, number, False) for number, span in enumerate(self.waits)]
        going: dict[bool, set[int]] = {True: set(), False: set()}
        worst: tuple[int, Span, Span] | None = None
        for _, begins, number, is_idle in sorted(marks):
            if not begins:
                going[is_idle].discard(number)
                continue
            span = (self.idle if is_idle else self.waits)[number]
            if span.end - promise <= span.begin:
                continue
            going[is_idle].add(number)
            for other in going[not is_idle]:
                against = (self.waits if is_idle else self.idle)[other]
                shared = min(span.end, against.end) - max(span.begin, against.begin)
                if worst is None or shared > worst[0]:
                    worst = (shared, span, against) if is_idle else (shared, against, span)
        return worst

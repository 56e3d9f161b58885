"""Whether a run converged in its liveness phase, counting the nodes of the core alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from analysis.convergence import tracker_of
from analysis.node_life import LIFE
from analysis.verdict import Check, RunEnd, Subject
from sim.records import Record
from sim.units import format_duration

if TYPE_CHECKING:
    from analysis.manifest import RunVerdict

BEGIN: Final = "liveness"


class LivenessKept(Check):
    """Once a core of nodes is healed for good, the run converges within the budget; else it says what it waited for."""

    name = "liveness"

    def __init__(self, subject: Subject) -> None:
        assert subject.declared is not None
        self.tracker = tracker_of(subject.declared, subject.population)
        self.kinds = self.tracker.kinds | {BEGIN}
        self._population = subject.population
        self._begin: Record | None = None
        self._core: frozenset[int] | None = None
        self._reached: int | None = None
        self._waited_for: list[str] | None = None

    @property
    def _deadline(self) -> int:
        assert self._begin is not None
        return self._begin.time + int(self._begin.fields["within"])

    def observe(self, record: Record) -> None:
        """Take a record of progress, of a node's life, or of the begin of the phase."""
        if self._begin is not None and self._waited_for is None and record.time > self._deadline:
            self.tracker.advance(self._deadline)
            self._waited_for = self.tracker.waiting_for(3)
        if record.kind == BEGIN:
            self._enter(record)
        elif self._core is None or record.node is None or record.node in self._core:
            self.tracker.observe(record)
        self._look()

    def _look(self) -> None:
        if self._begin is not None and self._reached is None and self.tracker.since is not None:
            self._reached = max(self._begin.time, self.tracker.since)

    def _enter(self, record: Record) -> None:
        """From now on only the core counts: the others are as if they were down."""
        self._begin = record
        self._core = frozenset(record.fields["core"])
        for node in range(self._population):
            if node not in self._core:
                self.tracker.observe(Record(record.time, record.sequence, node, LIFE[0], {}))

    def finish(self, end: RunEnd) -> RunVerdict:
        """Judge the run."""
        self.tracker.advance(end.time)
        self._look()
        if self._begin is None:
            return self.verdict("unknown", "the run has had no liveness phase")
        if self._reached is not None and self._reached <= self._deadline:
            took = self._reached - self._begin.time
            when = f"{format_duration(took)} after" if took > 0 else "already when"
            return self.verdict("holds", f"converged {when} the core was healed")
        if end.time < self._deadline and end.by != "quiescent":
            return self.verdict("unknown", f"the run ended at {format_duration(end.time)}, before its liveness phase")
        waits = self.tracker.waiting_for(3) if self._waited_for is None else self._waited_for
        budget = format_duration(self._deadline - self._begin.time)
        late = "" if self._reached is None else f"; it came at {format_duration(self._reached)}"
        waited = "; it waited for " + ", ".join(waits) if waits else ""
        return self.verdict(
            "violated", f"not converged within {budget} of healing the core{late}{waited}", (self._begin,)
        )

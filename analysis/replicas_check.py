"""Whether the replicas of a store agree once nothing breaks any more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from analysis.holdings import Holdings
from analysis.liveness_check import BEGIN
from analysis.node_life import LIFE
from analysis.verdict import Check, RunEnd, Subject
from sim.convergence import Coverage
from sim.records import Record
from sim.units import format_duration

if TYPE_CHECKING:
    from analysis.manifest import RunVerdict

NOTHING: Final = None
"""What a node holds of a key that it never heard of or knows to be deleted: a reader sees no difference."""
ENOUGH: Final = 2
"""Values that show a difference. With all of them, equal violations would have different evidence."""


class ReplicasAgree(Check):
    """At the deadline of the liveness phase all nodes of the core hold the same of each key.

    A key that was written in the phase itself is not judged, for its last write may still be under way. Without such a
    phase the nodes that are up at the end are compared; where they differ the check is violated only if nothing was
    left to happen, for else it is unknown whether they would have come to agree.

    Needs `announced` records with key and deleted, and receipts, as gossip makes them.
    """

    name = "replicas-agree"

    def __init__(self, subject: Subject) -> None:
        assert isinstance(subject.declared, Coverage)
        self.holdings = Holdings(subject.declared, subject.population)
        self.kinds = self.holdings.kinds | {BEGIN}
        self._declared = subject.declared
        self._nodes = range(subject.population)
        self._begin: Record | None = None
        self._last_written: dict[Any, int] = {}
        self._told = False
        self._at_deadline: list[tuple[Record, ...]] | None = None

    def observe(self, record: Record) -> None:
        """Take an announcement, a receipt, a record of a node's life, or the begin of the phase."""
        if self._at_deadline is None and self._begin is not None and record.time > self._deadline:
            self._at_deadline = self._differences()
        if record.kind == BEGIN:
            self._begin = record
        elif record.kind in LIFE:
            self.holdings.lived(record)
        elif record.kind == self._declared.announced:
            write = self.holdings.announced(record)
            if write is not None:
                self._last_written[write.key] = record.time
        else:
            self._told |= self.holdings.reached(record) is not None and record.fields.get("source") is not None

    @property
    def _deadline(self) -> int:
        assert self._begin is not None
        return self._begin.time + int(self._begin.fields["within"])

    def _judged(self) -> list[Any]:
        """The keys that count: without a phase all, else those that were not written in it."""
        if self._begin is None:
            return list(self._last_written)
        return [key for key, time in self._last_written.items() if time < self._begin.time]

    def _differences(self) -> list[tuple[Record, ...]]:
        """For each key on which nodes differ, a receipt of each of the things that they hold."""
        core = self._nodes if self._begin is None else self._begin.fields["core"]
        nodes = [node for node in core if self.holdings.is_up(node)]
        found = []
        for key in self._judged():
            held = {self._value(node, key): self.holdings.held[node].get(key) for node in nodes}
            if len(held) > 1:
                found.append(tuple(record for record in held.values() if record is not None))
        return found

    def _value(self, node: int, key: Any) -> Any:
        """What a reader of the key would find at the node."""
        receipt = self.holdings.held[node].get(key)
        write = None if receipt is None else self.holdings.write_of(receipt)
        return NOTHING if write is None or write.deleted else write.item

    def finish(self, end: RunEnd) -> RunVerdict:
        """Judge the run."""
        if not self._told or not self._judged():
            return self.verdict("unknown", "no write was told by one node to another, so that replicas could differ")
        differences = self._differences() if self._at_deadline is None else self._at_deadline
        if not differences:
            return self.verdict("holds", f"all hold the same of each of {len(self._judged())} keys")
        reason = f"nodes differ on {len(differences)} of {len(self._judged())} keys"
        when = format_duration(end.time)
        if self._begin is None and end.by != "quiescent":
            return self.verdict("unknown", f"{reason} at {when}; with a liveness phase it would be judged")
        if self._begin is not None and end.time < self._deadline and end.by != "quiescent":
            return self.verdict("unknown", f"{reason} at {when}, before the end of the liveness phase")
        return self.verdict("violated", reason, self._evidence(differences[0]))

    def _evidence(self, receipts: tuple[Record, ...]) -> tuple[Record, ...]:
        """Two writes that nodes differ on, and a node that holds each; the begin of the phase, if there was one."""
        held = receipts[:ENOUGH]
        writes = [self.holdings.write_of(receipt) for receipt in held]
        shown = [write.record for write in writes if write is not None] + list(held)
        return tuple(sorted([*shown, *([self._begin] if self._begin else [])], key=lambda record: record.sequence))

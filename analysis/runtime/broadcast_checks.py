"""Judges of broadcasts, by the records of who began which and who handed up which (Hadzilacos and Toueg 1994)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from analysis.liveness_check import BEGIN
from analysis.node_life import AFTER, DOWN, LIFE
from analysis.verdict import Check, RunEnd, Subject
from sim.records import Record
from sim.units import format_duration

if TYPE_CHECKING:
    from analysis.manifest import RunVerdict

BROADCAST: Final = "broadcast"
DELIVERY: Final = "delivery"


class BroadcastReliable(Check):
    """Each broadcast is handed up once at most, only if it began, and at all nodes that are up if at any of them.

    The last part is judged of those that began before a liveness phase, for the nodes of its core at its deadline;
    without one of all, where nothing was left to happen when the run ended.
    """

    name = "broadcast-reliable"
    kinds = frozenset((BROADCAST, DELIVERY, BEGIN, *LIFE))

    def __init__(self, subject: Subject) -> None:
        self._began: dict[str, Record] = {}
        self._handed: list[set[str]] = [set() for _ in range(subject.population)]
        self._down: set[int] = set()
        self._wrong: list[tuple[str, tuple[Record, ...]]] = []
        self._phase: Record | None = None
        self._owed: dict[str, Record] = {}
        self._missing: list[tuple[int, Record]] | None = None

    def observe(self, record: Record) -> None:
        """Take a broadcast, a delivery, the life of a node, or the begin of the phase."""
        if self._phase is not None and self._missing is None and record.time > self._deadline:
            self._missing = self._lacking()
        if record.kind == BEGIN:
            self._phase, self._owed = record, dict(self._began)
        elif record.kind == BROADCAST:
            self._began[record.fields["item"]] = record
        elif record.kind == DELIVERY:
            self._deliver(record)
        elif record.node is not None:
            (self._down.add if AFTER[record.kind] == DOWN else self._down.discard)(record.node)

    def _deliver(self, record: Record) -> None:
        assert record.node is not None
        item, handed = record.fields["item"], self._handed[record.node]
        if item not in self._began:
            self._wrong.append((f"node {record.node} handed up {item}, which nobody broadcast", (record,)))
        elif item in handed:
            again = f"node {record.node} handed up {item} a second time"
            self._wrong.append((again, (self._began[item], record)))
        handed.add(item)

    @property
    def _deadline(self) -> int:
        assert self._phase is not None
        return self._phase.time + int(self._phase.fields["within"])

    def _lacking(self) -> list[tuple[int, Record]]:
        """Who lacks what another has: of the core and of what it owes, or of all that are up and of everything."""
        if self._phase is not None:
            nodes, owed = list(self._phase.fields["core"]), self._owed
        else:
            nodes, owed = [node for node in range(len(self._handed)) if node not in self._down], self._began
        some = set[str]().union(*(self._handed[node] for node in nodes))
        return [
            (node, began)
            for item, began in owed.items()
            if item in some
            for node in nodes
            if item not in self._handed[node]
        ]

    def finish(self, end: RunEnd) -> RunVerdict:
        """Judge the run."""
        if self._wrong:
            reason, evidence = self._wrong[0]
            return self.verdict("violated", reason, evidence)
        if not any(self._handed):
            return self.verdict("unknown", "nothing was handed up")
        over = end.by == "quiescent" or (self._phase is not None and end.time >= self._deadline)
        missing = self._lacking() if self._missing is None else self._missing
        if missing and over:
            node, record = missing[0]
            found = f"node {node} never handed up {record.fields['item']}, and others did"
            if self._phase is not None:
                found = f"{format_duration(self._deadline)}: node {node} lacks {record.fields['item']} that others have"
            return self.verdict("violated", found, tuple(record for _, record in missing))
        if not over and missing:
            return self.verdict("unknown", f"at the end {len(missing)} deliveries were still owed")
        return self.verdict("holds", f"{len(self._began)} broadcasts, each handed up once wherever it was due")

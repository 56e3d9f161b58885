"""Checks of what is spread: nobody knows what nobody told, and no deleted value comes back."""

from __future__ import annotations

from typing import Any, Final

from analysis.manifest import RunVerdict
from analysis.node_life import LOSING_DISK
from analysis.verdict import Check, RunEnd, Subject
from sim.convergence import Coverage
from sim.records import Record


class NoInvention(Check):
    """Whoever was reached by an item through another node: that node had it before."""

    name = "no-invention"

    def __init__(self, subject: Subject) -> None:
        assert isinstance(subject.declared, Coverage)
        self.declared = subject.declared
        self.kinds = frozenset((self.declared.reached,))
        self._had: dict[Any, bytearray] = {}
        self._population = subject.population
        self._told = 0
        self._invented: list[Record] = []

    def observe(self, record: Record) -> None:
        """Take a receipt."""
        item, source = record.fields[self.declared.item], record.fields.get("source")
        had = self._had.setdefault(item, bytearray(self._population))
        if source is not None:
            self._told += 1
            if not had[source]:
                self._invented.append(record)
        if record.node is not None:
            had[record.node] = 1

    def finish(self, end: RunEnd) -> RunVerdict:
        """Judge the run."""
        if self._invented:
            record = self._invented[0]
            found = f"node {record.node} had it from node {record.fields['source']}, which did not have it"
            return self.verdict("violated", found, tuple(self._invented))
        if not self._told:
            return self.verdict("unknown", "no node was told anything by another")
        return self.verdict("holds", f"each of {self._told} receipts came from a node that had the item")


class NoResurrection(Check):
    """A node that has learned of the deletion of a key never takes an older write of that key again.

    A node that has lost its disk since is not held to it.

    Needs `announced` records with key, version, writer and deleted, and receipts, as gossip makes them.
    """

    name = "no-resurrection"
    ANNOUNCED: Final = frozenset(("key", "version", "writer", "deleted"))

    def __init__(self, subject: Subject) -> None:
        assert isinstance(subject.declared, Coverage)
        self.declared = subject.declared
        self.kinds = frozenset((self.declared.reached, self.declared.announced)) | LOSING_DISK
        self._announced: dict[Any, Record] = {}
        self._stamps: dict[Any, tuple[int, int]] = {}
        self._deleted: dict[tuple[int, str], Record] = {}
        self._evidence: tuple[Record, ...] = ()
        self._found = 0

    def observe(self, record: Record) -> None:
        """Take an announcement, a receipt, or the loss of all that a node knew."""
        if record.kind in LOSING_DISK:
            self._deleted = {place: told for place, told in self._deleted.items() if place[0] != record.node}
            return
        item = record.fields[self.declared.item]
        if record.kind == self.declared.announced:
            if record.fields.keys() >= self.ANNOUNCED:
                self._announced[item] = record
                self._stamps[item] = (record.fields["version"], record.fields["writer"])
        elif item in self._announced and record.node is not None:
            self._take(record.node, item, record)

    def _take(self, node: int, item: Any, record: Record) -> None:
        announced = self._announced[item].fields
        place = (node, announced["key"])
        before = self._deleted.get(place)
        if before is not None and self._stamps[item] < self._stamps[before.fields[self.declared.item]]:
            if not announced["deleted"]:
                self._found += 1
                self._evidence = self._evidence or (self._announced[item], before, record)
        elif announced["deleted"]:
            self._deleted[place] = record

    def finish(self, end: RunEnd) -> RunVerdict:
        """Judge the run."""
        if self._found:
            record = self._evidence[-1]
            key = self._announced[record.fields[self.declared.item]].fields["key"]
            found = f"node {record.node} took an older write of {key!r} after it had learned of its deletion"
            return self.verdict("violated", f"{found} ({self._found} times in all)", self._evidence)
        if not self._deleted:
            return self.verdict("unknown", "no node learned of a deletion")
        return self.verdict("holds", f"none of {len(self._deleted)} deletions that nodes learned of was undone")

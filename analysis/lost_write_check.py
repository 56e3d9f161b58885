"""Whether a write can be lost to an older one that its writer knew."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analysis.holdings import Holdings, Write
from analysis.node_life import LIFE
from analysis.verdict import Check, RunEnd, Subject
from sim.convergence import Coverage
from sim.records import Record

if TYPE_CHECKING:
    from analysis.manifest import RunVerdict

Writer = tuple[int, int]
"""A node, and how often it had lost all that it held."""
Past = dict[Writer, int]
"""A version vector: of each writer, how many of its writes of a key are known."""


class NoLostWrite(Check):
    """A write never gives way to one that its writer knew when it was made.

    No node that holds a write goes back to one of its past, its writer has held it, and at the end not everyone who
    holds anything of the key holds a write of that past. What was in the past of which write is told by version vectors
    (Parker et al., "Detection of mutual inconsistency in distributed systems", IEEE TSE SE-9(3), 1983), one for each
    write, made from the records alone. Writes whose writer has lost its disk since are not held against anyone.

    Needs `announced` records with key and deleted, and receipts, as gossip makes them.
    """

    name = "no-lost-write"

    def __init__(self, subject: Subject) -> None:
        assert isinstance(subject.declared, Coverage)
        self.holdings = Holdings(subject.declared, subject.population)
        self.kinds = self.holdings.kinds
        self._declared = subject.declared
        self._lives = [0] * subject.population
        self._known: list[dict[Any, Past]] = [{} for _ in range(subject.population)]
        self._places: dict[Any, tuple[Writer, int]] = {}
        self._pasts: dict[Any, Past] = {}
        self._overwrites: dict[Any, Record] = {}
        self._taken: set[Any] = set()
        self._last_seen = [-1] * subject.population
        self._gone_back: list[tuple[Record, ...]] = []

    def observe(self, record: Record) -> None:
        """Take an announcement, a receipt, or a record of a node's life."""
        if record.kind not in LIFE and record.node is not None:
            self._last_seen[record.node] = record.time
        if record.kind in LIFE:
            if self.holdings.lived(record):
                assert record.node is not None
                self._lives[record.node] += 1
                self._known[record.node] = {}
        elif record.kind == self._declared.announced:
            write = self.holdings.announced(record)
            if write is not None and record.node is not None:
                self._number(write, record.node)
        else:
            self._receive(record)

    def _number(self, write: Write, node: int) -> None:
        """Give a write its place among those of its writer, and note what the writer knew."""
        known = self._known[node].setdefault(write.key, {})
        writer = (node, self._lives[node])
        self._pasts[write.item] = dict(known)
        held = self.holdings.held[node].get(write.key)
        if held is not None:
            self._overwrites[write.item] = held
        known[writer] = known.get(writer, 0) + 1
        self._places[write.item] = (writer, known[writer])

    def _receive(self, record: Record) -> None:
        item = record.fields[self._declared.item]
        if item not in self._places or record.node is None:
            return
        write = self.holdings.writes[item]
        before = self.holdings.held[record.node].get(write.key)
        held = None if before is None else before.fields[self._declared.item]
        if held is not None and self._is_past(item, held):
            assert before is not None
            self._gone_back.append((write.record, self.holdings.writes[held].record, before, record))
        self.holdings.reached(record)
        self._taken.add(item)
        known = self._known[record.node].setdefault(write.key, {})
        writer, number = self._places[item]
        for each, count in (*self._pasts[item].items(), (writer, number)):
            known[each] = max(known.get(each, 0), count)

    def _is_past(self, item: Any, of: Any) -> bool:
        """Whether the writer of one write knew another."""
        writer, number = self._places[item]
        return item != of and self._pasts[of].get(writer, 0) >= number

    def finish(self, end: RunEnd) -> RunVerdict:
        """Judge the run."""
        if self._gone_back:
            record = self._gone_back[0][-1]
            found = (
                f"node {record.node} went back to {record.fields[self._declared.item]}, which it knew to be overwritten"
            )
            return self.verdict("violated", f"{found} ({len(self._gone_back)} times in all)", self._gone_back[0])
        lost = self._lost()
        if lost:
            write, survivor = lost[0]
            old = self.holdings.write_of(survivor)
            assert old is not None
            found = f"{write.item} gave way to {old.item}, which its writer knew ({len(lost)} writes lost in all)"
            shown = sorted((old.record, write.record, survivor), key=lambda record: record.sequence)
            return self.verdict("violated", found, tuple(shown))
        over = sum(1 for past in self._pasts.values() if past)
        if not over:
            return self.verdict("unknown", "no node has written a key of which it knew an older write")
        return self.verdict("holds", f"none of {over} writes over older ones gave way to one of those")

    def _lost(self) -> list[tuple[Write, Record]]:
        """Writes that are gone, each with a receipt of one of its past that is left."""
        left: dict[Any, dict[Any, Record]] = {}
        for held in self.holdings.held:
            for key, receipt in held.items():
                left.setdefault(key, {})[receipt.fields[self._declared.item]] = receipt
        found = []
        for item, (writer, _) in self._places.items():
            write = self.holdings.writes[item]
            survivors = left.get(write.key, {})
            if self._lives[writer[0]] != writer[1]:
                continue
            if survivors and all(self._is_past(each, item) for each in survivors):
                found.append((write, next(iter(survivors.values()))))
            elif item in self._overwrites and self._was_never_taken(write, writer[0]):
                found.append((write, self._overwrites[item]))
        return found

    def _was_never_taken(self, write: Write, writer: int) -> bool:
        """Whether not even the writer has held a write that it announced, though it has gone on since."""
        return write.item not in self._taken and self._last_seen[writer] > write.record.time

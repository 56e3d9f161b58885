"""Judges of the order in which broadcasts are handed up (Hadzilacos and Toueg 1994, section 3)."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from analysis.runtime.broadcast_checks import BROADCAST, DELIVERY, BroadcastReliable
from analysis.verdict import Check, CheckKind, RunEnd, Subject
from sim.records import Record

if TYPE_CHECKING:
    from analysis.manifest import RunVerdict


class FifoOrder(Check):
    """No node hands up a broadcast of an origin before all that the origin broadcast earlier."""

    name = "fifo-order"
    kinds = frozenset((BROADCAST, DELIVERY))
    handed_up_precedes = False
    """Whether what the origin had handed up goes before its broadcast too."""

    def __init__(self, _: Subject) -> None:
        self._began: dict[str, Record] = {}
        self._logs: dict[int, list[str]] = defaultdict(list)
        """By node, what goes before its next broadcast."""
        self._before: dict[str, int] = {}
        """For each broadcast, how much of its origin's log goes before it."""
        self._handed: dict[int, set[str]] = defaultdict(set)
        self._looked: dict[tuple[int, int], int] = defaultdict(int)
        """How much of the log of an origin (second) is known to have been handed up at a node (first)."""
        self._evidence: tuple[Record, ...] = ()
        self._told = 0

    def observe(self, record: Record) -> None:
        """Take a broadcast or a delivery."""
        assert record.node is not None
        item = record.fields["item"]
        if record.kind == BROADCAST:
            self._began[item] = record
            self._before[item] = len(self._logs[record.node])
            self._logs[record.node].append(item)
            return
        if not self._evidence:
            self._look(record.node, item, record)
        self._handed[record.node].add(item)
        if self.handed_up_precedes and record.fields["origin"] != record.node:
            self._logs[record.node].append(item)

    def _look(self, node: int, item: str, record: Record) -> None:
        """See whether all that goes before was handed up; what goes before that was seen to when it was."""
        self._told += 1
        origin, handed = record.fields["origin"], self._handed[node]
        log, upto = self._logs[origin], self._before.get(item, 0)
        for place in range(self._looked[node, origin], upto):
            if log[place] not in handed:
                self._evidence = (self._began[log[place]], self._began[item], record)
                return
        self._looked[node, origin] = max(upto, self._looked[node, origin])

    def finish(self, end: RunEnd) -> RunVerdict:
        """Judge the run."""
        if self._evidence:
            first, second, record = self._evidence
            what = f"{second.fields['item']} before {first.fields['item']}"
            return self.verdict("violated", f"node {record.node} handed up {what}", self._evidence)
        if not self._told:
            return self.verdict("unknown", "nothing was handed up")
        return self.verdict("holds", f"{self._told} deliveries, each after all that goes before it")


class CausalOrder(FifoOrder):
    """No node hands up a broadcast before all that its origin had broadcast, or handed up, before it began."""

    name = "causal-order"
    handed_up_precedes = True


class TotalOrder(Check):
    """All nodes hand up the same broadcasts in the same order, some of them further than others."""

    name = "total-order"
    kinds = frozenset((DELIVERY,))

    def __init__(self, _: Subject) -> None:
        self._first: list[Record] = []
        """By place, who handed up what there first."""
        self._places: dict[int, int] = defaultdict(int)
        self._evidence: tuple[Record, ...] = ()

    def observe(self, record: Record) -> None:
        """Take a delivery."""
        assert record.node is not None
        place = self._places[record.node]
        self._places[record.node] += 1
        if place == len(self._first):
            self._first.append(record)
        elif self._first[place].fields["item"] != record.fields["item"] and not self._evidence:
            self._evidence = (self._first[place], record)

    def finish(self, end: RunEnd) -> RunVerdict:
        """Judge the run."""
        if self._evidence:
            one, other = self._evidence
            what = f"{one.fields['item']} where node {other.node} handed up {other.fields['item']}"
            return self.verdict("violated", f"node {one.node} handed up {what}", self._evidence)
        if not self._first:
            return self.verdict("unknown", "nothing was handed up")
        return self.verdict("holds", f"{len(self._first)} places, the same at {len(self._places)} nodes")


def _broadcasts(subject: Subject) -> bool:
    return subject.records >= {BROADCAST, DELIVERY}


BROADCAST_CHECKS: Final = (
    CheckKind(
        "broadcast-reliable",
        "always",
        "what one node hands up all do, once each, if it was broadcast",
        _broadcasts,
        BroadcastReliable,
    ),
    CheckKind("fifo-order", "always", "broadcasts of one origin are handed up in turn", _broadcasts, FifoOrder),
    CheckKind("causal-order", "always", "what goes before a broadcast is handed up first", _broadcasts, CausalOrder),
    CheckKind("total-order", "always", "all nodes hand up broadcasts in one order", _broadcasts, TotalOrder),
)

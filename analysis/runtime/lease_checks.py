"""Judges of leases, by the records of their holders and of the storage, in true time."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from analysis.node_life import AFTER, DOWN
from analysis.verdict import Check, CheckKind, RunEnd, Subject
from sim.records import Record

if TYPE_CHECKING:
    from analysis.manifest import RunVerdict

LEASED: Final = "leased"
LET_GO: Final = "let-go"
USED: Final = "used"
ACCEPTED: Final = "accepted"
TURNED_AWAY: Final = "turned-away"
SLOWEST: Final = 2
"""True nanoseconds that pass at most while a clock counts one, for the judge to call a lease over."""


class LeaseExclusive(Check):
    """At no moment of true time do two nodes hold the lease of one resource.

    Where another has a lease that a node has not let go yet, the first is in doubt: it may have found out late that its
    own was over, as it was paused or its core busy. It has held it all the time if it uses it, or has more time for it,
    afterwards; or if it lets it go so much later that by any clock which runs at least half as fast as true time it had
    it when the other came. A node that crashes knows of no lease any more.
    """

    name = "lease-exclusive"
    kinds = frozenset((LEASED, LET_GO, USED, *AFTER))

    def __init__(self, _: Subject) -> None:
        self._holders: dict[str, dict[int, Record]] = defaultdict(dict)
        self._doubts: dict[tuple[int, str], list[tuple[Record, Record]]] = {}
        """By node and resource, the last word of its lease with those of others that came since."""
        self._evidence: tuple[Record, ...] = ()
        self._told = 0

    def observe(self, record: Record) -> None:
        """Take what a node says of its lease, or its life."""
        node = record.node
        if node is None:
            return
        if record.kind in AFTER:
            if AFTER[record.kind] == DOWN:
                self._forget(node)
            return
        resource = record.fields["resource"]
        until = record.time
        if record.kind == LET_GO:
            until -= SLOWEST * record.fields["late"]
        for since, other in self._doubts.get((node, resource), ()):
            if since.fields["token"] == record.fields["token"] and other.time < until and not self._evidence:
                self._evidence = (since, other, record)
        holders = self._holders[resource]
        if record.kind == LET_GO:
            holders.pop(node, None)
            self._doubts.pop((node, resource), None)
        elif record.kind == LEASED:
            self._told += 1
            holders[node] = record
            for other_node, since in holders.items():
                if other_node != node:
                    self._doubts.setdefault((other_node, resource), []).append((since, record))

    def _forget(self, node: int) -> None:
        for resource, holders in self._holders.items():
            holders.pop(node, None)
            self._doubts.pop((node, resource), None)

    def finish(self, end: RunEnd) -> RunVerdict:
        """Judge the run."""
        if self._evidence:
            one, other, _ = self._evidence
            resource = other.fields["resource"]
            found = (
                f"node {other.node} had the lease of {resource} (token {other.fields['token']}) while node {one.node}"
            )
            return self.verdict("violated", f"{found} held it too (token {one.fields['token']})", self._evidence)
        if not self._told:
            return self.verdict("unknown", "nobody held a lease")
        return self.verdict("holds", f"leases were had or renewed {self._told} times, never by two at once")


class Fencing(Check):
    """The storage takes no write with an older token after one with a newer token of the same resource."""

    name = "fencing"
    kinds = frozenset((ACCEPTED, TURNED_AWAY))

    def __init__(self, _: Subject) -> None:
        self._newest: dict[str, Record] = {}
        self._evidence: tuple[Record, ...] = ()
        self._taken = self._away = 0

    def observe(self, record: Record) -> None:
        """Take what became of a write."""
        if record.kind == TURNED_AWAY:
            self._away += 1
            return
        self._taken += 1
        resource = record.fields["resource"]
        newest = self._newest.get(resource)
        if newest is None or record.fields["token"] >= newest.fields["token"]:
            self._newest[resource] = record
        elif not self._evidence:
            self._evidence = (newest, record)

    def finish(self, end: RunEnd) -> RunVerdict:
        """Judge the run."""
        if self._evidence:
            newest, record = self._evidence
            found = f"a write of node {record.fields['holder']} with token {record.fields['token']} was taken"
            return self.verdict("violated", f"{found} after one with token {newest.fields['token']}", self._evidence)
        if not self._taken:
            return self.verdict("unknown", "nothing was written")
        return self.verdict("holds", f"{self._taken} writes were taken by rising tokens, {self._away} turned away")


LEASE_CHECKS: Final = (
    CheckKind(
        "lease-exclusive",
        "always",
        "no resource is held by two at once, in true time",
        lambda subject: subject.records >= {LEASED, LET_GO},
        LeaseExclusive,
    ),
    CheckKind(
        "fencing",
        "always",
        "no write with an older token is taken after one with a newer",
        lambda subject: ACCEPTED in subject.records,
        Fencing,
    ),
)

"""Judges of leases, by the records of their holders and of the storage, in true time."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from analysis.node_life import AFTER, DOWN, PAUSED, UP
from analysis.verdict import Check, CheckKind, RunEnd, Subject
from sim.records import Record

if TYPE_CHECKING:
    from analysis.manifest import RunVerdict

LEASED: Final = "leased"
LET_GO: Final = "let-go"
USED: Final = "used"
ACCEPTED: Final = "accepted"
TURNED_AWAY: Final = "turned-away"


class LeaseExclusive(Check):
    """At no moment of true time do two nodes hold the lease of one resource.

    A node holds it from when it says so until it lets it go, or crashes. While it is paused it does nothing, and what
    it holds is open until it lets it go or uses it: what it finds to be over when it goes on, it never held meanwhile.
    """

    name = "lease-exclusive"
    kinds = frozenset((LEASED, LET_GO, USED, *AFTER))

    def __init__(self, _: Subject) -> None:
        self._holders: dict[str, dict[int, Record]] = defaultdict(dict)
        self._idle: set[tuple[int, str]] = set()
        """Which node has not said anything of which resource since it was paused."""
        self._evidence: tuple[Record, ...] = ()
        self._told = 0

    def observe(self, record: Record) -> None:
        """Take what a node says of its lease, or its life."""
        node = record.node
        if node is None:
            return
        if record.kind in AFTER:
            self._lived(node, AFTER[record.kind])
            return
        resource = record.fields["resource"]
        holders = self._holders[resource]
        if record.kind == LET_GO:
            holders.pop(node, None)
            return
        self._told += record.kind == LEASED
        self._idle.discard((node, resource))
        for other, since in holders.items():
            if other != node and (other, resource) not in self._idle and not self._evidence:
                self._evidence = (since, record)
        if record.kind == LEASED or node in holders:
            holders[node] = record

    def _lived(self, node: int, life: int) -> None:
        for resource, holders in self._holders.items():
            if node in holders and life == DOWN:
                del holders[node]
            elif node in holders and life in (PAUSED, UP):
                self._idle.add((node, resource))

    def finish(self, end: RunEnd) -> RunVerdict:
        """Judge the run."""
        if self._evidence:
            one, other = self._evidence
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

"""What became of nodes' memory: peaks, refusals, evictions, collections, and whether what was looked up was there."""

from __future__ import annotations

from array import array
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.records import Record


class MemoryUse:
    """Collects the records of the memory of nodes, and `looked-up` (hit) of what is kept there.

    `peak` in bytes of the node that took most; `pauses` in nanoseconds, one a collection. A record of another kind
    of system that is called the same counts for nothing.
    """

    kinds = frozenset(("memory", "evicted", "collected", "out-of-memory", "looked-up"))

    def __init__(self) -> None:
        self.peak = self.hits = self.misses = self.freed = 0
        self.external = self.internal = 0.0
        self.pauses = array("q")
        self.evictions, self.refusals = Counter[str](), Counter[str]()

    def observe(self, record: Record) -> None:
        """Take a record of one of the kinds."""
        kind, fields = record.kind, record.fields
        if kind == "looked-up" and "hit" in fields:
            if fields["hit"]:
                self.hits += 1
            else:
                self.misses += 1
        elif kind == "memory" and "taken" in fields:
            self._at_peak(fields["taken"], fields["external"], fields["internal"])
        elif kind == "evicted" and "reason" in fields:
            self.evictions[fields["reason"]] += 1
        elif kind == "out-of-memory" and "reason" in fields:
            self.refusals[fields["reason"]] += 1
        elif kind == "collected" and "pause" in fields:
            self.pauses.append(fields["pause"])
            self.freed += fields["freed"]

    def _at_peak(self, taken: int, external: float, internal: float) -> None:
        if taken > self.peak:
            self.peak, self.external, self.internal = taken, external, internal

    @property
    def was_used(self) -> bool:
        """Whether anything was placed in memory, or refused."""
        return self.peak > 0 or bool(self.refusals)

    @property
    def hit_ratio(self) -> float | None:
        """The share of what was looked up that was there."""
        looked_up = self.hits + self.misses
        return self.hits / looked_up if looked_up else None

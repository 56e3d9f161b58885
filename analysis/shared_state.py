"""What threads that share a structure did, by their records."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

from analysis.client_operations import quantile_of

if TYPE_CHECKING:
    from sim.records import Record


class SharedStateRun:
    """Sums over the threads of a run that came to their end.

    `took` is the time of the node that took longest, in nanoseconds, and so are `read_time` and `update_time`, sums
    over all operations; `sampled` holds those of single operations.
    """

    kinds = frozenset(("worked", "shared", "operation"))

    def __init__(self) -> None:
        self.reads = self.updates = self.tries = self.mixtures = 0
        self.read_time = self.update_time = 0
        self.steps = self.moves = self.value = self.took = self.threads = 0
        self.sampled = array("q")

    def observe(self, record: Record) -> None:
        """Take a record of one of the kinds; one of another protocol that is called the same counts for nothing."""
        fields = record.fields
        if record.kind == "operation" and "took" in fields:
            self.sampled.append(fields["took"])
        elif record.kind == "worked" and "tries" in fields:
            self.reads += fields["reads"]
            self.updates += fields["updates"]
            self.tries += fields["tries"]
            self.mixtures += fields["mixtures"]
            self.read_time += fields["read_time"]
            self.update_time += fields["update_time"]
        elif record.kind == "shared" and "structure" in fields:
            self.threads += fields["threads"]
            self.steps += fields["steps"]
            self.moves += fields["moves"]
            self.value += fields["value"]
            self.took = max(self.took, fields["took"])

    @property
    def operations(self) -> int:
        """Reads and updates together."""
        return self.reads + self.updates

    def slowest(self, share: float) -> int | None:
        """Return the least time, in nanoseconds, that a share of the sampled operations did not exceed."""
        return quantile_of(self.sampled, share)

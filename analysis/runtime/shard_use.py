"""How evenly keys are shared out, what a change of members moves, and what the busiest member had to do."""

from __future__ import annotations

from statistics import fmean, pstdev
from typing import Final

from sim.records import Record

SHARDED: Final = "sharded"
HANDED_OVER: Final = "handed-over"
SERVED: Final = "served"


class ShardUse:
    """Collects the views of a sharded store, the keys that are handed over, and who serves how many requests."""

    kinds = (SHARDED, HANDED_OVER, SERVED)

    def __init__(self) -> None:
        self.shares: tuple[float, ...] = ()
        self.members: tuple[int, ...] = ()
        self.keys_handed_over = 0
        self.joins: list[float] = []
        self.leaves: list[float] = []
        self.elsewhere: list[float] = []
        self._served: dict[int, int] = {}

    def observe(self, record: Record) -> None:
        """Take the next record of one of the kinds."""
        if record.kind == SERVED:
            assert record.node is not None
            self._served[record.node] = self._served.get(record.node, 0) + 1
        elif record.kind == HANDED_OVER:
            self.keys_handed_over += record.fields["keys"]
        else:
            self._view(record)

    def _view(self, record: Record) -> None:
        fields = record.fields
        if not self.shares:
            self.shares = fields["shares"]
        self.members = fields["members"]
        if fields["joined"] and not fields["left"]:
            self.joins.append(fields["moved"])
        if fields["left"] and not fields["joined"]:
            self.leaves.append(fields["moved"])
        if fields["view"]:
            self.elsewhere.append(fields["elsewhere"])

    @property
    def variation(self) -> float | None:
        """Standard deviation over mean of the shares of the first members."""
        return pstdev(self.shares) / fmean(self.shares) if self.shares else None

    @property
    def largest(self) -> float | None:
        """The largest share of the first members over the mean."""
        return max(self.shares) / fmean(self.shares) if self.shares else None

    @property
    def hottest(self) -> float | None:
        """Requests that the busiest node served over the mean of the last members."""
        if not self._served:
            return None
        return max(self._served.values()) * len(self.members) / sum(self._served.values())

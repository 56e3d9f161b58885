"""Recovery: how long after a fault strikes a client's write is carried out again."""

from __future__ import annotations

from array import array
from collections import deque
from typing import TYPE_CHECKING

from analysis.client_operations import quantile_of
from sim.workloads.operation import READS

if TYPE_CHECKING:
    from sim.records import Record


class Recovery:
    """Measures, for each strike of a fault, the time until a write is done that a client began after it.

    That is no less than the latency of a write, also where the fault did no harm.
    """

    kinds = frozenset(("fault", "invoked", "completed"))

    def __init__(self) -> None:
        self.longest: dict[str, int] = {}
        """By the kind of fault, in nanoseconds."""
        self.times = array("q")
        self._waits: deque[tuple[int, int, str]] = deque()
        self._began: dict[int, int] = {}
        self._last_begun = -1

    def observe(self, record: Record) -> None:
        """Take a record of a fault, or the begin or end of an operation."""
        fields, kind = record.fields, record.kind
        if kind == "invoked":
            if fields["function"] not in READS:
                self._began[fields["process"]] = self._last_begun = record.sequence
        elif kind == "completed":
            began = self._began.pop(fields["process"], None)
            if began is not None and fields["outcome"] == "ok":
                self._done(began, record.time)
        elif fields["phase"] not in ("end", "total"):
            self._waits.append((record.sequence, record.time, fields["fault"]))

    def _done(self, began: int, time: int) -> None:
        while self._waits and self._waits[0][0] < began:
            _, struck, fault = self._waits.popleft()
            self.times.append(time - struck)
            self.longest[fault] = max(self.longest.get(fault, 0), time - struck)

    @property
    def struck(self) -> bool:
        """Whether any fault has struck."""
        return bool(self.times) or bool(self._waits)

    @property
    def median(self) -> int | None:
        """The median of all times, in nanoseconds."""
        return quantile_of(self.times, 0.5)

    @property
    def unrecovered(self) -> int:
        """Strikes after which clients began writes, none of which was carried out."""
        return sum(struck < self._last_begun for struck, _, _ in self._waits)

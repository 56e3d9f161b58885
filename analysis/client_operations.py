"""What became of clients' operations: how many, how fast."""

from __future__ import annotations

from array import array
from collections import Counter
from typing import TYPE_CHECKING

from sim.units import SECOND

if TYPE_CHECKING:
    from sim.records import Record


class ClientOperations:
    """Counts operations and keeps when each that was carried out ended, and how long it took: 16 bytes each."""

    kinds = frozenset(("invoked", "completed"))

    def __init__(self) -> None:
        self.begun = 0
        self.outcomes: Counter[str] = Counter()
        self.attempts = 0
        self.ended_at = array("q")
        self.latencies = array("q")
        self.end = 0
        self._first: int | None = None
        self._last = 0

    def observe(self, record: Record) -> None:
        """Take the begin or the end of an operation."""
        self._last = record.time
        if record.kind == "invoked":
            if self._first is None:
                self._first = record.time
            self.begun += 1
            return
        fields = record.fields
        self.outcomes[fields["outcome"]] += 1
        self.attempts += fields["attempts"]
        if fields["outcome"] == "ok":
            self.ended_at.append(record.time)
            self.latencies.append(fields["latency"])

    def finish(self, end: int) -> None:
        """Take the time at which the run ended, in nanoseconds."""
        self.end = end

    @property
    def open(self) -> int:
        """Operations that have not ended."""
        return self.begun - self.outcomes.total()

    @property
    def throughput(self) -> float | None:
        """Operations carried out per second, from the first request to the last that was heard of; None: at once."""
        last = self.end if self.open else self._last
        asked = last - (self._first or 0)
        return len(self.latencies) * SECOND / asked if asked else None

    @property
    def attempts_per_operation(self) -> float | None:
        """Mean number of times that an operation which has ended was sent to a server."""
        ended = self.outcomes.total()
        return self.attempts / ended if ended else None

    def latency(self, quantile: float) -> int | None:
        """Return the least latency that a share of the operations carried out did not exceed, in nanoseconds."""
        return quantile_of(self.latencies, quantile)


def quantile_of(times: array[int], quantile: float) -> int | None:
    """Return the least of these times that a share of them does not exceed; None where there are none."""
    import numpy as np

    if not times:
        return None
    return int(np.quantile(np.frombuffer(times, dtype=np.int64), quantile, method="inverted_cdf"))

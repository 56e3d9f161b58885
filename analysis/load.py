"""The load that nodes put on others: calls, jobs and connections, how they bunch, and how long anyone waits."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Final

from analysis.client_operations import quantile_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from sim.records import Record

SECOND: Final = 1_000_000_000
PARTS: Final = 10
"""Intervals of a period in which load is counted."""
ENDING: Final = frozenset(("crashed", "left"))
"""Kinds of the records of a node's life that end its job."""


class Load:
    """Collects the calls, jobs and connection attempts of a run, and counts them in intervals (ns).

    `call` (requests; waits in ns) is a batch of requests passed on together, without waits where it is sent again;
    `answered` (waits in ns) is when they are answered; `job` (length in ns) is the start of one; `attempt` asks for a
    connection, `connected` (waited in ns) has it.
    """

    kinds = frozenset(("call", "answered", "job", "attempt", "connected", *ENDING))

    def __init__(self, interval: int) -> None:
        assert interval > 0
        self.interval = interval
        self.end = 0
        self.calls, self.jobs, self.attempts = array("q"), array("q"), array("q")
        """When each began."""
        self.batches = array("q")
        """Requests in each call that is sent for the first time."""
        self.call_waits, self.answer_times, self.connect_waits = array("q"), array("q"), array("q")
        self._job_ends = array("q")
        self._running: dict[int | None, int] = {}

    def observe(self, record: Record) -> None:
        """Take a record of one of the kinds; one of another protocol that is called the same counts for nothing."""
        kind, fields = record.kind, record.fields
        if kind == "call" and "requests" in fields:
            self.calls.append(record.time)
            if "waits" not in fields or fields["waits"]:
                self.batches.append(fields["requests"])
            self.call_waits.extend(fields.get("waits", ()))
        elif kind == "answered" and isinstance(fields.get("waits"), tuple):
            self.answer_times.extend(fields["waits"])
        elif kind == "job" and "length" in fields:
            self._running[record.node] = len(self.jobs)
            self.jobs.append(record.time)
            self._job_ends.append(record.time + fields["length"])
        elif kind == "attempt":
            self.attempts.append(record.time)
        elif kind == "connected" and "waited" in fields:
            self.connect_waits.append(fields["waited"])
        elif kind in ENDING:
            self._stop_job(record.node, record.time)

    def _stop_job(self, node: int | None, time: int) -> None:
        place = self._running.pop(node, None)
        if place is not None:
            self._job_ends[place] = min(self._job_ends[place], time)

    def finish(self, end: int) -> None:
        """Let time pass to the end of the run, in nanoseconds."""
        self.end = end

    @property
    def events(self) -> array[int]:
        """When load came: calls, or else job starts, or else attempts."""
        return self.calls or self.jobs or self.attempts

    def counts(self, since: int = 0) -> NDArray[np.int64]:
        """Return how often load came in each interval, whole ones, of the run from a time (ns) on."""
        import numpy as np

        number = (self.end - since) // self.interval
        place = (np.array(self.events, np.int64) - since) // self.interval
        return np.bincount(place[(place >= 0) & (place < number)], minlength=number)

    def running(self, since: int = 0) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return how many jobs run, from a time (ns) on, and for how long each such number lasts, in nanoseconds.

        A job that ends as another starts does not run beside it.
        """
        import numpy as np

        times = np.concatenate((np.array(self._job_ends, np.int64), np.array(self.jobs, np.int64)))
        steps = np.repeat([-1, 1], len(self.jobs))
        ordered = np.argsort(times, kind="stable")  # ends stand before begins
        number = np.concatenate(([0], np.cumsum(steps[ordered])))
        edges = np.concatenate(([since], np.clip(times[ordered], since, self.end), [self.end]))
        return number, np.diff(edges)

    def concurrency(self, share: float, since: int = 0) -> int | None:
        """Return the least number of jobs that was not exceeded for a share of the time from `since` (ns) on."""
        import numpy as np

        if not self.jobs or self.end <= since:
            return None
        number, lasts = self.running(since)
        lasting = lasts > 0
        number, lasts = number[lasting], lasts[lasting]
        ordered = np.argsort(number, kind="stable")
        passed = np.cumsum(lasts[ordered])
        return int(number[ordered][np.searchsorted(passed, share * (self.end - since))])

    @property
    def collisions(self) -> int:
        """Job starts that share their second of simulated time with another."""
        import numpy as np

        _, counts = np.unique(np.array(self.jobs, np.int64) // SECOND, return_counts=True)
        return int(counts[counts > 1].sum())

    @property
    def overlapping(self) -> float | None:
        """The share of job starts at which another job runs, or starts at the same instant before it."""
        import numpy as np

        if not self.jobs:
            return None
        ends = np.sort(np.array(self._job_ends, np.int64))
        begins = np.array(self.jobs, np.int64)
        ended = np.searchsorted(ends, begins, side="right")
        return float((np.arange(begins.size) > ended).mean())

    def wait(self, waits: array[int], share: float) -> int | None:
        """Return the least wait, in nanoseconds, that a share of them did not exceed."""
        return quantile_of(waits, share)


def mean_of(values: array[int]) -> float | None:
    """Return the mean; None where there are none."""
    return sum(values) / len(values) if values else None

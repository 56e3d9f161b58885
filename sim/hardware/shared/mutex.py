"""A mutex: one thread at a time, the others wait in a queue, first in, first out.

A thread that finds it taken may look again for a while before it leaves its core (spin, then park: Karlin, Li, Manasse
and Owicki, "Empirical studies of competitive spinning for a shared-memory multiprocessor", SOSP 1991). With hand-off
the one that unlocks gives the mutex to the first in the queue, which holds it while it is still being woken: so a lock
that every thread takes often becomes a convoy (Blasgen, Gray, Mitoma and Price, "The convoy phenomenon", ACM Operating
Systems Review 13(2), 1979). Without, the first in the queue is woken to try again, and whoever comes meanwhile goes
first.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from sim.hardware.shared.costs import SharedCosts, drawn, halves
from sim.hardware.task import WAIT

if TYPE_CHECKING:
    from sim.hardware.shared.cache_line import CacheLines
    from sim.hardware.task import Thread
    from sim.randomness import Stream


class Mutex:
    """Held by one thread at most, `holder`.

    Parameters: `spin`, nanoseconds for which a thread looks again before it parks; `hands_off`, whether the first in
    the queue gets it from the one that unlocks; `lines` and `address`, where the word that is locked is in memory
    (None: nowhere, it moves in no time). `contended` counts how often a thread found it taken, `parked` how often one
    left its core for it.
    """

    def __init__(
        self,
        costs: SharedCosts,
        stream: Stream,
        *,
        spin: int = 0,
        hands_off: bool = True,
        lines: CacheLines | None = None,
        address: int = 0,
    ) -> None:
        self.holder: Thread | None = None
        self.contended = 0
        self.parked = 0
        self._spin = spin
        self._hands_off = hands_off
        self._lines = lines
        self._address = address
        self._queue: deque[Thread] = deque()
        self._lock, self._unlock = halves(costs.mutex, stream)
        self._look, self._wake = drawn(costs.spin, stream), drawn(costs.wake, stream)
        self._signal = drawn(costs.signal, stream)

    @property
    def waiting(self) -> int:
        """How many threads wait in the queue."""
        return len(self._queue)

    def acquire(self, thread: Thread) -> Generator[Any, Any, None]:
        """Have the thread hold it; the thread waits until it does."""
        assert self.holder is not thread, "a thread locks a mutex that it holds"
        yield self._lock() + self._word(thread)
        if self.holder is None:
            self.holder = thread
            return
        self.contended += 1
        spun = 0
        while spun < self._spin:
            look = max(1, self._look())
            yield look
            spun += look
            if self.holder is None:
                self.holder = thread
                return
        while True:
            self.parked += 1
            self._queue.append(thread)
            yield WAIT
            yield self._wake()
            if self.holder is thread:
                return
            if self.holder is None:
                self.holder = thread
                return

    def release(self, thread: Thread) -> Generator[Any, Any, None]:
        """Have the thread, which holds it, hold it no more."""
        assert self.holder is thread, "a thread unlocks a mutex that it does not hold"
        yield self._unlock() + self._word(thread)
        self.holder = None
        if self._queue:
            first = self._queue.popleft()
            if self._hands_off:
                self.holder = first
            first.wake()
            yield self._signal()

    def _word(self, thread: Thread) -> int:
        return 0 if self._lines is None else self._lines.move(thread.core, self._address, writes=True) or 0

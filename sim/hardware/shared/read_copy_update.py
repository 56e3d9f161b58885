"""Read-copy-update: readers never wait; an update copies, changes the copy and puts it in the place of what was there.

McKenney and Slingwine, "Read-copy update: using execution history to solve concurrency problems" (PDCS 1998). A reader
sees the old words or the new ones, never a mixture, for what it reads is not written to until a grace period is over:
until all readers that began before the copy was published are done. Only then is the old buffer free for another copy.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from typing import TYPE_CHECKING, Any

from sim.hardware.shared.costs import Draw, SharedCosts, drawn, halves
from sim.hardware.shared.mutex import Mutex
from sim.hardware.task import WAIT

if TYPE_CHECKING:
    from sim.hardware.task import Thread
    from sim.randomness import Stream

Words = list[Any]
"""A buffer in memory, written and read word by word."""


class ReadCopyUpdate:
    """Words that are read without a lock.

    Parameters: `words` at the start; `waits_for_readers`, False leaves the grace period out, so that the buffer of
    before is written to at once by the next update. `version` counts updates; `grace` sums the nanoseconds that updates
    waited for readers, `readers` is how many read now.
    """

    def __init__(
        self, words: Sequence[Any], costs: SharedCosts, stream: Stream, *, waits_for_readers: bool = True
    ) -> None:
        self.version = 0
        self.updates = Mutex(costs, stream)
        self.grace = 0
        self._current: Words = list(words)
        self._spare: list[Words] = [list(words)]
        self._readers: dict[Thread, None] = {}
        self._awaited: dict[Thread, None] = {}
        self._updater: Thread | None = None
        self._waits_for_readers = waits_for_readers
        self._begin, self._end = halves(costs.read, stream)
        self._copy, self._wake = drawn(costs.update, stream), drawn(costs.wake, stream)
        self._signal = drawn(costs.signal, stream)

    @property
    def readers(self) -> int:
        """How many threads read at present."""
        return len(self._readers)

    @property
    def words(self) -> tuple[Any, ...]:
        """The words that a read would see that began and ended now."""
        return tuple(self._current)

    def enter(self, thread: Thread) -> Generator[int, None, Words]:
        """Begin to read: gives the buffer, in which nothing changes until `leave`."""
        yield self._begin()
        self._readers[thread] = None
        return self._current

    def leave(self, thread: Thread) -> Generator[int, None, None]:
        """End the read."""
        yield self._end()
        del self._readers[thread]
        if thread in self._awaited:
            del self._awaited[thread]
            if not self._awaited and self._updater is not None:
                updater, self._updater = self._updater, None
                updater.wake()
                yield self._signal()

    def read(self, thread: Thread, work: Draw | None = None) -> Generator[int, None, tuple[Any, ...]]:
        """Read all words one after the other; `work` draws the nanoseconds that this takes, spread evenly."""
        buffer = yield from self.enter(thread)
        rest = 0 if work is None else work()
        seen = []
        for place, left in enumerate(range(len(buffer), 0, -1)):
            share = rest // left
            rest -= share
            yield share
            seen.append(buffer[place])
        yield from self.leave(thread)
        return tuple(seen)

    def update(
        self, thread: Thread, change: Callable[[Words], object], work: Draw | None = None
    ) -> Generator[Any, Any, None]:
        """Have `change` act on a copy, publish it, and wait until nobody reads what was there before."""
        yield from self.updates.acquire(thread)
        copy = self._spare.pop()
        yield self._copy() + (0 if work is None else work())
        copy[:] = self._current
        change(copy)
        before, self._current = self._current, copy
        self.version += 1
        if self._waits_for_readers:
            yield from self._wait_for_readers(thread)
        self._spare.append(before)
        yield from self.updates.release(thread)

    def _wait_for_readers(self, thread: Thread) -> Generator[Any, Any, None]:
        self._awaited = dict(self._readers)
        if not self._awaited:
            return
        since = thread.processor.kernel._now
        self._updater = thread
        yield WAIT
        self.grace += thread.processor.kernel._now - since
        yield self._wake()

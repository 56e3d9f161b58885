"""A channel between threads: a bounded buffer, first in, first out, where those wait that find it full or empty.

As in Hoare's "Communicating sequential processes" (Comm. ACM 21(8), 1978) where the capacity is 0: a value passes from
hand to hand. Operations on one channel come one after the other, as under a lock of its own.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator
from typing import TYPE_CHECKING, Any, Final

from sim.hardware.shared.costs import Draw, SharedCosts, drawn, halves
from sim.hardware.task import WAIT

if TYPE_CHECKING:
    from sim.hardware.processor import Processor
    from sim.hardware.shared.cache_line import CacheLines
    from sim.hardware.task import Thread
    from sim.randomness import Stream


class _Closed:
    """What is taken from a channel that is closed and empty."""

    def __repr__(self) -> str:
        return "CLOSED"


CLOSED: Final = _Closed()


class Channel:
    """Values on their way from threads to threads.

    Parameters: `capacity`, values that it holds (0: none, the one that puts waits for the one that takes); `lines` and
    `address`, where it is in memory (None: it moves between cores in no time). `puts` counts the values that came in;
    `waited` how often a thread left its core, because it was full or empty; `refused` what `offer` did not get in.
    """

    def __init__(
        self,
        capacity: int,
        processor: Processor,
        costs: SharedCosts,
        stream: Stream,
        *,
        lines: CacheLines | None = None,
        address: int = 0,
    ) -> None:
        assert capacity >= 0
        self.capacity = capacity
        self.puts = self.waited = self.refused = 0
        self.is_closed = False
        self._buffer: deque[Any] = deque()
        self._putters: deque[tuple[Thread, Any]] = deque()
        self._takers: deque[Thread] = deque()
        self._kernel = processor.kernel
        self._busy_until = 0
        self._lines = lines
        self._address = address
        self._put, self._take = halves(costs.channel, stream)
        self._wake, self._signal = drawn(costs.wake, stream), drawn(costs.signal, stream)
        self._has_woken = False

    def __len__(self) -> int:
        return len(self._buffer)

    def put(self, thread: Thread, value: Any) -> Generator[Any, Any, bool]:
        """Put a value in, and wait while there is no room. False where the channel is closed, before or meanwhile."""
        yield self._locked(thread, self._put)
        if self.is_closed:
            return False
        if self._pass_on(value):
            yield self._woke()
            return True
        self.waited += 1
        self._putters.append((thread, value))
        came_in = yield WAIT
        yield self._wake()
        return bool(came_in)

    def offer(self, thread: Thread, value: Any) -> Generator[int, Any, bool]:
        """Put a value in where there is room; whether there was. It never waits for room."""
        yield self._locked(thread, self._put)
        if not self.is_closed and self._pass_on(value):
            yield self._woke()
            return True
        self.refused += 1
        return False

    def take(self, thread: Thread) -> Generator[Any, Any, Any]:
        """Take the first value out, and wait while there is none; CLOSED where there will be none."""
        yield self._locked(thread, self._take)
        if self._buffer:
            value = self._buffer.popleft()
            if self._putters:
                putter, late = self._putters.popleft()
                self._buffer.append(late)
                self.puts += 1
                putter.wake(True)
                yield self._signal()
            return value
        if self._putters:
            putter, value = self._putters.popleft()
            self.puts += 1
            putter.wake(True)
            yield self._signal()
            return value
        if self.is_closed:
            return CLOSED
        self.waited += 1
        self._takers.append(thread)
        value = yield WAIT
        yield self._wake()
        return value

    def close(self) -> int:
        """Let nothing more in; what is in it can still be taken. Gives how many that wait to put are refused."""
        self.is_closed = True
        refused = len(self._putters)
        while self._putters:
            self._putters.popleft()[0].wake(False)
        while self._takers:
            self._takers.popleft().wake(CLOSED)
        return refused

    def _pass_on(self, value: Any) -> bool:
        """Give a value to who waits for it, or keep it where there is room."""
        if self._takers:
            self._takers.popleft().wake(value)
            self._has_woken = True
        elif len(self._buffer) < self.capacity:
            self._buffer.append(value)
        else:
            return False
        self.puts += 1
        return True

    def _woke(self) -> int:
        """Nanoseconds of waking whoever waited for what was just put in."""
        has_woken, self._has_woken = self._has_woken, False
        return self._signal() if has_woken else 0

    def _locked(self, thread: Thread, cost: Draw) -> int:
        """Nanoseconds of an operation, with those until the operations before it are over."""
        now = self._kernel._now
        begins = max(now, self._busy_until)
        move = 0 if self._lines is None else (self._lines.move(thread.core, self._address, writes=True) or 0)
        self._busy_until = max(begins, now + move) + cost()
        return self._busy_until - now

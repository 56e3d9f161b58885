"""A value that is changed by compare-and-swap: read it, work out the next, and swap if nobody changed it meanwhile.

Lock-free, as Herlihy has it ("Wait-free synchronization", ACM TOPLAS 13(1), 1991): some thread always gets on. The
others begin again. Under a scheduler that takes each next step from a thread at random, an operation takes about
sqrt(n) steps of n threads (Alistarh, Censor-Hillel and Shavit, "Are lock-free concurrent algorithms practically
wait-free?", J. ACM 63(4), 2016).
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any

from sim.hardware.shared.costs import Draw, SharedCosts, halves

if TYPE_CHECKING:
    from sim.hardware.shared.cache_line import CacheLines
    from sim.hardware.task import Thread
    from sim.randomness import Stream


class Atomic:
    """A value with a version that each swap raises, so that a swap is refused where any other came between.

    Parameters: `lines` and `address`, where it is in memory (None: it moves between cores in no time); `compares`,
    False leaves the comparison out, so that every swap goes through. `steps` counts reads and swaps, `refused` swaps
    that came too late.
    """

    def __init__(
        self,
        value: Any,
        costs: SharedCosts,
        stream: Stream,
        *,
        lines: CacheLines | None = None,
        address: int = 0,
        compares: bool = True,
    ) -> None:
        self.value = value
        self.version = 0
        self.steps = 0
        self.refused = 0
        self._lines = lines
        self._address = address
        self._compares = compares
        self._read, self._swap = halves(costs.compare_and_swap, stream)

    def load(self, thread: Thread) -> Generator[int, None, tuple[Any, int]]:
        """Read: gives the value and its version."""
        yield self._read() + self._word(thread, writes=False)
        self.steps += 1
        return self.value, self.version

    def swap(self, thread: Thread, value: Any, version: int) -> Generator[int, None, bool]:
        """Put a value in the place of the one that had this version; False where that is no longer there."""
        yield self._swap() + self._word(thread, writes=True)
        self.steps += 1
        if self._compares and version != self.version:
            self.refused += 1
            return False
        self.value = value
        self.version += 1
        return True

    def update(
        self, thread: Thread, change: Callable[[Any], Any], work: Draw | None = None
    ) -> Generator[int, None, int]:
        """Read, work out the next value by `change`, and swap, until it goes through; gives how often that took.

        `work` draws what working it out costs each time, in nanoseconds.
        """
        tries = 0
        while True:
            tries += 1
            value, version = yield from self.load(thread)
            if work is not None:
                yield work()
            if (yield from self.swap(thread, change(value), version)):
                return tries

    def fetch_add(self, thread: Thread, number: int) -> Generator[int, None, Any]:
        """Add a number in one step, which no conflict can undo; gives the value before."""
        yield self._read() + self._swap() + self._word(thread, writes=True)
        self.steps += 1
        before, self.value = self.value, self.value + number
        self.version += 1
        return before

    def _word(self, thread: Thread, writes: bool) -> int:
        return 0 if self._lines is None else self._lines.move(thread.core, self._address, writes) or 0

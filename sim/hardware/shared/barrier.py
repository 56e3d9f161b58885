"""A barrier: threads wait until all have come, then all go on, and it can be used again at once."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any

from sim.hardware.shared.costs import SharedCosts, drawn
from sim.hardware.task import WAIT

if TYPE_CHECKING:
    from sim.hardware.shared.cache_line import CacheLines
    from sim.hardware.task import Thread
    from sim.randomness import Stream

    Action = Callable[[Thread], Generator[Any, Any, None]]


class Barrier:
    """Holds `parties` threads together; `generation` counts how often all had come.

    `lines` and `address` say where those that have come are counted in memory (None: nowhere, it moves in no time). The
    one that comes last wakes the others one after the other.
    """

    def __init__(
        self,
        parties: int,
        costs: SharedCosts,
        stream: Stream,
        *,
        lines: CacheLines | None = None,
        address: int = 0,
    ) -> None:
        assert parties > 0
        self.parties = parties
        self.generation = 0
        self._waiting: list[Thread] = []
        self._lines = lines
        self._address = address
        self._come, self._wake = drawn(costs.barrier, stream), drawn(costs.wake, stream)
        self._signal = drawn(costs.signal, stream)

    @property
    def waiting(self) -> int:
        """How many have come."""
        return len(self._waiting)

    def wait(self, thread: Thread, alone: Action | None = None) -> Generator[Any, Any, bool]:
        """Come, and wait for the others; True for the one that came last.

        That one does what `alone` says, where there is such, while the others wait still.
        """
        move = 0 if self._lines is None else self._lines.move(thread.core, self._address, writes=True) or 0
        yield self._come() + move
        if len(self._waiting) + 1 >= self.parties:
            if alone is not None:
                yield from alone(thread)
            for waiting in self._open():
                waiting.wake()
                yield self._signal()
            return True
        self._waiting.append(thread)
        yield WAIT
        yield self._wake()
        return False

    def leave(self) -> None:
        """Have one thread fewer to wait for; the others go on where they are complete without it."""
        self.parties -= 1
        if self.parties and len(self._waiting) >= self.parties:
            for waiting in self._open():
                waiting.wake()

    def _open(self) -> list[Thread]:
        """Let all go on that have come: gives those that are to be woken."""
        self.generation += 1
        waiting, self._waiting = self._waiting, []
        return waiting

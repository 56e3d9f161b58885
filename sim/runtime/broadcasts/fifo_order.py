"""First in, first out by origin (Hadzilacos and Toueg, "A modular approach to fault-tolerant broadcasts", 1994)."""

from __future__ import annotations

from sim.runtime.broadcasts.cast import Cast
from sim.runtime.broadcasts.order_buffer import OrderBuffer


class FifoOrder(OrderBuffer):
    """Hands up the broadcasts of each origin in the order of their numbers."""

    def __init__(self, population: int) -> None:
        super().__init__(population)
        self._next: dict[int, int] = {}
        self._early: dict[tuple[int, int], Cast] = {}

    @property
    def waiting(self) -> int:
        """How many came before one that goes first."""
        return len(self._early)

    def take(self, cast: Cast) -> list[Cast]:
        """What can be handed up now that this has come."""
        origin, early = cast.origin, self._early
        early[cast.identity] = cast
        ready = []
        following = self._next.get(origin, 1)
        while (origin, following) in early:
            ready.append(early.pop((origin, following)))
            following += 1
        self._next[origin] = following
        return ready

"""Causal order by vector clocks (Birman, Schiper and Stephenson, "Lightweight causal and atomic group multicast", ACM
TOCS 9(3), 1991, section 5.1)."""

from __future__ import annotations

from typing import Any

from sim.runtime.broadcasts.cast import Cast
from sim.runtime.broadcasts.order_buffer import OrderBuffer


class CausalOrder(OrderBuffer):
    """Hands a broadcast up after all that its origin had handed up, or broadcast, before it.

    `clock` counts for each node how many of its broadcasts were handed up here. Those that nothing connects come in any
    order, another at each node.
    """

    def __init__(self, population: int) -> None:
        super().__init__(population)
        self.clock = [0] * population
        self._early: list[Cast] = []

    @property
    def waiting(self) -> int:
        """How many came before one that goes first."""
        return len(self._early)

    def stamp(self, origin: int, number: int, payload: Any) -> Cast:
        """Make the next broadcast of a node, with what it has handed up so far as its vector clock."""
        clock = list(self.clock)
        clock[origin] = number
        return Cast(origin, number, payload, tuple(clock))

    def _may(self, cast: Cast) -> bool:
        """Whether all that goes before it was handed up: it is its origin's next, and of all others enough is known."""
        clock, origin = self.clock, cast.origin
        return all(
            count <= clock[node] if node != origin else count == clock[node] + 1
            for node, count in enumerate(cast.clock)
        )

    def take(self, cast: Cast) -> list[Cast]:
        """What can be handed up now that this has come."""
        self._early.append(cast)
        ready: list[Cast] = []
        while True:
            able = next((other for other in self._early if self._may(other)), None)
            if able is None:
                return ready
            self._early.remove(able)
            self.clock[able.origin] += 1
            ready.append(able)

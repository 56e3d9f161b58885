"""What the orders have in common: a buffer takes what arrives, each broadcast once, and gives what can be handed up."""

from __future__ import annotations

from typing import Any

from sim.runtime.broadcasts.cast import Cast


class OrderBuffer:
    """Hands up what comes as it comes: the order that is none, and the base of the others.

    What is not lost for ever is handed up at last, as soon as all that must go before it is there.
    """

    def __init__(self, population: int) -> None:
        self.population = population

    @property
    def waiting(self) -> int:
        """How many came before one that goes first."""
        return 0

    def stamp(self, origin: int, number: int, payload: Any) -> Cast:
        """Make the next broadcast of a node, which numbers its own from 1 on."""
        return Cast(origin, number, payload)

    def take(self, cast: Cast) -> list[Cast]:
        """What can be handed up now that this has come."""
        return [cast]

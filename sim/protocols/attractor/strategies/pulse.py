"""Pulse coupling: fireflies that bring each other nearer to flashing (Mirollo and Strogatz, "Synchronization of
pulse-coupled biological oscillators", SIAM Journal on Applied Mathematics 50(6), 1990).

An agent's state x rises from 0 to a threshold of 1 as x' = S0 - gamma x, which is the phase p of a turn seen through
x(p) = d (1 - (1 - 1/d)^p), with d = S0 / gamma. At the threshold it sends a pulse, and begins anew. A pulse raises the
state of whoever hears it by `strength`, and to no more than the threshold: who reaches it so sends its pulse at the
same instant. As the state rises ever more slowly, a pulse moves those the farther who are near the threshold; from
almost every beginning all come to flash as one where all hear all without delay.

Who has sent its pulse at this very instant, or less than `refractory` ago, does not feel pulses: so those who flashed
together stay together (absorption). Where messages take time, agents that are refractory for a round trip do not chase
each other.
"""

from __future__ import annotations

from math import log
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from sim.protocols.attractor.phase import RADIANS
from sim.protocols.attractor.population import DIGITS
from sim.protocols.attractor.strategy import NOTHING, Adjustment, Neighborhood, Own, Strategy
from sim.units import SECOND, Duration

if TYPE_CHECKING:
    from sim.protocols.attractor.population import Goal


class PulseCoupling(Strategy):
    """Each pulse that is heard brings the agent nearer to its own, the more the nearer it is."""

    listens: ClassVar[Literal["reports", "pulses"]] = "pulses"
    kind: Literal["pulse"] = "pulse"
    strength: Annotated[float, Field(gt=0, le=1)] = Field(
        default=0.05, description="by how much a pulse raises the state, whose threshold is 1"
    )
    drive: Annotated[float, Field(gt=1, le=1e6)] = Field(
        default=2.0,
        description="S0 / gamma, to which the state would rise without a threshold; near 1 it rises unevenly",
    )
    refractory: Duration = Field(default=0, description="time after its own pulse in which an agent feels no other")

    def decide(self, own: Own, heard: Neighborhood, goal: Goal, energy: float | None) -> Adjustment:
        """Raise the state, to the threshold at most."""
        if own.since_tick is not None and own.since_tick * SECOND <= self.refractory:
            return NOTHING
        rest = 1.0 - 1.0 / self.drive  # of what is left to `drive`, at the threshold
        place = own.phase / RADIANS
        left: float = rest**place - self.strength / self.drive
        if left <= rest:
            return Adjustment(RADIANS - own.phase)
        return Adjustment(RADIANS * round(log(left) / log(rest) - place, DIGITS))

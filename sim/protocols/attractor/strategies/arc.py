"""An arc: every agent keeps a place of its own, so that a coherence below one is where the swarm rests.

Agents agree on one common phase, and each stands off it by its own place on an arc, which its number gives: the golden
ratio's multiples, evenly spread for any number of agents (Weyl 1916; Knuth, The Art of Computer Programming 3, 6.4).
The arc is as wide as the goal's coherence asks for: phases evenly spread over w of a turn have the order parameter
sin(pi w) / (pi w), which is 1 for none and 0 for the whole circle. A neighbour's place is known from its number, so
that what is compared is where both stand off from; on any connected topology this settles as `attract` does without a
goal below one, and what is reached is the coherence of all, not only that of each neighbourhood.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Final, Literal

from pydantic import Field

from sim.protocols.attractor.sine import sine
from sim.protocols.attractor.strategies.attract import PER_PERIOD
from sim.protocols.attractor.strategy import NOTHING, Adjustment, Neighborhood, Own, Strategy

if TYPE_CHECKING:
    from sim.protocols.attractor.population import Goal

GOLDEN: Final = 0x9E3779B97F4A7C15
"""The golden ratio's fraction, times 2**64."""


class Arc(Strategy):
    """Pulled to its own place relative to the others."""

    kind: Literal["arc"] = "arc"
    strength: Annotated[float, Field(ge=0)] | None = Field(
        default=None, description="coupling strength in radians per second; 5 in a period by default"
    )

    def decide(self, own: Own, heard: Neighborhood, goal: Goal, energy: float | None) -> Adjustment:
        """Move by an Euler step of the phases that are stood off from."""
        if not heard.turns:
            return NOTHING
        strength = self.strength if self.strength is not None else PER_PERIOD / own.period
        width = width_of(goal.coherence)
        here = place(own.agent, width)
        differences = (
            turns + here - place(there, width) for there, turns in zip(heard.sources, heard.turns, strict=True)
        )
        force = sum(sine(turns - round(turns)) for turns in differences) / len(heard.turns)
        return Adjustment(strength * own.since * force)


def place(agent: int, width: float) -> float:
    """Where an agent stands on an arc of this width around zero, both in turns."""
    return ((agent * GOLDEN & (1 << 64) - 1) * 2.0**-64 - 0.5) * width


@lru_cache(maxsize=64)
def width_of(coherence: float) -> float:
    """The share of a turn over which evenly spread phases have this coherence, by bisection."""
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        half_chord = sine(middle / 2)  # of an arc of `middle` turns: sin(pi w)
        if half_chord > coherence * 3.141592653589793 * middle:
            low = middle
        else:
            high = middle
    return low

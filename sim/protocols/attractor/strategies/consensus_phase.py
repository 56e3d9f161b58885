"""Consensus phase: an agent goes towards the median of what it hears, which a minority of liars cannot carry away.

The median of the differences, the agent's own zero among them, lies between two honest ones as long as fewer than half
of those heard lie: the agreement on a median of Dolev et al. ("Reaching approximate agreement in the presence of
faults", JACM 33(3), 1986), on an arc of less than half a turn, where phases have an order.
"""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from sim.protocols.attractor.phase import RADIANS
from sim.protocols.attractor.strategies.attract import PER_PERIOD
from sim.protocols.attractor.strategy import NOTHING, Adjustment, Neighborhood, Own, Strategy

if TYPE_CHECKING:
    from sim.protocols.attractor.population import Goal


class ConsensusPhase(Strategy):
    """Pulled to the median."""

    kind: Literal["consensus-phase"] = "consensus-phase"
    rate: Annotated[float, Field(gt=0)] | None = Field(
        default=None, description="rate at which the agent goes to the median, per second; 5 in a period by default"
    )

    def decide(self, own: Own, heard: Neighborhood, goal: Goal, energy: float | None) -> Adjustment:
        """Go a share of the way to the median difference."""
        if not heard.turns:
            return NOTHING
        rate = self.rate if self.rate is not None else PER_PERIOD / own.period
        return Adjustment(min(1.0, rate * own.since) * RADIANS * median([*heard.turns, 0.0]))

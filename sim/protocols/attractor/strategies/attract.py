"""Attraction: Kuramoto's coupling, in steps at an agent's own reports (Kuramoto, "Chemical Oscillations, Waves, and
Turbulence", 1984, chapter 5; on graphs Arenas et al., Physics Reports 469, 2008).

Over the time dt since it decided last the agent moves by K dt mean(sin(difference)), an Euler step of the equation that
the protocol `kuramoto` integrates. Towards a coherence below one the strength is multiplied by
(goal - coherence of the neighbourhood) / band, cut to -1 ... 1: neighbours attract while they are too far apart and
repel when too close, so that the goal itself is where they stay, not a state on the way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from sim.protocols.attractor.strategy import NOTHING, Adjustment, Neighborhood, Own, Strategy

if TYPE_CHECKING:
    from sim.protocols.attractor.population import Goal

PER_PERIOD = 5.0
"""Default strength times the period."""


class Pulled(Strategy):
    """Base of strategies that move by the mean sine of the differences."""

    strength: Annotated[float, Field(ge=0)] | None = Field(
        default=None, description="coupling strength K in radians per second; 5 in a period by default"
    )
    lag: float = Field(default=0.0, ge=-3.2, le=3.2, description="phase lag of the coupling (Sakaguchi), in radians")
    band: Annotated[float, Field(gt=0, le=1)] = Field(
        default=0.1, description="distance from a goal below coherence 1 at which the coupling has its full strength"
    )

    def pull(self, own: Own, heard: Neighborhood, goal: Goal) -> float:
        """The step in radians."""
        strength = self.strength if self.strength is not None else PER_PERIOD / own.period
        if goal.coherence < 1.0:
            strength *= max(-1.0, min(1.0, (goal.coherence - heard.coherence) / self.band))
        force = heard.mean_sine
        if self.lag:
            force = heard.lagging(self.lag)
        return strength * own.since * force


class Attract(Pulled):
    """Pulled by the mean of the sines."""

    kind: Literal["attract"] = "attract"

    def decide(self, own: Own, heard: Neighborhood, goal: Goal, energy: float | None) -> Adjustment:
        """Move by an Euler step."""
        if not heard.turns:
            return NOTHING
        return Adjustment(self.pull(own, heard, goal))

"""Energy saving: an agent acts only when it is far off, and then goes most of the way at once.

Many small steps cost as many adjustments as they are; one step of the same length costs one. An agent whose mean
difference is within `deadband` stays as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from sim.protocols.attractor.strategies.attract import Pulled
from sim.protocols.attractor.strategy import NOTHING, Adjustment, Neighborhood, Own

if TYPE_CHECKING:
    from sim.protocols.attractor.population import Goal


class EnergySaving(Pulled):
    """As `attract`, but nothing while the pull is small."""

    kind: Literal["energy-saving"] = "energy-saving"
    deadband: Annotated[float, Field(gt=0, le=1)] = Field(
        default=0.1, description="size of the mean sine of the differences up to which nothing is done"
    )

    def decide(self, own: Own, heard: Neighborhood, goal: Goal, energy: float | None) -> Adjustment:
        """Move by an Euler step where the neighbours are far off."""
        if abs(heard.mean_sine) <= self.deadband:
            return NOTHING
        return Adjustment(self.pull(own, heard, goal))

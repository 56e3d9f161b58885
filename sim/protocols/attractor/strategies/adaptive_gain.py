"""Adaptive gain: coupling that grows where the neighbourhood is incoherent, and rests where it is not.

The strength is K = least + (most - least) (1 - r), with r the coherence of the neighbourhood: a swarm in disorder pulls
hard, one that has come together is hardly touched by what single agents say (coupling that depends on the local order
parameter: Filatrella, Pedersen and Wiesenfeld, Physical Review E 75, 017201, 2007).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import Field, model_validator

from sim.protocols.attractor.strategies.attract import PER_PERIOD
from sim.protocols.attractor.strategy import NOTHING, Adjustment, Neighborhood, Own, Strategy
from topologies.errors import InputError

if TYPE_CHECKING:
    from sim.protocols.attractor.population import Goal


class AdaptiveGain(Strategy):
    """Pulled by the mean of the sines, the harder the less coherent the neighbourhood is."""

    kind: Literal["adaptive-gain"] = "adaptive-gain"
    least: Annotated[float, Field(ge=0)] | None = Field(
        default=None, description="strength among neighbours in step, in radians per second; 1 in a period by default"
    )
    most: Annotated[float, Field(gt=0)] | None = Field(
        default=None, description="strength among neighbours in disorder; 10 in a period by default"
    )

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.least is not None and self.most is not None and self.most < self.least:
            raise InputError(f"found {self.most:g}, less than least, {self.least:g}; make it larger", ("most",))
        return self

    def decide(self, own: Own, heard: Neighborhood, goal: Goal, energy: float | None) -> Adjustment:
        """Move by an Euler step of the strength that the neighbourhood asks for."""
        if not heard.turns:
            return NOTHING
        least = self.least if self.least is not None else PER_PERIOD / 5 / own.period
        most = self.most if self.most is not None else max(least, 2 * PER_PERIOD / own.period)
        strength = least + (most - least) * (1.0 - heard.coherence)
        return Adjustment(strength * own.since * heard.mean_sine)

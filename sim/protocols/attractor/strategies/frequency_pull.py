"""Frequency pull: an agent takes over the pace of its neighbours, not only their phase.

Its frequency moves towards the mean of theirs, and of the goal's where the goal names a period; its phase as by
`attract`. With the phase alone, agents of different natural frequencies stay apart by a constant phase; with the
frequency they come to one pace and then to one phase (the second-order consensus of Simeone et al., "Distributed
synchronization in wireless networks", IEEE Signal Processing Magazine 25(5), 2008).
"""

from __future__ import annotations

from math import pi
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from sim.protocols.attractor.strategies.attract import PER_PERIOD, Pulled
from sim.protocols.attractor.strategy import NOTHING, Adjustment, Neighborhood, Own
from sim.units import SECOND

if TYPE_CHECKING:
    from sim.protocols.attractor.population import Goal


class FrequencyPull(Pulled):
    """Pulled in phase, and towards the neighbours' frequency."""

    kind: Literal["frequency-pull"] = "frequency-pull"
    rate: Annotated[float, Field(gt=0)] | None = Field(
        default=None, description="rate at which frequencies come together, per second; 5 in a period by default"
    )

    def decide(self, own: Own, heard: Neighborhood, goal: Goal, energy: float | None) -> Adjustment:
        """Move the phase by an Euler step, and the frequency a share of the way."""
        if not heard.turns:
            return NOTHING
        rate = self.rate if self.rate is not None else PER_PERIOD / own.period
        wanted = sum(heard.frequencies) / len(heard.frequencies)
        if goal.period is not None:
            wanted = (wanted + 2.0 * pi * SECOND / goal.period) / 2.0
        share = min(1.0, rate * own.since)
        return Adjustment(self.pull(own, heard, goal), share * (wanted - own.frequency))

"""Desynchronisation: agents spread out evenly over the cycle (DESYNC: Degesys, Rose, Patel and Nagpal, "DESYNC:
self-organizing desynchronization and TDMA on wireless sensor networks", IPSN 2007).

Every agent sends a pulse when it passes phase zero. It notes the last pulse that it heard before its own; at the first
one after its own it knows both of its neighbours in phase, and jumps a share `alpha` of the way to the middle between
them. What it knows of the one before is no longer so, for that one has jumped since. Where n agents hear each other
without delay, the distance from even gaps shrinks in a round by 1 - alpha (1 - cos(2 pi / n)) in the end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from sim.protocols.attractor.strategy import NOTHING, Adjustment, Neighborhood, Own, Strategy

if TYPE_CHECKING:
    from sim.protocols.attractor.population import Goal


class Desync(Strategy):
    """The first pulse after the agent's own has it jump towards the middle between the pulses around its own."""

    listens: ClassVar[Literal["reports", "pulses"]] = "pulses"
    kind: Literal["desync"] = "desync"
    alpha: Annotated[float, Field(gt=0, le=1)] = Field(
        default=0.95, description="share of the way to the middle that the agent jumps"
    )

    def decide(self, own: Own, heard: Neighborhood, goal: Goal, energy: float | None) -> Adjustment:
        """Move by a share of half the difference between the time before the agent's own pulse and that after."""
        if heard.pulses != 1 or heard.before is None or heard.after is None:
            return NOTHING
        return Adjustment(self.alpha * (heard.before - heard.after) / 2.0 * own.natural)

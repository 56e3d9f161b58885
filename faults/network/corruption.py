"""Corruption: messages that are damaged on their way, found out by a checksum or not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from faults.alteration import altered
from faults.network.link_fault import LinkFault, StrikeEffect
from faults.network.links import LinkSet
from sim.network.effects import LinkEffect, Passage
from sim.randomness import Stream, derive_seed
from sim.units import Probability

if TYPE_CHECKING:
    from faults.drawing import Drawing
    from faults.strike import Strike


class Corruption(LinkFault):
    """A share of the messages is damaged: dropped on arrival where a checksum tells, delivered changed where not.

    What is delivered changed says another value of the same type in one of its fields; a message without content, or
    in which nothing can be changed, stays as it is.
    """

    kind: Literal["corruption"] = "corruption"
    probability: Probability = Field(default=0.0, description="probability that a message is damaged")
    mode: Literal["detected", "delivered"] = Field(
        default="detected", description="dropped by its checksum on arrival, or delivered with a changed field"
    )

    @property
    def is_off(self) -> bool:
        """Whether nothing is damaged."""
        return self.probability == 0.0 or super().is_off

    def effect(self, strike: Strike, links: LinkSet, kinds: frozenset[str] | None) -> LinkEffect:
        """Damage messages."""
        return _Damages(strike, links, kinds, self)

    @classmethod
    def drawn(cls, drawing: Drawing) -> dict[str, Any] | None:
        """Damage that is detected: few protocols claim to survive the other, which a list can ask for."""
        return {"probability": drawing.share(0.05, 0.7), **cls.drawn_place(drawing)}


class _Damages(StrikeEffect):
    def __init__(self, strike: Strike, links: LinkSet, kinds: frozenset[str] | None, fault: Corruption) -> None:
        super().__init__(strike, links, kinds)
        self._fault = fault

    def act(self, passage: Passage) -> None:
        stream = self.draw(passage.source, passage.hop)
        damaged, change = stream.random() < self._fault.probability, stream.below(1 << 53)
        if not damaged or not passage.goes_on:
            return
        if self._fault.mode == "detected":
            self.touched += not passage.damaged
            passage.damaged = True
            return
        # How many draws an alteration takes depends on what is said: they are not from the link's stream.
        changed = altered(passage.message.payload, Stream(derive_seed(change, "alteration")))
        if changed is not None:
            passage.say(self.strike.simulation.network, changed)
            self.touched += 1

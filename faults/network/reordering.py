"""Reordering: messages that are held back, so that later ones overtake them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from faults.network.link_fault import LinkFault, StrikeEffect
from faults.network.links import LinkSet
from sim.network.effects import LinkEffect, Passage
from sim.units import MILLISECOND, SECOND, PositiveDuration, Probability

if TYPE_CHECKING:
    from faults.drawing import Drawing
    from faults.strike import Strike


class Reordering(LinkFault):
    """A share of the messages is held back, by a time uniform from zero to a longest."""

    kind: Literal["reordering"] = "reordering"
    probability: Probability = Field(default=0.0, description="probability that a message is held back")
    longest: PositiveDuration = Field(default=100 * MILLISECOND, description="longest time that it is held back")

    @property
    def is_off(self) -> bool:
        """Whether nothing is held back."""
        return self.probability == 0.0 or super().is_off

    def effect(self, strike: Strike, links: LinkSet, kinds: frozenset[str] | None) -> LinkEffect:
        """Hold messages back."""
        return _HoldsBack(strike, links, kinds, self)

    @classmethod
    def drawn(cls, drawing: Drawing) -> dict[str, Any] | None:
        """From a few messages to all, held back by up to a few seconds."""
        longest = drawing.duration(10 * MILLISECOND, 3 * SECOND)
        return {"probability": drawing.share(0.05, 1.0), "longest": longest, **cls.drawn_place(drawing)}


class _HoldsBack(StrikeEffect):
    def __init__(self, strike: Strike, links: LinkSet, kinds: frozenset[str] | None, fault: Reordering) -> None:
        super().__init__(strike, links, kinds)
        self._fault = fault

    def act(self, passage: Passage) -> None:
        stream = self.draw(passage.source, passage.hop)
        back, time = stream.random() < self._fault.probability, stream.below(self._fault.longest + 1)
        if back and passage.goes_on:
            passage.delay += time
            self.touched += 1

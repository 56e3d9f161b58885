"""Loss: messages that never arrive, each by itself, in bursts, or on many links at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from faults.network.link_fault import LinkFault, StrikeEffect
from faults.network.links import LinkSet
from sim.network.effects import LinkEffect, Passage
from sim.records import LOST
from sim.units import Probability

if TYPE_CHECKING:
    from faults.drawing import Drawing
    from faults.strike import Strike


class Loss(LinkFault):
    """Each message on the links is lost with the same probability, whatever became of the others."""

    kind: Literal["loss"] = "loss"
    probability: Probability = Field(default=0.0, description="probability that a message is lost")

    @property
    def is_off(self) -> bool:
        """Whether nothing can be lost."""
        return self.probability == 0.0 or super().is_off

    def effect(self, strike: Strike, links: LinkSet, kinds: frozenset[str] | None) -> LinkEffect:
        """Lose messages."""
        return _Loses(strike, links, kinds, self.probability)

    @classmethod
    def drawn(cls, drawing: Drawing) -> dict[str, Any] | None:
        """From a few messages to nearly all."""
        return {"probability": drawing.share(0.05, 0.9), **cls.drawn_place(drawing)}


class _Loses(StrikeEffect):
    def __init__(self, strike: Strike, links: LinkSet, kinds: frozenset[str] | None, probability: float) -> None:
        super().__init__(strike, links, kinds)
        self._probability = probability

    def act(self, passage: Passage) -> None:
        lost = self.draw(passage.source, passage.hop).random() < self._probability
        if lost and passage.goes_on:
            passage.outcome = LOST
            self.touched += 1

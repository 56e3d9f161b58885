"""Drop: certain messages never arrive, by their kind and number, not by chance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from faults.network.link_fault import LinkFault
from faults.network.links import LinkSet
from sim.network.effects import LinkEffect, Passage
from sim.records import LOST
from topologies.errors import InputError

if TYPE_CHECKING:
    from faults.drawing import Drawing
    from faults.strike import Strike


class Drop(LinkFault):
    """Drop the first messages, or every so many, of the kinds that `messages` names: of each direction of a link.

    With `every: 1` it drops all of them.
    """

    kind: Literal["drop"] = "drop"
    every: Annotated[int, Field(ge=1)] | None = Field(default=None, description="each so many-th message; 1: all")
    first: Annotated[int, Field(ge=1)] | None = Field(default=None, description="the first so many messages")

    @model_validator(mode="after")
    def _is_one_or_the_other(self) -> Self:
        if self.every is not None and self.first is not None:
            raise InputError("found both 'every' and 'first'; leave one of them out", ("first",))
        return self

    @property
    def is_off(self) -> bool:
        """Whether it drops none."""
        return (self.every is None and self.first is None) or super().is_off

    def effect(self, strike: Strike, links: LinkSet, kinds: frozenset[str] | None) -> LinkEffect:
        """Count messages and drop those that are meant."""
        return _Drops(links, kinds, self)

    @classmethod
    def drawn(cls, drawing: Drawing) -> dict[str, Any] | None:
        """Every message, or each so many-th."""
        return {"every": 1 + drawing.stream.below(5), **cls.drawn_place(drawing)}


class _Drops(LinkEffect):
    def __init__(self, links: LinkSet, kinds: frozenset[str] | None, fault: Drop) -> None:
        super().__init__(links, kinds)
        self._fault = fault
        self._seen: dict[tuple[int, int], int] = {}

    def act(self, passage: Passage) -> None:
        link = (passage.source, passage.hop)
        self._seen[link] = number = self._seen.get(link, 0) + 1
        fault = self._fault
        meant = number % fault.every == 0 if fault.every is not None else number <= (fault.first or 0)
        if meant and passage.goes_on:
            passage.outcome = LOST
            self.touched += 1

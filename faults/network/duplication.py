"""Messages that arrive more than once: copies of what is sent now, and old messages once more."""

from __future__ import annotations

from collections import deque
from copy import copy
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from faults.network.link_fault import LinkFault, StrikeEffect
from faults.network.links import LinkSet
from sim.network.effects import LinkEffect, Passage
from sim.network.latency import ConstantLatency, Latency
from sim.units import MILLISECOND, Probability

if TYPE_CHECKING:
    from faults.drawing import Drawing
    from faults.strike import Strike
    from sim.message import Message


class Duplication(LinkFault):
    """A share of the messages arrives again, so many times."""

    kind: Literal["duplication"] = "duplication"
    probability: Probability = Field(default=0.0, description="probability that a message is duplicated")
    copies: Annotated[int, Field(ge=1, le=1000)] = Field(default=1, description="how many copies of it arrive")
    later: Latency = Field(
        default=ConstantLatency(value=MILLISECOND),
        description="time from the first arrival to that of each copy: a duration, or a distribution",
    )

    @property
    def is_off(self) -> bool:
        """Whether nothing is duplicated."""
        return self.probability == 0.0 or super().is_off

    def effect(self, strike: Strike, links: LinkSet, kinds: frozenset[str] | None) -> LinkEffect:
        """Duplicate messages."""
        return _Duplicates(strike, links, kinds, self)

    @classmethod
    def drawn(cls, drawing: Drawing) -> dict[str, Any] | None:
        """From a few messages to all, copies up to a second late."""
        later = {"kind": "exponential", "mean": drawing.duration(MILLISECOND, 1000 * MILLISECOND)}
        return {"probability": drawing.share(0.05, 1.0), "later": later, **cls.drawn_place(drawing)}


class _Duplicates(StrikeEffect):
    def __init__(self, strike: Strike, links: LinkSet, kinds: frozenset[str] | None, fault: Duplication) -> None:
        super().__init__(strike, links, kinds)
        self._fault = fault
        self._later = fault.later.sampler()

    def act(self, passage: Passage) -> None:
        stream = self.draw(passage.source, passage.hop)
        doubled = stream.random() < self._fault.probability
        times = [self._later(stream) for _ in range(self._fault.copies)]
        if doubled and passage.goes_on:
            passage.copies += [(copy(passage.message), time) for time in times]
            self.touched += 1


class Replay(LinkFault):
    """Old messages arrive once more: with some of the messages, an earlier one of the same link is delivered again."""

    kind: Literal["replay"] = "replay"
    probability: Probability = Field(default=0.0, description="probability that an old message comes with a new one")
    memory: Annotated[int, Field(ge=1, le=100_000)] = Field(
        default=100, description="how many of the latest messages of each direction of a link can come again"
    )

    @property
    def is_off(self) -> bool:
        """Whether nothing comes again."""
        return self.probability == 0.0 or super().is_off

    def effect(self, strike: Strike, links: LinkSet, kinds: frozenset[str] | None) -> LinkEffect:
        """Remember messages and deliver them again."""
        return _Replays(strike, links, kinds, self)

    @classmethod
    def drawn(cls, drawing: Drawing) -> dict[str, Any] | None:
        """From a few old messages to one with every second."""
        return {"probability": drawing.share(0.05, 0.5), **cls.drawn_place(drawing)}


class _Replays(StrikeEffect):
    def __init__(self, strike: Strike, links: LinkSet, kinds: frozenset[str] | None, fault: Replay) -> None:
        super().__init__(strike, links, kinds)
        self._fault = fault
        self._memory: dict[tuple[int, int], deque[Message]] = {}

    def act(self, passage: Passage) -> None:
        link = (passage.source, passage.hop)
        stream = self.draw(*link)
        again, place = stream.random() < self._fault.probability, stream.random()
        memory = self._memory.setdefault(link, deque(maxlen=self._fault.memory))
        if again and memory and passage.goes_on:
            passage.copies.append((copy(memory[int(place * len(memory))]), 0))
            self.touched += 1
        memory.append(copy(passage.message))  # a routed message changes on its way

"""Repetition: nodes that say old things again, or the same thing over and over."""

from __future__ import annotations

from collections import deque
from copy import copy
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from faults.byzantine.byzantine_fault import ByzantineFault, LyingEffect
from sim.network.effects import Passage
from sim.units import SECOND, Probability, Rate

if TYPE_CHECKING:
    from faults.drawing import Drawing
    from faults.strike import Strike


class Replaying(ByzantineFault):
    """With some of their messages the nodes send an old one of their own again, whoever it was for."""

    kind: Literal["replaying"] = "replaying"
    probability: Probability = Field(default=0.0, description="probability that an old message comes with a new one")
    memory: Annotated[int, Field(ge=1, le=100_000)] = Field(
        default=100, description="how many of its latest messages a node may send again"
    )

    @property
    def is_off(self) -> bool:
        """Whether nothing is sent again."""
        return self.probability == 0.0 or super().is_off

    def effect(self, strike: Strike, liars: frozenset[int], kinds: frozenset[str] | None) -> LyingEffect:
        """Remember what was said, and say it again."""
        return _SaysAgain(strike, liars, kinds, self)

    @classmethod
    def drawn(cls, drawing: Drawing) -> dict[str, Any] | None:
        """Now and then, or with every message."""
        return {"probability": drawing.share(0.1, 1.0), **cls.drawn_place(drawing)}


class _SaysAgain(LyingEffect):
    def __init__(self, strike: Strike, liars: frozenset[int], kinds: frozenset[str] | None, fault: Replaying) -> None:
        super().__init__(strike, liars, kinds)
        self._fault = fault
        self._memory: dict[int, deque[Any]] = {}

    def speak(self, liar: int, passage: Passage) -> None:
        message = passage.message
        stream = self.draw(liar, message.destination)
        again, place = stream.random() < self._fault.probability, stream.random()
        memory = self._memory.setdefault(liar, deque(maxlen=self._fault.memory))
        if again and memory and passage.goes_on:
            old = Passage(copy(message), liar, passage.hop, passage.now)
            old.say(self.strike.simulation.network, memory[int(place * len(memory))])
            passage.copies.append((old.message, 0))
            self.touched += 1
        memory.append(message.payload)


class Flooding(ByzantineFault):
    """The nodes send their latest message to random neighbours, over and over, at a rate."""

    kind: Literal["flooding"] = "flooding"
    rate: Annotated[Rate, Field(gt=0)] | None = Field(
        default=None, description="messages a second that each node sends besides; off when left out"
    )

    @property
    def is_off(self) -> bool:
        """Whether there is no flood."""
        return self.rate is None or super().is_off

    def effect(self, strike: Strike, liars: frozenset[int], kinds: frozenset[str] | None) -> LyingEffect:
        """Send again what was sent last."""
        assert self.rate is not None
        flood = _Floods(strike, liars, kinds, max(1, round(SECOND / self.rate)))
        for node in sorted(liars):
            strike.simulation.kernel.call_after(flood.interval, flood.send, node)
        return flood

    @classmethod
    def drawn(cls, drawing: Drawing) -> dict[str, Any] | None:
        """Ten to a thousand messages a second."""
        return {"rate": f"{10 ** (1 + drawing.stream.below(3))}/s", **cls.drawn_place(drawing)}


class _Floods(LyingEffect):
    def __init__(self, strike: Strike, liars: frozenset[int], kinds: frozenset[str] | None, interval: int) -> None:
        super().__init__(strike, liars, kinds)
        self.interval = interval
        self._last: dict[int, Any] = {}

    def speak(self, liar: int, passage: Passage) -> None:
        self._last[liar] = passage.message.payload

    def send(self, number: int) -> None:
        """Send the latest message of a node once more, and again after the interval, while it floods."""
        simulation = self.strike.simulation
        if self.strike.over or number not in self.strike.nodes:
            return
        node = simulation.nodes[number]
        if number in self._last and node.life == "up" and node.neighbors:
            node.send(self.strike.stream(f"flood/{number}").choice(node.neighbors), self._last[number])
            self.touched += 1
        simulation.kernel.call_after(self.interval, self.send, number)

"""Flapping: links that go down and come up again, over and over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from faults.network.link_fault import LinkFault, StrikeEffect
from faults.network.links import LinkSet
from sim.network.effects import LinkEffect, Passage
from sim.records import CUT
from sim.units import SECOND, Duration, PositiveDuration

if TYPE_CHECKING:
    from faults.drawing import Drawing
    from faults.strike import Strike


class Flapping(LinkFault):
    """All the links go down and up together, down first: at even times, or by chance with these means.

    What is sent over a link that is down is cut off; what is on its way arrives.
    """

    kind: Literal["flapping"] = "flapping"
    down: Duration = Field(default=0, description="time down in each round")
    up: PositiveDuration = Field(default=SECOND, description="time up in each round")
    by_chance: bool = Field(default=False, description="times are exponential, with these as means")

    @property
    def is_off(self) -> bool:
        """Whether the links are never down."""
        return self.down == 0 or super().is_off

    def effect(self, strike: Strike, links: LinkSet, kinds: frozenset[str] | None) -> LinkEffect:
        """Cut off what is sent while the links are down."""
        return _Flaps(strike, links, kinds, self)

    @classmethod
    def drawn(cls, drawing: Drawing) -> dict[str, Any] | None:
        """Five to twenty rounds in the fault's life."""
        place = cls.drawn_place(drawing)
        rounds = 5 + drawing.stream.below(16)
        part = max(2, place["heal_after"] // rounds)
        down = max(1, int(part * drawing.share(0.2, 0.8)))
        return {"down": down, "up": max(1, part - down), "by_chance": drawing.stream.random() < 0.5, **place}


class _Flaps(StrikeEffect):
    def __init__(self, strike: Strike, links: LinkSet, kinds: frozenset[str] | None, fault: Flapping) -> None:
        super().__init__(strike, links, kinds)
        self._fault = fault
        self._down = False
        self._changes_at = strike.began
        self._times = strike.stream(f"rounds/{strike.number}")

    def act(self, passage: Passage) -> None:
        if self._is_down(passage.now) and passage.goes_on:
            passage.outcome = CUT
            self.touched += 1

    def share(self, now: int) -> float:
        """The share of messages that it lets through now: all or none."""
        return 0.0 if self._is_down(now) else 1.0

    def _is_down(self, now: int) -> bool:
        """Whether the links are down now; times are drawn as they come, whoever asks."""
        while self._changes_at <= now:
            self._down = not self._down
            time = self._fault.down if self._down else self._fault.up
            if self._fault.by_chance:
                time = 1 + int(self._times.exponential(time))
            self._changes_at += time
        return self._down

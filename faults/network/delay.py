"""Delay: messages that are late, all of them, more and more, or a few by much."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from faults.network.link_fault import LinkFault, StrikeEffect
from faults.network.links import LinkSet
from sim.network.effects import LinkEffect, Passage
from sim.network.latency import ConstantLatency, Latency
from sim.units import MILLISECOND, SECOND, Duration, PositiveDuration, Probability

if TYPE_CHECKING:
    from faults.drawing import Drawing
    from faults.strike import Strike
    from sim.network.latency import Sampler

NO_DELAY = ConstantLatency(value=0)
RISE_WITHOUT_END = 10 * SECOND


class Delay(LinkFault):
    """Each message takes longer, by a constant or by a draw."""

    kind: Literal["delay"] = "delay"
    extra: Latency = Field(default=NO_DELAY, description="time on top of the link's own: a duration, or a distribution")

    @property
    def is_off(self) -> bool:
        """Whether there is no delay."""
        return self.extra == NO_DELAY or super().is_off

    def effect(self, strike: Strike, links: LinkSet, kinds: frozenset[str] | None) -> LinkEffect:
        """Delay messages."""
        return _Delays(strike, links, kinds, self.extra.sampler(), 1.0)

    @classmethod
    def drawn(cls, drawing: Drawing) -> dict[str, Any] | None:
        """A constant or exponential delay from a millisecond to a second."""
        size = drawing.duration(MILLISECOND, SECOND)
        extra: Any = size if drawing.stream.random() < 0.5 else {"kind": "exponential", "mean": size}
        return {"extra": extra, **cls.drawn_place(drawing)}


class DelaySpike(LinkFault):
    """A few messages take much longer, all others no longer than ever."""

    kind: Literal["delay-spike"] = "delay-spike"
    probability: Probability = Field(default=0.0, description="probability that a message is late")
    extra: Latency = Field(default=ConstantLatency(value=SECOND), description="how late: a duration, or a distribution")

    @property
    def is_off(self) -> bool:
        """Whether no message is late."""
        return self.probability == 0.0 or self.extra == NO_DELAY or super().is_off

    def effect(self, strike: Strike, links: LinkSet, kinds: frozenset[str] | None) -> LinkEffect:
        """Delay some of the messages."""
        return _Delays(strike, links, kinds, self.extra.sampler(), self.probability)

    @classmethod
    def drawn(cls, drawing: Drawing) -> dict[str, Any] | None:
        """A few messages late by a tenth of a second to several seconds."""
        extra = drawing.duration(SECOND // 10, 5 * SECOND)
        return {"probability": drawing.share(0.01, 0.2), "extra": extra, **cls.drawn_place(drawing)}


class _Delays(StrikeEffect):
    def __init__(
        self, strike: Strike, links: LinkSet, kinds: frozenset[str] | None, sample: Sampler, probability: float
    ) -> None:
        super().__init__(strike, links, kinds)
        self._sample = sample
        self._probability = probability

    def act(self, passage: Passage) -> None:
        stream = self.draw(passage.source, passage.hop)
        late = self._probability >= 1.0 or stream.random() < self._probability
        extra = self._sample(stream)
        if late and extra and passage.goes_on:
            passage.delay += extra
            self.touched += 1


class DelayRamp(LinkFault):
    """Messages take longer and longer: the delay grows evenly from zero to a peak, over the strike's life if wanted."""

    kind: Literal["delay-ramp"] = "delay-ramp"
    peak: Duration = Field(default=0, description="delay at the end of the ramp")
    rise: PositiveDuration | None = Field(
        default=None, description="time from the strike to the peak; when left out the life of the strike, or else 10s"
    )

    @property
    def is_off(self) -> bool:
        """Whether the peak is none."""
        return self.peak == 0 or super().is_off

    def effect(self, strike: Strike, links: LinkSet, kinds: frozenset[str] | None) -> LinkEffect:
        """Delay messages by how long the strike is on."""
        return _Ramps(strike, links, kinds, self)

    @classmethod
    def drawn(cls, drawing: Drawing) -> dict[str, Any] | None:
        """A ramp over half of the fault's life, to a tenth of a second or several seconds."""
        place = cls.drawn_place(drawing)
        return {"peak": drawing.duration(SECOND // 10, 5 * SECOND), "rise": max(1, place["heal_after"] // 2), **place}


class _Ramps(StrikeEffect):
    def __init__(self, strike: Strike, links: LinkSet, kinds: frozenset[str] | None, fault: DelayRamp) -> None:
        super().__init__(strike, links, kinds)
        self._peak = fault.peak
        self._rise = fault.rise or strike.lasting or RISE_WITHOUT_END

    def act(self, passage: Passage) -> None:
        since = min(passage.now - self.strike.began, self._rise)
        extra = self._peak * since // self._rise
        if extra and passage.goes_on:
            passage.delay += extra
            self.touched += 1

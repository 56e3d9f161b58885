"""Loss: messages that never arrive, each by itself, in bursts, or on many links at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Self

from pydantic import Field, model_validator

from faults.network.link_fault import LinkFault, StrikeEffect
from faults.network.links import LinkSet
from sim.network.effects import LinkEffect, Passage
from sim.records import LOST
from sim.units import SECOND, PositiveDuration, Probability
from topologies.errors import InputError

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
        self.lose(passage, self.draw(passage.source, passage.hop).random() < self._probability)

    def share(self, now: int) -> float:
        """The share of messages that it lets through now, in the mean."""
        return 1.0 - self._probability

    def lose(self, passage: Passage, lost: bool) -> None:
        """End a message that is lost, unless something else has ended it."""
        if lost and passage.goes_on:
            passage.outcome = LOST
            self.touched += 1


class BurstLoss(LinkFault):
    """Gilbert-Elliott loss: each direction of a link is good or bad, and may change that before each message.

    The mean burst lasts 1 / leave_bad messages; the share of messages in the bad state is
    enter_bad / (enter_bad + leave_bad) (Gilbert, Bell System Technical Journal 39, 1960; Elliott, the same 42, 1963).
    """

    kind: Literal["burst-loss"] = "burst-loss"
    enter_bad: Probability = Field(default=0.0, description="probability of turning bad, at each message when good")
    leave_bad: Probability = Field(
        default=1.0, gt=0, description="probability of turning good, at each message when bad; above 0"
    )
    loss_good: Probability = Field(default=0.0, description="loss probability in the good state")
    loss_bad: Probability = Field(default=1.0, description="loss probability in the bad state")

    @model_validator(mode="after")
    def _is_worse_when_bad(self) -> Self:
        if self.loss_good > self.loss_bad:
            found = f"found {self.loss_good:g}, more than loss_bad, {self.loss_bad:g}"
            raise InputError(f"{found}; the bad state is the one that loses more: exchange them", ("loss_good",))
        return self

    @property
    def is_off(self) -> bool:
        """Whether nothing can be lost."""
        never = self.loss_good == 0.0 and (self.enter_bad == 0.0 or self.loss_bad == 0.0)
        return never or super().is_off

    def effect(self, strike: Strike, links: LinkSet, kinds: frozenset[str] | None) -> LinkEffect:
        """Lose messages in bursts."""
        return _LosesInBursts(strike, links, kinds, self)

    @classmethod
    def drawn(cls, drawing: Drawing) -> dict[str, Any] | None:
        """Bursts of two to twenty messages."""
        bursts = {"enter_bad": drawing.share(0.02, 0.3), "leave_bad": drawing.share(0.05, 0.5)}
        return {**bursts, **cls.drawn_place(drawing)}


class _LosesInBursts(_Loses):
    def __init__(self, strike: Strike, links: LinkSet, kinds: frozenset[str] | None, fault: BurstLoss) -> None:
        super().__init__(strike, links, kinds, 0.0)
        self._fault = fault
        self._bad: set[tuple[int, int]] = set()

    def act(self, passage: Passage) -> None:
        link, fault = (passage.source, passage.hop), self._fault
        stream = self.draw(*link)
        bad = link in self._bad
        if stream.random() < (fault.leave_bad if bad else fault.enter_bad):
            bad = not bad
            self._bad ^= {link}
        self.lose(passage, stream.random() < (fault.loss_bad if bad else fault.loss_good))

    def share(self, now: int) -> float:
        """The share of messages that it lets through in the long run."""
        fault = self._fault
        if not fault.enter_bad:
            return 1.0 - fault.loss_good
        bad = fault.enter_bad / (fault.enter_bad + fault.leave_bad)
        return 1.0 - bad * fault.loss_bad - (1.0 - bad) * fault.loss_good


class CorrelatedLoss(LinkFault):
    """All links turn bad and good together, as when they share a cable or a switch.

    Good and bad times alternate, each exponential; while bad, each message is lost with the same probability.
    """

    kind: Literal["correlated-loss"] = "correlated-loss"
    probability: Probability = Field(default=0.0, description="probability that a message is lost while links are bad")
    mean_good: PositiveDuration = Field(default=SECOND, description="mean time for which all links are good")
    mean_bad: PositiveDuration = Field(default=SECOND // 10, description="mean time for which all links are bad")

    @property
    def is_off(self) -> bool:
        """Whether nothing can be lost."""
        return self.probability == 0.0 or super().is_off

    def effect(self, strike: Strike, links: LinkSet, kinds: frozenset[str] | None) -> LinkEffect:
        """Lose messages while all links are bad."""
        return _LosesTogether(strike, links, kinds, self)

    @classmethod
    def drawn(cls, drawing: Drawing) -> dict[str, Any] | None:
        """Common bad times of a tenth of the fault's life or so."""
        place = cls.drawn_place(drawing)
        times = {"mean_good": max(1, place["heal_after"] // 10), "mean_bad": max(1, place["heal_after"] // 20)}
        return {"probability": drawing.share(0.5, 1.0), **times, **place}


class _LosesTogether(_Loses):
    def __init__(self, strike: Strike, links: LinkSet, kinds: frozenset[str] | None, fault: CorrelatedLoss) -> None:
        super().__init__(strike, links, kinds, fault.probability)
        self._fault = fault
        self._bad = True
        self._changes_at = strike.began
        self._times = strike.stream(f"common/{strike.number}")

    def act(self, passage: Passage) -> None:
        lost = self.draw(passage.source, passage.hop).random() < self._probability
        self.lose(passage, lost and self._is_bad(passage.now))

    def share(self, now: int) -> float:
        """The share of messages that it lets through now, in the mean."""
        return 1.0 - self._probability * self._is_bad(now)

    def _is_bad(self, now: int) -> bool:
        """Whether links are bad now; the times are drawn as they come, whoever asks."""
        while self._changes_at <= now:
            self._bad = not self._bad
            mean = self._fault.mean_bad if self._bad else self._fault.mean_good
            self._changes_at += 1 + int(self._times.exponential(mean))
        return self._bad

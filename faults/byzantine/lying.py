"""Lies: nodes that say other things than their protocol does, within the types of its messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from faults.byzantine.byzantine_fault import ByzantineFault, LyingEffect
from faults.byzantine.words import ALTERED, LieName, Words, check_lie, lies_of
from sim.network.effects import Passage
from sim.units import Probability

if TYPE_CHECKING:
    from faults.drawing import Drawing
    from faults.strike import Strike
    from sim.simulation import Simulation


class Lying(ByzantineFault):
    """A share of what the nodes say is a lie; each message is a lie or not by itself."""

    kind: Literal["lying"] = "lying"
    probability: Probability = Field(default=0.0, description="probability that a message is a lie")
    lie: LieName = ALTERED

    @property
    def is_off(self) -> bool:
        """Whether nobody lies."""
        return self.probability == 0.0 or super().is_off

    def check(self, simulation: Simulation) -> None:
        """Raise InputError where a node does not exist, or the protocol has no such lie."""
        super().check(simulation)
        check_lie(self.lie, simulation)

    def effect(self, strike: Strike, liars: frozenset[int], kinds: frozenset[str] | None) -> LyingEffect:
        """Replace what is said."""
        return _Lies(strike, liars, kinds, self)

    @classmethod
    def drawn(cls, drawing: Drawing) -> dict[str, Any] | None:
        """Any lie that nodes of the protocol can tell, now and then or always."""
        lie = drawing.stream.choice(lies_of(drawing.protocol))
        return {"probability": drawing.share(0.1, 1.0), "lie": lie, **cls.drawn_place(drawing)}


class _Tells(LyingEffect):
    """Base of effects that put other words in place of what liars say."""

    def __init__(self, strike: Strike, liars: frozenset[int], kinds: frozenset[str] | None, lie: str) -> None:
        self.words = Words(lie, strike.simulation.protocol.lies)
        super().__init__(strike, liars, kinds, hears=self.words.borrows)

    def hear(self, liar: int, passage: Passage) -> None:
        """Know what is said to a liar."""
        self.words.note(liar, passage.message.payload)

    def tell(self, passage: Passage, words: Any | None) -> None:
        """Have other words arrive; None: there are none, and the message stays as it is."""
        if words is not None and passage.goes_on:
            passage.say(self.strike.simulation.network, words)
            self.touched += 1


class _Lies(_Tells):
    def __init__(self, strike: Strike, liars: frozenset[int], kinds: frozenset[str] | None, fault: Lying) -> None:
        super().__init__(strike, liars, kinds, fault.lie)
        self._probability = fault.probability

    def speak(self, liar: int, passage: Passage) -> None:
        payload, destination = passage.message.payload, passage.message.destination
        if self.draw(liar, destination).random() < self._probability:
            self.tell(passage, self.words.instead(liar, payload, self.strike.stream(f"words/{liar}→{destination}")))
        self.words.note(liar, payload)


class Equivocation(ByzantineFault):
    """Different words to different peers: each is drawn to hear one of some versions, of which only one is true.

    A message that goes to several peers at once says the same to all who hear the same version.
    """

    kind: Literal["equivocation"] = "equivocation"
    versions: Annotated[int, Field(ge=1, le=1000)] = Field(
        default=1,
        description="how many versions of what it says there are, the truth and so many lies less one; 1: off",
    )
    lie: LieName = ALTERED

    @property
    def is_off(self) -> bool:
        """Whether all are told the same."""
        return self.versions == 1 or super().is_off

    def check(self, simulation: Simulation) -> None:
        """Raise InputError where a node does not exist, or the protocol has no such lie."""
        super().check(simulation)
        check_lie(self.lie, simulation)

    def effect(self, strike: Strike, liars: frozenset[int], kinds: frozenset[str] | None) -> LyingEffect:
        """Tell each peer its version."""
        return _Equivocates(strike, liars, kinds, self)

    @classmethod
    def drawn(cls, drawing: Drawing) -> dict[str, Any] | None:
        """Two or three versions."""
        lie = drawing.stream.choice(lies_of(drawing.protocol))
        return {"versions": 2 + drawing.stream.below(2), "lie": lie, **cls.drawn_place(drawing)}


class _Equivocates(_Tells):
    def __init__(
        self, strike: Strike, liars: frozenset[int], kinds: frozenset[str] | None, fault: Equivocation
    ) -> None:
        super().__init__(strike, liars, kinds, fault.lie)
        self._versions = fault.versions
        self._version_of: dict[tuple[int, int], int] = {}
        self._told: dict[int, tuple[int, Any, dict[int, Any]]] = {}

    def speak(self, liar: int, passage: Passage) -> None:
        pair = (liar, passage.message.destination)
        if pair not in self._version_of:
            self._version_of[pair] = self.draw(*pair).below(self._versions)
        told = self._told_now(liar, passage)
        version = self._version_of[pair]
        if version:
            payload = passage.message.payload
            if version not in told:
                told[version] = self.words.instead(liar, payload, self.strike.stream(f"words/{liar}/{version}"))
            self.tell(passage, told[version])

    def _told_now(self, liar: int, passage: Passage) -> dict[int, Any]:
        """What is told in place of a payload, by version: the same to all who hear it at one instant."""
        payload, now = passage.message.payload, passage.now
        then, what, told = self._told.get(liar, (-1, None, {}))
        if then != now or what is not payload:
            if then >= 0:
                self.words.note(liar, what)
            told = {}
            self._told[liar] = (now, payload, told)
        return told

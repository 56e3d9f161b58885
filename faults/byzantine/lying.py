"""Lies: nodes that say other things than their protocol does, within the types of its messages.

A protocol may offer lies of its own, by name (`Protocol.lies`); any protocol gets the generic one, which alters one
value of a message.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from faults.alteration import altered
from faults.byzantine.byzantine_fault import ByzantineFault, LyingEffect
from sim.network.effects import LinkEffect, Passage
from sim.units import Probability
from topologies.errors import InputError

if TYPE_CHECKING:
    from faults.drawing import Drawing
    from faults.strike import Strike
    from sim.protocol import Lie, Protocol
    from sim.simulation import Simulation

GENERIC = "altered"
LieName = Annotated[str, Field(min_length=1)]


def lies_of(protocol: type[Protocol]) -> Mapping[str, Lie]:
    """Every lie that nodes of a protocol can tell, by its name: its own, and the generic one."""
    return {**protocol.lies, GENERIC: altered}


def check_lie(name: str, simulation: Simulation) -> None:
    """Raise InputError where nodes cannot tell such a lie."""
    known = lies_of(simulation.protocol)
    if name not in known:
        raise InputError(
            f"found {name!r:.60}, a lie that the protocol {simulation.protocol.name()} does not offer; "
            f"expected one of {', '.join(known)}",
            ("lie",),
        )


class Lying(ByzantineFault):
    """A share of what the nodes say is a lie; each message is a lie or not by itself."""

    kind: Literal["lying"] = "lying"
    probability: Probability = Field(default=0.0, description="probability that a message is a lie")
    lie: LieName = Field(default=GENERIC, description="which lie: altered, or one that the protocol offers")

    @property
    def is_off(self) -> bool:
        """Whether nobody lies."""
        return self.probability == 0.0 or super().is_off

    def check(self, simulation: Simulation) -> None:
        """Raise InputError where a node does not exist, or the protocol has no such lie."""
        super().check(simulation)
        check_lie(self.lie, simulation)

    def effect(self, strike: Strike, liars: frozenset[int], kinds: frozenset[str] | None) -> LinkEffect:
        """Replace what is said."""
        return _Lies(strike, liars, kinds, self)

    @classmethod
    def drawn(cls, drawing: Drawing) -> dict[str, Any] | None:
        """Any lie that nodes of the protocol can tell, now and then or always."""
        lie = drawing.stream.choice(list(lies_of(drawing.protocol)))
        return {"probability": drawing.share(0.1, 1.0), "lie": lie, **cls.drawn_place(drawing)}


class _Lies(LyingEffect):
    def __init__(self, strike: Strike, liars: frozenset[int], kinds: frozenset[str] | None, fault: Lying) -> None:
        super().__init__(strike, liars, kinds)
        self._probability = fault.probability
        self._lie = lies_of(strike.simulation.protocol)[fault.lie]

    def act(self, passage: Passage) -> None:
        message = passage.message
        if message.source != passage.source:
            return
        lies = self.draw(passage.source, message.destination).random() < self._probability
        if lies and passage.goes_on:
            stream = self.strike.stream(f"words/{passage.source}→{message.destination}")
            self.tell(passage, self._lie(message.payload, stream))

    def tell(self, passage: Passage, words: Any | None) -> None:
        """Have other words arrive; None: there are none, and the message stays as it is."""
        if words is not None:
            passage.say(self.strike.simulation.network, words)
            self.touched += 1


class Equivocation(ByzantineFault):
    """Different words to different peers: each is drawn to hear one of some versions, of which only one is true.

    A message that goes to several peers at once says the same to all who hear the same version.
    """

    kind: Literal["equivocation"] = "equivocation"
    versions: Annotated[int, Field(ge=1, le=1000)] = Field(
        default=1,
        description="how many versions of what it says there are, the truth and so many lies less one; 1: off",
    )
    lie: LieName = Field(default=GENERIC, description="which lie: altered, or one that the protocol offers")

    @property
    def is_off(self) -> bool:
        """Whether all are told the same."""
        return self.versions == 1 or super().is_off

    def check(self, simulation: Simulation) -> None:
        """Raise InputError where a node does not exist, or the protocol has no such lie."""
        super().check(simulation)
        check_lie(self.lie, simulation)

    def effect(self, strike: Strike, liars: frozenset[int], kinds: frozenset[str] | None) -> LinkEffect:
        """Tell each peer its version."""
        return _Equivocates(strike, liars, kinds, self)

    @classmethod
    def drawn(cls, drawing: Drawing) -> dict[str, Any] | None:
        """Two or three versions."""
        lie = drawing.stream.choice(list(lies_of(drawing.protocol)))
        return {"versions": 2 + drawing.stream.below(2), "lie": lie, **cls.drawn_place(drawing)}


class _Equivocates(LyingEffect):
    def __init__(
        self, strike: Strike, liars: frozenset[int], kinds: frozenset[str] | None, fault: Equivocation
    ) -> None:
        super().__init__(strike, liars, kinds)
        self._versions = fault.versions
        self._lie = lies_of(strike.simulation.protocol)[fault.lie]
        self._version_of: dict[tuple[int, int], int] = {}
        self._told: dict[int, tuple[int, Any, dict[int, Any]]] = {}

    def act(self, passage: Passage) -> None:
        message, source = passage.message, passage.source
        if message.source != source:
            return
        pair = (source, message.destination)
        if pair not in self._version_of:
            self._version_of[pair] = self.draw(*pair).below(self._versions)
        version = self._version_of[pair]
        if not version or not passage.goes_on:
            return
        words = self._words(source, version, message.payload, passage.now)
        if words is not None:
            passage.say(self.strike.simulation.network, words)
            self.touched += 1

    def _words(self, source: int, version: int, payload: Any, now: int) -> Any | None:
        """What is told in place of a payload in a version: the same to all who hear it at one instant."""
        then, what, told = self._told.get(source, (-1, None, {}))
        if then != now or what is not payload:
            told = {}
            self._told[source] = (now, payload, told)
        if version not in told:
            told[version] = self._lie(payload, self.strike.stream(f"words/{source}/{version}"))
        return told[version]

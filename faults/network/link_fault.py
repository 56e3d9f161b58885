"""What faults of links share: which links, which kinds of messages, and the effect that is in force meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from faults.fault import LastingFault
from faults.message_kinds import MessageKinds, check_message_kinds
from faults.network.links import Links, LinkSet, check_links, choose_links, shown_links
from sim.network.effects import LinkEffect

if TYPE_CHECKING:
    from faults.drawing import Drawing
    from faults.strike import Strike
    from sim.randomness import Stream
    from sim.simulation import Simulation


class StrikeEffect(LinkEffect):
    """Base of the effects of faults: draws are from streams of the fault, one for each directed link."""

    def __init__(self, strike: Strike, links: LinkSet, kinds: frozenset[str] | None) -> None:
        super().__init__(links, kinds)
        self.strike = strike
        self._streams: dict[tuple[int, int], Stream] = {}

    def draw(self, source: int, hop: int) -> Stream:
        """The fault's stream for the link from source to hop: the same however often the fault strikes."""
        stream = self._streams.get((source, hop))
        if stream is None:
            stream = self._streams[source, hop] = self.strike.stream(f"{source}→{hop}")
        return stream


class LinkFault(LastingFault):
    """Base of faults that act on messages on links while they last. Subclasses give `effect`."""

    layer: ClassVar[str] = "network"
    links: Links = "all"
    messages: MessageKinds = ()

    def check(self, simulation: Simulation) -> None:
        """Raise InputError where a node, a link or a kind of message does not exist."""
        check_links(self.links, simulation)
        check_message_kinds(self.messages, simulation)

    def effect(self, strike: Strike, links: LinkSet, kinds: frozenset[str] | None) -> LinkEffect:
        """What is done to messages while the strike is on."""
        raise NotImplementedError

    def begin(self, strike: Strike) -> None:
        """Put the effect into force."""
        links = choose_links(self.links, strike)
        kinds = frozenset(self.messages) or None
        strike.targets = links.shown()
        strike.nodes = links.nodes(strike.simulation.topology.nodes)
        strike.effect = len(strike.nodes)
        strike.state = self.effect(strike, links, kinds)
        strike.simulation.network.add_effect(strike.state)

    def end(self, strike: Strike) -> None:
        """End the effect; what it holds back goes on."""
        strike.simulation.network.remove_effect(strike.state)
        self.count(strike)

    def count(self, strike: Strike) -> None:
        """Take in the messages that it has touched."""
        strike.touched = strike.state.touched

    def spare(self, strike: Strike, core: frozenset[int]) -> bool:
        """End it where it concerns a link between nodes of the core."""
        if not strike.state.links.within(core):
            return False
        self.end(strike)
        return True

    @classmethod
    def drawn_place(cls, drawing: Drawing) -> dict[str, Any]:
        """The links and the duration of one fault of a random plan."""
        return {"links": drawing.links(), "heal_after": drawing.lasting()}

    @property
    def words(self) -> str:
        """What breaks, in a few words, for people."""
        kinds = f" of {', '.join(self.messages)}" if self.messages else ""
        return f"{self.kind.replace('-', ' ')}{kinds} on {shown_links(self.links)}"

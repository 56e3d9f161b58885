"""What byzantine faults share: some nodes are liars, and something is done to what they send.

Nodes that deviate from their protocol at will, after Lamport, Shostak and Pease, "The Byzantine generals problem" (ACM
Transactions on Programming Languages and Systems 4, 1982). What they receive and hold in memory is as ever; what others
hear of them is not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from faults.fault import LastingFault
from faults.message_kinds import MessageKinds, check_message_kinds
from faults.network.link_fault import StrikeEffect
from faults.network.links import ALL_LINKS, LinkSet
from faults.target import Target, check_target, choose, shown_target

if TYPE_CHECKING:
    from faults.drawing import Drawing
    from faults.strike import Strike
    from sim.network.effects import Passage
    from sim.simulation import Simulation


class LyingEffect(StrikeEffect):
    """Base of what is done to messages that liars send; messages that they only pass on for others are left alone.

    Subclasses give `speak`, and `hear` where they are also told of what is sent to liars (`hears`).
    """

    def __init__(
        self, strike: Strike, liars: frozenset[int], kinds: frozenset[str] | None, hears: bool = False
    ) -> None:
        super().__init__(strike, ALL_LINKS, kinds)
        self._hears = hears
        self.aim(liars)

    def aim(self, liars: frozenset[int]) -> None:
        """Have these nodes be the liars from now on."""
        self.liars = liars
        self.links = LinkSet(sources=liars, either=self._hears)

    def act(self, passage: Passage) -> None:
        """Take part in what a liar says, and in what it is told."""
        message, liars = passage.message, self.liars
        if self._hears and message.destination == passage.hop and passage.hop in liars:
            self.hear(passage.hop, passage)
        if message.source == passage.source and message.source in liars:
            self.speak(message.source, passage)

    def speak(self, liar: int, passage: Passage) -> None:
        """Do to a message of a liar what the fault does; take the draws for each."""
        raise NotImplementedError

    def hear(self, liar: int, passage: Passage) -> None:
        """Take in a message that is sent to a liar."""
        raise NotImplementedError


class ByzantineFault(LastingFault):
    """Base of faults in which nodes lie while they last; each liar counts for the budget. Subclasses give `effect`."""

    layer: ClassVar[str] = "byzantine"
    lies: ClassVar[bool] = True
    target: Target
    messages: MessageKinds = ()

    def check(self, simulation: Simulation) -> None:
        """Raise InputError where a node, role, region or kind of message does not exist."""
        check_target(self.target, simulation)
        check_message_kinds(self.messages, simulation)

    def effect(self, strike: Strike, liars: frozenset[int], kinds: frozenset[str] | None) -> LyingEffect:
        """What is done to messages while the strike is on."""
        raise NotImplementedError

    def begin(self, strike: Strike) -> None:
        """Have the nodes lie, those that the budget allows."""
        chosen = choose(self.target, strike, lambda node: node.life == "up")
        strike.targets = strike.injector.within_budget(strike, chosen)
        strike.effect = len(strike.targets)
        if strike.targets:
            strike.state = self.effect(strike, strike.nodes, frozenset(self.messages) or None)
            strike.simulation.network.add_effect(strike.state)

    def end(self, strike: Strike) -> None:
        """Have them be honest again."""
        if strike.state is not None:
            strike.simulation.network.remove_effect(strike.state)
        self.count(strike)

    def count(self, strike: Strike) -> None:
        """Take in the messages that were lies, or missing."""
        strike.touched = strike.state.touched if strike.state is not None else 0

    def spare(self, strike: Strike, core: frozenset[int]) -> bool:
        """Have the nodes of the core be honest; those outside it go on."""
        for node in sorted(strike.nodes & core):
            strike.injector.acquit(strike, node)
        if not strike.nodes:
            self.end(strike)
            return True
        strike.state.aim(strike.nodes)
        strike.simulation.network.refresh_links()
        return False

    @classmethod
    def drawn_place(cls, drawing: Drawing) -> dict[str, Any]:
        """The liars and the duration of one fault of a random plan."""
        return {"target": drawing.nodes(), "heal_after": drawing.lasting()}

    @property
    def words(self) -> str:
        """What breaks, in a few words, for people."""
        return f"{self.kind.replace('-', ' ')} of {shown_target(self.target)}"

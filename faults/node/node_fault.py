"""What faults of single nodes share: a target, and what is done to each node of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from faults.fault import Fault
from faults.target import Target, check_target, choose, shown_target
from sim.node_life import DOWN

if TYPE_CHECKING:
    from faults.strike import Strike
    from sim.node import Node
    from sim.simulation import Simulation


class NodeFault(Fault):
    """Base of faults that do something to each node of a target, and undo it node by node.

    Subclasses give `hit`, `mend` and `changeable`.
    """

    layer: ClassVar[str] = "node"
    target: Target

    def check(self, simulation: Simulation) -> None:
        """Raise InputError where a node, role or region does not exist."""
        check_target(self.target, simulation)

    def changeable(self, node: Node) -> bool:
        """Whether the fault can do something to a node now: random nodes are drawn among these."""
        return node.life not in DOWN

    def hit(self, strike: Strike, node: int) -> bool:
        """Strike one node; whether that changed it."""
        raise NotImplementedError

    def mend(self, strike: Strike, node: int) -> bool:
        """Undo the strike on one node; whether that changed it."""
        raise NotImplementedError

    def begin(self, strike: Strike) -> None:
        """Strike each node of the target that the budget allows."""
        chosen = choose(self.target, strike, self.changeable)
        allowed = strike.injector.within_budget(strike, chosen)
        strike.targets, strike.nodes = allowed, frozenset(allowed)
        strike.effect = sum([self.hit(strike, node) for node in allowed])

    def end(self, strike: Strike) -> None:
        """Undo it on each node."""
        mended = tuple(node for node in strike.targets if node in strike.nodes and self.mend(strike, node))
        strike.targets, strike.effect = mended, len(mended)

    def spare(self, strike: Strike, core: frozenset[int]) -> bool:
        """Undo it on the nodes of the core alone."""
        for node in sorted(strike.nodes & core):
            self.mend(strike, node)
            strike.injector.acquit(strike, node)
        return not strike.nodes

    @property
    def words(self) -> str:
        """What breaks, in a few words, for people."""
        return f"{self.kind.replace('-', ' ')} of {shown_target(self.target)}"

"""What faults that take nodes down share: how a node goes and comes back, and what it misses meanwhile."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from faults.node.node_fault import NodeFault
from faults.node.pause import end_pauses

if TYPE_CHECKING:
    from faults.strike import Strike

DOWN = "down"
ABSENT = "absent"


@dataclass(slots=True)
class Downs:
    """The state of a strike: by node the messages dropped there that are counted, how often it went, who is next."""

    dropped: dict[int, int] = field(default_factory=dict)
    times: Counter[int] = field(default_factory=Counter)
    waiting: deque[int] = field(default_factory=deque)


class DowntimeFault(NodeFault):
    """Base of faults that crash nodes, or have them leave, and bring them back; `held` says which of the two.

    A node that several strikes keep down comes back when the last of them lets it. A strike touches the timers that
    were pending and the messages that are dropped.
    """

    takes_down: ClassVar[bool] = True
    phase: ClassVar[str] = "begin"
    held: ClassVar[str] = DOWN

    def begin(self, strike: Strike) -> None:
        """Take the nodes down that are up."""
        strike.state = Downs()
        super().begin(strike)

    def goes(self, strike: Strike, node: int) -> bool:
        """Have a node go; whether it was there."""
        simulation = strike.simulation
        return simulation.leave(node) if self.held == ABSENT else simulation.crash(node)

    def comes(self, strike: Strike, node: int) -> bool:
        """Have a node come back; whether it was gone."""
        simulation = strike.simulation
        return simulation.join(node) if self.held == ABSENT else simulation.restart(node)

    def hit(self, strike: Strike, node: int) -> bool:
        """Take a node down, or keep it so."""
        strike.state.dropped[node] = strike.simulation.nodes[node].dropped
        end_pauses(strike, node)
        strike.state.times[node] += 1
        strike.touched += strike.simulation.nodes[node].pending_timers  # handlers that now never run
        gone = self.goes(strike, node)
        strike.injector.hold(self.held, node, strike)
        return gone

    def mend(self, strike: Strike, node: int) -> bool:
        """Bring a node back, unless another strike keeps it down."""
        self._count(strike, node)
        return strike.injector.let_go(self.held, node, strike) and self.comes(strike, node)

    def count(self, strike: Strike) -> None:
        """Take in the messages that were dropped because a node was down."""
        for node in sorted(strike.nodes):
            self._count(strike, node)

    def _count(self, strike: Strike, node: int) -> None:
        dropped = strike.simulation.nodes[node].dropped
        strike.touched += dropped - strike.state.dropped[node]
        strike.state.dropped[node] = dropped


def count_holders(strike: Strike, held: str, node: int) -> None:
    """Bring up to date what the strikes have touched that keep a node down, before another lets it go."""
    for other in strike.injector.holders(held, node):
        other.armed.fault.count(other)

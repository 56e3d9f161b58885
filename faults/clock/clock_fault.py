"""What faults of clocks share: they make local clocks wrong while they last, each by itself and exactly undone."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from faults.fault import LastingFault
from faults.node.node_fault import NodeFault
from faults.target import shown_target

if TYPE_CHECKING:
    from faults.drawing import Drawing
    from faults.strike import Strike
    from sim.clock import Clock

PARTS_PER_BILLION = 1_000
"""In one part per million."""


class ClockFault(LastingFault, NodeFault):
    """Base of faults that make clocks wrong. `state` of a strike maps nodes to what is to be taken away from each.

    What several strikes add to a clock is added up; healing takes away what the strike has added, whatever others do.
    `touched` counts the steps that were made and the pending timers that were moved.
    """

    layer: ClassVar[str] = "clock"
    ended_by_reset: ClassVar[bool] = False
    """Whether a clock that is set to true time has nothing left of it."""

    def begin(self, strike: Strike) -> None:
        """Make the clocks wrong."""
        strike.state = {}
        super().begin(strike)

    def hit(self, strike: Strike, node: int) -> bool:
        """Make one clock wrong."""
        strike.state[node] = self.disturb(strike, node, strike.simulation.nodes[node].own_clock())
        return True

    def mend(self, strike: Strike, node: int) -> bool:
        """Take away from one clock what the strike has added to it."""
        if node not in strike.state:
            return False
        self.settle(strike, node, strike.simulation.nodes[node].own_clock(), strike.state.pop(node))
        return True

    def disturb(self, strike: Strike, node: int, clock: Clock) -> Any:
        """Make a clock wrong, and give what `settle` needs to undo it."""
        raise NotImplementedError

    def settle(self, strike: Strike, node: int, clock: Clock, added: Any) -> None:
        """Undo it."""
        raise NotImplementedError

    @property
    def words(self) -> str:
        """What breaks, in a few words, for people."""
        return f"{self.kind.replace('-', ' ')} {self.size} at {shown_target(self.target)}"

    @property
    def size(self) -> str:
        """How much it is, for people."""
        raise NotImplementedError


def with_timers(strike: Strike, node: int, change: Callable[[], Any]) -> Any:
    """Change the rate of a node's clock, and have its pending timers follow; gives what the change gives."""
    target = strike.simulation.nodes[node]
    earlier = target.own_clock().rate
    result = change()
    if target.own_clock().rate != earlier:
        strike.touched += target.rescale_timers(earlier)
    return result


def drawn_offset(drawing: Drawing) -> int:
    """From a millisecond to a quarter of a minute, ahead or behind."""
    size = drawing.duration(1_000_000, 15_000_000_000)
    return size if drawing.stream.random() < 0.5 else -size


def drawn_ppm(drawing: Drawing) -> float:
    """From what a poor oscillator does (100 ppm) to a tenth of the time, gained or lost."""
    size = round(float(10 ** drawing.stream.uniform(2.0, 5.0)), 1)
    return size if drawing.stream.random() < 0.5 else -size

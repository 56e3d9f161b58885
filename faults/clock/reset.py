"""Clocks that are set to true time, as by NTP where it steps instead of slewing."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from faults.clock.clock_fault import ClockFault
from faults.node.node_fault import NodeFault

if TYPE_CHECKING:
    from faults.strike import Strike
    from sim.node import Node


class ClockReset(NodeFault):
    """Set clocks to true time, whatever made them wrong: what drifts or flips goes on to do so from there.

    Offsets and steps are over with it. `touched` counts the clocks that were off.
    """

    layer: ClassVar[str] = "clock"
    phase: ClassVar[str] = "end"

    kind: Literal["clock-reset"] = "clock-reset"

    def changeable(self, node: Node) -> bool:
        """Whether the node has a clock of its own, which may be off."""
        return node.clock is not None

    def hit(self, strike: Strike, node: int) -> bool:
        """Set one clock; whether it was off."""
        clock, now = strike.simulation.nodes[node].clock, strike.simulation.now
        if clock is None or clock.error(now) == 0:
            return False
        for other in strike.injector.strikes:
            self._end(other, node)
        clock.reset(now)
        strike.touched += 1
        return True

    def _end(self, other: Strike, node: int) -> None:
        """End an offset or a step on this node."""
        fault = other.armed.fault
        if isinstance(fault, ClockFault) and fault.ended_by_reset and node in other.nodes:
            fault.mend(other, node)
            other.injector.acquit(other, node)
            if not other.nodes:
                other.armed.ended(other)

"""Pauses: nodes stop for a while and know nothing of it, as in a long garbage collection or a suspended machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from faults.node.node_fault import NodeFault
from sim.units import PositiveDuration

if TYPE_CHECKING:
    from faults.drawing import Drawing
    from faults.strike import Strike
    from sim.node import Node

PAUSED = "paused"


class Pause(NodeFault):
    """Pause nodes; `resume_after` in nanoseconds, None: they go on only where a `resume` names them.

    Memory is kept. Messages that arrive and timers that come due wait, and are handled at once on resuming.
    """

    takes_down: ClassVar[bool] = True
    over_with_its_nodes: ClassVar[bool] = True
    healer: ClassVar[str | None] = "resume_after"
    phase: ClassVar[str] = "begin"

    kind: Literal["pause"] = "pause"
    resume_after: PositiveDuration | None = Field(
        default=None, description="time after which those that it paused go on; only by a resume when left out"
    )

    def changeable(self, node: Node) -> bool:
        """Whether the node is up."""
        return node.life == "up"

    def hit(self, strike: Strike, node: int) -> bool:
        """Pause a node that is up, or keep it paused."""
        paused = strike.simulation.pause(node)
        if strike.simulation.nodes[node].life == "paused":
            strike.injector.hold(PAUSED, node, strike)
        return paused

    def mend(self, strike: Strike, node: int) -> bool:
        """Let a node go on, unless another pause keeps it."""
        if not strike.injector.let_go(PAUSED, node, strike):
            return False
        strike.touched += strike.simulation.nodes[node].waiting
        return strike.simulation.resume(node)

    def count(self, strike: Strike) -> None:
        """Take in what waits at the nodes that are still paused."""
        strike.touched += sum(strike.simulation.nodes[node].waiting for node in sorted(strike.nodes))

    @classmethod
    def drawn(cls, drawing: Drawing) -> dict[str, Any] | None:
        """One or a few nodes for a while."""
        return {"target": drawing.nodes(), "resume_after": drawing.lasting()}


class Resume(NodeFault):
    """Let nodes go on that an earlier fault has paused, whatever keeps them."""

    phase: ClassVar[str] = "end"
    ends: ClassVar[tuple[str, ...]] = ("pause",)

    kind: Literal["resume"] = "resume"

    def changeable(self, node: Node) -> bool:
        """Whether the node is paused."""
        return node.life == "paused"

    def hit(self, strike: Strike, node: int) -> bool:
        """Let a node go on that is paused."""
        strike.touched += strike.simulation.nodes[node].waiting
        end_pauses(strike, node)
        return strike.simulation.resume(node)


def end_pauses(strike: Strike, node: int) -> None:
    """Take a node from the strikes that keep it paused, which have touched what waits there."""
    for other in strike.injector.holders(PAUSED, node):
        other.touched += strike.simulation.nodes[node].waiting
    strike.injector.let_all_go(PAUSED, node)

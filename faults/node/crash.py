"""Crashes: nodes lose their memory and timers and stop; and restarts, after which they run again from stable storage.

The crash-recovery model of Cachin, Guerraoui and Rodrigues, "Introduction to Reliable and Secure Distributed
Programming" (2011), section 2.2.4; without a restart it is the crash-stop model of section 2.2.2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from faults.node.node_fault import NodeFault
from sim.units import PositiveDuration

if TYPE_CHECKING:
    from faults.drawing import Drawing
    from faults.strike import Strike
    from sim.node import Node

DOWN = "down"


class Crash(NodeFault):
    """Crash nodes; `restart_after` in nanoseconds, None: they stay down.

    A node that several crashes keep down runs again when the last of them lets it.
    """

    takes_down: ClassVar[bool] = True
    healer: ClassVar[str | None] = "restart_after"
    phase: ClassVar[str] = "begin"

    kind: Literal["crash"] = "crash"
    restart_after: PositiveDuration | None = Field(
        default=None, description="time after which those that it crashed restart; they stay down when left out"
    )
    lose_disk: bool = Field(default=False, description="stable storage is lost too: the nodes restart as new ones")

    def begin(self, strike: Strike) -> None:
        """Crash the nodes that are not down yet."""
        strike.state = {}
        super().begin(strike)

    def hit(self, strike: Strike, node: int) -> bool:
        """Crash a node, or keep it down."""
        simulation = strike.simulation
        strike.state[node] = simulation.nodes[node].dropped
        strike.injector.let_all_go("paused", node)
        crashed = simulation.crash(node)
        strike.injector.hold(DOWN, node, strike)
        if self.lose_disk:
            simulation.nodes[node].lose_disk()
        return crashed

    def mend(self, strike: Strike, node: int) -> bool:
        """Restart a node, unless another crash keeps it down."""
        self._count(strike, node)
        return strike.injector.let_go(DOWN, node, strike) and strike.simulation.restart(node)

    def count(self, strike: Strike) -> None:
        """Take in the messages that were dropped because a node was down."""
        for node in sorted(strike.nodes):
            self._count(strike, node)

    def _count(self, strike: Strike, node: int) -> None:
        dropped = strike.simulation.nodes[node].dropped
        strike.touched += dropped - strike.state[node]
        strike.state[node] = dropped

    @classmethod
    def drawn(cls, drawing: Drawing) -> dict[str, Any] | None:
        """One or a few nodes, restarted after a while or never."""
        fields: dict[str, Any] = {"target": drawing.nodes()}
        if drawing.stream.random() < 0.8:
            fields["restart_after"] = drawing.lasting()
        return fields


class Restart(NodeFault):
    """Restart nodes that an earlier fault has crashed, whatever keeps them down."""

    phase: ClassVar[str] = "end"

    kind: Literal["restart"] = "restart"

    def changeable(self, node: Node) -> bool:
        """Whether the node is down."""
        return node.life == "crashed"

    def hit(self, strike: Strike, node: int) -> bool:
        """Restart a node that is down."""
        strike.injector.let_all_go(DOWN, node)
        return strike.simulation.restart(node)

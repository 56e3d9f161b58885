"""Crashes: nodes lose their memory and timers and stop; and restarts, after which they run again from stable storage.

The crash-recovery model of Cachin, Guerraoui and Rodrigues, "Introduction to Reliable and Secure Distributed
Programming" (2011), section 2.2.4; without a restart it is the crash-stop model of section 2.2.2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from faults.node.downtime_fault import DOWN, DowntimeFault, count_holders
from faults.node.node_fault import NodeFault
from sim.units import PositiveDuration

if TYPE_CHECKING:
    from faults.drawing import Drawing
    from faults.strike import Strike
    from sim.node import Node


class Crash(DowntimeFault):
    """Crash nodes; `restart_after` in nanoseconds, None: they stay down."""

    over_with_its_nodes: ClassVar[bool] = True
    healer: ClassVar[str | None] = "restart_after"

    kind: Literal["crash"] = "crash"
    restart_after: PositiveDuration | None = Field(
        default=None, description="time after which those that it crashed restart; they stay down when left out"
    )
    lose_disk: bool = Field(default=False, description="stable storage is lost too: the nodes restart as new ones")

    def hit(self, strike: Strike, node: int) -> bool:
        """Crash a node, or keep it down; with its disk lost also where it was down."""
        crashed = super().hit(strike, node)
        if self.lose_disk:
            strike.simulation.nodes[node].lose_disk()
        return crashed

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
    ends: ClassVar[tuple[str, ...]] = (
        "crash",
        "crash-loop",
        "rolling-restart",
        "churn",
        "disk-full",
        "read-error",
        "torn-write",
    )

    kind: Literal["restart"] = "restart"

    def changeable(self, node: Node) -> bool:
        """Whether the node is down."""
        return node.life == "crashed"

    def hit(self, strike: Strike, node: int) -> bool:
        """Restart a node that is down."""
        count_holders(strike, DOWN, node)
        strike.injector.let_all_go(DOWN, node)
        return strike.simulation.restart(node)
